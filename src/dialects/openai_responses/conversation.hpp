#pragma once

#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "canonical/request.hpp"
#include "dialects/openai_responses/item.hpp"

namespace router::dialects::openai_responses {

// Makes turns of an input's items, one after another. What the model said between two turns of
// others is one turn of its own; a run of results is one turn.
class Conversation {
 public:
    explicit Conversation(canonical::Request& request) : request_(request) {}

    // errors  bad_request: the item is of no known role, or lacks what it cannot do without
    Result<> add(Item& item, std::size_t index);
    void add_text(canonical::Role role, canonical::Text text);
    void finish();  // after the last item

 private:
    canonical::Turn& assistant();
    canonical::Turn& results();
    Result<> add_message(const Item& item, std::size_t index);
    Result<> add_call(const Item& item, std::size_t index);
    Result<> add_result(Item& item, std::size_t index);
    void add_reasoning(const Item& item);
    void add_parts(const Item& item, canonical::Turn& turn);
    void add_opaque(const Item& item);
    void place_signature();

    canonical::Request& request_;
    // Gemini's proof for a call or a text, which stands in front of it in an item of its own.
    std::optional<canonical::Signature> loose_signature_;
};

}  // namespace router::dialects::openai_responses
