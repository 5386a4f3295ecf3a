#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "config/report.hpp"
#include "config/value.hpp"

namespace router::config {

enum class KeyState : std::uint8_t {
    works,
    later,    // known, without effect so far: a warning says so
    ignored,  // known, and has no meaning in this router
};

std::string_view to_string(KeyState state);

// A key that a configuration may have. LITELLM_COMPATIBILITY.md lists the same rows; a test holds
// the two together.
struct Key {
    std::string_view section;
    std::string_view name;  // may contain '*'
    KeyState state;
    std::string_view note;
};

namespace section {
inline constexpr std::string_view top = "top level";
inline constexpr std::string_view model_list = "model_list";
inline constexpr std::string_view litellm_params = "litellm_params";
inline constexpr std::string_view request_parameters = "request parameters";
inline constexpr std::string_view model_info = "model_info";
inline constexpr std::string_view credential_list = "credential_list";
inline constexpr std::string_view router_settings = "router_settings";
inline constexpr std::string_view model_group_alias = "model_group_alias";
inline constexpr std::string_view retry_policy = "retry_policy";
inline constexpr std::string_view allowed_fails_policy = "allowed_fails_policy";
inline constexpr std::string_view litellm_settings = "litellm_settings";
inline constexpr std::string_view cache_params = "cache_params";
inline constexpr std::string_view guardrails = "guardrails";
inline constexpr std::string_view general_settings = "general_settings";
inline constexpr std::string_view pass_through_endpoints = "pass_through_endpoints";
inline constexpr std::string_view ours = "general_settings (ours)";
}  // namespace section

// Every key known, a section after the other.
std::span<const Key> keys();

const Key* find_key(std::string_view section, std::string_view name);

// Keys that are known under one of `sections` and without effect, and those that nobody knows,
// become warnings. `name` is what the map is called in them.
void check_keys(const Value& map, std::string_view name,
                std::initializer_list<std::string_view> sections, Report& report);

// ` (did you mean "api_base"?)`, or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);
std::string did_you_mean_key(std::string_view word,
                             std::initializer_list<std::string_view> sections);

void warn_later(const Key& key, const Place& place, Report& report);

// '*' in `pattern` stands for any text, also none.
bool matches(std::string_view pattern, std::string_view text);

}  // namespace router::config
