#include "dialects/openai_chat/usage.hpp"

#include <string_view>

namespace router::dialects::openai_chat {
namespace {

namespace json = wire::json;

std::uint64_t member_of(json::value& details, std::string_view name) {
    json::object object;
    if (details.get_object().get(object) != simdjson::SUCCESS) return 0;
    for (auto entry : object) {
        json::field field;
        std::string_view key;
        if (std::move(entry).get(field) != simdjson::SUCCESS) return 0;
        if (field.unescaped_key().get(key) != simdjson::SUCCESS || key != name) continue;
        return json::whole_number(field.value()).value_or(0);
    }
    return 0;
}

}  // namespace

canonical::Usage read_usage(json::object& usage) {
    canonical::Usage read;
    for (auto entry : usage) {
        json::field field;
        std::string_view key;
        if (std::move(entry).get(field) != simdjson::SUCCESS) break;
        if (field.unescaped_key().get(key) != simdjson::SUCCESS) break;
        auto& value = field.value();
        if (key == "prompt_tokens" || key == "input_tokens") {
            read.prompt = json::whole_number(value).value_or(read.prompt);
            read.is_known = true;
        } else if (key == "completion_tokens" || key == "output_tokens") {
            read.completion = json::whole_number(value).value_or(read.completion);
            read.is_known = true;
        } else if (key == "total_tokens") {
            read.total = json::whole_number(value).value_or(0);
            read.is_known = true;
        } else if (key == "prompt_tokens_details" || key == "input_tokens_details") {
            read.cached = member_of(value, "cached_tokens");
        } else if (key == "completion_tokens_details" || key == "output_tokens_details") {
            read.reasoning = member_of(value, "reasoning_tokens");
        }
    }
    if (read.total == 0) read.total = read.prompt + read.completion;
    return read;
}

}  // namespace router::dialects::openai_chat
