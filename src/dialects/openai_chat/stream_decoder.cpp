#include "dialects/openai_chat/stream_decoder.hpp"

#include <algorithm>

#include "dialects/upstream_error.hpp"
#include "wire/json.hpp"
#include "wire/json_text.hpp"
#include "wire/utf8.hpp"

namespace router::dialects::openai_chat {
namespace {

using namespace canonical;

constexpr std::size_t most_choices = 128;  // OpenAI's limit of n

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// Letters and digits of an id, for ids that are made from it.
std::string letters_of(std::string_view id) {
    std::string letters;
    for (const char c : id) {
        const bool is_plain =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (is_plain && letters.size() < 32) letters += c;
    }
    return letters;
}

}  // namespace

bool ChunkDecoder::read(std::string_view data) {
    if (chunk_.read(data)) return true;
    if (wire::is_utf8(data)) return false;
    repaired_ = wire::repaired_utf8(data);
    repaired_.reserve(repaired_.size() + wire::json::padding);
    return chunk_.read(repaired_);
}

Result<> ChunkDecoder::decode(const wire::SseEvent& event, EventSink& sink) {
    const auto data = trimmed(event.data);
    if (!event.has_data || data.empty() || is_done_) return {};
    if (data == "[DONE]") {
        is_done_ = true;
        if (!choices_.empty()) end(sink);
        return {};
    }
    const bool is_read = read(data);
    // Gemini's compatible endpoint wraps its error in a list.
    const bool is_list = !is_read && data.starts_with("[{") && wire::json::is_valid(data) &&
                         data.find("\"error\"") != std::string_view::npos;
    if ((is_read && chunk_.has_error) || is_list || (event.name == "error" && is_read)) {
        auto error = decode_upstream_error(200, data, "The provider");
        return std::unexpected(std::move(error));
    }
    if (!is_read) {
        ++dropped_;
        return {};
    }
    tell(sink);
    return {};
}

void ChunkDecoder::start(EventSink& sink) {
    if (has_started_) return;
    has_started_ = true;
    const auto id = wire::unescaped(id_), model = wire::unescaped(model_),
               tier = wire::unescaped(service_tier_);
    sink.take(Started{.id = id, .model = model, .created = created_, .service_tier = tier});
    if (usage_.is_known) sink.take(Used{.usage = usage_});
}

ChoiceDecoder& ChunkDecoder::choice(int index) {
    const auto found = std::ranges::find(choices_, index, &ChoiceDecoder::index);
    if (found != choices_.end()) return *found;
    const auto seed = letters_of(id_) + (index == 0 ? "" : "c" + std::to_string(index)) + "n";
    return choices_.emplace_back(index, seed);
}

void ChunkDecoder::tell(EventSink& sink) {
    if (!has_started_) {
        if (!chunk_.id.empty()) id_ = chunk_.id;
        if (!chunk_.model.empty()) model_ = chunk_.model;
        if (!chunk_.service_tier.empty()) service_tier_ = chunk_.service_tier;
        if (chunk_.created != 0) created_ = chunk_.created;
    }
    if (chunk_.choice_count() > 0) start(sink);
    for (std::size_t at = 0; at < chunk_.choice_count(); ++at) {
        const auto& said = chunk_.choices()[at];
        const bool is_known =
            std::ranges::find(choices_, said.index, &ChoiceDecoder::index) != choices_.end();
        if (is_known || choices_.size() < most_choices)
            choice(said.index).tell(said, chunk_.arena(), sink);
    }
    if (chunk_.citations.size() > sources_.size()) {
        sources_.clear();
        for (const auto& source : chunk_.citations)
            sources_.emplace_back(source.url.escaped, source.title.escaped);
    }
    if (!chunk_.usage.is_known) return;
    usage_ = chunk_.usage;
    if (has_started_) sink.take(Used{.usage = usage_});
}

void ChunkDecoder::end(EventSink& sink) {
    if (has_ended_) return;
    has_ended_ = true;
    std::ranges::sort(choices_, {}, &ChoiceDecoder::index);
    for (auto& each : choices_) {
        each.end(sources_, sink);
        sources_.clear();
    }
}

Result<> ChunkDecoder::finish(EventSink& sink) {
    const bool is_whole = is_done_ || std::ranges::all_of(choices_, &ChoiceDecoder::has_finished);
    if (choices_.empty() || !is_whole) {
        return fail(ErrorKind::upstream_broken,
                    "The provider's stream ended before its answer was finished.");
    }
    end(sink);
    return {};
}

}  // namespace router::dialects::openai_chat
