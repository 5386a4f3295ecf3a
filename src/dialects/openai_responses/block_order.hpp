#pragma once

#include <list>
#include <optional>

#include "canonical/answer.hpp"

namespace router::dialects::openai_responses {

// Puts the blocks of a choice one behind the other: what is said of a block while another one is
// open is held until that one has ended. Responses have one item open at a time; upstreams may tell
// of several calls in turns.
class BlockOrder {
 public:
    // Calls tell(event) for `event`, if it is its turn, and for those whose turn it has made.
    template <class Tell>
    void take(const canonical::Event& event, Tell&& tell) {
        if (!has_turn(event)) return hold(event);
        pass(event, tell);
        release(tell);
    }

    // The open block ends, though nobody said so: tells what waited for that. False: nothing did.
    template <class Tell>
    bool end_open(Tell&& tell) {
        open_.reset();
        if (held_.empty()) return false;
        release(tell);
        return true;
    }

 private:
    bool has_turn(const canonical::Event& event) const;
    void hold(const canonical::Event& event);
    void note(const canonical::Event& event);

    template <class Tell>
    void pass(const canonical::Event& event, Tell&& tell) {
        note(event);
        tell(event);
    }

    template <class Tell>
    void release(Tell&& tell) {
        for (auto at = held_.begin(); at != held_.end();) {
            if (!has_turn(*at)) {
                ++at;
                continue;
            }
            pass(*at, tell);
            at = held_.erase(at);
            if (!open_) at = held_.begin();  // the turn of whoever waited longest
        }
        if (held_.empty()) texts_ = {};
    }

    std::optional<int> open_;  // the block
    std::list<canonical::Event> held_;
    canonical::Arena texts_;  // of what is held
};

}  // namespace router::dialects::openai_responses
