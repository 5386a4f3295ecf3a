#pragma once

#include <string>
#include <string_view>

#include "canonical/answer.hpp"
#include "dialects/dialect.hpp"
#include "wire/json.hpp"

namespace router::dialects::bedrock_converse {

namespace json = wire::json;

// What answers and streams have in common.

canonical::Text text_in(json::value& value);  // empty for whatever is no string
canonical::Usage read_usage(json::value& value);
canonical::Ending read_ending(std::string_view stop_reason);

// additionalModelResponseFields: which stop sequence it was, where it was asked for.
void read_stop_sequence(json::value& fields, canonical::Ending& ending);

// A call of the client's, or of a tool that Amazon runs itself, which is none of the client's.
struct ToolUse {
    std::string id{}, name{};
    bool is_of_server = false;
    canonical::Json input{};
};
ToolUse read_tool_use(json::value& value);

// What a text cites. `cited`, which must outlive the citation, takes words that come in pieces.
canonical::Citation read_citation(json::value& value, std::string& cited);

Result<canonical::Answer> decode_answer(std::string_view body);

}  // namespace router::dialects::bedrock_converse
