#include <algorithm>
#include <map>
#include <set>
#include <variant>

#include "dialects/fit_steps.hpp"

namespace router::dialects {

using canonical::Block;
using canonical::DialectId;
using canonical::Role;
using canonical::TextBlock;
using canonical::ToolCallBlock;
using canonical::ToolResultBlock;
using canonical::Turn;

namespace {

struct Calls {
    std::size_t turn = 0;  // of `request.turns`
    std::vector<std::string> ids{};
    std::vector<std::optional<ToolResultBlock>> results{};  // as many
};

std::vector<Calls> calls_of(const canonical::Request& request) {
    std::vector<Calls> out;
    for (std::size_t at = 0; at < request.turns.size(); ++at) {
        Calls calls{.turn = at};
        for (const auto& block : request.turns[at].blocks) {
            if (const auto* call = std::get_if<ToolCallBlock>(&block))
                calls.ids.push_back(call->id);
        }
        if (calls.ids.empty()) continue;
        calls.results.resize(calls.ids.size());
        out.push_back(std::move(calls));
    }
    return out;
}

// Gives a result to its call: the last one before it with that id and no result yet.
bool give(std::vector<Calls>& all, std::size_t before, const ToolResultBlock& result) {
    for (auto calls = all.rbegin(); calls != all.rend(); ++calls) {
        if (calls->turn >= before) continue;
        for (std::size_t at = 0; at < calls->ids.size(); ++at) {
            if (calls->ids[at] != result.call_id || calls->results[at]) continue;
            calls->results[at] = result;
            return true;
        }
    }
    return false;
}

// A result that no call asked for, as the user's word.
void tell(Fitting& fitting, const ToolResultBlock& result, std::vector<Block>& out) {
    auto& arena = *fitting.request.arena;
    out.emplace_back(TextBlock{.text = arena.keep_escaped("Result of a tool:")});
    for (const auto& part : result.parts)
        std::visit([&](const auto& one) { out.emplace_back(one); }, part);
    if (!result.object.empty())
        out.emplace_back(TextBlock{.text = arena.keep_escaped(result.object)});
    fitting.lose(field_name(fitting, Field::messages),
                 "a tool's result that no call asked for is told as the user's");
}

// Takes the results out of their turns; those left over stay as texts.
void collect(Fitting& fitting, std::vector<Calls>& all) {
    auto& turns = fitting.request.turns;
    for (std::size_t at = 0; at < turns.size(); ++at) {
        std::vector<Block> kept;
        for (auto& block : turns[at].blocks) {
            const auto* result = std::get_if<ToolResultBlock>(&block);
            if (result == nullptr) {
                kept.push_back(std::move(block));
            } else if (!give(all, at, *result)) {
                tell(fitting, *result, kept);
            }
        }
        turns[at].blocks = std::move(kept);
        if (turns[at].role == Role::tool) turns[at].role = Role::user;  // of what is left
    }
}

ToolResultBlock missing(Fitting& fitting, const std::string& id) {
    fitting.lose(field_name(fitting, Field::messages),
                 "a call without a result gets one that says so");
    ToolResultBlock result{.call_id = id, .is_error = true};
    result.parts.emplace_back(
        TextBlock{.text = fitting.request.arena->keep_escaped("The tool gave no result.")});
    return result;
}

// What a target allows in a call's id. Sources: Anthropic's and OpenAI's answers to others, "String
// should match pattern '^[a-zA-Z0-9_-]+$'" and "expected a string with maximum length 40", 64 on
// Responses (read 2026-11-22).
class CallIds {
 public:
    explicit CallIds(DialectId target) : target_(target) {}

    std::string legal(const std::string& id) {
        if (is_legal(id)) return id;
        const auto known = made_.find(id);
        if (known != made_.end()) return known->second;
        const NameRule rule{.longest = longest()};
        ToolNames names;  // the rule for names serves
        auto made = names.sent(id, "", {}, {}, rule);
        const auto begin = made.substr(0, longest() - 12);
        while (!taken_.insert(made).second) made = begin + '_' + std::to_string(++made_again_);
        return made_.emplace(id, made).first->second;
    }

 private:
    std::size_t longest() const { return target_ == DialectId::openai_chat ? 40 : 64; }

    bool is_legal(const std::string& id) const {
        const bool is_bound = target_ != DialectId::gemini;
        if (id.empty() || (is_bound && id.size() > longest())) return false;
        if (target_ != DialectId::anthropic_messages && target_ != DialectId::bedrock_converse)
            return true;
        return std::ranges::all_of(id, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '_' || c == '-';
        });
    }

    DialectId target_;
    std::map<std::string, std::string> made_;
    std::set<std::string> taken_;
    std::size_t made_again_ = 0;
};

void name_call_ids(Turn& turn, Turn& results, CallIds& ids) {
    for (auto& block : turn.blocks) {
        if (auto* call = std::get_if<ToolCallBlock>(&block)) call->id = ids.legal(call->id);
    }
    for (auto& block : results.blocks) {
        auto& result = std::get<ToolResultBlock>(block);
        result.call_id = ids.legal(result.call_id);
    }
}

// The name of the tool that a result is of, which Gemini wants.
void name_results(const Turn& turn, Turn& results) {
    std::size_t at = 0;
    for (const auto& block : turn.blocks) {
        const auto* call = std::get_if<ToolCallBlock>(&block);
        if (call != nullptr) std::get<ToolResultBlock>(results.blocks[at++]).name = call->name;
    }
}

}  // namespace

void fit_results(Fitting& fitting) {
    auto& turns = fitting.request.turns;
    auto all = calls_of(fitting.request);
    collect(fitting, all);
    CallIds ids(fitting.target);
    std::vector<Turn> out;
    auto calls = all.begin();
    for (std::size_t at = 0; at < turns.size(); ++at) {
        out.push_back(std::move(turns[at]));
        if (calls == all.end() || calls->turn != at) continue;
        Turn results{.role = Role::tool};
        for (std::size_t index = 0; index < calls->ids.size(); ++index) {
            auto& given = calls->results[index];
            results.blocks.emplace_back(given ? std::move(*given)
                                              : missing(fitting, calls->ids[index]));
        }
        name_call_ids(out.back(), results, ids);
        name_results(out.back(), results);
        out.push_back(std::move(results));
        ++calls;
    }
    turns = std::move(out);
}

}  // namespace router::dialects
