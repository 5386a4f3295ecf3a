#include "wire/json_tree.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "wire/json_text.hpp"

namespace router::wire {
namespace {

using Kind = JsonTree::Kind;

constexpr int deepest = 200;

class Parser {
 public:
    explicit Parser(std::string_view text) : rest_(text) {}

    std::optional<JsonTree> document() {
        JsonTree tree;
        if (!value(tree, 0)) return std::nullopt;
        skip_space();
        if (!rest_.empty()) return std::nullopt;
        return tree;
    }

 private:
    void skip_space() {
        const auto start = rest_.find_first_not_of(" \t\r\n");
        rest_.remove_prefix(std::min(start, rest_.size()));
    }

    bool take(char wanted) {
        skip_space();
        if (!rest_.starts_with(wanted)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool value(JsonTree& tree, int depth) {
        skip_space();
        if (rest_.empty() || depth > deepest) return false;
        switch (rest_.front()) {
            case '{':
                return object(tree, depth);
            case '[':
                return array(tree, depth);
            case '"':
                tree.kind = Kind::string;
                return string(tree.text);
            default:
                return word(tree);
        }
    }

    bool object(JsonTree& tree, int depth) {
        tree.kind = Kind::object;
        rest_.remove_prefix(1);
        if (take('}')) return true;
        do {
            skip_space();
            auto& member = tree.items.emplace_back();
            if (!string(member.key) || !take(':') || !value(member, depth + 1)) return false;
        } while (take(','));
        return take('}');
    }

    bool array(JsonTree& tree, int depth) {
        tree.kind = Kind::array;
        rest_.remove_prefix(1);
        if (take(']')) return true;
        do {
            if (!value(tree.items.emplace_back(), depth + 1)) return false;
        } while (take(','));
        return take(']');
    }

    bool string(std::string& inside) {
        if (!rest_.starts_with('"')) return false;
        std::size_t end = 1;
        while (end < rest_.size() && rest_[end] != '"') {
            if (static_cast<unsigned char>(rest_[end]) < 0x20) return false;
            end += rest_[end] == '\\' ? 2 : 1;
        }
        if (end >= rest_.size()) return false;
        inside = rest_.substr(1, end - 1);
        rest_.remove_prefix(end + 1);
        return has_good_escapes(inside);
    }

    bool word(JsonTree& tree) {
        const auto word = rest_.substr(0, rest_.find_first_of(" \t\r\n,]}:"));
        rest_.remove_prefix(word.size());
        tree.text = word;
        if (word == "null") tree.text.clear();
        if (word == "null") return true;
        tree.kind = word == "true" || word == "false" ? Kind::boolean : Kind::number;
        return tree.is(Kind::boolean) || is_number(word);
    }

    static bool is_number(std::string_view word) {
        const auto digits = [&] {
            const auto count = std::min(word.find_first_not_of("0123456789"), word.size());
            word.remove_prefix(count);
            return count;
        };
        if (word.starts_with('-')) word.remove_prefix(1);
        const bool has_zero = word.starts_with('0');
        const auto whole = digits();
        if (whole == 0 || (has_zero && whole > 1)) return false;
        if (word.starts_with('.')) {
            word.remove_prefix(1);
            if (digits() == 0) return false;
        }
        if (word.starts_with('e') || word.starts_with('E')) {
            word.remove_prefix(1);
            if (word.starts_with('+') || word.starts_with('-')) word.remove_prefix(1);
            if (digits() == 0) return false;
        }
        return word.empty();
    }

    std::string_view rest_;
};

bool same_number(std::string_view left, std::string_view right) {
    if (left == right) return true;
    double a = 0;
    double b = 0;
    std::from_chars(left.data(), left.data() + left.size(), a);
    std::from_chars(right.data(), right.data() + right.size(), b);
    return a == b;
}

// By what the keys say, so that the order does not count.
std::vector<std::pair<std::string, const JsonTree*>> sorted(const JsonTree& tree) {
    std::vector<std::pair<std::string, const JsonTree*>> out;
    for (const auto& item : tree.items) out.emplace_back(unescaped(item.key), &item);
    if (tree.is(Kind::object))
        std::ranges::sort(out, {}, &std::pair<std::string, const JsonTree*>::first);
    return out;
}

}  // namespace

JsonTree JsonTree::object() { return {.kind = Kind::object}; }

JsonTree JsonTree::array(std::vector<JsonTree> items) {
    return {.kind = Kind::array, .items = std::move(items)};
}

JsonTree JsonTree::string(std::string_view plain) {
    return {.kind = Kind::string, .text = escaped(plain)};
}

JsonTree JsonTree::boolean(bool value) {
    return {.kind = Kind::boolean, .text = value ? "true" : "false"};
}

const JsonTree* JsonTree::find(std::string_view name) const {
    if (!is(Kind::object)) return nullptr;
    const auto member = std::ranges::find(items, name, &JsonTree::key);
    return member == items.end() ? nullptr : &*member;
}

JsonTree* JsonTree::find(std::string_view name) {
    return const_cast<JsonTree*>(std::as_const(*this).find(name));
}

JsonTree& JsonTree::set(std::string_view name, JsonTree value) {
    auto* member = find(name);
    if (member == nullptr) member = &items.emplace_back();
    *member = std::move(value);
    member->key = name;
    return *member;
}

bool JsonTree::erase(std::string_view name) { return take(name).has_value(); }

std::optional<JsonTree> JsonTree::take(std::string_view name) {
    auto* member = find(name);
    if (member == nullptr) return std::nullopt;
    auto value = std::move(*member);
    items.erase(items.begin() + (member - items.data()));
    return value;
}

bool JsonTree::equals(const JsonTree& other) const {
    if (kind != other.kind || items.size() != other.items.size()) return false;
    if (is(Kind::number)) return same_number(text, other.text);
    if (is(Kind::string)) return text == other.text || unescaped(text) == unescaped(other.text);
    return text == other.text &&
           std::ranges::equal(sorted(*this), sorted(other), [](const auto& a, const auto& b) {
               return a.first == b.first && a.second->equals(*b.second);
           });
}

std::optional<JsonTree> parse_json(std::string_view text) { return Parser(text).document(); }

void append_json(std::string& out, const JsonTree& tree) {
    const auto comma = [&, start = out.size() + 1] {
        if (out.size() > start) out += ',';
    };
    switch (tree.kind) {
        case Kind::null:
            out += "null";
            break;
        case Kind::boolean:
        case Kind::number:
            out += tree.text;
            break;
        case Kind::string:
            out += '"' + tree.text + '"';
            break;
        case Kind::array:
            out += '[';
            for (const auto& item : tree.items) {
                comma();
                append_json(out, item);
            }
            out += ']';
            break;
        case Kind::object:
            out += '{';
            for (const auto& member : tree.items) {
                comma();
                out += '"' + member.key + "\":";
                append_json(out, member);
            }
            out += '}';
    }
}

std::string json_text(const JsonTree& tree) {
    std::string out;
    append_json(out, tree);
    return out;
}

}  // namespace router::wire
