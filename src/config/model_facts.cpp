#include "config/model_facts.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "config/model_catalogue.hpp"
#include "config/model_fields.hpp"
#include "config/section_reader.hpp"

namespace router::config {
namespace {

// LiteLLM's names for what models.yml calls otherwise.
struct Renamed {
    std::string_view theirs;
    bool ModelFacts::* field;
};
constexpr std::array flags{
    Renamed{"supports_vision", &ModelFacts::takes_images},
    Renamed{"supports_audio_input", &ModelFacts::takes_audio},
    Renamed{"supports_video_input", &ModelFacts::takes_video},
    Renamed{"supports_pdf_input", &ModelFacts::takes_documents},
    Renamed{"supports_audio_output", &ModelFacts::makes_audio},
    Renamed{"supports_image_output", &ModelFacts::makes_images},
    Renamed{"supports_function_calling", &ModelFacts::takes_tools},
    Renamed{"supports_response_schema", &ModelFacts::takes_structured_output},
    Renamed{"supports_assistant_prefill", &ModelFacts::takes_prefill},
    Renamed{"supports_system_messages", &ModelFacts::takes_system_role}};

void read_limits(const SectionReader& reader, ModelFacts& facts) {
    constexpr std::int64_t most = 1'000'000'000;
    if (const auto read = reader.whole("max_input_tokens", 0, most))
        facts.context_tokens = static_cast<std::uint64_t>(*read);
    auto output = reader.whole("max_output_tokens", 0, most);
    if (!output) output = reader.whole("max_tokens", 0, most);
    if (output) facts.max_output_tokens = static_cast<std::uint64_t>(*output);
}

void add_effort(const SectionReader& reader, std::string_view key, Effort effort,
                ModelFacts& facts) {
    bool takes = facts.takes(effort);
    reader.boolean(key, takes);
    if (takes == facts.takes(effort)) return;
    if (takes) {
        facts.efforts.push_back(effort);
        std::ranges::sort(facts.efforts);
    } else {
        std::erase(facts.efforts, effort);
    }
}

void read_reasoning(const SectionReader& reader, ModelFacts& facts) {
    bool thinks = facts.thinking != ThinkingKind::none;
    reader.boolean("supports_reasoning", thinks);
    if (!thinks) facts.thinking = ThinkingKind::none;
    const bool is_told = reader.find("supports_reasoning") != nullptr;
    if (is_told && thinks &&
        (facts.thinking == ThinkingKind::none || facts.thinking == ThinkingKind::unknown)) {
        facts.thinking = ThinkingKind::effort;
        facts.efforts = {Effort::low, Effort::medium, Effort::high};
    }
    add_effort(reader, "supports_none_reasoning_effort", Effort::none, facts);
    add_effort(reader, "supports_minimal_reasoning_effort", Effort::minimal, facts);
    add_effort(reader, "supports_xhigh_reasoning_effort", Effort::xhigh, facts);
    add_effort(reader, "supports_max_reasoning_effort", Effort::max, facts);
}

constexpr std::array<std::string_view, 4> chat_modes{"", "chat", "responses", "completion"};

}  // namespace

bool ModelFacts::is_for_chat() const {
    return std::ranges::find(chat_modes, std::string_view(mode)) != chat_modes.end();
}

bool ModelFacts::takes(Effort effort) const {
    return std::ranges::find(efforts, effort) != efforts.end();
}

ModelFacts facts_for(std::string_view provider, std::string_view kind, std::string_view model) {
    return ModelCatalogue::embedded().facts_for(provider, kind, model);
}

void add_model_info(ModelFacts& facts, const Value& model_info, Report& report) {
    if (!model_info.is(ValueKind::map)) return;
    const SectionReader reader(model_info, "model_info", report);
    read_limits(reader, facts);
    for (const auto& [theirs, field] : flags) reader.boolean(theirs, facts.*field);
    bool may_force = facts.forced_tools != ForcedTools::no;
    reader.boolean("supports_tool_choice", may_force);
    if (!may_force) facts.forced_tools = ForcedTools::no;
    if (may_force && facts.forced_tools == ForcedTools::no) facts.forced_tools = ForcedTools::yes;
    read_reasoning(reader, facts);
    read_model_fields(model_info, "model_info", facts, report);
}

}  // namespace router::config
