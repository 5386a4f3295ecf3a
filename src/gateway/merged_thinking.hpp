#pragma once

#include <vector>

#include "canonical/answer.hpp"

namespace router::gateway {

// LiteLLM's merge_reasoning_content_in_choices: thoughts as text between <think> and </think>, for
// clients that know no other way to show them. A thought without a word, for it is sealed, leaves
// no trace. Stands before an encoder.
class MergedThinking : public canonical::EventSink {
 public:
    explicit MergedThinking(canonical::EventSink& next) : next_(next) {}
    void take(const canonical::Event& event) override;

 private:
    struct Thought {
        int choice = 0, block = 0;
        bool has_words = false;
    };

    Thought* find(int choice, int block);
    void show(Thought& thought, const canonical::BlockDelta& words);
    void end(const canonical::BlockEnded& ended, const Thought& thought);

    canonical::EventSink& next_;
    std::vector<Thought> open_;  // more than one where there are several choices
};

// The same for a whole answer.
void merge_thinking(canonical::Answer& answer);

}  // namespace router::gateway
