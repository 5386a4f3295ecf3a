#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/json_text.hpp"

namespace router::canonical {

// What a dialect may need beyond as many bytes as another needed to say the same.
inline constexpr std::size_t room_for_other_words = 512;

// A text as it stands between the quotes of a JSON string, escapes and all. Every dialect is JSON,
// so a text goes from one body into another without being touched; whoever must know what it says
// asks for plain(). It points into the body that was decoded, or into a Request's arena.
struct Text {
    std::string_view escaped;

    bool is_empty() const { return escaped.empty(); }
    std::string plain() const { return wire::unescaped(escaped); }
    friend bool operator==(Text, Text) = default;
};

// JSON as it stands, white space and all: a schema, the arguments of a call, a field that only one
// dialect knows. Empty: absent.
using Json = std::string_view;

// Keeps texts that were made, not found, for as long as whoever points into them. Shared by the
// copies of a request.
class Arena {
 public:
    // The views hold as long as the arena.
    std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }
    // What another arena keeps is kept, too.
    void keep(std::shared_ptr<const Arena> other) { others_.push_back(std::move(other)); }
    Text keep_escaped(std::string_view plain) { return {keep(wire::escaped(plain))}; }

 private:
    std::deque<std::string> texts_;
    std::vector<std::shared_ptr<const Arena>> others_;
};

}  // namespace router::canonical
