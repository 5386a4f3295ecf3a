#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "canonical/answer.hpp"
#include "dialects/openai_chat/stream_chunk.hpp"

namespace router::dialects::openai_chat {

// Follows the text of a JSON object that arrives in pieces, escaped once more, to its last brace.
class ObjectEnd {
 public:
    void feed(std::string_view escaped);
    // The last brace has come. Never true where the text has escapes that would have to be decoded
    // to be understood.
    bool is_reached() const { return has_begun_ && depth_ == 0 && !is_unsure_; }

 private:
    void take(char c);

    int depth_ = 0;
    bool has_begun_ = false;
    bool in_string_ = false;
    bool is_escaped_ = false;       // in the inner text: the next character is
    bool after_backslash_ = false;  // in the outer text, at the end of a piece
    bool is_unsure_ = false;
};

// A tool call that is under way.
struct OpenCall {
    int index = -1;  // the upstream's
    std::string id{};
    std::string name{};
    bool is_custom = false;
    int block = -1;              // -1: not told yet, for its name has not come
    std::string held{};          // arguments that came before the name
    bool has_arguments = false;  // a relay's: some of them were passed on
    bool is_ended = false;
    ObjectEnd end{};
};

// The calls of one choice, and which of them a fragment belongs to. Servers differ: fragments
// without index or id, which then stand in the order of their calls; the id again in each, one
// index for several calls, all calls in one delta.
class OpenCalls {
 public:
    // The call that the fragment goes on with; null: it begins another one.
    OpenCall* find(const CallFragment& fragment);
    OpenCall& add(const CallFragment& fragment, std::string id);
    OpenCall* by_id(std::string_view id);
    // Whether this index of the upstream's is that one call's, by its place, and it has arguments.
    bool is_under_way(int index) const;

    std::vector<OpenCall>& all() { return calls_; }
    bool is_empty() const { return calls_.empty(); }

 private:
    std::vector<OpenCall> calls_;
};

}  // namespace router::dialects::openai_chat
