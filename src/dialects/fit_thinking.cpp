#include <algorithm>
#include <array>
#include <variant>

#include "dialects/fit_steps.hpp"

namespace router::dialects {

using canonical::DialectId;
using canonical::Effort;
using canonical::ThinkingMode;
using config::ThinkingKind;
using config::ThinkingOff;

namespace {

constexpr std::int64_t least_budget = 1024;  // of Claude

struct Wanted {
    bool is_said = false;  // the client said anything at all
    bool is_off = false;
    bool is_on = false;                    // said so, not only how much
    std::optional<Effort> effort{};        // never none
    std::optional<std::int64_t> budget{};  // above 0
};

// No vendor tells how many tokens an effort is: between the tables that others use.
Effort effort_of(std::int64_t budget) {
    if (budget < 1024) return Effort::minimal;
    if (budget < 4096) return Effort::low;
    if (budget < 12288) return Effort::medium;
    if (budget < 24577) return Effort::high;
    return Effort::xhigh;
}

std::int64_t budget_of(Effort effort, bool is_gemini) {
    constexpr std::array<std::int64_t, 7> claude{0, 1024, 2048, 8192, 16384, 32768, 64000};
    constexpr std::array<std::int64_t, 7> gemini{0, 512, 1024, 8192, 24576, 32768, 32768};
    return (is_gemini ? gemini : claude)[static_cast<std::size_t>(effort)];
}

Wanted wanted(const canonical::Reasoning& reasoning) {
    Wanted out;
    out.is_said = reasoning.mode != ThinkingMode::automatic || reasoning.effort || reasoning.budget;
    out.is_off = reasoning.mode == ThinkingMode::off || reasoning.budget == 0 ||
                 reasoning.mode == ThinkingMode::between_tools ||
                 (reasoning.effort == Effort::none && reasoning.mode != ThinkingMode::budget);
    if (reasoning.effort && reasoning.effort != Effort::none) out.effort = reasoning.effort;
    if (reasoning.budget && *reasoning.budget > 0) out.budget = reasoning.budget;
    out.is_on = !out.is_off && (reasoning.mode == ThinkingMode::adaptive ||
                                reasoning.mode == ThinkingMode::budget || reasoning.budget);
    return out;
}

config::Effort in_config(Effort effort) { return static_cast<config::Effort>(effort); }

// The nearest accepted effort below or equal, else the lowest; nothing when there is none but off.
std::optional<Effort> clamped(const config::ModelFacts& facts, Effort wanted) {
    std::optional<Effort> out;
    for (const auto accepted : facts.efforts) {
        if (accepted == config::Effort::none) continue;
        if (!out || accepted <= in_config(wanted)) out = static_cast<Effort>(accepted);
    }
    return out;
}

// Where a step between is missing, Claude is asked for more rather than less, and Gemini too.
std::optional<Effort> clamped_for(const Fitting& fitting, Effort wanted) {
    const auto& facts = fitting.facts;
    if (facts.takes(in_config(wanted))) return wanted;
    const auto instead =
        facts.thinking == ThinkingKind::adaptive && wanted == Effort::xhigh ? Effort::max
        : facts.thinking == ThinkingKind::level && wanted == Effort::medium ? Effort::high
                                                                            : wanted;
    if (facts.takes(in_config(instead))) return instead;
    return clamped(facts, wanted);
}

void set_effort(Fitting& fitting, Effort wanted) {
    auto& effort = fitting.request.reasoning.effort;
    effort = clamped_for(fitting, wanted);
    if (effort && *effort != wanted)
        fitting.lose(field_name(fitting, Field::effort),
                     "the model has no such step; the nearest is taken");
}

void clear(canonical::Reasoning& reasoning) {
    reasoning.mode = ThinkingMode::automatic;
    reasoning.effort.reset();
    reasoning.budget.reset();
}

void cannot_be_off(Fitting& fitting) {
    fitting.lose(field_name(fitting, Field::thinking),
                 "the model always thinks; it thinks the least it can");
}

// A budget model of Anthropic's does not think on where the call before it was made without.
bool has_unsigned_call(canonical::Request& request) {
    const auto* turn = last_assistant_turn(request);
    if (turn == nullptr) return false;
    bool has_call = false;
    for (const auto& block : turn->blocks) {
        const auto* thinking = std::get_if<canonical::ThinkingBlock>(&block);
        if (thinking != nullptr && thinking->signature.is_present()) return false;
        has_call = has_call || std::holds_alternative<canonical::ToolCallBlock>(block);
    }
    return has_call;
}

void set_claude_budget(Fitting& fitting, std::int64_t budget) {
    auto& request = fitting.request;
    auto& reasoning = request.reasoning;
    const auto field = field_name(fitting, Field::thinking);
    const auto off = [&](std::string_view reason) {
        fitting.lose(field, reason);
        clear(reasoning);
        reasoning.mode = ThinkingMode::off;
    };
    if (request.max_tokens && *request.max_tokens <= least_budget)
        return off("max_tokens leaves no room to think");
    if (has_unsigned_call(request))
        return off(
            "the call before it came without its signed thoughts, so the model cannot think on");
    auto most =
        request.max_tokens.value_or(static_cast<std::int64_t>(fitting.facts.max_output_tokens));
    if (most <= least_budget) most = budget + 1;  // not known
    reasoning.mode = ThinkingMode::budget;
    reasoning.budget = std::clamp(budget, least_budget, most - 1);
}

void fit_claude_budget(Fitting& fitting, const Wanted& want) {
    auto& reasoning = fitting.request.reasoning;
    if (want.is_off) {
        clear(reasoning);
        reasoning.mode = ThinkingMode::off;
        return;
    }
    const bool is_effort_alone = want.effort && !want.is_on;
    if (is_effort_alone && !fitting.facts.efforts.empty() && fitting.is_same_dialect())
        return set_effort(fitting, *want.effort);  // it steers the answer, too
    const auto budget =
        want.budget.value_or(budget_of(want.effort.value_or(Effort::medium), false));
    reasoning.effort.reset();
    if (want.effort && fitting.is_same_dialect()) set_effort(fitting, *want.effort);
    set_claude_budget(fitting, budget);
}

void fit_gemini_budget(Fitting& fitting, const Wanted& want) {
    const auto& facts = fitting.facts;
    auto& reasoning = fitting.request.reasoning;
    const bool is_dynamic = !want.is_off && !want.budget && !want.effort;
    reasoning.mode = ThinkingMode::budget;
    if (is_dynamic) {
        reasoning.budget = -1;
    } else if (want.is_off) {
        const bool may_be_off = facts.thinking_off == ThinkingOff::zero_budget;
        if (!may_be_off) cannot_be_off(fitting);
        reasoning.budget = may_be_off ? 0 : facts.min_budget;
    } else {
        const auto budget =
            want.budget.value_or(budget_of(want.effort.value_or(Effort::medium), true));
        reasoning.budget = std::clamp(
            budget, facts.min_budget,
            facts.max_budget > 0 ? facts.max_budget : std::max(budget, facts.min_budget));
    }
    reasoning.effort.reset();
}

void turn_adaptive_off(Fitting& fitting) {
    auto& reasoning = fitting.request.reasoning;
    reasoning.budget.reset();
    switch (fitting.facts.thinking_off) {
        case ThinkingOff::up_to_high:
            if (reasoning.effort > Effort::high) {
                reasoning.effort = Effort::high;
                fitting.lose(field_name(fitting, Field::effort),
                             "without thinking the model takes none above high");
            }
            [[fallthrough]];
        case ThinkingOff::disabled:
            reasoning.mode = ThinkingMode::off;
            if (reasoning.effort == Effort::none) reasoning.effort.reset();
            return;
        case ThinkingOff::between_tools:
            reasoning.mode = ThinkingMode::between_tools;
            if (reasoning.effort == Effort::none) reasoning.effort.reset();
            return;
        default:
            cannot_be_off(fitting);
            reasoning.mode = ThinkingMode::adaptive;
            reasoning.effort = clamped(fitting.facts, Effort::low);
    }
}

void fit_adaptive(Fitting& fitting, const Wanted& want) {
    auto& reasoning = fitting.request.reasoning;
    const bool is_claudes = fitting.request.dialect == DialectId::anthropic_messages;
    if (want.is_off) return turn_adaptive_off(fitting);
    if (want.budget && fitting.facts.takes_budget && is_claudes)
        return set_claude_budget(fitting, *want.budget);
    if (want.budget && is_claudes)
        fitting.lose(field_name(fitting, Field::thinking), "the model decides how much it thinks");
    // Of Anthropic's clients an effort alone steers the answer, not whether there are thoughts.
    if (!is_claudes || want.is_on) reasoning.mode = ThinkingMode::adaptive;
    reasoning.budget.reset();
    reasoning.effort.reset();
    if (want.effort) {
        set_effort(fitting, *want.effort);
    } else if (want.budget) {
        reasoning.effort = clamped_for(fitting, effort_of(*want.budget));
    }
}

void fit_level(Fitting& fitting, const Wanted& want) {
    auto& reasoning = fitting.request.reasoning;
    clear(reasoning);
    if (want.is_off) {
        reasoning.effort = clamped(fitting.facts, Effort::minimal);
        return cannot_be_off(fitting);
    }
    if (want.effort) {
        set_effort(fitting, *want.effort);
    } else if (want.budget) {
        reasoning.effort = clamped_for(fitting, effort_of(*want.budget));
    }
    reasoning.mode = ThinkingMode::adaptive;
}

void fit_effort(Fitting& fitting, const Wanted& want) {
    const auto& facts = fitting.facts;
    auto& reasoning = fitting.request.reasoning;
    clear(reasoning);
    if (want.is_off) {
        if (facts.takes(config::Effort::none)) {
            reasoning.effort = Effort::none;
        } else if (facts.thinking_off == ThinkingOff::disabled) {
            reasoning.mode = ThinkingMode::off;
        } else {
            cannot_be_off(fitting);
            reasoning.effort = clamped(facts, Effort::minimal);
        }
    } else if (want.effort) {
        set_effort(fitting, *want.effort);
    } else if (want.budget) {
        reasoning.effort = clamped_for(fitting, effort_of(*want.budget));
    }
}

// A chat of OpenAI's newer models takes no tools beside an effort.
void fit_effort_to_tools(Fitting& fitting) {
    auto& effort = fitting.request.reasoning.effort;
    if (!fitting.is_for(DialectId::openai_chat) || fitting.request.tools.empty()) return;
    const auto rule = fitting.facts.chat_tools;
    const auto field = field_name(fitting, Field::effort);
    if (rule == config::ChatTools::without_effort && effort) {
        fitting.lose(field, "the model takes no effort beside tools on Chat Completions");
        effort.reset();
    }
    if (rule == config::ChatTools::with_effort_none && effort != Effort::none) {
        if (effort) fitting.lose(field, "the model takes tools only without thinking there");
        effort = Effort::none;
    }
}

// Who asked for thoughts wants to read them, in dialects that leave them out unless told.
void fit_shown(Fitting& fitting, const Wanted& want) {
    auto& reasoning = fitting.request.reasoning;
    const bool asks = !want.is_off && (want.is_on || want.effort);
    if (reasoning.is_shown || !asks || fitting.is_same_dialect()) return;
    if (fitting.facts.thinking == ThinkingKind::none) return;  // Gemini refuses even to be asked
    if (fitting.is_for_claude() && fitting.facts.shows_thinking) return;
    const auto client = fitting.request.dialect;
    if (client == DialectId::anthropic_messages) reasoning.is_shown = want.is_on;
    if (client == DialectId::openai_chat && !fitting.is_for(DialectId::openai_responses))
        reasoning.is_shown = true;
    if (client == DialectId::openai_responses && !reasoning.summary.empty())
        reasoning.is_shown = true;
}

void fit_unknown(Fitting& fitting, const Wanted& want) {
    const bool is_openais =
        fitting.is_for_openai() && (fitting.request.dialect == DialectId::openai_chat ||
                                    fitting.request.dialect == DialectId::openai_responses);
    if (fitting.is_same_dialect() || is_openais) return;
    if (!want.is_off)
        fitting.lose(field_name(fitting, Field::thinking),
                     "it is not known whether the model thinks; model_info may say so");
    clear(fitting.request.reasoning);
}

void fit_fixed(Fitting& fitting, const Wanted& want) {
    const bool thinks = fitting.facts.thinking == ThinkingKind::fixed;
    if (thinks && want.is_off) cannot_be_off(fitting);
    if (!want.is_off)
        fitting.lose(
            field_name(fitting, Field::thinking),
            thinks ? "how much the model thinks cannot be said" : "the model does not think");
    clear(fitting.request.reasoning);
}

void fit_kind(Fitting& fitting, const Wanted& want) {
    // OpenAI's dialects have one word for it, whatever the model behind them understands.
    const auto kind = fitting.facts.thinking;
    const bool has_steps = kind == ThinkingKind::budget || kind == ThinkingKind::adaptive ||
                           kind == ThinkingKind::level;
    if (has_steps && fitting.is_for_openai()) return fit_effort(fitting, want);
    switch (kind) {
        case ThinkingKind::unknown:
            return fit_unknown(fitting, want);
        case ThinkingKind::none:
        case ThinkingKind::fixed:
            return fit_fixed(fitting, want);
        case ThinkingKind::budget:
            return fitting.is_for(DialectId::gemini) ? fit_gemini_budget(fitting, want)
                                                     : fit_claude_budget(fitting, want);
        case ThinkingKind::adaptive:
            return fit_adaptive(fitting, want);
        case ThinkingKind::level:
            return fit_level(fitting, want);
        case ThinkingKind::effort:
            return fit_effort(fitting, want);
    }
}

}  // namespace

void fit_thinking(Fitting& fitting) {
    const auto want = wanted(fitting.request.reasoning);
    if (want.is_said) {
        fit_kind(fitting, want);
        fit_shown(fitting, want);
    }
    fit_effort_to_tools(fitting);
}

bool is_thinking(const Fitting& fitting) {
    const auto& reasoning = fitting.request.reasoning;
    if (reasoning.mode == ThinkingMode::off || reasoning.budget == 0 ||
        reasoning.effort == Effort::none)
        return false;
    if (reasoning.mode == ThinkingMode::budget || reasoning.mode == ThinkingMode::adaptive)
        return true;
    return fitting.facts.thinks_by_default || (reasoning.effort && !fitting.is_for_claude());
}

}  // namespace router::dialects
