#include "dialects/openai_chat/answer.hpp"

#include <utility>

#include "base/ids.hpp"
#include "dialects/openai_chat/choice_glance.hpp"
#include "dialects/openai_chat/mend.hpp"
#include "dialects/openai_chat/mend_usage.hpp"
#include "dialects/openai_chat/usage.hpp"
#include "wire/json.hpp"
#include "wire/json_tree.hpp"

namespace router::dialects::openai_chat {
namespace {

namespace json = wire::json;
using wire::JsonTree;

constexpr std::string_view error_object = R"("error")";  // vLLM's older errors, Mistral's

// What stands beside an answer's choices, and whether it is as it should be.
struct Rest {
    bool has_choices = false;
    bool has_id = false, has_object = false;
    bool has_odd_choice = false, has_odd_usage = false;

    bool is_odd() const {
        return has_choices && (has_odd_choice || has_odd_usage || !has_id || !has_object);
    }
};

void look_at_choices(json::value& value, std::string_view body, Answer& answer, Rest& rest) {
    json::array choices;
    if (value.get_array().get(choices) != simdjson::SUCCESS) return;
    for (auto element : choices) {
        json::value choice;
        if (std::move(element).get(choice) != simdjson::SUCCESS) break;
        rest.has_choices = true;
        const auto seen = glance_at_answer(choice, body);
        rest.has_odd_choice = rest.has_odd_choice || seen.is_odd;
        if (answer.finish_reason.empty()) answer.finish_reason = seen.finish;
    }
}

void look_at_usage(json::value& value, Answer& answer, Rest& rest) {
    json::object usage;
    if (value.get_object().get(usage) != simdjson::SUCCESS) return;
    answer.usage = read_usage(usage);
    if (usage.raw_json().get(answer.usage_json) == simdjson::SUCCESS)
        rest.has_odd_usage = !mended_usage(answer.usage_json, answer.usage).empty();
}

}  // namespace

Answer read_answer(std::string_view body) {
    Answer answer;
    Rest rest;
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
            look_at_choices(value, body, answer, rest);
        } else if (key == "usage") {
            look_at_usage(value, answer, rest);
        } else if (key == "id") {
            rest.has_id = is_text(value);
        } else if (key == "object") {
            rest.has_object = is_text(value);
            answer.is_error = answer.is_error || value.raw_json_token().starts_with(error_object);
        } else if (key == "error") {
            answer.is_error = answer.is_error || !json::is_null(value);
        }
    }
    answer.is_object = document.current_location().error() ==
                       simdjson::OUT_OF_BOUNDS;  // else it is cut, or more than one
    answer.is_odd =
        answer.is_object && (rest.is_odd() || (rest.has_choices && answer.model.empty()));
    return answer;
}

namespace {

// A member that each answer has, as a text; before the others where it is missing.
bool complete(JsonTree& answer, std::string_view name, std::string_view wanted) {
    auto* found = answer.find(name);
    if (found != nullptr && found->is(JsonTree::Kind::string) && !found->text.empty()) return false;
    auto text = JsonTree::string(wanted);
    text.key = name;
    if (found != nullptr) {
        *found = std::move(text);
    } else {
        answer.items.insert(answer.items.begin(), std::move(text));
    }
    return true;
}

bool is_legacy(const JsonTree& choices) {
    return !choices.items.empty() && choices.items.front().find("text") != nullptr;
}

bool mend_usage(JsonTree& answer) {
    auto* usage = answer.find("usage");
    if (usage == nullptr) return false;
    auto text = wire::json_text(*usage);
    text.reserve(text.size() + json::padding);
    auto document = json::read(text);
    json::value read;
    if (document.get_value().get(read) != simdjson::SUCCESS) return false;
    const auto mended = mended_usage(text, read_usage(read));
    if (mended.empty()) return false;
    answer.set("usage", *wire::parse_json(mended));
    return true;
}

}  // namespace

std::string mended_answer(std::string_view body) {
    auto answer = wire::parse_json(body);
    auto* choices = answer ? answer->find("choices") : nullptr;
    if (choices == nullptr || !choices->is(JsonTree::Kind::array)) return {};
    bool is_changed = mend_answer(*choices);
    const auto* object = is_legacy(*choices) ? "text_completion" : "chat.completion";
    is_changed |= mend_usage(*answer);
    is_changed |= complete(*answer, "model", "unnamed");  // the client's name for it comes here
    is_changed |= complete(*answer, "object", object);
    is_changed |= complete(*answer, "id", "chatcmpl-" + new_id());
    return is_changed ? wire::json_text(*answer) : std::string();
}

}  // namespace router::dialects::openai_chat
