#pragma once

#include <cctype>
#include <string>
#include <string_view>

#include "input.hpp"
#include "wire/json.hpp"

// What the targets of this dialect share.
namespace fuzz {

// Half of a surrogate pair is passed on as it came, and the strict reader refuses it.
inline std::string without_surrogates(std::string_view json) {
    std::string text(json);
    for (auto at = text.find("\\u"); at != std::string::npos; at = text.find("\\u", at + 2)) {
        if (at + 2 < text.size() && std::tolower(text[at + 2]) == 'd') text[at + 2] = 'a';
    }
    return text;
}

inline void require_json(std::string_view json) {
    require(router::wire::json::is_valid(without_surrogates(json)));
}

// The data of each event is JSON and stands under its name.
inline void require_events(std::string_view stream) {
    while (!stream.empty()) {
        const auto end = stream.find("\n\n");
        require(end != std::string_view::npos);
        auto event = stream.substr(0, end);
        stream.remove_prefix(end + 2);
        if (event.starts_with(':')) continue;
        require(event.starts_with("event: "));
        event.remove_prefix(event.find('\n') + 1);
        require(event.starts_with("data: "));
        event.remove_prefix(6);
        require(event.find('\n') == std::string_view::npos);
        require_json(event);
    }
}

}  // namespace fuzz
