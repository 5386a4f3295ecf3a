#include "dialects/openai_chat/choice_glance.hpp"

#include <utility>

#include "dialects/openai_chat/finish.hpp"
#include "dialects/openai_chat/reading.hpp"

namespace router::dialects::openai_chat {
namespace {

namespace json = wire::json;
using json::json_type;

// {"index": 1, "function": {"arguments": "..."}}: all that a later fragment of a call should say.
void look_at_fragment(json::value& fragment, ChoiceGlance& seen) {
    bool has_index = false, has_arguments = false;
    json::each_member(fragment, [&](std::string_view key, json::value& value) {
        std::uint64_t index = 0;
        if (key == "index" && value.get_uint64().get(index) == simdjson::SUCCESS && index < 1024) {
            has_index = true;
            seen.goes_on_with = static_cast<int>(index);
        } else if (key == "function" && is_object(value)) {
            json::each_member(value, [&](std::string_view name, json::value& member) {
                has_arguments = name == "arguments" && is_string(member);
                if (!has_arguments) seen.is_odd = true;
            });
        } else {
            seen.is_odd = true;
        }
    });
    if (!has_index || !has_arguments) seen.is_odd = true;
}

void look_at_fragments(json::value& calls, ChoiceGlance& seen) {
    int count = 0;
    json::each_element(calls, [&](json::value& each) {
        ++count;
        look_at_fragment(each, seen);
    });
    if (count != 1) seen.is_odd = true;
}

// The inside of a string, as it stands: the words that are asked for have no escapes.
std::string_view word_of(json::value& value) {
    const auto token = value.raw_json_token();
    if (token[0] != '"') return {};
    return token.substr(1, token.find('"', 1) - 1);
}

// Whether a call of a whole answer has all that the SDKs want of it.
bool is_complete(json::value& call) {
    bool has_id = false, has_type = false, has_name = false, has_arguments = false;
    json::each_member(call, [&](std::string_view key, json::value& value) {
        if (key == "id") has_id = is_text(value);
        if (key == "type") has_type = is_text(value);
        if (key == "function" || key == "custom") {
            json::each_member(value, [&](std::string_view name, json::value& member) {
                if (name == "name") has_name = is_text(member);
                if (name == "arguments" || name == "input") has_arguments = is_text(member);
            });
        }
    });
    return has_id && has_type && has_name && has_arguments;
}

void look_at_calls(json::value& calls, ChoiceGlance& seen) {
    json::each_element(calls, [&](json::value& each) {
        seen.has_calls = true;
        if (!is_complete(each)) seen.is_odd = true;
    });
}

// Whether a delta or a message is nothing but text, written as OpenAI does: so most of them are,
// and need not be walked. `text` begins with it.
bool is_plain(std::string_view text, std::string_view begin) {
    if (!text.starts_with(begin)) return false;
    const auto end = text.find('"', begin.size());
    if (end == text.npos || text[end - 1] == '\\') return false;
    text.remove_prefix(end + 1);
    return text.starts_with("}") || text.starts_with(R"(,"refusal":null})") ||
           text.starts_with(R"(,"refusal":null,"annotations":[]})");
}

std::string_view from(json::value& value, std::string_view text) {
    return text.substr(static_cast<std::size_t>(value.raw_json_token().data() - text.data()));
}

// How a chunk says its choice, and how a whole answer does.
struct Form {
    std::string_view member;
    std::string_view plain;  // how one begins that is nothing but text
    bool tells_role;         // it does so
    bool may_hold_lists;     // nobody joins them
    void (*look_at_calls)(json::value& calls, ChoiceGlance& seen);
};
constexpr Form chunk_form{"delta", R"({"content":")", false, false, look_at_fragments};
constexpr Form answer_form{"message", R"({"role":"assistant","content":")", true, true,
                           look_at_calls};

void look_at_message(json::value& message, const Form& form, ChoiceGlance& seen) {
    seen.has_message = is_object(message);
    if (!seen.has_message) return;
    json::each_member(message, [&](std::string_view key, json::value& value) {
        seen.is_empty = false;
        const auto type = json::type_of(value);
        if (type == json_type::null) return;
        if (key == "content" || key == "reasoning_content") {
            if (type != json_type::string) seen.is_odd = true;
        } else if (key == "role") {
            seen.tells_role = word_of(value) == "assistant";
            if (!seen.tells_role) seen.is_odd = true;
        } else if (key == "tool_calls" && type == json_type::array) {
            form.look_at_calls(value, seen);
        } else if (key == "tool_calls" || key.starts_with("reasoning") || key == "thinking") {
            seen.is_odd = true;
        } else if (type == json_type::array && !form.may_hold_lists) {
            seen.is_odd = true;
        }
    });
}

void look_at_finish(json::value& value, ChoiceGlance& seen) {
    if (value.raw_json_token()[0] == 'n') return;
    seen.finish = word_of(value);
    if (!is_finish_word(seen.finish)) seen.is_odd = true;
}

void look_at_member(std::string_view key, json::value& value, std::string_view text,
                    const Form& form, ChoiceGlance& seen) {
    if (key == "index") {
        seen.has_index = value.get_uint64().get(seen.index) == simdjson::SUCCESS;
    } else if (key == "finish_reason") {
        look_at_finish(value, seen);
    } else if (key == form.member) {
        seen.has_message = is_plain(from(value, text), form.plain);
        if (!seen.has_message) return look_at_message(value, form, seen);
        seen.tells_role = form.tells_role;
        seen.is_empty = false;
    } else if (key == "text") {
        seen.is_text = true;
        seen.is_empty = false;
    } else if (key == "usage") {
        if (is_object(value)) seen.usage = json::raw(value);
    } else if (key == "error") {
        seen.has_error = !json::is_null(value);
    }
}

ChoiceGlance glance(json::value& choice, std::string_view text, const Form& form) {
    ChoiceGlance seen;
    json::object members;
    if (choice.get_object().get(members) != simdjson::SUCCESS) return {.is_odd = true};
    for (auto entry : members) {
        json::field field;
        std::string_view key;
        if (std::move(entry).get(field) != simdjson::SUCCESS) break;
        if (field.unescaped_key().get(key) != simdjson::SUCCESS) break;
        look_at_member(key, field.value(), text, form, seen);
    }
    if (!seen.has_index || seen.has_message == seen.is_text) seen.is_odd = true;
    return seen;
}

}  // namespace

bool is_text(json::value& value) {
    const auto token = value.raw_json_token();
    return token.size() > 2 && token[0] == '"' && token[1] != '"';
}

ChoiceGlance glance_at_chunk(json::value& choice, std::string_view text) {
    return glance(choice, text, chunk_form);
}

ChoiceGlance glance_at_answer(json::value& choice, std::string_view text) {
    auto seen = glance(choice, text, answer_form);
    if (seen.has_message && !seen.tells_role) seen.is_odd = true;
    if (seen.finish.empty() || (seen.has_calls && seen.finish == "stop")) seen.is_odd = true;
    return seen;
}

}  // namespace router::dialects::openai_chat
