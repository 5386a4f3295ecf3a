#include "config/mask.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "base/secret.hpp"
#include "config/expand.hpp"

namespace router::config {
namespace {

constexpr std::array<std::string_view, 10> secret_words{
    "key",           "secret", "token",      "password", "credential",
    "authorization", "cookie", "passphrase", "x-auth",   "webhook"};
constexpr std::array<std::string_view, 11> harmless_words{
    "tokens",  "token_cost", "per_token",      "tokenizer",       "token_rate",     "_limit",
    "keyfile", "key_header", "key_management", "credential_name", "credential_list"};

bool contains_any(std::string_view text, auto words) {
    return std::ranges::any_of(words, [&](auto word) { return text.contains(word); });
}

bool is_reference(std::string_view text) {
    if (text.starts_with("os.environ/")) return is_variable_name(text.substr(11));
    return text.starts_with("${") && text.ends_with('}') &&
           is_variable_name(text.substr(2, text.size() - 3));
}

// "https://user:pass@host/path?key=x" -> "https://…@host/path?…"
std::string without_url_secrets(const std::string& text) {
    const auto scheme = text.find("://");
    if (scheme == std::string::npos) return text;
    std::string out = text.substr(0, text.find_first_of("?#", scheme));
    const auto path = out.find('/', scheme + 3);
    const auto at = out.rfind('@', path);
    if (at != std::string::npos && at > scheme) out.replace(scheme + 3, at - scheme - 3, "…");
    return out.size() < text.size() && text.find_first_of("?#", scheme) != std::string::npos
               ? out + "?…"
               : out;
}

void mask_scalar(Value& value, bool is_secret) {
    const auto& shown_text = value.written.empty() ? value.text : value.written;
    if (value.is(ValueKind::null) && value.written.empty()) return;
    if (value.kind == ValueKind::boolean && value.written.empty()) return;
    if (is_reference(shown_text)) {
        value.text = shown_text;
    } else if (is_secret || looks_like_a_key(shown_text)) {
        value.text = Secret(shown_text).masked();
    } else {
        value.text = without_url_secrets(shown_text);
        if (value.written.empty()) return;
    }
    value.kind = ValueKind::text;
}

void mask_in(Value& value, bool is_secret) {
    if (value.is_scalar()) mask_scalar(value, is_secret);
    for (auto& item : value.items) mask_in(item, is_secret);
    for (auto& [key, place, inner] : value.members) {
        const bool all_secret = key == "environment_variables";
        const bool names_its_own = inner.is(ValueKind::map) && !all_secret;
        mask_in(inner, !names_its_own && (is_secret || all_secret || is_secret_key(key)));
    }
}

}  // namespace

bool is_secret_key(std::string_view key) {
    const auto lower = lower_case(key);
    return contains_any(lower, secret_words) && !contains_any(lower, harmless_words);
}

Value masked(const Value& value) {
    Value out = value;
    mask_in(out, false);
    return out;
}

}  // namespace router::config
