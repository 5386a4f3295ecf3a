#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "canonical/block.hpp"
#include "wire/json.hpp"

namespace router::dialects::anthropic_messages {

namespace json = wire::json;

// Calls visit(key, value&) for each member of an object. Stops when visit returns false. False when
// the object is malformed.
template <class Visit>
bool each_field(json::object& object, Visit&& visit) {
    for (auto member : object) {
        std::string_view key;
        json::value found;
        if (member.unescaped_key().get(key) != simdjson::SUCCESS) return false;
        if (member.value().get(found) != simdjson::SUCCESS) return false;
        if constexpr (std::is_same_v<decltype(visit(key, found)), bool>) {
            if (!visit(key, found)) return true;
        } else {
            visit(key, found);
        }
    }
    return true;
}

// The text of one member, wherever it stands in the object, which is at its beginning again. What
// an object is, its `type`, decides how its other members are read, and may come behind them. Empty
// when there is no such text; nothing when the object is malformed: it must not be read any more.
std::optional<std::string_view> text_of(json::object& object, std::string_view name);

// An object as it stands, which is at its beginning again. Empty when it is malformed: it must not
// be read any more.
std::string_view raw_of(json::object& object);

// A value as it stands, if it is JSON through and through: such a one may be written anywhere.
std::string_view valid_raw(json::value& value);

// The inside of a string; empty for whatever is none.
canonical::Text text_in(json::value& value);

// What a cache_control says: {"type":"ephemeral","ttl":"1h"}.
canonical::CacheMark cache_mark(json::value& value);

// A citation of a text: web_search_result_location and its kin.
canonical::Citation read_citation(json::value& value);

}  // namespace router::dialects::anthropic_messages
