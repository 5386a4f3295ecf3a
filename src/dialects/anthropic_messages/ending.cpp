#include "dialects/anthropic_messages/ending.hpp"

#include "dialects/anthropic_messages/reading.hpp"
#include "dialects/anthropic_messages/words.hpp"

namespace router::dialects::anthropic_messages {

void read_ending(std::string_view key, json::value& value, canonical::Ending& ending) {
    if (key == "stop_reason") {
        const auto reason = finish_of(json::text_or_empty(value));
        if (reason != canonical::Finish::none) ending.reason = reason;
    } else if (key == "stop_sequence") {
        ending.stop_sequence = json::text_or_empty(value);
    } else if (key == "stop_details") {
        json::each_member(value, [&](std::string_view detail, json::value& member) {
            if (detail == "category") ending.detail = json::text_or_empty(member);
            if (detail == "explanation") ending.explanation = text_in(member);
        });
    }
}

}  // namespace router::dialects::anthropic_messages
