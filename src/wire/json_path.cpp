#include "wire/json_path.hpp"

#include <charconv>
#include <optional>

namespace router::wire {
namespace {

constexpr std::string_view separators = ".[";

// The next step of a path, taken off its front: a member's name, or an index in brackets.
struct Step {
    std::string_view name{};  // empty: an index
    bool is_every = false;
    std::size_t index = 0;
};

std::optional<Step> take_index(std::string_view& path) {
    const auto end = path.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const auto inside = path.substr(1, end - 1);
    path.remove_prefix(end + 1);
    Step step;
    step.is_every = inside == "*";
    if (step.is_every) return step;
    const auto* last = inside.data() + inside.size();
    const auto read = std::from_chars(inside.data(), last, step.index);
    if (read.ec != std::errc() || read.ptr != last) return std::nullopt;
    return step;
}

std::optional<Step> take_step(std::string_view& path) {
    if (path.starts_with('[')) return take_index(path);
    if (path.starts_with('.')) path.remove_prefix(1);
    const auto name = path.substr(0, path.find_first_of(separators));
    if (name.empty()) return std::nullopt;
    path.remove_prefix(name.size());
    return Step{.name = name};
}

bool erase_in_array(JsonTree& array, const Step& step, std::string_view rest) {
    if (!array.is(JsonTree::Kind::array)) return false;
    if (rest.empty() && step.is_every) {
        const bool had_any = !array.items.empty();
        array.items.clear();
        return had_any;
    }
    bool is_erased = false;
    for (std::size_t at = 0; at < array.items.size(); ++at) {
        if (!step.is_every && at != step.index) continue;
        if (rest.empty()) {
            array.items.erase(array.items.begin() + static_cast<std::ptrdiff_t>(at));
            return true;
        }
        is_erased = erase_path(array.items[at], rest) || is_erased;
    }
    return is_erased;
}

}  // namespace

bool is_json_path(std::string_view path) {
    while (!path.empty()) {
        if (!take_step(path)) return false;
    }
    return true;
}

bool erase_path(JsonTree& tree, std::string_view path) {
    const auto step = take_step(path);
    if (!step) return false;
    if (step->name.empty()) return erase_in_array(tree, *step, path);
    if (path.empty()) return tree.erase(step->name);
    auto* member = tree.find(step->name);
    return member != nullptr && erase_path(*member, path);
}

}  // namespace router::wire
