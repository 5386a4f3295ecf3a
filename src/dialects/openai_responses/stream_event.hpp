#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "dialects/openai_responses/item.hpp"
#include "dialects/openai_responses/response_reader.hpp"
#include "wire/sse.hpp"

namespace router::dialects::openai_responses {

// What one event of a stream says, whatever its type: most members are absent.
struct StreamEvent {
    std::string_view type{};
    std::int64_t output = 0;    // output_index
    std::int64_t part = 0;      // content_index
    std::int64_t summary = -1;  // summary_index
    canonical::Text delta{};
    canonical::Text text{};  // whole: text, refusal, arguments, input
    canonical::Json logprobs{};
    Item item{};
    Part content{};  // `part`
    std::vector<canonical::Citation> citations{};
    ResponseHead response{};
    bool has_response = false;
    std::vector<Item> items{};  // the response's output, of its last event alone
    std::optional<Error> error{};

    bool is_error() const { return error.has_value(); }
};

enum class EventForm : std::uint8_t { json, nothing, broken };

// The views hold as long as no other document is read; those of texts as long as the event.
EventForm read_event(const wire::SseEvent& sse, StreamEvent& event);

}  // namespace router::dialects::openai_responses
