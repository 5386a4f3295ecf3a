#include "routing/failure.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "dialects/upstream_error.hpp"

namespace router::routing {

bool may_another_do_better(const Error& error) {
    switch (error.kind) {
        case ErrorKind::upstream_unreachable:
        case ErrorKind::upstream_timeout:
        case ErrorKind::upstream_broken:
            return true;
        case ErrorKind::upstream_refused: {
            const int status = error.http_status();
            return status == 401 || status == 402 || status == 403 || status == 404 ||
                   status == 408 || status == 429 || status >= 500;
        }
        default:
            return false;
    }
}

bool may_pass(const Error& error) {
    switch (error.kind) {
        case ErrorKind::upstream_unreachable:
        case ErrorKind::upstream_broken:
            return true;
        case ErrorKind::upstream_refused: {
            const int status = error.http_status();
            return !dialects::is_spent(error) &&
                   (status == 408 || status == 429 || status >= 500) && status != 501;
        }
        default:
            return false;  // who was silent for so long is not waited for once more
    }
}

std::chrono::seconds asked_wait(const Error& error) {
    const auto seconds = std::strtol(error.retry_after.c_str(), nullptr, 10);
    return std::chrono::seconds(std::clamp(seconds, 0L, 86'400L));
}

bool is_too_long(const Error& error) { return error.code == "context_length_exceeded"; }

bool is_objection(const Error& error) {
    if (error.kind != ErrorKind::upstream_refused) return false;
    constexpr std::array<std::string_view, 5> words{"content_filter", "content_policy_violation",
                                                    "responsibleaipolicyviolation", "safety",
                                                    "moderation_blocked"};
    const auto is_said_in = [&](std::string_view text) {
        return std::ranges::any_of(words, [&](std::string_view word) {
            return std::ranges::equal(text, word, [](char a, char b) {
                return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
            });
        });
    };
    return is_said_in(error.code) || is_said_in(error.type);
}

}  // namespace router::routing
