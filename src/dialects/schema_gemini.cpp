#include <algorithm>
#include <array>
#include <utility>

#include "dialects/schema.hpp"
#include "dialects/schema_tree.hpp"
#include "wire/json_text.hpp"

namespace router::dialects {

using wire::JsonTree;
using Kind = JsonTree::Kind;

namespace {

// The members of Schema (ai.google.dev/api/caching#Schema, read 2026-11-22); a title is left out,
// which some of its versions refuse.
constexpr std::array<std::string_view, 20> known{
    "type",          "format",        "description",      "nullable",   "enum",
    "items",         "minItems",      "maxItems",         "properties", "required",
    "minProperties", "maxProperties", "propertyOrdering", "minLength",  "maxLength",
    "pattern",       "minimum",       "maximum",          "anyOf",      "default"};
constexpr std::array<std::string_view, 9> without_meaning{
    "$schema", "$id",         "$comment", "$anchor",
    "$defs",   "definitions", "title",    "additionalProperties",
    "strict"};
constexpr std::array<std::string_view, 6> formats{"enum",   "date-time", "float",
                                                  "double", "int32",     "int64"};

template <class Words>
bool has(const Words& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

const char* type_of(const JsonTree& value) {
    switch (value.kind) {
        case Kind::string:
            return "string";
        case Kind::number:
            return value.text.find_first_of(".eE") == std::string::npos ? "integer" : "number";
        case Kind::boolean:
            return "boolean";
        case Kind::array:
            return "array";
        case Kind::object:
            return "object";
        case Kind::null:
            break;
    }
    return "null";
}

class Conversion {
 public:
    explicit Conversion(const JsonTree& root) : root_(root) {}

    // The node in Gemini's form.
    JsonTree convert(JsonTree node) {
        if (!node.is(Kind::object)) node = JsonTree::object();
        if (node.find("$ref") != nullptr) return convert_reference(std::move(node));
        if (++depth_ > deepest) {
            --depth_;
            return opaque(std::move(node));
        }
        merge_all(node);
        convert_alternatives(node);
        convert_types(node);
        convert_values(node);
        convert_bounds(node);
        keep_known(node);
        convert_below(node);
        --depth_;
        return node;
    }

 private:
    static constexpr int deepest = 60;
    static constexpr std::size_t most_references = 2000;  // a schema may double with each

    static JsonTree opaque(JsonTree node) {
        auto out = JsonTree::object();
        out.set("type", JsonTree::string("object"));
        if (auto description = node.take("description"))
            out.set("description", std::move(*description));
        return out;
    }

    // What a reference means, written out; the second time within itself it stays a description.
    JsonTree convert_reference(JsonTree node) {
        const auto reference = *node.take("$ref");
        auto with_reference = JsonTree::object();
        with_reference.set("$ref", reference);
        const auto* meant = resolve(root_, with_reference);
        if (meant == nullptr || has(open_, reference.text) || ++references_ > most_references) {
            auto out = opaque(std::move(node));
            note(out, "as", reference);
            return out;
        }
        JsonTree merged = *meant;
        if (!merged.is(Kind::object)) merged = JsonTree::object();
        for (auto& member : node.items) {
            const auto key = member.key;
            merged.set(key, std::move(member));
        }
        open_.push_back(reference.text);
        auto out = convert(std::move(merged));
        open_.pop_back();
        return out;
    }

    // The members of what an object must also be become its own.
    void merge_all(JsonTree& node) {
        auto all = node.take("allOf");
        if (!all) return;
        for (auto& part : all->items) {
            const auto* meant = resolve(root_, part);
            JsonTree merged = meant == nullptr ? std::move(part) : *meant;
            if (!merged.is(Kind::object)) continue;
            if (++depth_ < deepest) merge_all(merged);
            --depth_;
            for (auto& member : merged.items) merge(node, std::move(member));
        }
        node.erase("allOf");  // of a part that goes too deep
    }

    static void merge(JsonTree& node, JsonTree member) {
        const auto key = member.key;
        auto* own = node.find(key);
        if (own == nullptr) {
            node.set(key, std::move(member));
        } else if (key == "properties") {
            for (auto& property : member.items) {
                const auto name = property.key;
                if (own->find(name) == nullptr) own->set(name, std::move(property));
            }
        } else if (key == "required") {
            for (auto& name : member.items) own->items.push_back(std::move(name));
        }
    }

    void convert_alternatives(JsonTree& node) {
        auto any = node.take("anyOf");
        if (auto one = node.take("oneOf")) {
            if (!any) any = JsonTree::array({});
            for (auto& item : one->items) any->items.push_back(std::move(item));
        }
        if (!any) return;
        const auto is_null = [](const JsonTree& item) {
            const auto* type = item.find("type");
            const auto* only = item.find("const");
            return (type != nullptr && type->is_string("null")) ||
                   (only != nullptr && only->is(Kind::null));
        };
        if (std::erase_if(any->items, is_null) > 0) node.set("nullable", JsonTree::boolean(true));
        if (any->items.size() == 1) {  // the one that is not null
            auto alone = any->items.front().find("$ref") != nullptr
                             ? convert_reference(std::move(any->items.front()))
                             : std::move(any->items.front());
            for (auto& member : alone.items) merge(node, std::move(member));
        } else if (!any->items.empty()) {
            node.set("anyOf", std::move(*any));
        }
    }

    static void convert_types(JsonTree& node) {
        auto* type = node.find("type");
        if (type == nullptr || !type->is(Kind::array)) return;
        auto types = std::move(type->items);
        node.erase("type");
        const auto is_null = [](const JsonTree& one) { return one.is_string("null"); };
        if (std::erase_if(types, is_null) > 0) node.set("nullable", JsonTree::boolean(true));
        if (types.size() == 1) {
            node.set("type", std::move(types.front()));
        } else if (types.size() > 1 && node.find("anyOf") == nullptr) {
            auto any = JsonTree::array({});
            for (auto& one : types) {
                auto alone = JsonTree::object();
                if (one.is_string("array") && node.find("items") != nullptr)
                    alone.set("items", *node.find("items"));
                if (one.is_string("object") && node.find("properties") != nullptr)
                    alone.set("properties", *node.find("properties"));
                alone.set("type", std::move(one));
                any.items.push_back(std::move(alone));
            }
            node.erase("items");
            node.erase("properties");
            node.set("anyOf", std::move(any));
        }
    }

    // const and enum: texts only.
    static void convert_values(JsonTree& node) {
        if (auto only = node.take("const")) {
            only->key.clear();
            node.set("enum", JsonTree::array({std::move(*only)}));
        }
        auto values = node.take("enum");
        if (!values || !values->is(Kind::array)) return;
        const auto is_null = [](const JsonTree& one) { return one.is(Kind::null); };
        if (std::erase_if(values->items, is_null) > 0)
            node.set("nullable", JsonTree::boolean(true));
        if (values->items.empty()) return;
        const bool is_text = std::ranges::all_of(
            values->items, [](const JsonTree& one) { return one.is(Kind::string); });
        if (node.find("type") == nullptr)
            node.set("type", JsonTree::string(type_of(values->items.front())));
        if (is_text) {
            node.set("enum", std::move(*values));
        } else {
            note(node, "one of", *values);
        }
    }

    static void convert_bounds(JsonTree& node) {
        for (const auto& [open, closed] :
             {std::pair{"exclusiveMinimum", "minimum"}, std::pair{"exclusiveMaximum", "maximum"}}) {
            auto bound = node.take(open);
            if (!bound || !bound->is(Kind::number)) continue;
            note(node, open, *bound);
            if (node.find(closed) == nullptr) node.set(closed, std::move(*bound));
        }
    }

    static void keep_known(JsonTree& node) {
        const auto all = std::exchange(node.items, {});
        const auto stays = [](const JsonTree& member) {
            if (member.key == "format") return member.is(Kind::string) && has(formats, member.text);
            return has(known, member.key);
        };
        for (const auto& member : all) {
            if (stays(member)) node.items.push_back(member);
        }
        for (const auto& member : all) {
            if (stays(member) || member.key == "prefixItems" || has(without_meaning, member.key))
                continue;
            note(node, member.key, member);
        }
        if (const auto tuple = std::ranges::find(all, "prefixItems", &JsonTree::key);
            tuple != all.end() && node.find("items") == nullptr && !tuple->items.empty())
            node.set("items", tuple->items.front());
    }

    void convert_below(JsonTree& node) {
        for (const auto* word : {"properties", "anyOf"}) {
            auto* list = node.find(word);
            if (list == nullptr) continue;
            for (auto& item : list->items) {
                auto key = item.key;
                item = convert(std::move(item));
                item.key = std::move(key);
            }
        }
        if (auto items = node.take("items")) {
            const bool is_tuple = items->is(Kind::array) && !items->items.empty();
            node.set("items", convert(is_tuple ? items->items.front() : std::move(*items)));
        }
        infer_type(node);
        drop_unknown_required(node);
    }

    static void infer_type(JsonTree& node) {
        if (node.find("type") == nullptr && node.find("anyOf") == nullptr) {
            node.set("type", JsonTree::string(node.find("properties") != nullptr ? "object"
                                              : node.find("items") != nullptr    ? "array"
                                                                                 : "string"));
        }
        const auto* type = node.find("type");
        if (type != nullptr && type->is_string("array") && node.find("items") == nullptr) {
            auto text = JsonTree::object();
            text.set("type", JsonTree::string("string"));
            node.set("items", std::move(text));
        }
        if (const auto* properties = node.find("properties");
            properties != nullptr && properties->items.empty())
            node.erase("properties");
    }

    // Gemini refuses a requirement of what is no property.
    static void drop_unknown_required(JsonTree& node) {
        auto required = node.take("required");
        if (!required) return;
        const auto* properties = node.find("properties");
        std::erase_if(required->items, [&](const JsonTree& name) {
            return properties == nullptr || properties->find(name.text) == nullptr;
        });
        if (!required->items.empty()) node.set("required", std::move(*required));
    }

    const JsonTree& root_;
    std::vector<std::string> open_;  // the references that are being written out
    std::size_t references_ = 0;
    int depth_ = 0;
};

}  // namespace

std::string gemini_schema(canonical::Json schema) {
    const auto root = wire::parse_json(schema);
    if (!root || !root->is(Kind::object)) return "{}";
    return wire::json_text(Conversion(*root).convert(*root));
}

}  // namespace router::dialects
