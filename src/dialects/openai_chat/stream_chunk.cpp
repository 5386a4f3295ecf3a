#include "dialects/openai_chat/stream_chunk.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "dialects/openai_chat/message.hpp"
#include "dialects/openai_chat/reading.hpp"
#include "dialects/openai_chat/sources.hpp"
#include "dialects/openai_chat/usage.hpp"

namespace router::dialects::openai_chat {
namespace {

namespace json = wire::json;
using namespace canonical;

std::string_view inside(json::value& value) { return text_of(value).escaped; }

void set_if_empty(Text& into, Text text) {
    if (into.is_empty()) into = text;
}

}  // namespace

void count_behind(std::vector<CallFragment>& fragments) {
    int behind = 0;
    for (auto fragment = fragments.rbegin(); fragment != fragments.rend(); ++fragment)
        if (fragment->is_nameless()) fragment->behind = behind++;
}

void ChoiceChunk::clear() {
    index = 0;
    reasoning = content = refusal = audio = transcript = {};
    logprobs = finish = native_finish = stopped_by = {};
    proof = {};
    details.clear();
    calls.clear();
    citations.clear();
    media.clear();
}

void Chunk::reset() {
    id = model = service_tier = {};
    created = 0;
    has_choices = has_error = usage_is_top_level_ = false;
    usage = {};
    citations.clear();
    count_ = 0;
    if (std::exchange(arena_is_used_, false)) arena_ = Arena();
}

bool Chunk::read(std::string_view data) {
    reset();
    auto document = json::read(data);
    json::value whole;
    if (document.get_value().get(whole) != simdjson::SUCCESS) return false;
    const bool is_read = json::each_member(
        whole, [&](std::string_view key, json::value& value) { read_member(key, value); });
    return is_read && document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

void Chunk::read_member(std::string_view key, json::value& value) {
    if (json::is_null(value)) return;
    if (key == "choices") {
        has_choices = is_array(value);
        json::each_element(value, [&](json::value& element) { read_choice(element); });
    } else if (key == "id") {
        id = inside(value);
    } else if (key == "model") {
        model = inside(value);
    } else if (key == "created") {
        created = json::integer(value).value_or(0);
    } else if (key == "service_tier") {
        service_tier = inside(value);
    } else if (key == "usage") {
        if (const auto read = read_usage(value); read.is_known) {
            usage = read;
            usage_is_top_level_ = true;
        }
    } else if (key == "x_groq") {
        json::each_member(value, [&](std::string_view name, json::value& member) {
            if (name == "usage" && !usage_is_top_level_) usage = read_usage(member);
        });
    } else if (key == "error" || (key == "object" && inside(value) == "error")) {
        has_error = true;
    } else if (key == "citations" || key == "search_results") {
        read_sources(key, value, citations);
    }
}

void Chunk::read_choice(json::value& element) {
    if (count_ == choices_.size()) choices_.emplace_back();
    auto& choice = choices_[count_++];
    choice.clear();
    bool has_delta = false;
    json::each_member(element, [&](std::string_view key, json::value& value) {
        if (!json::is_null(value)) read_choice_member(key, value, choice, has_delta);
    });
}

void Chunk::read_choice_member(std::string_view key, json::value& value, ChoiceChunk& choice,
                               bool& has_delta) {
    if (key == "delta") {
        has_delta = true;
        read_delta(value, choice);
    } else if (key == "message") {  // Perplexity repeats all there is so far beside the delta
        if (!has_delta) read_delta(value, choice);
    } else if (key == "index") {
        choice.index = static_cast<int>(json::integer(value).value_or(0) & 0xffff);
    } else if (key == "finish_reason") {
        choice.finish = inside(value);
    } else if (key == "native_finish_reason") {
        choice.native_finish = inside(value);
    } else if (key == "stop_reason") {
        choice.stopped_by = inside(value);
    } else if (key == "logprobs") {
        json::each_member(value, [&](std::string_view name, json::value& member) {
            if (name == "content" && is_array(member)) choice.logprobs = json::raw(member);
        });
    } else if (key == "usage") {  // Moonshot
        if (!usage_is_top_level_) usage = read_usage(value);
    } else if (key == "error") {
        has_error = true;
    }
}

void Chunk::read_delta(json::value& delta, ChoiceChunk& choice) {
    choice.reasoning = choice.content = choice.refusal = {};
    choice.calls.clear();
    json::each_member(delta, [&](std::string_view key, json::value& value) {
        if (!json::is_null(value)) read_delta_member(key, value, choice);
    });
}

void Chunk::read_delta_member(std::string_view key, json::value& value, ChoiceChunk& choice) {
    if (key == "content") {
        if (is_string(value)) {
            choice.content = text_of(value);
        } else {
            read_parts(value, choice);
        }
    } else if (is_reasoning(key)) {
        set_if_empty(choice.reasoning, text_of(value));
    } else if (key == "reasoning_details") {
        json::each_element(value,
                           [&](json::value& each) { choice.details.push_back(read_detail(each)); });
    } else if (key == "thinking_blocks") {
        json::each_element(
            value, [&](json::value& each) { choice.details.push_back(read_thinking_block(each)); });
    } else if (key == "refusal") {
        choice.refusal = text_of(value);
    } else if (key == "tool_calls") {
        read_calls(value, choice);
    } else if (key == "function_call") {
        auto& call = choice.calls.emplace_back();
        read_called(value, call);
    } else if (key == "annotations") {
        json::each_element(
            value, [&](json::value& each) { choice.citations.push_back(read_annotation(each)); });
    } else if (key == "images") {
        read_parts(value, choice);
    } else if (key == "audio") {
        read_audio(value, choice);
    } else if (key == "extra_content") {
        choice.proof = read_extra_content(value);
    }
}

// Mistral's list of thoughts and texts; images, which are parts as well.
void Chunk::read_parts(json::value& content, ChoiceChunk& choice) {
    std::vector<Block> blocks;
    Fault ignored;
    arena_is_used_ = true;
    read_content(content, arena_, blocks, ignored);
    const auto join = [&](Text& into, Text text) {
        into = into.is_empty()
                   ? text
                   : Text{arena_.keep(std::string(into.escaped) + std::string(text.escaped))};
    };
    for (auto& block : blocks) {
        if (auto* text = std::get_if<TextBlock>(&block)) {
            join(choice.content, text->text);
            std::ranges::move(text->citations, std::back_inserter(choice.citations));
        }
        if (const auto* thinking = std::get_if<ThinkingBlock>(&block))
            join(choice.reasoning, thinking->text);
        if (auto* media = std::get_if<MediaBlock>(&block))
            choice.media.push_back(std::move(*media));
    }
}

void Chunk::read_calls(json::value& list, ChoiceChunk& choice) {
    if (is_object(list)) {
        choice.calls.push_back(read_call(list));
        return;
    }
    json::each_element(list, [&](json::value& each) { choice.calls.push_back(read_call(each)); });
    count_behind(choice.calls);
}

CallFragment Chunk::read_call(json::value& element) {
    CallFragment call;
    json::each_member(element, [&](std::string_view key, json::value& value) {
        if (json::is_null(value)) return;
        if (key == "index") {
            call.index = static_cast<int>(json::integer(value).value_or(-1) & 0xffff);
        } else if (key == "id") {
            call.id = call_id_of(inside(value));
        } else if (key == "function") {
            read_called(value, call);
        } else if (key == "custom") {
            call.is_custom = true;
            read_called(value, call);
        } else if (key == "extra_content") {
            call.proof = read_extra_content(value);
        }
    });
    return call;
}

void Chunk::read_called(json::value& value, CallFragment& call) {
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (json::is_null(member)) return;
        if (key == "name") {
            call.name = inside(member);
        } else if ((key == "arguments" || key == "input") && is_string(member)) {
            call.arguments = text_of(member);
        } else if (key == "arguments" && is_object(member)) {
            arena_is_used_ = true;
            call.arguments = arena_.keep_escaped(json::raw(member));
        }
    });
}

void Chunk::read_audio(json::value& value, ChoiceChunk& choice) {
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "data") choice.audio = text_of(member);
        if (key == "transcript") choice.transcript = text_of(member);
    });
}

}  // namespace router::dialects::openai_chat
