#include "wire/json.hpp"

#include "wire/json_text.hpp"

namespace router::wire::json {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto is_white = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && is_white(text.back())) text.remove_suffix(1);
    return text;
}

}  // namespace

simdjson::simdjson_result<document> read(std::string_view text) {
    thread_local parser reader;
    constexpr std::size_t large = 1 << 20;  // what one call needed is not kept for all that follow
    if (reader.capacity() > large && text.size() < large) reader = parser();
    return reader.iterate(
        simdjson::padded_string_view(text.data(), text.size(), text.size() + padding));
}

simdjson::simdjson_result<document> read_inner(std::string_view text) {
    thread_local parser reader;
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

std::optional<std::string_view> escaped_text(value& element) {
    const auto token = trimmed(element.raw_json_token());
    if (token.size() < 2 || token.front() != '"' || token.back() != '"') return std::nullopt;
    const auto inside = token.substr(1, token.size() - 2);
    if (!has_good_escapes(inside)) return std::nullopt;
    return inside;
}

std::optional<double> number(value& element) {
    double real = 0;
    if (element.get_double().get(real) == simdjson::SUCCESS) return real;
    if (element.get_double_in_string().get(real) == simdjson::SUCCESS) return real;
    return std::nullopt;
}

std::optional<std::int64_t> integer(value& element) {
    std::int64_t whole = 0;
    if (element.get_int64().get(whole) == simdjson::SUCCESS) return whole;
    const auto real = number(element);
    if (!real || *real < -9e15 || *real > 9e15) return std::nullopt;
    return static_cast<std::int64_t>(*real);
}

std::optional<bool> boolean(value& element) {
    bool is = false;
    if (element.get_bool().get(is) != simdjson::SUCCESS) return std::nullopt;
    return is;
}

bool is_null(value& element) { return trimmed(element.raw_json_token()) == "null"; }

json_type type_of(value& element) {
    json_type type{};
    return element.type().get(type) == simdjson::SUCCESS ? type : json_type::null;
}

bool is_valid(std::string_view text) {
    if (text.empty()) return false;
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
