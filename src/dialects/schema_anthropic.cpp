#include <algorithm>
#include <array>
#include <utility>

#include "dialects/schema.hpp"
#include "dialects/schema_tree.hpp"

namespace router::dialects {

using wire::JsonTree;
using Kind = JsonTree::Kind;

namespace {

// What the structured outputs of Anthropic know, as the helper of its SDK has it (read 2026-11-22).
constexpr std::array<std::string_view, 10> formats{"date-time", "time", "date", "duration", "email",
                                                   "hostname",  "uri",  "ipv4", "ipv6",     "uuid"};
constexpr std::array<std::string_view, 13> known{
    "type",     "description", "title", "enum",  "const",       "default", "properties",
    "required", "$defs",       "anyOf", "allOf", "definitions", "items"};
constexpr std::array<std::string_view, 5> without_meaning{"$schema", "$id", "$comment", "$anchor",
                                                          "nullable"};

template <class Words>
bool has(const Words& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

bool may_stay(const JsonTree& member) {
    if (member.key == "format") return member.is(Kind::string) && has(formats, member.text);
    if (member.key == "minItems") return member.text == "0" || member.text == "1";
    return has(known, member.key);
}

// A node that says nothing allows everything, which must be said.
JsonTree anything() {
    std::vector<JsonTree> types;
    for (const auto* name : {"string", "number", "boolean", "null"}) {
        auto type = JsonTree::object();
        type.set("type", JsonTree::string(name));
        types.push_back(std::move(type));
    }
    auto node = JsonTree::object();
    node.set("anyOf", JsonTree::array(std::move(types)));
    return node;
}

bool says_what_it_is(const JsonTree& node) {
    return std::ranges::any_of(std::array{"type", "enum", "const", "anyOf", "allOf"},
                               [&](const char* word) { return node.find(word) != nullptr; });
}

void convert(JsonTree& node);

void convert_below(JsonTree& node) {
    for (const auto* word : {"properties", "$defs", "definitions", "anyOf", "allOf"}) {
        auto* list = node.find(word);
        if (list != nullptr) std::ranges::for_each(list->items, convert);
    }
    auto* items = node.find("items");
    if (items == nullptr) return;
    if (items->is(Kind::array)) {  // of a tuple, as older drafts wrote it
        auto any = JsonTree::object();
        any.set("anyOf", JsonTree::array(std::move(items->items)));
        items = &node.set("items", std::move(any));
    }
    convert(*items);
}

void infer_type(JsonTree& node) {
    if (says_what_it_is(node)) return;
    const char* type = node.find("properties") != nullptr ? "object"
                       : node.find("items") != nullptr    ? "array"
                                                          : nullptr;
    if (type != nullptr) {
        node.set("type", JsonTree::string(type));
    } else {
        node.set("anyOf", std::move(*anything().take("anyOf")));
    }
}

void convert(JsonTree& node) {
    if (!node.is(Kind::object)) {  // `true`
        auto key = std::move(node.key);
        node = anything();
        node.key = std::move(key);
        return;
    }
    if (auto reference = node.take("$ref")) {  // which bears no siblings
        for (const auto* word : {"$defs", "definitions"}) {
            auto definitions = node.take(word);
            if (!definitions) continue;
            std::ranges::for_each(definitions->items, convert);
            reference->items.push_back(std::move(*definitions));
        }
        auto definitions = std::exchange(reference->items, {});
        node.items = {std::move(*reference)};
        for (auto& definition : definitions) node.items.push_back(std::move(definition));
        return;
    }
    if (auto one = node.take("oneOf")) {
        auto* any = node.find("anyOf");
        if (any == nullptr) any = &node.set("anyOf", JsonTree::array({}));
        for (auto& item : one->items) any->items.push_back(std::move(item));
    }
    const auto all = std::exchange(node.items, {});
    for (const auto& member : all) {
        if (may_stay(member)) node.items.push_back(member);
    }
    for (const auto& member : all) {
        const bool is_plain = member.key == "additionalProperties" && member.items.empty();
        if (!may_stay(member) && !is_plain && !has(without_meaning, member.key))
            note(node, member.key, member);
    }
    infer_type(node);
    convert_below(node);
    if (is_object_schema(node)) node.set("additionalProperties", JsonTree::boolean(false));
}

}  // namespace

std::string anthropic_schema(canonical::Json schema) {
    auto root = wire::parse_json(schema);
    if (!root || !root->is(Kind::object)) return "{}";
    convert(*root);
    return wire::json_text(*root);
}

}  // namespace router::dialects
