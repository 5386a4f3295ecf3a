#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "canonical/text.hpp"
#include "wire/json.hpp"

namespace router::dialects::gemini {

// The name of a member of one of Google's messages in camelCase. Proto JSON allows every name in
// snake_case too, and Google's own clients mix both in one body.
//
//   source  https://protobuf.dev/programming-guides/json/ (read 2026-11-22)
class MemberName {
 public:
    explicit MemberName(std::string_view key);
    std::string_view view() const { return made_.empty() ? key_ : std::string_view(made_); }

 private:
    std::string_view key_;
    std::string made_;  // short: no allocation but for the longest names
};

// json::each_member() with the keys in camelCase.
template <class Visit>
bool each_field(wire::json::value& message, Visit&& visit) {
    return wire::json::each_member(message, [&](std::string_view key, wire::json::value& value) {
        return visit(MemberName(key).view(), value);
    });
}

// The inside of a string; empty when it is none.
canonical::Text text_of(wire::json::value& element);

// A value as it stands, valid through and through and not null; else empty.
canonical::Json valid_json(wire::json::value& element);

// JSON without the white space between its tokens; a view of `json` where there is none.
canonical::Json compact(canonical::Json json, canonical::Arena& arena);

// A copy of JSON that may be handed to json::read(), which wants bytes behind it.
std::string padded_copy(std::string_view json);

}  // namespace router::dialects::gemini
