#include "dialects/openai_chat/answer.hpp"

#include "dialects/openai_chat/usage.hpp"
#include "wire/json.hpp"

namespace router::dialects::openai_chat {
namespace {

namespace json = wire::json;

std::string first_finish_reason(json::value& choices) {
    json::array array;
    if (choices.get_array().get(array) != simdjson::SUCCESS) return {};
    std::string reason;
    for (auto element : array) {
        json::object choice;
        if (element.get_object().get(choice) != simdjson::SUCCESS) break;
        for (auto entry : choice) {
            json::field field;
            std::string_view key;
            if (std::move(entry).get(field) != simdjson::SUCCESS) return reason;
            if (field.unescaped_key().get(key) != simdjson::SUCCESS) return reason;
            if (key == "finish_reason" && reason.empty())
                reason = json::text_or_empty(field.value());
        }
    }
    return reason;
}

}  // namespace

Answer read_answer(std::string_view body) {
    Answer answer;
    auto document = json::read(body);
    json::object object;
    if (document.get_object().get(object) != simdjson::SUCCESS) return answer;
    for (auto entry : object) {
        json::field field;
        std::string_view key;
        if (std::move(entry).get(field) != simdjson::SUCCESS) return Answer();
        if (field.unescaped_key().get(key) != simdjson::SUCCESS) return Answer();
        auto& value = field.value();
        if (key == "model") {
            const auto raw = json::raw(value);
            if (raw.starts_with('"')) answer.model = raw;
        } else if (key == "choices") {
            answer.finish_reason = first_finish_reason(value);
        } else if (key == "usage") {
            json::object usage;
            if (value.get_object().get(usage) == simdjson::SUCCESS)
                answer.usage = read_usage(usage);
        } else if (key == "error") {
            bool is_null = false;
            answer.is_error = value.is_null().get(is_null) != simdjson::SUCCESS || !is_null;
        }
    }
    answer.is_object = document.current_location().error() ==
                       simdjson::OUT_OF_BOUNDS;  // else it is cut, or more than one
    return answer;
}

}  // namespace router::dialects::openai_chat
