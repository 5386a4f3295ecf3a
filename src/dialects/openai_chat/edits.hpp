#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace router::dialects::openai_chat {

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

}  // namespace router::dialects::openai_chat
