#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.hpp"

namespace router::config {

enum class ValueKind : std::uint8_t { null, boolean, number, text, list, map };

struct Member;

// A node of a configuration file that knows where it stands. Anchors are resolved, merge keys
// (`<<`) merged.
struct Value {
    ValueKind kind = ValueKind::null;
    Place place;
    std::string text;     // of a boolean, number or text, as the file has it
    std::string written;  // what stood here before the environment filled it in, "os.environ/NAME";
                          // else empty
    std::string missing;  // the environment variable whose absence made this null
    std::vector<Value> items;
    std::vector<Member> members;

    const Value* find(std::string_view key) const;
    bool is(ValueKind wanted) const { return kind == wanted; }
    bool is_scalar() const { return kind != ValueKind::list && kind != ValueKind::map; }
};

struct Member {
    std::string key;
    Place place;
    Value value;
};

// "a list", "a map", "text", "a number": what a value is, for a sentence.
std::string_view kind_name(const Value& value);

// The value as a person may see it in a diagnostic: quoted and short; never what came from the
// environment, nor what looks like a key.
std::string shown(const Value& value);
std::string shown(std::string_view text);

std::string lower_case(std::string_view text);

// Whether a text begins as the keys of well-known providers do.
bool looks_like_a_key(std::string_view text);

std::string json_text(const Value& value);

// `text` as a JSON number ("0x10" is 16, ".5" is 0.5); empty when it is none.
std::string json_number(std::string_view text);

// A boolean of YAML 1.1, as PyYAML reads it: true, yes, on and their opposites.
bool is_boolean(std::string_view text);
bool is_true(std::string_view text);

}  // namespace router::config
