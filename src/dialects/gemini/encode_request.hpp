#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "canonical/request.hpp"
#include "dialects/dialect.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::gemini {

Result<EncodedRequest> encode_request(const canonical::Request& request, const Variant& variant);

// What the steps of writing a request share.
struct RequestWriting {
    const canonical::Request& request;
    const Variant& variant;
    wire::JsonWriter& out;
    std::vector<canonical::Loss>& losses;

    bool is_own() const { return request.dialect == canonical::DialectId::gemini; }
    void lose(std::string field, std::string reason = "Gemini has no such field") {
        losses.push_back({std::move(field), std::move(reason)});
    }
};

// systemInstruction and contents.
//   errors  bad_request for a file that another provider keeps, a result without its call
Result<> write_conversation(RequestWriting& writing);

// tools and toolConfig.
//   errors  bad_request for a tool that Gemini does not have
Result<> write_tools(RequestWriting& writing);

void write_generation_config(RequestWriting& writing);

// Extras of the client's own Gemini request whose names begin with `prefix`, without it.
void write_extras(const RequestWriting& writing, std::string_view prefix);

}  // namespace router::dialects::gemini
