#include <algorithm>
#include <array>
#include <string>

#include "dialects/openai_chat/answer_parts.hpp"
#include "dialects/openai_chat/finish.hpp"
#include "dialects/openai_chat/mend_steps.hpp"
#include "dialects/openai_chat/reading.hpp"
#include "wire/json_text.hpp"

namespace router::dialects::openai_chat {
namespace {

using wire::JsonTree;
using Kind = JsonTree::Kind;

std::string text_in(const JsonTree& object, std::string_view name) {
    const auto* found = object.find(name);
    return is_text(found) ? found->text : std::string();
}

// What a part of Mistral's says: its text, or its thoughts, which are a text or a list of texts.
std::string thoughts_in(const JsonTree& part) {
    const auto* thinking = part.find("thinking");
    if (thinking == nullptr) return {};
    if (thinking->is(Kind::string)) return thinking->text;
    std::string all;
    for (const auto& piece : thinking->items) all += text_in(piece, "text");
    return all;
}

// Mistral's tool_reference as OpenAI's annotation: of all the text so far.
JsonTree annotation_of(const JsonTree& part, std::string_view text) {
    const auto url = text_in(part, "url");
    const auto title = text_in(part, "title");
    auto cited = JsonTree::object();
    cited.set("start_index", number(0));
    cited.set("end_index", number(static_cast<std::uint64_t>(characters(text))));
    set_text(cited, "url", url);
    set_text(cited, "title", title.empty() ? url : title);
    auto annotation = JsonTree::object();
    annotation.set("type", JsonTree::string("url_citation"));
    annotation.set("url_citation", std::move(cited));
    return annotation;
}

bool is_without_index(const JsonTree& entry) {
    const auto* index = entry.find("index");
    return entry.is(Kind::object) && (index == nullptr || !index->is(Kind::number));
}

bool number_details(JsonTree& details, ToldChoice& told) {
    bool is_changed = false;
    for (auto& entry : details.items) {
        if (!is_without_index(entry)) continue;
        const auto type = text_in(entry, "type");
        const bool goes_on = !told.last_detail.empty() && told.last_detail == type;
        if (!goes_on) ++told.details;
        is_changed |= set_index(entry, static_cast<std::uint64_t>(told.details - 1));
        // A proof ends its thought; a thought that cannot be read comes whole.
        const bool is_over = is_text(entry.find("signature")) || is_text(entry.find("data"));
        told.last_detail = is_over ? std::string() : type;
    }
    return is_changed;
}

// The server's number of them is kept where it gives one; openai-python asks for it when a second
// list of the same name comes.
bool number_list(JsonTree& list, ToldChoice& told) {
    auto known = std::ranges::find(told.lists, list.key, &std::pair<std::string, int>::first);
    if (known == told.lists.end()) known = told.lists.insert(known, {list.key, 0});
    const bool is_later = known->second > 0;
    bool is_changed = false;
    for (auto& entry : list.items) {
        const auto index = static_cast<std::uint64_t>(known->second++);
        if (is_later && is_without_index(entry)) is_changed |= set_index(entry, index);
    }
    return is_changed;
}

}  // namespace

bool is_text(const JsonTree* value) {
    return value != nullptr && value->is(Kind::string) && !value->text.empty();
}

JsonTree number(std::uint64_t value) {
    return {.kind = Kind::number, .text = std::to_string(value)};
}

bool set_text(JsonTree& object, std::string_view name, std::string_view escaped) {
    object.set(name, {.kind = Kind::string, .text = std::string(escaped)});
    return true;
}

bool set_index(JsonTree& object, std::uint64_t index) {
    auto wanted = number(index);
    const auto* found = object.find("index");
    if (found != nullptr && found->is(Kind::number) && found->text == wanted.text) return false;
    object.set("index", std::move(wanted));
    return true;
}

bool mend_content(JsonTree& message) {
    auto* content = message.find("content");
    if (content == nullptr || content->is(Kind::null) || content->is(Kind::string)) return false;
    const auto parts = content->is(Kind::object) ? std::vector{*content} : content->items;
    std::string text, thoughts;
    std::vector<JsonTree> annotations;
    bool has_text = false;
    for (const auto& part : parts) {
        if (part.is(Kind::string)) text += part.text;
        text += text_in(part, "text");
        has_text = has_text || part.is(Kind::string) || part.find("text") != nullptr;
        thoughts += thoughts_in(part);
        if (text_in(part, "type") == "tool_reference" && is_text(part.find("url")))
            annotations.push_back(annotation_of(part, text));
    }
    if (!annotations.empty()) message.set("annotations", JsonTree::array(std::move(annotations)));
    if (has_text) {
        set_text(message, "content", text);
    } else {
        message.set("content", {});
    }
    if (thoughts.empty() || is_text(message.find("reasoning_content"))) return true;
    return set_text(message, "reasoning_content", thoughts);
}

bool mend_thoughts(JsonTree& message) {
    if (is_text(message.find("reasoning_content"))) return false;
    std::string thoughts;
    for (const auto& member : message.items) {
        if (thoughts.empty() && is_reasoning(member.key)) thoughts = text_in(message, member.key);
    }
    const auto* details = message.find("reasoning_details");
    if (thoughts.empty() && details != nullptr) {
        for (const auto& detail : details->items) {
            thoughts += text_in(detail, "text");
            thoughts += text_in(detail, "summary");
        }
    }
    return !thoughts.empty() && set_text(message, "reasoning_content", thoughts);
}

bool number_entries(JsonTree& delta, ToldChoice& told) {
    bool is_changed = false;
    for (auto& member : delta.items) {
        if (!member.is(Kind::array) || member.key == "tool_calls") continue;
        is_changed |= member.key == "reasoning_details" ? number_details(member, told)
                                                        : number_list(member, told);
    }
    return is_changed;
}

bool mend_finish(JsonTree& choice, bool has_calls, bool is_chunk) {
    const auto* reason = choice.find("finish_reason");
    if (!is_text(reason)) {
        const bool is_null = reason == nullptr || reason->is(Kind::null);
        if (is_chunk && is_null) return false;
        if (is_chunk) {
            choice.set("finish_reason", {});
            return true;
        }
    }
    const auto word = is_text(reason) ? wire::unescaped(reason->text) : std::string();
    const auto meant = finish_of(word);
    const bool is_stop = meant == canonical::Finish::stop || meant == canonical::Finish::none;
    if (is_finish_word(word) && !(is_stop && has_calls)) return false;
    const auto said = is_stop && has_calls ? std::string_view("tool_calls") : finish_word(meant);
    set_text(choice, "finish_reason", said);
    if (!word.empty() && !is_finish_word(word) && choice.find("native_finish_reason") == nullptr)
        choice.set("native_finish_reason", JsonTree::string(word));
    return true;
}

}  // namespace router::dialects::openai_chat
