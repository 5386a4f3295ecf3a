#pragma once

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "dialects/fit.hpp"

namespace router::dialects {

using namespace canonical;

inline Block said(std::string_view text) { return TextBlock{.text = {text}}; }
inline Block called(std::string id, std::string name) {
    return ToolCallBlock{.id = std::move(id), .name = std::move(name), .arguments = "{}"};
}
inline Block result_of(std::string id, std::string_view text) {
    ToolResultBlock result{.call_id = std::move(id)};
    result.parts.emplace_back(TextBlock{.text = {text}});
    return result;
}
inline Turn turn(Role role, std::vector<Block> blocks) {
    return {.role = role, .blocks = std::move(blocks)};
}

inline Request asked(DialectId dialect = DialectId::openai_chat) {
    Request request{.dialect = dialect, .model = "m"};
    request.turns.push_back(turn(Role::user, {said("Hello")}));
    return request;
}

struct To {
    DialectId dialect = DialectId::anthropic_messages;
    config::ModelFacts facts{};
};

inline To claude(std::string_view model) {
    return {DialectId::anthropic_messages,
            config::facts_for("anthropic", "anthropic_messages", model)};
}
inline To gemini(std::string_view model) {
    return {DialectId::gemini, config::facts_for("gemini", "gemini", model)};
}
inline To chat(std::string_view provider, std::string_view model) {
    return {DialectId::openai_chat, config::facts_for(provider, "openai_chat", model)};
}
inline To responses(std::string_view model) {
    return {DialectId::openai_responses, config::facts_for("openai", "openai_responses", model)};
}

inline Fitted fitted(const Request& request, const To& to, const FitSettings& settings = {}) {
    auto out = fit(request, to.facts, to.dialect, "acct#1", settings);
    EXPECT_TRUE(out) << (out ? "" : out.error().message);
    return out ? std::move(*out) : Fitted{};
}

inline Error refused(const Request& request, const To& to) {
    auto out = fit(request, to.facts, to.dialect, "acct#1", {});
    EXPECT_FALSE(out);
    return out ? Error{} : out.error();
}

inline std::string fields_lost(const Fitted& fitted) {
    std::string out;
    for (const auto& loss : fitted.losses) out += (out.empty() ? "" : " ") + loss.field;
    return out;
}

// "user: Hello | assistant: call(a) | tool: a=ok"
inline std::string told(const Request& request) {
    constexpr std::array<const char*, 5> roles{"system", "developer", "user", "assistant", "tool"};
    std::string out;
    for (const auto& one : request.turns) {
        out += (out.empty() ? "" : " | ") + std::string(roles[static_cast<std::size_t>(one.role)]) +
               ':';
        for (const auto& block : one.blocks) {
            if (const auto* text = std::get_if<TextBlock>(&block))
                out += ' ' + std::string(text->text.escaped);
            if (const auto* call = std::get_if<ToolCallBlock>(&block))
                out += ' ' + call->name + '(' + call->id + ')';
            if (const auto* thinking = std::get_if<ThinkingBlock>(&block))
                out += " <" + std::string(thinking->text.escaped) + '#' +
                       std::string(thinking->signature.value.escaped) + '>';
            if (const auto* result = std::get_if<ToolResultBlock>(&block))
                out += ' ' + result->call_id + '=' + (result->is_error ? "!" : "") +
                       std::string(std::get<TextBlock>(result->parts.at(0)).text.escaped);
        }
    }
    return out;
}

inline Request with_tools(std::vector<Tool> tools, DialectId dialect = DialectId::openai_chat) {
    auto request = asked(dialect);
    request.tools = std::move(tools);
    return request;
}

inline Request with_effort(Effort effort) {
    auto request = asked();
    request.reasoning.effort = effort;
    return request;
}

}  // namespace router::dialects
