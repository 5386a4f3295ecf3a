#include "gateway/task.hpp"

#include <array>
#include <string_view>

namespace router::gateway {
namespace {

constexpr std::size_t name_limit = 64;
constexpr std::string_view mark = "### Task:";
constexpr std::size_t mark_ends_by = 256;  // of `messages`: white space and a role stand before it

// The member of the answer that a prompt asks for tells the task: the prompts themselves are
// settings of Open WebUI.
struct Answer {
    std::string_view member;  // as it stands in the body, escaped once
    std::string_view task;
};
constexpr std::array answers{Answer{R"(\"title\")", "title_generation"},
                             Answer{R"(\"tags\")", "tags_generation"},
                             Answer{R"(\"follow_ups\")", "follow_up_generation"},
                             Answer{R"(\"queries\")", "query_generation"},
                             Answer{R"(\"text\")", "autocomplete_generation"},
                             Answer{R"(\"prompt\")", "image_prompt_generation"}};

// What the header says is a word for the log.
bool is_word(std::string_view text) {
    constexpr std::string_view letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    return text.find_first_not_of(letters) == std::string_view::npos;
}

std::string_view task_in(std::string_view messages) {
    const auto begin = messages.substr(0, mark_ends_by).find(mark);
    const bool is_task = begin != std::string_view::npos && begin > 0 && messages[begin - 1] == '"';
    if (!is_task) return {};
    auto last = std::string_view::npos;
    std::string_view found = "task";
    for (const auto& [member, task] : answers) {
        const auto at = messages.find(member);
        if (at == std::string_view::npos || (last != std::string_view::npos && at > last)) continue;
        last = at;
        found = task;
    }
    return found;
}

}  // namespace

std::string task_of(const http::RequestHead& request, const Incoming& incoming,
                    const Endpoint& endpoint) {
    if (const auto told = request.header("x-openwebui-task"); !told.empty())
        return is_word(told) ? std::string(told.substr(0, name_limit)) : "task";
    const bool may_be = endpoint.operation == Operation::complete && incoming.json &&
                        !incoming.is_streaming && !incoming.json->has("tools");
    return may_be ? std::string(task_in(incoming.json->value("messages"))) : std::string();
}

}  // namespace router::gateway
