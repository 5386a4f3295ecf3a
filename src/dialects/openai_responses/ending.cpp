#include "dialects/openai_responses/ending.hpp"

namespace router::dialects::openai_responses {

using canonical::Finish;

FinalStatus final_status(const canonical::Ending& ending, bool has_refusal, bool is_empty) {
    switch (ending.reason) {
        case Finish::length:
        case Finish::context_window:
            return {.status = "incomplete", .incomplete = "max_output_tokens"};
        case Finish::content_filter:
            return {.status = "incomplete", .incomplete = "content_filter"};
        case Finish::refusal:
            if (has_refusal) return {};
            return {.status = "incomplete", .incomplete = "content_filter"};
        case Finish::failed:
            if (is_empty) return {.status = "failed"};
            return {};
        case Finish::none:
        case Finish::stop:
        case Finish::stop_sequence:
        case Finish::tool_calls:
        case Finish::pause:
            break;
    }
    return {};
}

std::string_view message_status(const canonical::Ending& ending) {
    const bool is_cut = ending.reason == Finish::length || ending.reason == Finish::context_window;
    return is_cut ? "incomplete" : "completed";
}

canonical::Text untold_refusal(const canonical::Ending& ending, bool has_refusal) {
    const bool is_refused =
        ending.reason == Finish::refusal || ending.reason == Finish::content_filter;
    return is_refused && !has_refusal ? ending.explanation : canonical::Text();
}

}  // namespace router::dialects::openai_responses
