#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dialects/registry.hpp"
#include "wire/json_text.hpp"
#include "wire/json_tree.hpp"

// The files of tests/golden: one call, answer or stream a folder, in several dialects.
namespace router::dialects {

namespace fs = std::filesystem;
using canonical::DialectId;
using wire::JsonTree;

inline constexpr std::array all_dialects{DialectId::openai_chat, DialectId::openai_responses,
                                         DialectId::anthropic_messages, DialectId::gemini};

inline std::optional<std::string> text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<fs::path> golden_cases(std::string_view kind) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(fs::path(ROUTER_ROOT) / "tests/golden" / kind))
        found.push_back(entry.path());
    std::ranges::sort(found);
    return found;
}

inline std::string file_of(DialectId id, std::string_view ending = ".json") {
    return std::string(name_of(id)) + std::string(ending);
}

inline std::string pair_name(DialectId from, DialectId to) {
    return std::string(name_of(from)) + "_to_" + std::string(name_of(to));
}

inline JsonTree json_of(const fs::path& path) {
    const auto text = text_of(path);
    if (!text) return JsonTree::object();
    auto tree = wire::parse_json(*text);
    EXPECT_TRUE(tree) << path << " is no JSON";
    return tree ? std::move(*tree) : JsonTree::object();
}

// What a pair is to give: its own file where the way is lossy, else the target's.
inline std::optional<std::string> expected_of(const fs::path& folder, DialectId from,
                                              DialectId to) {
    auto own = text_of(folder / (pair_name(from, to) + ".json"));
    return own ? own : text_of(folder / file_of(to));
}

inline std::string member_text(const JsonTree& tree, std::string_view name,
                               std::string_view otherwise = {}) {
    const auto* member = tree.find(name);
    return member == nullptr ? std::string(otherwise) : wire::unescaped(member->text);
}

// Whether all of `wanted` stands in `found`, which may say more in its objects.
inline bool holds(const JsonTree& found, const JsonTree& wanted) {
    if (!wanted.is(JsonTree::Kind::object) && !wanted.is(JsonTree::Kind::array))
        return found.equals(wanted);
    if (found.kind != wanted.kind) return false;
    if (wanted.is(JsonTree::Kind::array))
        return std::ranges::equal(found.items, wanted.items, holds);
    return std::ranges::all_of(wanted.items, [&](const JsonTree& member) {
        const auto* its = found.find(member.key);
        return its != nullptr && holds(*its, member);
    });
}

// Two ways to write the same become one: a text alone and a list of one part that is a text.
inline void spread_text(JsonTree& tree, std::string_view name, std::string_view type) {
    auto* content = tree.find(name);
    if (content == nullptr || !content->is(JsonTree::Kind::string)) return;
    auto part = JsonTree::object();
    part.set("type", JsonTree::string(type));
    auto text = *content;
    part.set("text", std::move(text));
    part.key.clear();
    tree.set(name, JsonTree::array({std::move(part)}));
}

inline void spread_message(JsonTree& message, DialectId id) {
    const bool is_responses = id == DialectId::openai_responses;
    const auto* role = message.find("role");
    const bool is_said = role != nullptr && role->is_string("assistant");
    if (is_responses && role != nullptr) message.erase("type");
    spread_text(message, "content",
                !is_responses ? "text"
                : is_said     ? "output_text"
                              : "input_text");
    auto* content = message.find("content");
    if (content == nullptr) return;
    for (auto& part : content->items) {
        if (part.find("tool_use_id") != nullptr) spread_text(part, "content", "text");
        part.erase("annotations");
        part.erase("logprobs");
        if (is_responses) part.erase("id");
    }
}

// The arguments of calls, which are JSON in a text, without white space.
inline void compact_arguments(JsonTree& tree) {
    for (auto& item : tree.items) {
        compact_arguments(item);
        if (item.key != "arguments" || !item.is(JsonTree::Kind::string)) continue;
        if (const auto inside = wire::parse_json(wire::unescaped(item.text)))
            item.text = wire::escaped(wire::json_text(*inside));
    }
}

inline JsonTree spread(JsonTree tree, DialectId id) {
    compact_arguments(tree);
    auto* tools = id == DialectId::openai_chat ? tree.find("tools") : nullptr;
    if (tools != nullptr) {  // not strict is what Chat takes a tool for
        for (auto& tool : tools->items) {
            auto* function = tool.find("function");
            const auto* strict = function == nullptr ? nullptr : function->find("strict");
            if (strict != nullptr && !strict->is_true()) function->erase("strict");
        }
    }
    if (id == DialectId::anthropic_messages) spread_text(tree, "system", "text");
    for (const auto* list : {"messages", "input"}) {
        auto* turns = tree.find(list);
        if (turns == nullptr) continue;
        for (auto& turn : turns->items) spread_message(turn, id);
    }
    return tree;
}

}  // namespace router::dialects
