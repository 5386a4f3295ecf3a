#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace router::wire {

// A JSON value taken apart, to be changed and written again: for the few texts that must be, like
// schemas. Whatever can be passed on as it stands is read with wire/json.hpp instead.
struct JsonTree {
    enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

    Kind kind = Kind::null;
    std::string key{};   // of a member of an object, escaped as in the text
    std::string text{};  // of a number or boolean as it stands, of a string the inside, escaped
    std::vector<JsonTree> items{};  // of an array or an object, in their order

    static JsonTree object();
    static JsonTree array(std::vector<JsonTree> items);
    static JsonTree string(std::string_view plain);
    static JsonTree boolean(bool value);

    bool is(Kind wanted) const { return kind == wanted; }
    bool is_string(std::string_view inside) const { return is(Kind::string) && text == inside; }
    bool is_true() const { return is(Kind::boolean) && text == "true"; }

    // A member of an object; the first one of that name. Nothing in what is no object.
    const JsonTree* find(std::string_view name) const;
    JsonTree* find(std::string_view name);
    // Sets a member, at its place or behind the others; gives it.
    JsonTree& set(std::string_view name, JsonTree value);
    bool erase(std::string_view name);
    std::optional<JsonTree> take(std::string_view name);  // gives a member and erases it

    // The same value: the order of members does not count, the spelling of numbers and strings
    // neither.
    bool equals(const JsonTree& other) const;
};

// Nothing when the text is no JSON or nested deeper than 200.
std::optional<JsonTree> parse_json(std::string_view text);

void append_json(std::string& out, const JsonTree& tree);
std::string json_text(const JsonTree& tree);

}  // namespace router::wire
