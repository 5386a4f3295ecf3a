#pragma once

#include "canonical/answer.hpp"

namespace router::gateway {

// LiteLLM's merge_reasoning_content_in_choices: thoughts as text between <think> and </think>, for
// clients that know no other way to show them. Stands before an encoder.
class MergedThinking : public canonical::EventSink {
 public:
    explicit MergedThinking(canonical::EventSink& next) : next_(next) {}
    void take(const canonical::Event& event) override;

 private:
    canonical::EventSink& next_;
    int choice_ = -1, block_ = -1;  // the thinking block that is open
};

// The same for a whole answer.
void merge_thinking(canonical::Answer& answer);

}  // namespace router::gateway
