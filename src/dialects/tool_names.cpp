#include "dialects/tool_names.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>
#include <variant>

#include "wire/json_text.hpp"
#include "wire/json_tree.hpp"

namespace router::dialects {
namespace {

using canonical::ToolKind;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string legal(std::string_view name, const NameRule& rule) {
    std::string out;
    for (const char c : name) {
        const bool is_whole = is_letter(c) || is_digit(c) || rule.extra.contains(c);
        const bool continues = (static_cast<unsigned char>(c) & 0xC0) == 0x80;  // of UTF-8
        if (is_whole) {
            out += c;
        } else if (!continues) {
            out += '_';
        }
    }
    if (out.empty() || (rule.starts_with_letter && !is_letter(out[0]) && out[0] != '_'))
        out.insert(0, "_");
    return out;
}

// Eight letters that tell names apart (FNV-1a).
std::string mark_of(std::string_view name) {
    std::uint32_t hash = 2166136261U;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    std::array<char, 8> digits{'0', '0', '0', '0', '0', '0', '0', '0'};
    std::array<char, 8> written{};
    const auto end = std::to_chars(written.data(), written.data() + 8, hash, 16).ptr;
    const auto count = end - written.data();
    std::copy(written.data(), end, digits.data() + (8 - count));
    return {digits.data(), digits.size()};
}

std::string with_mark(std::string name, std::string_view whole, std::size_t longest) {
    name.resize(std::min(name.size(), longest - 9));
    return name + '_' + mark_of(whole);
}

// Of arguments that broke off, {"input":"so much; nothing when they do not begin so.
std::string_view begun_text(std::string_view arguments) {
    constexpr std::string_view key = "\"input\"";
    const auto skip = [&](std::string_view wanted) {
        const auto start = arguments.find_first_not_of(" \t\r\n");
        arguments.remove_prefix(std::min(start, arguments.size()));
        if (!arguments.starts_with(wanted)) return false;
        arguments.remove_prefix(wanted.size());
        return true;
    };
    if (!skip("{") || !skip(key) || !skip(":") || !skip("\"")) return {};
    while (!arguments.empty() && !wire::has_good_escapes(arguments)) arguments.remove_suffix(1);
    return arguments;
}

}  // namespace

NameRule name_rule(canonical::DialectId target) {
    switch (target) {
        case canonical::DialectId::anthropic_messages:
            return {.longest = 128};
        case canonical::DialectId::gemini:
            return {.extra = "_.:-", .starts_with_letter = true};
        case canonical::DialectId::openai_chat:
        case canonical::DialectId::openai_responses:
        case canonical::DialectId::bedrock_converse:
            break;
    }
    return {};
}

std::string ToolNames::sent(std::string_view name, std::string_view name_space, ToolKind kind,
                            ToolKind kind_sent, const NameRule& rule) {
    const auto key = std::string(name_space) + '\n' + std::string(name);
    if (const auto known = sent_.find(key); known != sent_.end()) return known->second;
    const auto whole =
        name_space.empty() ? std::string(name) : std::string(name_space) + "__" + std::string(name);
    auto out = legal(whole, rule);
    if (out.size() > rule.longest) out = with_mark(out, whole, rule.longest);
    if (taken_.contains(out)) out = with_mark(out, key, rule.longest);
    for (int count = 2; taken_.contains(out); ++count)
        out = with_mark(out, key + std::to_string(count), rule.longest);
    ++taken_[out];
    sent_.emplace(key, out);
    if (out != name || !name_space.empty() || kind != kind_sent) {
        changed_.emplace(out, ToolName{.sent = out,
                                       .name = std::string(name),
                                       .name_space = std::string(name_space),
                                       .kind = kind});
    }
    return out;
}

const ToolName* ToolNames::find(std::string_view sent) const {
    const auto found = changed_.find(sent);
    return found == changed_.end() ? nullptr : &found->second;
}

void ToolNames::restore(canonical::Answer& answer) const {
    if (is_empty()) return;
    for (auto& choice : answer.choices) {
        for (auto& block : choice.blocks) {
            auto* call = std::get_if<canonical::ToolCallBlock>(&block);
            const auto* was = call == nullptr ? nullptr : find(call->name);
            if (was == nullptr) continue;
            call->name = was->name;
            call->name_space = was->name_space;
            if (was->kind == ToolKind::custom && call->kind != ToolKind::custom)
                call->arguments = custom_text(call->arguments, *answer.arena);
            call->kind = was->kind;
        }
    }
}

std::string_view custom_text(std::string_view arguments, canonical::Arena& arena) {
    if (const auto tree = wire::parse_json(arguments);
        tree && tree->is(wire::JsonTree::Kind::object)) {
        const auto* input = tree->find("input");
        if (input == nullptr && tree->items.size() == 1) input = &tree->items.front();
        if (input != nullptr && input->is(wire::JsonTree::Kind::string))
            return arena.keep(input->text);
        if (tree->items.empty()) return {};
    }
    if (const auto begun = begun_text(arguments); !begun.empty())
        return arena.keep(std::string(begun));
    return arena.keep_escaped(arguments).escaped;
}

void RestoredNames::take(const canonical::Event& event) {
    if (names_.is_empty()) return next_.take(event);
    if (const auto* started = std::get_if<canonical::BlockStarted>(&event)) return start(*started);
    if (const auto* delta = std::get_if<canonical::BlockDelta>(&event); delta && hold(*delta))
        return;
    if (const auto* ended = std::get_if<canonical::BlockEnded>(&event)) release(*ended);
    next_.take(event);
}

void RestoredNames::start(canonical::BlockStarted started) {
    const auto* was =
        started.kind == canonical::BlockKind::tool_call ? names_.find(started.name) : nullptr;
    if (was != nullptr) {
        started.name = was->name;
        started.name_space = was->name_space;
        if (was->kind == ToolKind::custom && started.tool_kind != ToolKind::custom)
            held_.push_back({.choice = started.choice, .block = started.block});
        started.tool_kind = was->kind;
    }
    next_.take(started);
}

bool RestoredNames::hold(const canonical::BlockDelta& delta) {
    for (auto& held : held_) {
        if (held.choice != delta.choice || held.block != delta.block) continue;
        held.arguments += delta.text.escaped;
        return true;
    }
    return false;
}

void RestoredNames::release(const canonical::BlockEnded& ended) {
    const auto held = std::ranges::find_if(held_, [&](const Held& one) {
        return one.choice == ended.choice && one.block == ended.block;
    });
    if (held == held_.end()) return;
    canonical::Arena arena;
    const auto text = custom_text(wire::unescaped(held->arguments), arena);
    if (!text.empty())
        next_.take(
            canonical::BlockDelta{.choice = ended.choice, .block = ended.block, .text = {text}});
    held_.erase(held);
}

}  // namespace router::dialects
