#include "dialects/schema_tree.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "wire/json_text.hpp"

namespace router::dialects {

using wire::JsonTree;
using Kind = JsonTree::Kind;

namespace {

// A step of a JSON pointer says "/" as "~1" and "~" as "~0" (RFC 6901).
std::string step_of(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool is_escape = text[at] == '~' && at + 1 < text.size();
        if (is_escape) ++at;
        out += !is_escape ? text[at] : text[at] == '1' ? '/' : '~';
    }
    return out;
}

const JsonTree* child(const JsonTree& node, std::string_view step) {
    if (node.is(Kind::object)) {
        const auto member = std::ranges::find_if(node.items, [&](const JsonTree& item) {
            return item.key == step || wire::unescaped(item.key) == step;
        });
        return member == node.items.end() ? nullptr : &*member;
    }
    std::size_t index = 0;
    const auto read = std::from_chars(step.data(), step.data() + step.size(), index);
    if (!node.is(Kind::array) || read.ec != std::errc() || index >= node.items.size())
        return nullptr;
    return &node.items[index];
}

}  // namespace

bool is_object_schema(const JsonTree& node) {
    const auto* type = node.find("type");
    if (type == nullptr) return node.find("properties") != nullptr;
    return type->is_string("object") || std::ranges::any_of(type->items, [](const auto& one) {
               return one.is_string("object");
           });
}

void note(JsonTree& node, std::string_view word, const JsonTree& value) {
    auto* description = node.find("description");
    if (description == nullptr || !description->is(Kind::string))
        description = &node.set("description", JsonTree::string(""));
    if (!description->text.empty()) description->text += "\\n";
    wire::append_escaped(description->text, word);
    description->text += ": ";
    wire::append_escaped(description->text, wire::json_text(value));
}

const JsonTree* resolve(const JsonTree& root, const JsonTree& node) {
    const auto* reference = node.find("$ref");
    if (reference == nullptr || !reference->is(Kind::string)) return nullptr;
    const auto text = wire::unescaped(reference->text);
    std::string_view rest(text);
    if (!rest.starts_with('#')) return nullptr;
    rest.remove_prefix(1);
    const auto* found = &root;
    while (found != nullptr && rest.starts_with('/')) {
        rest.remove_prefix(1);
        const auto end = std::min(rest.find('/'), rest.size());
        found = child(*found, step_of(rest.substr(0, end)));
        rest.remove_prefix(end);
    }
    return rest.empty() ? found : nullptr;
}

}  // namespace router::dialects
