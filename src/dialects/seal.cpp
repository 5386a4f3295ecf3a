#include "dialects/seal.hpp"

#include <charconv>
#include <utility>

#include "wire/base64.hpp"

namespace router::dialects {
namespace {

using canonical::Origin;

constexpr std::string_view magic = "LLMR01";   // six bytes: eight characters of base64, the mark
constexpr std::string_view origins = "-agor";  // in the order of canonical::Origin

std::string_view take_line(std::string_view& rest) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return std::exchange(rest, {});
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return line;
}

}  // namespace

// Lines: the magic, origin, kind and the item's id; the issuer; the value's length; then the value
// and the text.
std::string seal(const canonical::ThinkingBlock& thinking) {
    std::string inside(magic);
    inside += origins[static_cast<std::size_t>(thinking.signature.origin)];
    inside += thinking.is_redacted ? 'r' : '-';
    inside += thinking.signature.item_id;
    inside += '\n';
    inside += thinking.signature.issuer;
    inside += '\n';
    inside += std::to_string(thinking.signature.value.escaped.size());
    inside += '\n';
    inside += thinking.signature.value.escaped;
    inside += thinking.text.escaped;
    return wire::base64(inside);
}

std::optional<canonical::ThinkingBlock> open_seal(std::string_view text, canonical::Arena& arena) {
    if (!text.starts_with(seal_mark)) return std::nullopt;
    auto opened = wire::from_base64(text);
    if (!opened || opened->size() < magic.size() + 2) return std::nullopt;
    auto rest = arena.keep(std::move(*opened)).substr(magic.size());
    const auto kind = take_line(rest);
    const auto origin = kind.empty() ? std::string_view::npos : origins.find(kind[0]);
    if (kind.size() < 2 || origin == std::string_view::npos) return std::nullopt;

    canonical::ThinkingBlock thinking;
    thinking.is_redacted = kind[1] == 'r';
    thinking.signature.origin = static_cast<Origin>(origin);
    thinking.signature.item_id = kind.substr(2);
    thinking.signature.issuer = take_line(rest);
    const auto digits = take_line(rest);
    std::size_t length = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (read.ec != std::errc() || length > rest.size()) return std::nullopt;
    thinking.signature.value = {rest.substr(0, length)};
    thinking.text = {rest.substr(length)};
    if (!wire::has_good_escapes(rest)) return std::nullopt;
    return thinking;
}

}  // namespace router::dialects
