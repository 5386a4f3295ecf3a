#include "dialects/bedrock_converse/stream_decoder.hpp"

#include <utility>

#include "dialects/bedrock_converse/reading.hpp"
#include "dialects/broken_answer.hpp"
#include "dialects/count_characters.hpp"
#include "dialects/upstream_error.hpp"

namespace router::dialects::bedrock_converse {

using canonical::BlockKind;
using canonical::EventSink;
using canonical::Origin;
using canonical::Text;

Result<> ConverseDecoder::decode(const wire::SseEvent& event, EventSink& sink) {
    if (is_done_ || !event.has_data) return {};
    if (event.name == "error") {
        return std::unexpected(decode_upstream_error(200, event.data, "The upstream"));
    }
    auto document = json::read(event.data);
    json::value root;
    if (document.get_value().get(root) != simdjson::SUCCESS) {
        ++dropped_;
        return {};
    }
    bool is_whole = true;
    if (event.name == "messageStart") {
        start(sink);
    } else if (event.name == "contentBlockStart") {
        is_whole = start_block(root, sink);
    } else if (event.name == "contentBlockDelta") {
        is_whole = take_delta(root, sink);
    } else if (event.name == "contentBlockStop") {
        close(sink);
    } else if (event.name == "messageStop") {
        is_whole = end(root, sink);
    } else if (event.name == "metadata") {
        is_whole = take_usage(root, sink);
    }
    if (!is_whole) ++dropped_;
    return {};
}

void ConverseDecoder::start(EventSink& sink) {
    if (!std::exchange(has_started_, true)) sink.take(canonical::Started{});
}

bool ConverseDecoder::start_block(json::value& event, EventSink& sink) {
    close(sink);
    return json::each_member(event, [&](std::string_view key, json::value& value) {
        if (key == "contentBlockIndex") open_index_ = json::integer(value).value_or(-1);
        if (key != "start") return;
        json::each_member(value, [&](std::string_view kind, json::value& call) {
            if (kind == "toolUse") {
                const auto use = read_tool_use(call);
                if (!use.is_of_server) open(Kind::tool_call, sink, use.id, use.name);
            } else if (kind == "image") {
                json::each_member(call, [&](std::string_view member, json::value& text) {
                    if (member == "format") image_type_ = json::text_or_empty(text);
                });
            }
        });
    });
}

// A delta of another block than the one that is open ends that one, should nothing else have.
bool ConverseDecoder::take_delta(json::value& event, EventSink& sink) {
    bool has_delta = false;
    return json::each_member(event, [&](std::string_view key, json::value& value) {
        if (key == "contentBlockIndex") {
            const auto index = json::integer(value).value_or(open_index_);
            if (std::exchange(open_index_, index) != index && !has_delta) close(sink);
        } else if (key == "delta") {
            has_delta = true;
            json::each_member(
                value, [&](std::string_view kind, json::value& piece) { tell(kind, piece, sink); });
        }
    });
}

void ConverseDecoder::tell(std::string_view key, json::value& value, EventSink& sink) {
    if (key == "text") {
        const auto text = text_in(value);
        if (text.is_empty()) return;
        open(Kind::text, sink);
        say(text, sink);
    } else if (key == "reasoningContent") {
        think(value, sink);
    } else if (key == "citation") {
        cite(value, sink);
    } else if (key == "toolUse" && open_ == Kind::tool_call) {
        json::each_member(value, [&](std::string_view name, json::value& member) {
            if (name == "input") say(text_in(member), sink);
        });
    } else if (key == "image") {
        json::each_member(value, [&](std::string_view name, json::value& source) {
            if (name != "source") return;
            json::each_member(source, [&](std::string_view kind, json::value& bytes) {
                if (kind == "bytes") image_ += text_in(bytes).escaped;
            });
        });
    }
}

void ConverseDecoder::think(json::value& value, EventSink& sink) {
    json::each_member(value, [&](std::string_view name, json::value& member) {
        const auto text = text_in(member);
        if (name == "text") {
            open(Kind::thinking, sink);
            say(text, sink);
        } else if (name == "signature") {
            open(Kind::thinking, sink);
            signature_ += text.escaped;
        } else if (name == "redactedContent") {
            open(Kind::redacted, sink);
            signature_ += text.escaped;
        }
    });
}

// It comes before the words that rest on it.
void ConverseDecoder::cite(json::value& value, EventSink& sink) {
    HeldCitation held;
    const auto citation = read_citation(value, held.cited_text);
    held.url = citation.url.escaped;
    held.title = citation.title.escaped;
    held.place = citation.place;
    open(Kind::text, sink);
    citations_.push_back(std::move(held));
}

void ConverseDecoder::end_citations(EventSink& sink) {
    for (const auto& held : citations_) {
        sink.take(canonical::Cited{.block = blocks_ - 1,
                                   .citation = {.url = {held.url},
                                                .title = {held.title},
                                                .cited_text = {held.cited_text},
                                                .place = held.place,
                                                .start = 0,
                                                .end = characters_}});
    }
    citations_.clear();
    characters_ = 0;
}

void ConverseDecoder::end_image(EventSink& sink) {
    if (!image_.empty()) {
        start(sink);
        canonical::WholeBlock whole{.block = blocks_++};
        whole.content = canonical::MediaBlock{.mime = "image/" + image_type_, .data = {image_}};
        sink.take(whole);
    }
    image_.clear();
    image_type_.clear();
}

void ConverseDecoder::say(Text text, EventSink& sink) {
    if (text.is_empty()) return;
    if (open_ == Kind::text) characters_ += count_characters(text.escaped);
    sink.take(canonical::BlockDelta{.block = blocks_ - 1, .text = text});
}

// A block that is open already goes on.
void ConverseDecoder::open(Kind kind, EventSink& sink, std::string_view call_id,
                           std::string_view name) {
    if (open_ == kind && kind != Kind::tool_call) return;
    close(sink);
    start(sink);
    open_ = kind;
    canonical::BlockStarted started{.block = blocks_++, .call_id = call_id, .name = name};
    if (kind == Kind::tool_call) started.kind = BlockKind::tool_call;
    if (kind == Kind::thinking || kind == Kind::redacted) started.kind = BlockKind::thinking;
    started.is_redacted = kind == Kind::redacted;
    sink.take(started);
}

void ConverseDecoder::close(EventSink& sink) {
    end_image(sink);
    if (open_ == Kind::none) return;
    end_citations(sink);
    if (!signature_.empty()) {
        sink.take(canonical::BlockSigned{
            .block = blocks_ - 1,
            .signature = {.origin = Origin::anthropic, .value = {signature_}}});
    }
    sink.take(canonical::BlockEnded{.block = blocks_ - 1});
    signature_.clear();
    open_ = Kind::none;
}

bool ConverseDecoder::end(json::value& event, EventSink& sink) {
    canonical::Ending ending;
    const bool is_whole = json::each_member(event, [&](std::string_view key, json::value& value) {
        if (key == "stopReason") {
            auto told = read_ending(json::text_or_empty(value));
            told.stop_sequence = std::move(ending.stop_sequence);
            ending = std::move(told);
        } else if (key == "additionalModelResponseFields") {
            read_stop_sequence(value, ending);
        }
    });
    if (ending.reason == canonical::Finish::none) ending.reason = canonical::Finish::stop;
    start(sink);
    close(sink);
    if (!std::exchange(has_ended_, true)) sink.take(canonical::Ended{.ending = ending});
    return is_whole;
}

bool ConverseDecoder::take_usage(json::value& event, EventSink& sink) {
    canonical::Usage usage;
    const bool is_whole = json::each_member(event, [&](std::string_view key, json::value& value) {
        if (key == "usage") usage = read_usage(value);
    });
    start(sink);
    if (usage.is_known) sink.take(canonical::Used{usage});
    is_done_ = has_ended_;
    return is_whole;
}

Result<> ConverseDecoder::finish(EventSink& sink) {
    close(sink);
    if (has_ended_) return {};
    return ended_early(has_started_ ? "no messageStop" : "no messageStart");
}

}  // namespace router::dialects::bedrock_converse
