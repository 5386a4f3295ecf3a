#include "dialects/gemini/partial_args.hpp"

#include <algorithm>
#include <charconv>

#include "wire/json_text.hpp"

namespace router::dialects::gemini {
namespace {

constexpr std::size_t longest_array = 4096;  // a path that names more is not followed
constexpr int deepest = 64;

// Takes a name or a bracket's inside off the path; `is_index` for [12].
std::string take_name(std::string_view& path, bool& is_index) {
    is_index = false;
    if (path.starts_with('[')) {
        const auto end = path.find(']');
        auto inside = path.substr(1, end == std::string_view::npos ? end : end - 1);
        path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
        if (inside.size() >= 2 && (inside.front() == '\'' || inside.front() == '"'))
            return std::string(inside.substr(1, inside.size() - 2));
        is_index = true;
        return std::string(inside);
    }
    if (path.starts_with('.')) path.remove_prefix(1);
    const auto end = std::min(path.find_first_of(".["), path.size());
    std::string name(path.substr(0, end));
    path.remove_prefix(end);
    return name;
}

}  // namespace

// The node that the path's first step leads to, made where it is missing; null when it leads
// nowhere.
PartialArgs::Node* PartialArgs::step(Node& from, std::string_view& path) {
    bool is_index = false;
    auto name = take_name(path, is_index);
    if (is_index) {
        std::size_t index = longest_array;
        std::from_chars(name.data(), name.data() + name.size(), index);
        if (index >= longest_array) return nullptr;
        from.kind = Node::Kind::array;
        if (from.members.size() <= index) from.members.resize(index + 1);
        return &from.members[index];
    }
    from.kind = Node::Kind::object;
    name = wire::escaped(name);
    from.members.resize(from.keys.size());  // it may have been an array
    const auto found = std::ranges::find(from.keys, name);
    const auto at = static_cast<std::size_t>(found - from.keys.begin());
    if (found == from.keys.end()) {
        from.keys.push_back(std::move(name));
        from.members.emplace_back();
    }
    return &from.members[at];
}

void PartialArgs::add(const ArgumentPiece& piece) {
    std::string_view path = piece.path;
    if (path.starts_with('$')) path.remove_prefix(1);
    if (path.empty()) return;
    auto* at = &root_;
    for (int depth = 0; !path.empty(); ++depth) {
        at = depth < deepest ? step(*at, path) : nullptr;
        if (at == nullptr) return;
    }
    if (!piece.value.empty()) {
        at->kind = Node::Kind::value;
        at->content = piece.value;
        return;
    }
    if (at->kind != Node::Kind::text) at->content.clear();
    at->kind = Node::Kind::text;
    at->content += piece.text.escaped;
}

void PartialArgs::write(const Node& node, std::string& out) {
    switch (node.kind) {
        case Node::Kind::none:
            out += "null";
            return;
        case Node::Kind::value:
            out += node.content;
            return;
        case Node::Kind::text:
            out += '"';
            out += node.content;
            out += '"';
            return;
        default:
            break;
    }
    const bool is_object = node.kind == Node::Kind::object;
    out += is_object ? '{' : '[';
    const auto count = is_object ? node.keys.size() : node.members.size();
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out += ',';
        if (is_object) out += '"' + node.keys[i] + "\":";
        write(node.members[i], out);
    }
    out += is_object ? '}' : ']';
}

std::string PartialArgs::json() const {
    if (root_.kind != Node::Kind::object) return "{}";
    std::string out;
    write(root_, out);
    return out;
}

}  // namespace router::dialects::gemini
