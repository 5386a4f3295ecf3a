#include "dialects/embeddings.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

#include "wire/base64.hpp"
#include "wire/json.hpp"
#include "wire/json_text.hpp"
#include "wire/json_tree.hpp"

namespace router::dialects {
namespace {

using wire::JsonTree;
using Kind = JsonTree::Kind;

constexpr std::size_t float_bytes = 4;

// Whether the first vector is a string.
bool is_packed(std::string_view answer) {
    constexpr std::string_view key = "\"embedding\"";
    for (auto at = answer.find(key); at != std::string_view::npos; at = answer.find(key, at + 1)) {
        const auto behind = answer.find_first_not_of(" \t\r\n", at + key.size());
        if (behind == std::string_view::npos || answer[behind] != ':') continue;  // no key
        const auto value = answer.find_first_not_of(" \t\r\n", behind + 1);
        return value != std::string_view::npos && answer[value] == '"';
    }
    return false;
}

float float_at(std::string_view bytes) {
    std::uint32_t bits = 0;
    for (std::size_t i = float_bytes; i-- > 0;)
        bits = bits << 8 | static_cast<unsigned char>(bytes[i]);
    return std::bit_cast<float>(bits);
}

std::optional<JsonTree> unpacked(const JsonTree& packed) {
    const auto bytes = wire::from_base64(wire::unescaped(packed.text));
    if (!bytes || bytes->size() % float_bytes != 0) return std::nullopt;
    auto vector = JsonTree::array({});
    vector.items.reserve(bytes->size() / float_bytes);
    for (std::size_t at = 0; at < bytes->size(); at += float_bytes) {
        const auto number = float_at(std::string_view(*bytes).substr(at, float_bytes));
        if (!std::isfinite(number)) return std::nullopt;  // JSON has no such number
        std::array<char, 32> text{};
        const auto* const end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
        vector.items.push_back(JsonTree{
            .kind = Kind::number,
            .text = std::string(text.data(), static_cast<std::size_t>(end - text.data()))});
    }
    return vector;
}

}  // namespace

std::string with_plain_vectors(std::string_view answer) {
    if (!is_packed(answer)) return {};
    auto tree = wire::parse_json(answer);
    auto* entries = tree ? tree->find("data") : nullptr;
    if (entries == nullptr) return {};
    for (auto& entry : entries->items) {
        const auto* packed = entry.find("embedding");
        if (packed == nullptr || !packed->is(Kind::string)) continue;
        auto vector = unpacked(*packed);
        if (!vector) return {};
        entry.set("embedding", std::move(*vector));
    }
    auto out = wire::json_text(*tree);
    out.reserve(out.size() + wire::json::padding);
    return out;
}

}  // namespace router::dialects
