#include "config/model_fields.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "config/keys.hpp"
#include "config/section_reader.hpp"

namespace router::config {
namespace {

template <class Word>
using Words = std::vector<std::pair<std::string_view, Word>>;

const Words<Effort> effort_words{{"none", Effort::none}, {"minimal", Effort::minimal},
                                 {"low", Effort::low},   {"medium", Effort::medium},
                                 {"high", Effort::high}, {"xhigh", Effort::xhigh},
                                 {"max", Effort::max}};
const Words<ThinkingKind> kind_words{
    {"unknown", ThinkingKind::unknown},   {"none", ThinkingKind::none},
    {"fixed", ThinkingKind::fixed},       {"budget", ThinkingKind::budget},
    {"adaptive", ThinkingKind::adaptive}, {"level", ThinkingKind::level},
    {"effort", ThinkingKind::effort}};
const Words<ThinkingOff> off_words{{"never", ThinkingOff::never},
                                   {"disabled", ThinkingOff::disabled},
                                   {"up_to_high", ThinkingOff::up_to_high},
                                   {"between_tools", ThinkingOff::between_tools},
                                   {"effort_none", ThinkingOff::effort_none},
                                   {"effort_minimal", ThinkingOff::effort_minimal},
                                   {"zero_budget", ThinkingOff::zero_budget}};
const Words<SamplingRule> sampling_words{
    {"all", SamplingRule::all},
    {"none", SamplingRule::none},
    {"temperature_xor_top_p", SamplingRule::temperature_xor_top_p},
    {"default_only", SamplingRule::default_only}};
const Words<ForcedTools> forced_words{{"accepted", ForcedTools::yes},
                                      {"refused", ForcedTools::no},
                                      {"not_with_thinking", ForcedTools::not_with_thinking}};
const Words<ChatTools> chat_words{{"accepted", ChatTools::yes},
                                  {"without_effort", ChatTools::without_effort},
                                  {"with_effort_none", ChatTools::with_effort_none},
                                  {"refused", ChatTools::no}};

struct Flag {
    std::string_view name;
    bool ModelFacts::* field;
};
constexpr std::array flags{
    Flag{"thinks_by_default", &ModelFacts::thinks_by_default},
    Flag{"takes_budget", &ModelFacts::takes_budget},
    Flag{"shows_thinking", &ModelFacts::shows_thinking},
    Flag{"wants_call_signatures", &ModelFacts::wants_call_signatures},
    Flag{"takes_image_format", &ModelFacts::takes_image_format},
    Flag{"takes_penalties", &ModelFacts::takes_penalties},
    Flag{"takes_stop", &ModelFacts::takes_stop},
    Flag{"takes_top_k", &ModelFacts::takes_top_k},
    Flag{"takes_tools", &ModelFacts::takes_tools},
    Flag{"takes_custom_tools", &ModelFacts::takes_custom_tools},
    Flag{"takes_chat", &ModelFacts::takes_chat},
    Flag{"takes_images_in_tool_results", &ModelFacts::takes_images_in_tool_results},
    Flag{"takes_structured_output", &ModelFacts::takes_structured_output},
    Flag{"takes_structured_output_with_tools", &ModelFacts::takes_structured_output_with_tools},
    Flag{"takes_prefill", &ModelFacts::takes_prefill},
    Flag{"takes_later_system", &ModelFacts::takes_later_system},
    Flag{"takes_developer_role", &ModelFacts::takes_developer_role},
    Flag{"takes_system_role", &ModelFacts::takes_system_role}};

struct Count {
    std::string_view name;
    std::uint64_t ModelFacts::* field;
};
constexpr std::array counts{Count{"context", &ModelFacts::context_tokens},
                            Count{"max_output", &ModelFacts::max_output_tokens},
                            Count{"max_stop", &ModelFacts::max_stop}};

struct Word {
    std::string_view name;
    std::string ModelFacts::* field;
};
constexpr std::array texts{Word{"mode", &ModelFacts::mode},
                           Word{"thoughts_field", &ModelFacts::thoughts_field},
                           Word{"max_tokens_field", &ModelFacts::max_tokens_field},
                           Word{"required_choice", &ModelFacts::required_choice},
                           Word{"seed_field", &ModelFacts::seed_field}};

constexpr std::array<std::string_view, 11> others{
    "inputs",     "outputs",  "thinking",     "efforts",    "thinking_off",   "min_budget",
    "max_budget", "sampling", "forced_tools", "chat_tools", "max_temperature"};

constexpr std::int64_t most = 1'000'000'000;

template <class Word>
void read_word(const SectionReader& reader, std::string_view key, const Words<Word>& words,
               Word& into) {
    std::vector<std::string_view> names;
    for (const auto& [name, word] : words) names.push_back(name);
    const auto found = reader.one_of(key, names);
    if (!found) return;
    into = std::ranges::find(words, std::string_view(*found),
                             &std::pair<std::string_view, Word>::first)
               ->second;
}

void read_efforts(const SectionReader& reader, ModelFacts& facts) {
    const auto* value = reader.find("efforts");
    if (value == nullptr) return;
    std::vector<std::string> given;
    reader.texts("efforts", given);
    facts.efforts.clear();
    for (const auto& word : given) {
        const auto known = std::ranges::find(effort_words, std::string_view(word),
                                             &std::pair<std::string_view, Effort>::first);
        if (known == effort_words.end()) {
            return reader.wrong("efforts", *value,
                                "a list of none, minimal, low, medium, high, xhigh and max");
        }
        facts.efforts.push_back(known->second);
    }
    std::ranges::sort(facts.efforts);
}

void read_media(const SectionReader& reader, ModelFacts& facts) {
    std::vector<std::string> given;
    const auto has = [&](std::string_view word) {
        return std::ranges::find(given, word) != given.end();
    };
    if (reader.find("inputs") != nullptr) {
        reader.texts("inputs", given);
        facts.takes_images = has("image");
        facts.takes_audio = has("audio");
        facts.takes_video = has("video");
        facts.takes_documents = has("document");
    }
    if (reader.find("outputs") != nullptr) {
        reader.texts("outputs", given);
        facts.makes_images = has("image");
        facts.makes_audio = has("audio");
    }
}

void read_numbers(const SectionReader& reader, ModelFacts& facts) {
    for (const auto& [name, field] : counts) {
        if (const auto read = reader.whole(name, 0, most))
            facts.*field = static_cast<std::uint64_t>(*read);
    }
    if (const auto read = reader.whole("min_budget", 0, most)) facts.min_budget = *read;
    if (const auto read = reader.whole("max_budget", 0, most)) facts.max_budget = *read;
    if (const auto read = reader.number("max_temperature")) facts.max_temperature = *read;
}

void read_prices(const Value& map, ModelFacts& facts) {
    for (const auto& member : map.members) {
        if (!member.key.contains("_cost") || !member.value.is_scalar()) continue;
        if (const auto read = number(member.value.text)) facts.prices[member.key] = *read;
    }
}

std::vector<std::string_view> field_names() {
    std::vector<std::string_view> names(others.begin(), others.end());
    for (const auto& flag : flags) names.push_back(flag.name);
    for (const auto& count : counts) names.push_back(count.name);
    for (const auto& text : texts) names.push_back(text.name);
    return names;
}

}  // namespace

void read_model_fields(const Value& map, std::string_view name, ModelFacts& facts, Report& report) {
    const SectionReader reader(map, name, report);
    read_numbers(reader, facts);
    read_media(reader, facts);
    read_word(reader, "thinking", kind_words, facts.thinking);
    read_word(reader, "thinking_off", off_words, facts.thinking_off);
    read_word(reader, "sampling", sampling_words, facts.sampling);
    read_word(reader, "forced_tools", forced_words, facts.forced_tools);
    read_word(reader, "chat_tools", chat_words, facts.chat_tools);
    read_efforts(reader, facts);
    for (const auto& [flag, field] : flags) reader.boolean(flag, facts.*field);
    for (const auto& [text, field] : texts) reader.text(text, facts.*field);
    read_prices(map, facts);
}

bool is_model_field(std::string_view key) {
    const auto names = field_names();
    return key.contains("_cost") || std::ranges::find(names, key) != names.end();
}

std::string did_you_mean_field(std::string_view key) { return did_you_mean(key, field_names()); }

}  // namespace router::config
