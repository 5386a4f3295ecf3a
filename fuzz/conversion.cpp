#include <array>

#include "dialects/fit.hpp"
#include "dialects/registry.hpp"
#include "input.hpp"
#include "wire/json.hpp"

// A request of any dialect, fitted to a model and written in any other: an error, or JSON.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace router;
    using canonical::DialectId;
    constexpr std::array dialects_{DialectId::openai_chat, DialectId::openai_responses,
                                   DialectId::anthropic_messages, DialectId::gemini};
    constexpr std::array<std::array<const char*, 2>, 8> models{{{"openai", "gpt-4o"},
                                                                {"openai", "gpt-5.6"},
                                                                {"anthropic", "claude-sonnet-4-5"},
                                                                {"anthropic", "claude-opus-5-5"},
                                                                {"gemini", "gemini-2.5-flash"},
                                                                {"gemini", "gemini-3-pro-preview"},
                                                                {"deepseek", "deepseek-chat"},
                                                                {"", "unknown"}}};
    fuzz::Input input(bytes, size);
    const auto from = dialects_[input.below(dialects_.size())];
    const auto to = dialects_[input.below(dialects_.size())];
    const auto& [provider, model] = models[input.below(models.size())];
    const dialects::FitSettings settings{.drop_params = input.byte() % 2 == 0};
    const fuzz::Copy body(input.rest(), wire::json::padding);
    // What is broken deep inside goes on as it came, for the provider to refuse.
    if (!wire::json::is_valid(body.view())) return 0;
    const auto request = dialects::dialect(from).decode_request(body.view(), {.model = "m"});
    if (!request) return 0;
    const auto facts = config::facts_for(provider, dialects::name_of(to), model);
    const auto fitted = dialects::fit(*request, facts, to, "a#1", settings);
    if (!fitted) {
        fuzz::require(!fitted.error().message.empty());
        return 0;
    }
    const auto written =
        dialects::dialect(to).encode_request(fitted->request, "m", dialects::with_facts({}, facts));
    if (written) fuzz::require(wire::json::is_valid(written->body));
    return 0;
}
