#include "wire/json.hpp"

namespace router::wire::json {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto last = text.find_last_not_of(" \t\r\n");
    return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

}  // namespace

simdjson::simdjson_result<document> read(std::string_view text) {
    thread_local parser reader;
    constexpr std::size_t large = 1 << 20;  // what one call needed is not kept for all that follow
    if (reader.capacity() > large && text.size() < large) reader = parser();
    return reader.iterate(
        simdjson::padded_string_view(text.data(), text.size(), text.size() + padding));
}

std::string_view raw(value& element) {
    json_type type{};
    if (element.type().get(type) != simdjson::SUCCESS) return {};
    std::string_view found;
    if (type == json_type::object) {
        object members;
        if (element.get_object().get(members) != simdjson::SUCCESS) return {};
        if (members.raw_json().get(found) != simdjson::SUCCESS) return {};
    } else if (type == json_type::array) {
        array elements;
        if (element.get_array().get(elements) != simdjson::SUCCESS) return {};
        if (elements.raw_json().get(found) != simdjson::SUCCESS) return {};
    } else {
        found = element.raw_json_token();
    }
    return trimmed(found);
}

std::string_view text_or_empty(value& element) {
    std::string_view text;
    return element.get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
}

bool is_valid(std::string_view text) {
    thread_local simdjson::dom::parser parser;
    return parser.parse(text.data(), text.size(), true).error() == simdjson::SUCCESS;
}

std::optional<std::uint64_t> whole_number(value& element) {
    std::uint64_t number = 0;
    if (element.get_uint64().get(number) == simdjson::SUCCESS) return number;
    double real = 0;
    if (element.get_double().get(real) == simdjson::SUCCESS && real >= 0 && real < 9e15) {
        return static_cast<std::uint64_t>(real);
    }
    return std::nullopt;
}

}  // namespace router::wire::json
