#include "dialects/openai_chat/mend_usage.hpp"

#include <cstdint>

#include "wire/json_tree.hpp"

namespace router::dialects::openai_chat {
namespace {

using wire::JsonTree;
using Kind = JsonTree::Kind;

bool set_count(JsonTree& object, std::string_view name, std::uint64_t count) {
    const auto text = std::to_string(count);
    const auto* found = object.find(name);
    if (found != nullptr && found->is(Kind::number) && found->text == text) return false;
    object.set(name, {.kind = Kind::number, .text = text});
    return true;
}

// A count that stands elsewhere is 0 or missing in the details, or the details are null.
bool set_detail(JsonTree& usage, std::string_view details, std::string_view name,
                std::uint64_t count) {
    if (count == 0) return false;
    auto* found = usage.find(details);
    if (found == nullptr || !found->is(Kind::object))
        found = &usage.set(details, JsonTree::object());
    return set_count(*found, name, count);
}

// A look that what is nearly always in order passes.
bool is_odd(std::string_view json, const canonical::Usage& read) {
    if (!read.is_known) return false;
    // Of "total_tokens" the part that begins with a rare letter, which is found at once.
    return read.cached > 0 || read.reasoning > 0 || !json.contains("al_tokens\"");
}

}  // namespace

std::string mended_usage(std::string_view json, const canonical::Usage& read) {
    if (!is_odd(json, read)) return {};
    auto usage = wire::parse_json(json);
    if (!usage || !usage->is(Kind::object)) return {};
    bool is_changed = set_count(*usage, "prompt_tokens", read.prompt);
    is_changed |= set_count(*usage, "completion_tokens", read.completion);
    is_changed |= set_count(*usage, "total_tokens", read.total);
    is_changed |= set_detail(*usage, "prompt_tokens_details", "cached_tokens", read.cached);
    is_changed |=
        set_detail(*usage, "completion_tokens_details", "reasoning_tokens", read.reasoning);
    return is_changed ? wire::json_text(*usage) : std::string();
}

}  // namespace router::dialects::openai_chat
