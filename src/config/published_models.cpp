#include "config/published_models.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "wire/json_tree.hpp"

namespace router::config {
namespace {

using wire::JsonTree;
using Kind = JsonTree::Kind;

Value scalar(ValueKind kind, std::string_view text) {
    Value out;
    out.kind = kind;
    out.text = text;
    return out;
}
Value text(std::string_view word) { return scalar(ValueKind::text, word); }
Value number(std::string_view digits) { return scalar(ValueKind::number, digits); }
Value flag(bool value) { return scalar(ValueKind::boolean, value ? "true" : "false"); }
Value empty(ValueKind kind) { return scalar(kind, {}); }
Value list(const std::vector<std::string_view>& words) {
    auto out = empty(ValueKind::list);
    for (const auto word : words) out.items.push_back(text(word));
    return out;
}

class Row {
 public:
    void set(std::string_view name, Value value) {
        row_.members.push_back({std::string(name), {}, std::move(value)});
    }
    Value take() { return std::move(row_); }

 private:
    Value row_ = empty(ValueKind::map);
};

// A member inside others: {"top_provider", "max_completion_tokens"}.
const JsonTree* at(const JsonTree& tree, std::initializer_list<std::string_view> path) {
    const auto* found = &tree;
    for (const auto name : path) {
        if (found != nullptr) found = found->find(name);
    }
    return found;
}

std::string_view word_at(const JsonTree& tree, std::initializer_list<std::string_view> path) {
    const auto* found = at(tree, path);
    return found != nullptr && found->is(Kind::string) ? std::string_view(found->text)
                                                       : std::string_view();
}

bool is_list(const JsonTree* tree) { return tree != nullptr && tree->is(Kind::array); }

bool has(const JsonTree& words, std::string_view word) {
    return std::ranges::any_of(words.items, [&](const auto& item) { return item.is_string(word); });
}

// Anthropic says {"supported": true}, or true.
std::optional<bool> is_supported(const JsonTree& tree,
                                 std::initializer_list<std::string_view> path) {
    const auto* found = at(tree, path);
    if (found != nullptr && found->is(Kind::object)) found = found->find("supported");
    if (found == nullptr || !found->is(Kind::boolean)) return std::nullopt;
    return found->is_true();
}

void set_count(Row& row, std::string_view field, const JsonTree* count) {
    if (count == nullptr || !count->is(Kind::number) || count->text == "0") return;
    if (count->text.find_first_not_of("0123456789") != std::string::npos) return;
    row.set(field, number(count->text));
}

void take_limits(const JsonTree& model, Row& row) {
    for (const auto* name :
         {"max_input_tokens", "context_length", "context_window", "inputTokenLimit"})
        set_count(row, "context", model.find(name));
    for (const auto* name : {"max_completion_tokens", "outputTokenLimit"})
        set_count(row, "max_output", model.find(name));
    set_count(row, "max_output", at(model, {"top_provider", "max_completion_tokens"}));
    if (word_at(model, {"type"}) == "model")  // Anthropic's; elsewhere it may be the context
        set_count(row, "max_output", model.find("max_tokens"));
}

void take_media(const JsonTree& model, Row& row) {
    const auto images = is_supported(model, {"capabilities", "image_input"});
    const auto documents = is_supported(model, {"capabilities", "pdf_input"});
    const auto* modalities = at(model, {"architecture", "input_modalities"});
    if (!is_list(modalities)) modalities = model.find("input_modalities");
    std::vector<std::string_view> inputs;
    if (is_list(modalities)) {
        constexpr std::array<std::pair<std::string_view, std::string_view>, 4> words{
            {{"image", "image"}, {"audio", "audio"}, {"video", "video"}, {"file", "document"}}};
        for (const auto& [theirs, ours] : words) {
            if (has(*modalities, theirs)) inputs.push_back(ours);
        }
    } else if (images && documents) {
        if (*images) inputs.push_back("image");
        if (*documents) inputs.push_back("document");
    } else {
        return;
    }
    if (inputs.empty()) inputs.push_back("text");
    row.set("inputs", list(inputs));
}

void take_efforts(std::vector<std::string_view> words, Row& row) {
    constexpr std::array<std::string_view, 7> known{"none", "minimal", "low", "medium",
                                                    "high", "xhigh",   "max"};
    std::erase_if(words, [&](auto word) { return std::ranges::find(known, word) == known.end(); });
    if (!words.empty()) row.set("efforts", list(words));
}

// Anthropic's capabilities.thinking.types and .effort.
void take_thinking(const JsonTree& model, const ModelFacts& known, Row& row) {
    const auto type = [&](std::string_view name) {
        return is_supported(model, {"capabilities", "thinking", "types", name});
    };
    const auto adaptive = type("adaptive"), enabled = type("enabled");
    if (adaptive && enabled) {
        row.set("thinking", text(*adaptive ? "adaptive" : *enabled ? "budget" : "none"));
        row.set("takes_budget", flag(*adaptive && *enabled));
    }
    if (const auto off = type("disabled"); off && *off) {
        const bool is_news = known.thinking_off == ThinkingOff::never ||
                             known.thinking_off == ThinkingOff::between_tools;
        if (is_news) row.set("thinking_off", text("disabled"));
    } else if (off) {
        row.set("thinking_off",
                text(type("between_tools").value_or(false) ? "between_tools" : "never"));
    }
    const auto* efforts = at(model, {"capabilities", "effort"});
    if (efforts == nullptr || !efforts->is(Kind::object)) return;
    std::vector<std::string_view> words;
    for (const auto& member : efforts->items) {
        if (is_supported(*efforts, {member.key}).value_or(false)) words.push_back(member.key);
    }
    take_efforts(std::move(words), row);
}

// Gemini's flag, and xAI's list of efforts.
void take_reasoning(const JsonTree& model, Row& row) {
    const auto* thinks = model.find("thinking");
    if (thinks != nullptr && thinks->is(Kind::boolean) && !thinks->is_true())
        row.set("thinking", text("none"));
    const auto* efforts = at(model, {"capabilities", "reasoning_effort"});
    if (!is_list(efforts) || efforts->items.empty()) return;
    std::vector<std::string_view> words;
    for (const auto& item : efforts->items) words.push_back(item.text);
    row.set("thinking", text("effort"));
    take_efforts(std::move(words), row);
}

void take_tools(const JsonTree& model, Row& row) {
    const auto* parameters = model.find("supported_parameters");
    if (is_list(parameters)) row.set("takes_tools", flag(has(*parameters, "tools")));
    if (const auto takes = is_supported(model, {"capabilities", "structured_outputs"}))
        row.set("takes_structured_output", flag(*takes));
}

// OpenRouter's, US dollars a token, as text.
void take_prices(const JsonTree& model, Row& row) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> names{
        {{"prompt", "input_cost_per_token"},
         {"completion", "output_cost_per_token"},
         {"internal_reasoning", "output_cost_per_reasoning_token"},
         {"input_cache_read", "cache_read_input_token_cost"},
         {"input_cache_write", "cache_creation_input_token_cost"},
         {"input_cache_write_1h", "cache_creation_input_token_cost_above_1hr"}}};
    for (const auto& [theirs, ours] : names) {
        const auto price = word_at(model, {"pricing", theirs});
        const bool is_price =
            !price.empty() && price.find_first_not_of("0123456789.eE-+") == std::string_view::npos;
        if (!is_price || price.starts_with('-')) continue;             // -1: it depends
        if (theirs == "internal_reasoning" && price == "0") continue;  // it costs what others do
        row.set(ours, number(price));
    }
}

std::string_view name_of(const JsonTree& model) {
    if (const auto id = word_at(model, {"id"}); !id.empty()) return id;
    auto name = word_at(model, {"name"});  // Gemini's
    constexpr std::string_view folder = "models/";
    if (name.starts_with(folder)) name.remove_prefix(folder.size());
    return name;
}

}  // namespace

Value published_rows(const PublishedModels& published, const ModelCatalogue& known) {
    auto rows = empty(ValueKind::map);
    const auto answer = wire::parse_json(published.body);
    if (!answer) return rows;
    const auto* models = answer->find("data");
    if (!is_list(models)) models = answer->find("models");
    if (!is_list(models)) return rows;
    for (const auto& model : models->items) {
        const auto name = name_of(model);
        if (name.empty() || name.contains('*')) continue;
        const auto facts = known.facts_for(published.provider, published.kind, name);
        Row row;
        if (!facts.row.empty()) row.set("like", text(facts.row));
        row.set("names", list({name}));
        row.set("provider", text(published.provider));
        take_limits(model, row);
        take_media(model, row);
        take_thinking(model, facts, row);
        take_reasoning(model, row);
        take_tools(model, row);
        take_prices(model, row);
        rows.members.push_back(
            {"published " + published.provider + "/" + std::string(name), {}, row.take()});
    }
    return rows;
}

}  // namespace router::config
