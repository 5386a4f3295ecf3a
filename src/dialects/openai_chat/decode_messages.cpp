#include "dialects/openai_chat/decode_messages.hpp"

#include <optional>
#include <string>
#include <utility>

#include "dialects/openai_chat/message.hpp"
#include "dialects/openai_chat/reading.hpp"

namespace router::dialects::openai_chat {
namespace {

namespace json = wire::json;
using namespace canonical;

std::optional<Role> role_of(std::string_view word) {
    if (word == "system") return Role::system;
    if (word == "developer") return Role::developer;
    if (word == "user") return Role::user;
    if (word == "assistant" || word == "model") return Role::assistant;
    if (word == "tool" || word == "function") return Role::tool;
    return std::nullopt;
}

// The kind of a result is that of the call it answers.
ToolKind kind_of_call(const std::vector<Turn>& turns, std::string_view id) {
    for (auto turn = turns.rbegin(); turn != turns.rend(); ++turn) {
        for (const auto& block : turn->blocks) {
            const auto* call = std::get_if<ToolCallBlock>(&block);
            if (call != nullptr && call->id == id) return call->kind;
        }
    }
    return ToolKind::function;
}

class MessageList {
 public:
    MessageList(Arena& arena, std::vector<Turn>& turns, Fault& fault)
        : arena_(arena), turns_(turns), fault_(fault) {}

    void add(json::value& element) {
        Message message(arena_);
        read_message(element, arena_, message);
        const auto path = "messages[" + std::to_string(at_) + "]";
        if (message.fault.is_there()) {
            const auto& inner = message.fault.path;
            blame(inner.empty() ? path : path + "." + inner, message.fault.message);
        }
        const auto role = role_of(message.role);
        if (!role) {
            blame(path + ".role", message.role.empty()
                                      ? std::string("is missing")
                                      : "must be developer, system, user, assistant or tool");
        } else if (*role == Role::tool) {
            add_result(message, path);
        } else {
            add_turn(message, *role);
        }
        ++at_;
    }

 private:
    void blame(std::string path, std::string message) {
        if (!fault_.is_there()) fault_ = {std::move(path), std::move(message)};
    }

    void add_turn(Message& message, Role role) {
        int call_at = 0;
        for (auto& call : message.calls) {
            if (call.id.empty())
                call.id = "call_" + std::to_string(at_) + "_" + std::to_string(call_at);
            ++call_at;
        }
        if (message.has_function_call) function_call_id_ = message.calls.back().id;
        message.thoughts.forget_passed_on();
        Turn turn{.role = role, .blocks = message.take_blocks(), .name = std::move(message.name)};
        if (role == Role::assistant && !message.audio.empty())
            turn.blocks.emplace_back(OpaqueBlock{.type = "audio", .json = message.audio});
        turns_.push_back(std::move(turn));
    }

    void add_result(Message& message, const std::string& path) {
        ToolResultBlock result{.call_id = message.call_id, .name = message.name};
        if (message.role == "function") result.call_id = function_call_id_;
        if (result.call_id.empty()) {
            blame(path + ".tool_call_id", "is missing");
            return;
        }
        result.kind = kind_of_call(turns_, result.call_id);
        result.is_error = message.is_error;
        result.cache = message.cache;
        for (auto& block : message.content) {
            if (auto* text = std::get_if<TextBlock>(&block)) {
                result.parts.emplace_back(std::move(*text));
            } else if (auto* media = std::get_if<MediaBlock>(&block)) {
                result.parts.emplace_back(std::move(*media));
            }
        }
        if (turns_.empty() || turns_.back().role != Role::tool)
            turns_.push_back({.role = Role::tool});
        turns_.back().blocks.emplace_back(std::move(result));
    }

    Arena& arena_;
    std::vector<Turn>& turns_;
    Fault& fault_;
    std::string function_call_id_;  // of the last function_call
    int at_ = 0;
};

}  // namespace

void read_messages(json::value& list, Arena& arena, std::vector<Turn>& turns, Fault& fault) {
    MessageList messages(arena, turns, fault);
    const bool is_list =
        json::each_element(list, [&](json::value& element) { messages.add(element); });
    if (fault.is_there()) return;
    if (!is_list) {
        fault = {"messages", "must be a list of messages"};
    } else if (turns.empty()) {
        fault = {"messages", "must hold at least one message"};
    }
}

}  // namespace router::dialects::openai_chat
