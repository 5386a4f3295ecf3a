#include "dialects/openai_responses/stream_decoder.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "dialects/openai_responses/error.hpp"
#include "dialects/openai_responses/output_reader.hpp"
#include "dialects/openai_responses/stream.hpp"

namespace router::dialects::openai_responses {

using canonical::BlockDelta;
using canonical::BlockEnded;
using canonical::BlockKind;
using canonical::BlockSigned;
using canonical::BlockStarted;
using canonical::Text;

Result<> ResponseReader::decode(const wire::SseEvent& sse, canonical::EventSink& sink) {
    if (!sse.has_data || is_done_) return {};
    StreamEvent event;
    switch (read_event(sse, event)) {
        case EventForm::nothing:
            return {};
        case EventForm::broken:
            ++dropped_;
            return {};
        case EventForm::json:
            break;
    }
    return take(event, sink);
}

Result<> ResponseReader::take(const StreamEvent& event, canonical::EventSink& sink) {
    const auto type = event.type;
    if (event.is_error()) return std::unexpected(*event.error);
    if (event.has_response) {
        if (has_failed(event.response)) return std::unexpected(failure_of(event.response));
        start(event, sink);
    }
    if (type == "response.failed") return std::unexpected(failure_of(event.response));
    if (type == "response.completed" || type == "response.incomplete" || type == "response.done") {
        end(event, sink);
    } else if (type == "response.output_item.added") {
        item_added(event, sink);
    } else if (type == "response.output_item.done") {
        item_done(event.output, event.item, sink);
    } else if (type.ends_with(".delta")) {
        take_delta(event, sink);
    } else if (type == "response.output_text.annotation.added") {
        take_annotation(event, sink);
    } else if (type == "response.output_text.done" || type == "response.refusal.done" ||
               type == "response.reasoning_summary_text.done" ||
               type == "response.reasoning_text.done") {
        take_whole_text(event, sink);
    } else if (type == "response.function_call_arguments.done" ||
               type == "response.custom_tool_call_input.done") {
        if (auto* told = find(event.output, -1)) say_rest(*told, event.text, sink);
    } else if (type == "response.content_part.done") {
        end_part(event, sink);
    }
    return {};
}

void ResponseReader::start(const StreamEvent& event, canonical::EventSink& sink) {
    if (std::exchange(has_started_, true)) return;
    sink.take(canonical::Started{.id = event.response.id,
                                 .model = event.response.model,
                                 .created = event.response.created,
                                 .service_tier = event.response.service_tier});
}

// --- deltas --------------------------------------------------------------------------------------

namespace {

// What a delta, or the event that repeats it whole, is a part of.
std::optional<BlockKind> kind_of(std::string_view type) {
    if (type.starts_with("response.output_text.")) return BlockKind::text;
    if (type.starts_with("response.refusal.")) return BlockKind::refusal;
    if (type.starts_with("response.reasoning_summary_text.") ||
        type.starts_with("response.reasoning_text.") ||
        type.starts_with("response.reasoning_summary.") ||
        type.starts_with("response.reasoning.")) {
        return BlockKind::thinking;
    }
    if (type.starts_with("response.function_call_arguments.") ||
        type.starts_with("response.custom_tool_call_input.")) {
        return BlockKind::tool_call;
    }
    return std::nullopt;
}

}  // namespace

void ResponseReader::take_delta(const StreamEvent& event, canonical::EventSink& sink) {
    const auto kind = kind_of(event.type);
    if (!kind || (event.delta.is_empty() && event.logprobs.empty())) return;
    if (*kind == BlockKind::tool_call) {
        // Of a call that was never announced the end says everything.
        if (auto* found = find(event.output, -1)) say(*found, event.delta, {}, sink);
        return;
    }
    const bool is_thinking = *kind == BlockKind::thinking;
    auto& told = block(event.output, is_thinking ? -1 : event.part, *kind, sink);
    if (is_thinking) begin_paragraph(told, event, sink);
    say(told, event.delta, event.logprobs, sink);
}

void ResponseReader::take_whole_text(const StreamEvent& event, canonical::EventSink& sink) {
    const auto kind = kind_of(event.type);
    if (!kind || event.text.is_empty()) return;
    const bool is_thinking = *kind == BlockKind::thinking;
    auto& told = block(event.output, is_thinking ? -1 : event.part, *kind, sink);
    if (is_thinking) begin_paragraph(told, event, sink);
    say_rest(told, event.text, sink);
}

// The parts of a summary are paragraphs of one text.
void ResponseReader::begin_paragraph(Block& block, const StreamEvent& event,
                                     canonical::EventSink& sink) {
    const auto paragraph = event.summary >= 0 ? event.summary : event.part;
    if (block.has_said && paragraph != block.paragraph) {
        say(block, {R"(\n\n)"}, {}, sink);
        block.told.clear();
    }
    block.paragraph = paragraph;
}

// An event of its own tells one; the part's and the item's ends repeat all of them.
void ResponseReader::take_annotation(const StreamEvent& event, canonical::EventSink& sink) {
    auto& told = block(event.output, event.part, BlockKind::text, sink);
    if (!told.is_open) return;
    for (const auto& citation : event.citations) {
        ++told.cited;
        sink.take(canonical::Cited{.block = told.number, .citation = citation});
    }
}

void ResponseReader::end_part(const StreamEvent& event, canonical::EventSink& sink) {
    if (event.content.type == "reasoning_text" || event.content.type == "summary_text") return;
    const bool is_refusal = event.content.type == "refusal";
    auto* told = find(event.output, event.part);
    if (told == nullptr) {
        if (event.content.text.is_empty()) return;
        told = &block(event.output, event.part, is_refusal ? BlockKind::refusal : BlockKind::text,
                      sink);
    }
    say_rest(*told, event.content.text, sink);
    cite(*told, event.content.citations, sink);
    close(*told, sink);
}

// --- items ---------------------------------------------------------------------------------------

void ResponseReader::item_added(const StreamEvent& event, canonical::EventSink& sink) {
    auto& item = known(event.output);
    item.phase = event.item.phase;
    // Perplexity announces a search of its own as a call that is over, and then tells the results.
    const bool may_be_another = event.item.status == "completed";
    if (is_call(event.item) && !event.item.call_id.empty() && !event.item.name.empty() &&
        !may_be_another) {
        call(event.output, event.item, sink);
    }
}

void ResponseReader::item_done(std::int64_t output, const Item& item, canonical::EventSink& sink) {
    auto& one = known(output);
    if (std::exchange(one.is_done, true)) return;
    if (one.phase.empty()) one.phase = item.phase;
    if (item.type == "message") return message_done(output, item, sink);
    if (item.type == "reasoning") return reasoning_done(output, item, sink);
    if (is_call(item)) return call_done(output, item, sink);
    if (item.type == "web_search_call") ++web_searches_;
    if (item.type.empty()) return;
    for (const auto& source : sources_of(item))
        sources_.emplace_back(source.url.escaped, source.title.escaped);
    sink.take(canonical::WholeBlock{.block = next_block_++, .content = whole_block(item)});
}

void ResponseReader::message_done(std::int64_t output, const Item& item,
                                  canonical::EventSink& sink) {
    std::int64_t index = 0;
    for (const auto& part : item.parts) {
        const auto at = index++;
        const bool is_refusal = part.type == "refusal";
        auto* told = find(output, at);
        if (told == nullptr) {
            if (part.text.is_empty()) continue;
            told = &block(output, at, is_refusal ? BlockKind::refusal : BlockKind::text, sink);
        }
        if (!told->is_open) continue;
        say_rest(*told, part.text, sink);
        cite(*told, part.citations, sink);
    }
    for (auto& told : blocks_)
        if (told.output == output) close(told, sink);
}

void ResponseReader::call_done(std::int64_t output, const Item& item, canonical::EventSink& sink) {
    auto* told = find(output, -1);
    if (told == nullptr) told = &call(output, item, sink);
    if (item.type == "custom_tool_call") {
        say_rest(*told, item.input, sink);
    } else if (item.arguments) {
        say_rest(*told, {*item.arguments}, sink);
    } else if (!item.arguments_json.empty()) {
        const auto escaped = wire::escaped(item.arguments_json);
        say_rest(*told, {escaped}, sink);
    }
    close(*told, sink);
}

void ResponseReader::reasoning_done(std::int64_t output, const Item& item,
                                    canonical::EventSink& sink) {
    canonical::Arena arena;
    const auto thoughts = thoughts_of(item, arena);
    auto* told = find(output, -1);
    if (told == nullptr && thoughts.is_empty() && item.encrypted.is_empty()) return;
    if (told == nullptr) told = &block(output, -1, BlockKind::thinking, sink);
    if (!told->has_said) say(*told, thoughts, {}, sink);
    if (!item.encrypted.is_empty() && told->is_open) {
        sink.take(BlockSigned{.block = told->number,
                              .signature = {.origin = canonical::Origin::openai,
                                            .value = item.encrypted,
                                            .item_id = std::string(item.id.escaped)}});
    }
    close(*told, sink);
}

// --- the end -------------------------------------------------------------------------------------

// Where as many items were announced as the response holds, all are known, even if some proxy took
// items out and the indexes have gaps.
void ResponseReader::take_untold(const std::vector<Item>& items, canonical::EventSink& sink) {
    const bool lacks_some = items_.size() < items.size();
    std::int64_t output = 0;
    for (const auto& item : items) {
        const auto found = std::ranges::find(items_, output, &Known::output);
        const bool is_known = found != items_.end();
        if (is_known ? !found->is_done : lacks_some) item_done(output, item, sink);
        ++output;
    }
}

void ResponseReader::end(const StreamEvent& event, canonical::EventSink& sink) {
    take_untold(event.items, sink);
    for (auto& told : blocks_) close(told, sink);
    if (event.response.usage.is_known) {
        auto usage = event.response.usage;
        usage.web_searches = web_searches_;
        sink.take(canonical::Used{.usage = usage});
    }
    auto response = event.response;
    if (response.status.empty() && event.type == "response.incomplete")
        response.status = "incomplete";
    if (response.status == "in_progress") response.status = "completed";
    sink.take(canonical::Ended{.ending = ending_of(response, has_calls_, has_refusal_)});
    is_done_ = true;
}

// What is open stays open: half a call must not look like a whole one.
Result<> ResponseReader::finish(canonical::EventSink&) {
    if (is_done_) return {};
    return fail(ErrorKind::upstream_broken, "The upstream's answer broke off before its end.");
}

// --- blocks --------------------------------------------------------------------------------------

ResponseReader::Known& ResponseReader::known(std::int64_t output) {
    const auto found = std::ranges::find(items_, output, &Known::output);
    return found == items_.end() ? items_.emplace_back(Known{.output = output}) : *found;
}

ResponseReader::Block* ResponseReader::find(std::int64_t output, std::int64_t part) {
    for (auto at = blocks_.rbegin(); at != blocks_.rend(); ++at)
        if (at->output == output && at->part == part) return &*at;
    return nullptr;
}

ResponseReader::Block& ResponseReader::block(std::int64_t output, std::int64_t part, BlockKind kind,
                                             canonical::EventSink& sink) {
    if (auto* found = find(output, part)) return *found;
    if (kind == BlockKind::refusal) has_refusal_ = true;
    const auto& item = known(output);
    const auto phase = kind == BlockKind::text ? std::string_view(item.phase) : std::string_view();
    sink.take(BlockStarted{.block = next_block_, .kind = kind, .phase = phase});
    return blocks_.emplace_back(
        Block{.output = output, .part = part, .number = next_block_++, .kind = kind});
}

ResponseReader::Block& ResponseReader::call(std::int64_t output, const Item& item,
                                            canonical::EventSink& sink) {
    if (auto* found = find(output, -1)) return *found;
    has_calls_ = true;
    canonical::Arena arena;
    const auto called = call_of(item, arena);
    sink.take(BlockStarted{.block = next_block_,
                           .kind = BlockKind::tool_call,
                           .tool_kind = called.kind,
                           .call_id = called.id,
                           .name = called.name,
                           .name_space = called.name_space});
    return blocks_.emplace_back(
        Block{.output = output, .part = -1, .number = next_block_++, .kind = BlockKind::tool_call});
}

void ResponseReader::say(Block& block, Text text, canonical::Json logprobs,
                         canonical::EventSink& sink) {
    if (!block.is_open || (text.is_empty() && logprobs.empty())) return;
    block.has_said = true;
    block.told += text.escaped;
    sink.take(BlockDelta{.block = block.number, .text = text, .logprobs = logprobs});
}

void ResponseReader::say_rest(Block& block, Text whole, canonical::EventSink& sink) {
    if (whole.escaped.starts_with(block.told))
        say(block, {whole.escaped.substr(block.told.size())}, {}, sink);
}

void ResponseReader::cite(Block& block, const std::vector<canonical::Citation>& citations,
                          canonical::EventSink& sink) {
    if (!block.is_open) return;
    for (std::size_t i = block.cited; i < citations.size(); ++i)
        sink.take(canonical::Cited{.block = block.number, .citation = citations[i]});
    block.cited = std::max(block.cited, citations.size());
}

void ResponseReader::close(Block& block, canonical::EventSink& sink) {
    if (!std::exchange(block.is_open, false)) return;
    if (block.kind == BlockKind::text && block.cited == 0) {
        for (const auto& [url, title] : std::exchange(sources_, {}))
            sink.take(canonical::Cited{.block = block.number,
                                       .citation = {.url = {url}, .title = {title}}});
    }
    sink.take(BlockEnded{.block = block.number});
}

std::unique_ptr<StreamDecoder> make_stream_decoder() { return std::make_unique<ResponseReader>(); }

}  // namespace router::dialects::openai_responses
