#include "dialects/anthropic_messages/stream_decoder.hpp"

#include <algorithm>
#include <utility>

#include "dialects/anthropic_messages/ending.hpp"
#include "dialects/anthropic_messages/event_data.hpp"
#include "dialects/anthropic_messages/reading.hpp"
#include "dialects/broken_answer.hpp"
#include "dialects/count_characters.hpp"
#include "dialects/upstream_error.hpp"
#include "wire/json_text.hpp"

namespace router::dialects::anthropic_messages {

using canonical::BlockKind;
using canonical::EventSink;
using canonical::Origin;
using canonical::Text;

// What one content_block_delta says.
struct MessagesDecoder::Delta {
    std::string_view type{};  // good until another text is read
    Text text{};              // whatever it is a piece of
    canonical::Citation citation{};
    bool has_citation = false;
};

Result<> MessagesDecoder::decode(const wire::SseEvent& event, EventSink& sink) {
    if (!event.has_data || is_done_) return {};
    EventData data(event.data);
    if (data.says_nothing()) return {};
    auto document = json::read(data.text());
    json::object object;
    bool is_object = document.get_object().get(object) == simdjson::SUCCESS;
    if (!is_object && data.repair()) {
        document = json::read(data.text());
        is_object = document.get_object().get(object) == simdjson::SUCCESS;
    }
    if (!is_object) {
        ++dropped_;
        return {};
    }
    const auto type = text_of(object, "type");
    if (!type) {
        ++dropped_;
        return {};
    }
    if (*type == "error" || (type->empty() && event.name == "error")) {
        return std::unexpected(decode_upstream_error(200, data.text(), "The upstream"));
    }
    return take(type->empty() ? event.name : *type, object, data.text(), sink);
}

Result<> MessagesDecoder::take(std::string_view type, json::object& event, std::string_view data,
                               EventSink& sink) {
    bool is_whole = true;
    if (type == "content_block_delta") {
        is_whole = take_delta(event, sink);
    } else if (type == "content_block_start") {
        return start_block(event, sink);
    } else if (type == "content_block_stop") {
        end_block(sink);
    } else if (type == "message_start") {
        return start_message(event, sink);
    } else if (type == "message_delta") {
        is_whole = end_message(event, sink);
    } else if (type == "message_stop") {
        if (told_ending_.reason == canonical::Finish::none)
            told_ending_.reason = canonical::Finish::stop;
        end(told_ending_, sink);
        is_done_ = true;
    } else if (type.empty() && event.find_field_unordered("error").error() == simdjson::SUCCESS) {
        return std::unexpected(decode_upstream_error(200, data, "The upstream"));
    }
    if (!is_whole) ++dropped_;
    return {};
}

Result<> MessagesDecoder::start_message(json::object& event, EventSink& sink) {
    if (has_started_) {
        is_again_ = true;
        return {};
    }
    std::string id, model, content;
    const bool is_whole = each_field(event, [&](std::string_view key, json::value& message) {
        if (key != "message") return;
        json::each_member(message, [&](std::string_view name, json::value& value) {
            if (name == "id") {
                id = json::text_or_empty(value);
            } else if (name == "model") {
                model = json::text_or_empty(value);
            } else if (name == "usage") {
                usage_.read(value);
            } else if (name == "content") {
                content = json::raw(value);
            } else {
                read_ending(name, value, told_ending_);
            }
        });
    });
    if (!is_whole) ++dropped_;
    has_started_ = true;
    sink.take(canonical::Started{
        .id = id, .model = model, .created = 0, .service_tier = usage_.service_tier()});
    const auto usage = usage_.canonical();
    if (usage.is_known) sink.take(canonical::Used{usage});
    return take_content(std::move(content), sink);
}

// Blocks that stand whole in message_start.
Result<> MessagesDecoder::take_content(std::string content, EventSink& sink) {
    if (!content.starts_with('[')) return {};
    const auto size = content.size();
    content.append(json::padding, '\0');
    auto document = json::read(std::string_view(content).substr(0, size));
    json::value list;
    if (document.get_value().get(list) != simdjson::SUCCESS) return {};
    Result<> outcome;
    json::each_element(list, [&](json::value& element) {
        json::object block;
        if (element.get_object().get(block) != simdjson::SUCCESS) return true;
        outcome = start_block_at(highest_index_ + 1, block, sink);
        end_block(sink);
        return outcome.has_value();
    });
    return outcome;
}

Result<> MessagesDecoder::start_block(json::object& event, EventSink& sink) {
    std::int64_t index = highest_index_ + 1;
    bool has_block = false;
    Result<> outcome;
    each_field(event, [&](std::string_view key, json::value& value) {
        json::object block;
        if (key == "index") {
            index = json::integer(value).value_or(index);
        } else if (key == "content_block" && value.get_object().get(block) == simdjson::SUCCESS) {
            has_block = true;
            outcome = start_block_at(index, block, sink);
        }
        return !has_block;
    });
    if (!has_block) ++dropped_;
    return outcome;
}

Result<> MessagesDecoder::start_block_at(std::int64_t index, json::object& block, EventSink& sink) {
    if (is_again_ && index <= highest_index_) {
        const bool is_same = open_.kind != Kind::none && open_.upstream_index == index;
        if (is_same && !open_.has_content) return {};
        return fail(ErrorKind::upstream_broken, "The upstream began its answer anew.");
    }
    const auto type = text_of(block, "type");
    if (!type) {
        ++dropped_;
        return {};
    }
    end_block(sink);
    highest_index_ = std::max(highest_index_, index);
    begin(*type, block, sink);
    open_.upstream_index = index;
    return {};
}

void MessagesDecoder::begin(std::string_view type, json::object& block, EventSink& sink) {
    open_ = {};
    const int number = blocks_++;
    if (type != "text" && type != "thinking" && type != "redacted_thinking" && type != "tool_use") {
        return begin_opaque(type, block);
    }
    std::string id;
    std::string name;
    Text text;
    each_field(block, [&](std::string_view key, json::value& value) {
        if (key == "id") {
            id = json::text_or_empty(value);
        } else if (key == "name") {
            name = json::text_or_empty(value);
        } else if (key == "text" || key == "thinking") {
            text = text_in(value);
        } else if (key == "signature" || key == "data") {
            open_.signature = text_in(value).escaped;
        } else if (key == "input") {
            open_.input = valid_raw(value);
        } else if (key == "citations") {
            json::each_element(value, [&](json::value& cited) { hold(read_citation(cited)); });
        }
    });
    canonical::BlockStarted started{.block = number, .call_id = id, .name = name};
    if (type == "text") {
        open_.kind = Kind::text;
    } else if (type == "tool_use") {
        open_.kind = Kind::tool_call;
        started.kind = BlockKind::tool_call;
    } else {
        started.is_redacted = type == "redacted_thinking";
        open_.kind = started.is_redacted ? Kind::redacted : Kind::thinking;
        started.kind = BlockKind::thinking;
    }
    sink.take(started);
    if (open_.kind == Kind::text || open_.kind == Kind::thinking) say(text, sink);
}

// A server tool's call comes like one of the client's, its input in pieces; its result whole.
void MessagesDecoder::begin_opaque(std::string_view type, json::object& block) {
    open_.kind = Kind::opaque;
    open_.type = type;
    const auto raw = raw_of(block);
    open_.json = raw;
    if (raw.empty()) return;
    const auto slot_name = type == "compaction" ? std::string_view("content") : "input";
    std::string_view slot;
    each_field(block, [&](std::string_view key, json::value& value) {
        if (key == slot_name) slot = json::raw(value);
    });
    if (slot.empty()) return;
    open_.slot = static_cast<std::size_t>(slot.data() - raw.data());
    open_.slot_size = slot.size();
}

bool MessagesDecoder::take_delta(json::object& event, EventSink& sink) {
    Delta delta;
    bool has_delta = false;
    const bool is_whole = each_field(event, [&](std::string_view key, json::value& value) {
        if (key != "delta") return;
        has_delta = json::each_member(value, [&](std::string_view name, json::value& member) {
            if (name == "type") {
                delta.type = json::text_or_empty(member);
            } else if (name == "citation") {
                delta.citation = read_citation(member);
                delta.has_citation = true;
            } else if (name == "text" || name == "partial_json" || name == "thinking" ||
                       name == "signature" || name == "content") {
                delta.text = text_in(member);
            }
        });
    });
    if (!is_whole || !has_delta) return false;
    tell(delta, sink);
    return true;
}

void MessagesDecoder::tell(const Delta& delta, EventSink& sink) {
    if (open_.kind == Kind::none) return;  // a delta of nothing
    if (delta.type == "signature_delta") {
        open_.signature += delta.text.escaped;
    } else if (delta.type == "citations_delta") {
        if (delta.has_citation && open_.kind == Kind::text) hold(delta.citation);
    } else if (open_.kind == Kind::opaque) {
        open_.deltas += delta.text.escaped;
    } else if ((delta.type == "text_delta" && open_.kind == Kind::text) ||
               (delta.type == "thinking_delta" && open_.kind == Kind::thinking) ||
               (delta.type == "input_json_delta" && open_.kind == Kind::tool_call)) {
        say(delta.text, sink);
    }
}

void MessagesDecoder::hold(const canonical::Citation& cited) {
    open_.citations.push_back({std::string(cited.url.escaped), std::string(cited.title.escaped),
                               std::string(cited.cited_text.escaped), std::string(cited.original),
                               cited.place});
}

void MessagesDecoder::say(Text text, EventSink& sink) {
    if (text.is_empty()) return;
    open_.has_content = true;
    if (open_.kind == Kind::text) open_.characters += count_characters(text.escaped);
    sink.take(canonical::BlockDelta{.block = blocks_ - 1, .text = text});
}

bool MessagesDecoder::end_message(json::object& event, EventSink& sink) {
    canonical::Ending ending;
    const bool is_whole = each_field(event, [&](std::string_view key, json::value& value) {
        if (key == "usage") {
            usage_.read(value);
        } else if (key == "delta") {
            json::each_member(value, [&](std::string_view name, json::value& member) {
                read_ending(name, member, ending);
            });
        }
    });
    if (ending.reason != canonical::Finish::none) end(ending, sink);
    const auto usage = usage_.canonical();
    if (usage.is_known) sink.take(canonical::Used{usage});
    return is_whole;
}

void MessagesDecoder::end_block(EventSink& sink) {
    const int number = blocks_ - 1;
    switch (open_.kind) {
        case Kind::none:
            return;
        case Kind::opaque:
            end_opaque(sink);
            open_ = {};
            return;
        case Kind::tool_call:
            // Some servers have the whole input in content_block_start.
            if (!open_.has_content && open_.input != "{}") {
                const auto input = wire::escaped(open_.input);
                say({input}, sink);
            }
            break;
        case Kind::text:
            end_citations(sink);
            break;
        case Kind::thinking:
        case Kind::redacted:
            if (open_.signature.empty()) break;
            sink.take(canonical::BlockSigned{
                .block = number,
                .signature = {.origin = Origin::anthropic, .value = {open_.signature}}});
            break;
    }
    sink.take(canonical::BlockEnded{.block = number});
    open_ = {};
}

void MessagesDecoder::end_citations(EventSink& sink) {
    for (const auto& held : open_.citations) {
        sink.take(canonical::Cited{.block = blocks_ - 1,
                                   .citation = {.url = {held.url},
                                                .title = {held.title},
                                                .cited_text = {held.cited_text},
                                                .place = held.place,
                                                .start = 0,
                                                .end = open_.characters,
                                                .original = held.original}});
    }
}

void MessagesDecoder::end_opaque(EventSink& sink) {
    if (!open_.deltas.empty() && open_.slot_size > 0) {
        const auto given =
            open_.type == "compaction" ? "\"" + open_.deltas + "\"" : wire::unescaped(open_.deltas);
        if (json::is_valid(given)) open_.json.replace(open_.slot, open_.slot_size, given);
    }
    if (open_.json.empty()) return;
    canonical::WholeBlock whole{.block = blocks_ - 1};
    whole.content = canonical::OpaqueBlock{
        .type = open_.type, .json = open_.json, .origin = canonical::Origin::anthropic};
    sink.take(whole);
}

void MessagesDecoder::end(const canonical::Ending& ending, EventSink& sink) {
    end_block(sink);
    if (std::exchange(has_ended_, true)) return;
    sink.take(canonical::Ended{.ending = ending});
}

// What is open stays open: half a call must not look like a whole one.
Result<> MessagesDecoder::finish(EventSink&) {
    if (is_done_ || has_ended_) return {};
    return ended_early(has_started_ ? "no message_delta" : "no message_start");
}

}  // namespace router::dialects::anthropic_messages
