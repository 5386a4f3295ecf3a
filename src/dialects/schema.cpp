#include "dialects/schema.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "dialects/schema_tree.hpp"

namespace router::dialects {

using wire::JsonTree;
using Kind = JsonTree::Kind;

namespace {

bool is_closed(const JsonTree& node) {
    const auto* more = node.find("additionalProperties");
    return more != nullptr && more->is(Kind::boolean) && !more->is_true();
}

bool requires_all(const JsonTree& node) {
    const auto* properties = node.find("properties");
    if (properties == nullptr) return true;
    const auto* required = node.find("required");
    return std::ranges::all_of(properties->items, [&](const JsonTree& property) {
        return required != nullptr &&
               std::ranges::any_of(required->items, [&](const JsonTree& name) {
                   return name.is_string(property.key);
               });
    });
}

// Strict schemas know no others (platform.openai.com/docs/guides/structured-outputs, read
// 2026-11-22).
constexpr std::array<std::string_view, 10> not_strict{"oneOf",
                                                      "allOf",
                                                      "not",
                                                      "if",
                                                      "then",
                                                      "else",
                                                      "dependentRequired",
                                                      "dependentSchemas",
                                                      "patternProperties",
                                                      "unevaluatedProperties"};

bool is_strict(const JsonTree& node) {
    if (!node.is(Kind::object)) return false;
    for (const auto word : not_strict) {
        if (node.find(word) != nullptr) return false;
    }
    if (is_object_schema(node) && (!is_closed(node) || !requires_all(node))) return false;
    for (const auto* map :
         {node.find("properties"), node.find("$defs"), node.find("definitions")}) {
        if (map != nullptr && !std::ranges::all_of(map->items, is_strict)) return false;
    }
    if (const auto* items = node.find("items"); items != nullptr && !is_strict(*items))
        return false;
    const auto* any = node.find("anyOf");
    return any == nullptr || std::ranges::all_of(any->items, is_strict);
}

// The properties of one more branch of a root that may not branch; all of them are optional.
void add_branch(JsonTree& root, const JsonTree& branch, bool is_required) {
    const auto* properties = branch.find("properties");
    if (properties != nullptr) {
        auto* known = root.find("properties");
        if (known == nullptr) known = &root.set("properties", JsonTree::object());
        for (const auto& property : properties->items) {
            if (known->find(property.key) == nullptr) known->items.push_back(property);
        }
    }
    const auto* required = branch.find("required");
    if (!is_required || required == nullptr) return;
    auto* known = root.find("required");
    if (known == nullptr) known = &root.set("required", JsonTree::array({}));
    for (const auto& name : required->items) {
        if (std::ranges::none_of(known->items,
                                 [&](const auto& other) { return other.is_string(name.text); }))
            known->items.push_back(name);
    }
}

// A root that may not branch.
void flatten_root(JsonTree& root) {
    for (const auto* word : {"allOf", "anyOf", "oneOf"}) {
        auto branch_list = root.take(word);
        if (!branch_list) continue;
        if (std::string_view(word) != "allOf") note(root, word, *branch_list);
        for (const auto& branch : branch_list->items) {
            const auto* meant = resolve(root, branch);
            const JsonTree copy = meant == nullptr ? branch : *meant;  // the root changes
            add_branch(root, copy, std::string_view(word) == "allOf");
        }
    }
}

}  // namespace

std::string object_schema(canonical::Json schema) {
    auto root = wire::parse_json(schema);
    if (!root || !root->is(Kind::object)) return R"({"type":"object","properties":{}})";
    const auto* type = root->find("type");
    const bool is_branching =
        std::ranges::any_of(std::array{"allOf", "anyOf", "oneOf"},
                            [&](const char* word) { return root->find(word) != nullptr; });
    if (!is_branching && type != nullptr && type->is_string("object") &&
        root->find("properties") != nullptr)
        return std::string(schema);
    flatten_root(*root);
    type = root->find("type");
    if (type == nullptr || !type->is_string("object"))
        root->set("type", JsonTree::string("object"));
    if (root->find("properties") == nullptr) root->set("properties", JsonTree::object());
    return wire::json_text(*root);
}

bool is_strict_ready(canonical::Json schema) {
    const auto root = wire::parse_json(schema);
    return root && is_object_schema(*root) && root->find("anyOf") == nullptr && is_strict(*root);
}

}  // namespace router::dialects
