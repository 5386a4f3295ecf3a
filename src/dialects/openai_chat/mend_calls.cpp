#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "base/ids.hpp"
#include "dialects/openai_chat/mend_steps.hpp"
#include "dialects/openai_chat/reading.hpp"
#include "wire/json_text.hpp"

namespace router::dialects::openai_chat {
namespace {

using wire::JsonTree;
using Kind = JsonTree::Kind;

std::string_view inside(const JsonTree* value) {
    return is_text(value) ? std::string_view(value->text) : std::string_view();
}

// `function`, or `custom` of a tool that takes free text; null: neither.
JsonTree* called(JsonTree& call) {
    auto* function = call.find("function");
    if (function == nullptr) function = call.find("custom");
    return function != nullptr && function->is(Kind::object) ? function : nullptr;
}

bool is_custom(const JsonTree& call) { return call.find("custom") != nullptr; }

// Arguments as a text: some write the object itself. What is neither is `otherwise`.
bool mend_arguments(JsonTree& function, std::string_view otherwise) {
    auto* arguments = function.find("arguments");
    if (arguments != nullptr && arguments->is(Kind::string)) return false;
    if (arguments != nullptr && !arguments->is(Kind::null)) {
        return set_text(function, "arguments", wire::escaped(wire::json_text(*arguments)));
    }
    return set_text(function, "arguments", otherwise);
}

// What each call must have where it begins: an id, a type, and the tool with its arguments.
bool mend_beginning(JsonTree& call, std::string_view no_arguments) {
    bool is_changed = false;
    const auto* id = call.find("id");
    if (call_id_of(inside(id)).empty()) {
        const bool is_number = id != nullptr && id->is(Kind::number);
        is_changed |= set_text(call, "id", is_number ? std::string(id->text) : "call_" + new_id());
    }
    if (!is_text(call.find("type")))
        is_changed |= set_text(call, "type", is_custom(call) ? "custom" : "function");
    if (is_custom(call)) return is_changed;
    auto* function = called(call);
    if (function == nullptr) {
        function = &call.set("function", JsonTree::object());
        is_changed = true;
    }
    return mend_arguments(*function, no_arguments) || is_changed;
}

// What comes later is joined to what came first, and so nothing is said again.
bool mend_rest(JsonTree& fragment, bool has_name) {
    bool is_changed = false;
    if (fragment.find("id") != nullptr) is_changed |= fragment.erase("id");
    auto* function = called(fragment);
    if (function == nullptr) {
        function = &fragment.set("function", JsonTree::object());
        is_changed = true;
    }
    const auto* name = function->find("name");
    if (name != nullptr && (has_name || name->text.empty())) is_changed |= function->erase("name");
    const auto* arguments = function->find("arguments");
    const bool is_object =
        arguments != nullptr && (arguments->is(Kind::object) || arguments->is(Kind::array));
    return (is_object && mend_arguments(*function, "")) || is_changed;
}

CallFragment fragment_of(JsonTree& entry) {
    CallFragment fragment{.id = call_id_of(inside(entry.find("id"))),
                          .is_custom = is_custom(entry)};
    if (const auto* index = entry.find("index"); index != nullptr) {
        const auto& text = index->text;
        std::from_chars(text.data(), text.data() + text.size(), fragment.index);
    }
    if (auto* function = called(entry); function != nullptr) {
        fragment.name = inside(function->find("name"));
        const auto* arguments = function->find("arguments");
        if (arguments == nullptr) arguments = function->find("input");
        if (arguments != nullptr && arguments->is(Kind::object)) fragment.arguments = {"{}"};
        if (is_text(arguments)) fragment.arguments = {arguments->text};
    }
    return fragment;
}

// False in `is_kept`: the fragment says nothing.
bool mend_fragment(JsonTree& entry, const CallFragment& fragment, ToldChoice& told, bool& is_kept) {
    auto* call = told.calls.find(fragment);
    const bool is_first = call == nullptr;
    is_kept = !is_first || !fragment.id.empty() || !fragment.name.empty() ||
              !fragment.arguments.is_empty();
    if (!is_kept) return true;
    if (is_first) call = &told.calls.add(fragment, wire::unescaped(fragment.id));
    const auto name = wire::unescaped(fragment.name);
    call->has_arguments = call->has_arguments || call->is_custom || !fragment.arguments.is_empty();
    bool is_changed = is_first ? mend_beginning(entry, "") : mend_rest(entry, !call->name.empty());
    if (is_first) call->id = wire::unescaped(inside(entry.find("id")));
    if (call->name.empty()) call->name = name;
    const auto place = call - told.calls.all().data();
    return set_index(entry, static_cast<std::uint64_t>(place)) || is_changed;
}

// A list of calls; one that stands alone is one of one.
JsonTree* calls_of(JsonTree& message, bool& is_changed) {
    auto* calls = message.find("tool_calls");
    if (calls == nullptr || calls->is(Kind::array)) return calls;
    if (!calls->is(Kind::object)) return nullptr;
    is_changed = true;
    return &message.set("tool_calls", JsonTree::array({*calls}));
}

}  // namespace

bool mend_fragments(JsonTree& delta, ToldChoice& told) {
    bool is_changed = false;
    auto* calls = calls_of(delta, is_changed);
    if (calls == nullptr) return is_changed;
    std::vector<CallFragment> fragments;
    for (auto& entry : calls->items) fragments.push_back(fragment_of(entry));
    count_behind(fragments);
    std::vector<JsonTree> kept;
    for (std::size_t at = 0; at < fragments.size(); ++at) {
        bool is_kept = false;
        is_changed |= mend_fragment(calls->items[at], fragments[at], told, is_kept);
        if (is_kept) kept.push_back(std::move(calls->items[at]));
    }
    calls->items = std::move(kept);
    return is_changed;
}

bool complete_calls(JsonTree& delta, ToldChoice& told) {
    std::vector<JsonTree> missing;
    for (std::size_t place = 0; place < told.calls.all().size(); ++place) {
        auto& call = told.calls.all()[place];
        if (std::exchange(call.has_arguments, true)) continue;
        auto& entry = missing.emplace_back(JsonTree::object());
        set_index(entry, place);
        set_text(entry.set("function", JsonTree::object()), "arguments", "{}");
    }
    if (missing.empty()) return false;
    auto* calls = delta.find("tool_calls");
    if (calls == nullptr || !calls->is(Kind::array))
        calls = &delta.set("tool_calls", JsonTree::array({}));
    std::ranges::move(missing, std::back_inserter(calls->items));
    return true;
}

bool mend_calls(JsonTree& message) {
    bool is_changed = false;
    auto* calls = calls_of(message, is_changed);
    if (calls == nullptr) return is_changed;
    for (auto& call : calls->items) {
        if (!call.is(Kind::object)) continue;
        is_changed |= mend_beginning(call, "{}");
        auto* function = called(call);
        auto* arguments = function == nullptr ? nullptr : function->find("arguments");
        if (arguments == nullptr || !arguments->text.empty() || !arguments->is(Kind::string))
            continue;
        is_changed |= set_text(*function, "arguments", "{}");
    }
    return is_changed;
}

}  // namespace router::dialects::openai_chat
