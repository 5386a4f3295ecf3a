#include <string>

#include "dialects/openai_chat/answer.hpp"
#include "wire/json_text.hpp"

namespace router::dialects::openai_chat {
namespace {

constexpr std::string_view usage_json =
    "{\"prompt_tokens\":10,\"completion_tokens\":20,\"total_tokens\":30}";

// The members that every object of an answer begins with.
std::string opening(std::string_view id, std::string_view object, std::string_view model,
                    std::int64_t created) {
    std::string out = "{\"id\":\"chatcmpl-";
    out += id;
    out += "\",\"object\":\"";
    out += object;
    out += "\",\"created\":" + std::to_string(created) + ",\"model\":";
    wire::append_quoted(out, model);
    return out;
}

// The next few words of `text`, not cut inside a character.
std::string_view take_words(std::string_view& text) {
    auto end = text.find(' ', 1);
    if (end == std::string_view::npos) end = text.size();
    const auto words = text.substr(0, end);
    text.remove_prefix(end);
    return words;
}

}  // namespace

canonical::Usage mock_usage() {
    return {
        .prompt = 10, .completion = 20, .total = 30, .cached = 0, .reasoning = 0, .is_known = true};
}

std::string mock_answer(std::string_view id, std::string_view model, std::string_view text,
                        std::int64_t created) {
    auto out = opening(id, "chat.completion", model, created);
    out += ",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":";
    wire::append_quoted(out, text);
    out += "},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":";
    out += usage_json;
    return out + "}";
}

std::string mock_completion(std::string_view id, std::string_view model, std::string_view text,
                            std::int64_t created) {
    auto out = opening(id, "text_completion", model, created);
    out += ",\"choices\":[{\"index\":0,\"text\":";
    wire::append_quoted(out, text);
    out += ",\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":";
    out += usage_json;
    return out + "}";
}

std::string mock_stream(std::string_view id, std::string_view model, std::string_view text,
                        std::int64_t created, bool with_usage) {
    const auto chunk_opening = "data: " + opening(id, "chat.completion.chunk", model, created);
    std::string out;
    const auto add = [&](std::string_view delta, std::string_view finish) {
        out += chunk_opening;
        out += ",\"choices\":[{\"index\":0,\"delta\":";
        out += delta;
        out += ",\"logprobs\":null,\"finish_reason\":";
        out += finish;
        out += "}]}\n\n";
    };
    add("{\"role\":\"assistant\",\"content\":\"\"}", "null");
    while (!text.empty()) add("{\"content\":" + wire::quoted(take_words(text)) + "}", "null");
    add("{}", "\"stop\"");
    if (with_usage) {
        out += chunk_opening + ",\"choices\":[],\"usage\":";
        out += usage_json;
        out += "}\n\n";
    }
    return out + "data: [DONE]\n\n";
}

}  // namespace router::dialects::openai_chat
