#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "wire/json.hpp"
#include "wire/utf8.hpp"

// An event on its way from an upstream to a client of the same dialect: looked at, edited where it
// must be, and otherwise as it came.
namespace router::dialects {

// A stretch of a text and what stands there instead.
struct Edit {
    std::size_t begin;
    std::size_t end;
    std::string_view text;
};

// Adds an edit in its place; a mere insertion goes before what else begins there.
inline void add_edit(std::vector<Edit>& edits, const Edit& edit) {
    edits.insert(std::ranges::lower_bound(edits, edit.begin, {}, &Edit::begin), edit);
}

// Appends `text` with its edits made; they are in order and do not overlap.
inline void append_edited(std::string& out, std::string_view text, const std::vector<Edit>& edits) {
    std::size_t from = 0;
    for (const auto& edit : edits) {
        out += text.substr(from, edit.begin - from);
        out += edit.text;
        from = edit.end;
    }
    out += text.substr(from);
}

// Without the white space around it.
inline std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// Makes one line of what stands from `begin` on, JSON that came in several: a line end between two
// of its tokens would be one of the event's.
inline void unfold(std::string& out, std::size_t begin) {
    const auto is_end = [](char c) { return c == '\n' || c == '\r'; };
    const auto text = std::string_view(out).substr(begin);
    if (!text.contains('\n') && !text.contains('\r')) return;
    std::replace_if(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), is_end, ' ');
}

// Has `look` read an event's data, and a second time, in `repaired`, where it is no UTF-8. Gives
// the text that could be read; empty: it is no JSON.
//
//   look  (std::string_view, Seen&) -> bool, false: it is no JSON
template <class Seen, class Look>
std::string_view read_data(std::string_view data, std::string& repaired, Seen& seen, Look&& look) {
    if (look(data, seen)) return data;
    if (wire::is_utf8(data)) return {};
    repaired = wire::repaired_utf8(data);
    repaired.reserve(repaired.size() + wire::json::padding);
    seen = {};
    return look(repaired, seen) ? std::string_view(repaired) : std::string_view();
}

}  // namespace router::dialects
