#include <algorithm>
#include <array>
#include <utility>

#include "dialects/schema.hpp"
#include "wire/json_tree.hpp"

namespace router::dialects {

using wire::JsonTree;
using Kind = JsonTree::Kind;

namespace {

// Proto JSON takes names in either case and whole numbers as texts.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> renamed{
    {{"any_of", "anyOf"},
     {"min_items", "minItems"},
     {"max_items", "maxItems"},
     {"min_length", "minLength"},
     {"max_length", "maxLength"},
     {"min_properties", "minProperties"},
     {"max_properties", "maxProperties"},
     {"prefix_items", "prefixItems"},
     {"additional_properties", "additionalProperties"},
     {"one_of", "oneOf"}}};
constexpr std::array<std::string_view, 6> counts{"minItems",  "maxItems",      "minLength",
                                                 "maxLength", "minProperties", "maxProperties"};

void make_small(JsonTree& type) {
    for (auto& item : type.items) make_small(item);
    for (char& c : type.text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_whole(const JsonTree& member) {
    return member.is(Kind::string) && !member.text.empty() &&
           (member.text == "0" || member.text.front() != '0') &&
           member.text.find_first_not_of("0123456789") == std::string::npos;
}

void rename(JsonTree& node) {
    for (auto& member : node.items) {
        const auto known = std::ranges::find(renamed, std::string_view(member.key),
                                             &std::pair<std::string_view, std::string_view>::first);
        if (known != renamed.end()) member.key = known->second;
        if (std::ranges::find(counts, member.key) != counts.end() && is_whole(member))
            member.kind = Kind::number;
    }
    node.erase("propertyOrdering");
    node.erase("property_ordering");
    if (const auto* format = node.find("format"); format != nullptr && format->is_string("enum"))
        node.erase("format");
    if (auto example = node.take("example")) {
        example->key.clear();
        node.set("examples", JsonTree::array({std::move(*example)}));
    }
}

void allow_null(JsonTree& node) {
    const auto nullable = node.take("nullable");
    if (!nullable || !nullable->is_true()) return;
    if (auto* type = node.find("type"); type != nullptr && type->is(Kind::string)) {
        auto alone = *type;
        alone.key.clear();
        node.set("type", JsonTree::array({std::move(alone), JsonTree::string("null")}));
    }
    if (auto* any = node.find("anyOf"); any != nullptr) {
        auto null = JsonTree::object();
        null.set("type", JsonTree::string("null"));
        any->items.push_back(std::move(null));
    }
    if (auto* values = node.find("enum"); values != nullptr) values->items.push_back(JsonTree{});
}

void convert(JsonTree& node) {
    if (!node.is(Kind::object)) return;
    rename(node);
    if (auto* type = node.find("type"); type != nullptr) {
        make_small(*type);
        if (type->is_string("type_unspecified")) node.erase("type");
    }
    allow_null(node);
    for (const auto* word : {"properties", "anyOf", "oneOf", "allOf", "prefixItems", "$defs"}) {
        auto* list = node.find(word);
        if (list != nullptr) std::ranges::for_each(list->items, convert);
    }
    for (const auto* word : {"items", "additionalProperties"}) {
        auto* below = node.find(word);
        if (below != nullptr) convert(*below);
    }
}

}  // namespace

std::string json_schema_from_gemini(canonical::Json schema) {
    auto root = wire::parse_json(schema);
    if (!root || !root->is(Kind::object)) return "{}";
    convert(*root);
    return wire::json_text(*root);
}

}  // namespace router::dialects
