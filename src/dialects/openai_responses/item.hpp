#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "canonical/block.hpp"
#include "canonical/request.hpp"
#include "wire/json.hpp"

// The items of which inputs and outputs are made, read without asking yet what they are: `type` may
// stand behind what it explains. Views named escaped point into the body, the others hold as long
// as the document.
namespace router::dialects::openai_responses {

namespace json = wire::json;

// A part of a message, of a tool's output, of a reasoning item.
struct Part {
    std::string_view type{};
    canonical::Text text{};  // of a refusal as well
    canonical::Text image_url{};
    canonical::Text file_data{};
    canonical::Text file_url{};
    canonical::Text file_id{};
    canonical::Text file_name{};
    canonical::Text audio{};
    std::string_view audio_format{};
    std::string_view detail{};
    std::vector<canonical::Citation> citations{};
    canonical::Json logprobs{};  // a list that is not empty
    canonical::CacheMark cache = canonical::CacheMark::none;
    canonical::Json whole{};
};

struct Item {
    std::string_view type{};
    std::string_view role{};
    std::string_view phase{};
    std::string_view call_id{};
    std::string_view name{};
    std::string_view name_space{};
    std::string_view execution{};  // of a tool search: "client" or "server"
    std::string_view status{};
    std::string_view output_format{};
    canonical::Text id{};                       // escaped
    std::optional<std::string_view> content{};  // escaped, where it is a string
    std::vector<Part> parts{};                  // where it is a list
    std::optional<std::string_view> output{};   // escaped, where it is a string
    std::vector<Part> output_parts{};           // where it is a list
    canonical::Json output_json{};              // where it is neither
    std::vector<canonical::Text> summary{};
    std::optional<std::string_view> arguments{};  // escaped, where they are a string
    canonical::Json arguments_json{};             // where they are not
    canonical::Text input{};                      // escaped: of a custom tool
    canonical::Text encrypted{};
    canonical::Text result{};  // of a generated image
    std::vector<canonical::Tool> tools{};
    std::vector<canonical::Citation> sources{};  // of Perplexity's search_results
    canonical::Json whole{};
};

// False: it is no object, or a malformed one.
bool read_item(json::value& value, Item& item);

// An object as it stands; what is read of it comes afterwards. Empty: it is malformed. (The other
// way round a nested fault would leave nothing to read from.)
canonical::Json whole_of(json::object& members);

// Calls visit(key, value&) for each member of an object.
template <class Visit>
bool each_member_of(json::object& members, Visit&& visit) {
    for (auto member : members) {
        std::string_view key;
        json::value found;
        if (member.unescaped_key().get(key) != simdjson::SUCCESS) return false;
        if (member.value().get(found) != simdjson::SUCCESS) return false;
        visit(key, found);
    }
    return true;
}

bool read_part(json::value& value, Part& part);
void read_parts(json::value& value, std::vector<Part>& parts);
void read_annotation(json::value& value, std::vector<canonical::Citation>& citations);

inline canonical::Text escaped_text(json::value& value) {
    return {json::escaped_text(value).value_or(std::string_view())};
}

// What a part that is neither text nor refusal holds; nothing where it is no medium.
std::optional<canonical::MediaBlock> media_of(const Part& part);

// Texts one after another, a blank line between them; one alone stays where it is.
canonical::Text joined(const std::vector<canonical::Text>& texts, canonical::Arena& arena);

// Arguments as JSON: what is empty is {}. A model's truncated call is left as it is.
canonical::Json arguments_of(const Item& item, canonical::Arena& arena);

}  // namespace router::dialects::openai_responses
