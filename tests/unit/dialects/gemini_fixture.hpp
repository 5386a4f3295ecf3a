#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "../wire/feeding.hpp"
#include "decoded.hpp"
#include "dialects/gemini/dialect.hpp"
#include "wire/json.hpp"
#include "wire/sse.hpp"

namespace router::dialects::gemini {

using canonical::Finish;

struct Decoded : DecodedRequest {
    explicit Decoded(std::string_view text, bool is_streaming = false)
        : DecodedRequest(dialect(), text, {.model = "gemini-x", .is_streaming = is_streaming}) {}
};

// What a request is as a body for Gemini.
inline std::string encoded(const canonical::Request& request, const Variant& variant = {}) {
    const auto made = dialect().encode_request(request, "gemini-y", variant);
    if (!made) return "error: " + made.error().message;
    EXPECT_TRUE(wire::json::is_valid(made->body)) << made->body;
    return made->body;
}

inline std::vector<canonical::Loss> losses(const canonical::Request& request) {
    const auto made = dialect().encode_request(request, "gemini-y", {});
    return made ? made->losses : std::vector<canonical::Loss>();
}

inline canonical::Turn turn(canonical::Role role, std::vector<canonical::Block> blocks) {
    return {.role = role, .blocks = std::move(blocks)};
}

inline canonical::TextBlock text(std::string_view escaped) { return {.text = {escaped}}; }

inline canonical::Turn user(std::string_view escaped) {
    return turn(canonical::Role::user, {text(escaped)});
}

}  // namespace router::dialects::gemini
