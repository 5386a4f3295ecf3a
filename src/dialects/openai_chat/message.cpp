#include "dialects/openai_chat/message.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "dialects/openai_chat/reading.hpp"

namespace router::dialects::openai_chat {
namespace {

namespace json = wire::json;
using namespace canonical;

// The function or the custom tool of a call.
void read_called(json::value& value, Arena& arena, ToolCallBlock& call) {
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "name") {
            call.name = json::text_or_empty(member);
        } else if (key == "input") {
            call.arguments = text_of(member).escaped;
        } else if (key == "arguments") {
            call.arguments =
                is_object(member) ? json::raw(member) : arguments_of(text_of(member), arena);
        }
    });
}

Signature gemini_proof(Text value) {
    if (value.is_empty()) return {};
    return {.origin = Origin::gemini, .value = value};
}

// LiteLLM's provider_specific_fields: {"thought_signature"}.
Signature read_specific_fields(json::value& value) {
    Signature proof;
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "thought_signature") proof = gemini_proof(text_of(member));
    });
    return proof;
}

ToolCallBlock read_call(json::value& element, Arena& arena) {
    ToolCallBlock call;
    json::each_member(element, [&](std::string_view key, json::value& member) {
        if (json::is_null(member)) return;
        if (key == "id") {
            call.id = json::text_or_empty(member);
        } else if (key == "function") {
            read_called(member, arena, call);
        } else if (key == "custom") {
            call.kind = ToolKind::custom;
            read_called(member, arena, call);
        } else if (key == "extra_content") {
            call.signature = read_extra_content(member);
        } else if (key == "provider_specific_fields") {
            if (!call.signature.is_present()) call.signature = read_specific_fields(member);
        } else if (key == "cache_control") {
            call.cache = cache_mark(member);
        }
    });
    if (call.arguments.empty() && call.kind == ToolKind::function) call.arguments = "{}";
    return call;
}

void read_calls(json::value& value, Arena& arena, Message& message) {
    int at = 0;
    const bool is_list = json::each_element(value, [&](json::value& element) {
        message.calls.push_back(read_call(element, arena));
        if (message.calls.back().name.empty() && !message.fault.is_there())
            message.fault = {"tool_calls[" + std::to_string(at) + "].function.name", "is missing"};
        ++at;
    });
    if (!is_list && !message.fault.is_there()) message.fault = {"tool_calls", "must be a list"};
}

// Also LiteLLM's thinking_blocks, which are Anthropic's.
void read_thinking_blocks(json::value& value, Arena& arena, Message& message) {
    std::vector<Block> blocks;
    Fault ignored;
    read_content(value, arena, blocks, ignored);
    for (auto& block : blocks) {
        if (auto* thinking = std::get_if<ThinkingBlock>(&block))
            message.thoughts.blocks.push_back(std::move(*thinking));
    }
}

void read_images(json::value& value, Arena& arena, Message& message) {
    std::vector<Block> blocks;
    Fault ignored;
    read_content(value, arena, blocks, ignored);
    for (auto& block : blocks) {
        if (auto* media = std::get_if<MediaBlock>(&block))
            message.media.push_back(std::move(*media));
    }
}

// What only models say.
bool read_spoken(std::string_view key, json::value& value, Arena& arena, Message& message) {
    if (key == "tool_calls") {
        read_calls(value, arena, message);
    } else if (key == "function_call") {
        ToolCallBlock call{.arguments = "{}"};
        read_called(value, arena, call);
        if (call.name.empty()) return true;
        message.calls.push_back(std::move(call));
        message.has_function_call = true;
    } else if (key == "refusal") {
        message.refusal = text_of(value);
    } else if (is_reasoning(key)) {
        if (message.reasoning.is_empty()) message.reasoning = text_of(value);
    } else if (key == "reasoning_details") {
        json::each_element(value,
                           [&](json::value& each) { message.thoughts.add(read_detail(each)); });
    } else if (key == "thinking_blocks") {
        read_thinking_blocks(value, arena, message);
    } else if (key == "annotations") {
        json::each_element(
            value, [&](json::value& each) { message.citations.push_back(read_annotation(each)); });
    } else if (key == "images") {
        read_images(value, arena, message);
    } else if (key == "audio") {
        message.audio = json::raw(value);
    } else if (key == "extra_content") {
        message.proof = read_extra_content(value);
    } else {
        return false;
    }
    return true;
}

void set_cache(Block& block, CacheMark cache) {
    if (auto* text = std::get_if<TextBlock>(&block)) text->cache = cache;
    if (auto* media = std::get_if<MediaBlock>(&block)) media->cache = cache;
    if (auto* call = std::get_if<ToolCallBlock>(&block)) call->cache = cache;
}

TextBlock* last_text(std::vector<Block>& blocks) {
    TextBlock* last = nullptr;
    for (auto& block : blocks) {
        if (auto* text = std::get_if<TextBlock>(&block)) last = text;
    }
    return last;
}

// Gives Gemini's proofs to the calls that they name, and what names none to the first call or to
// the text. That of a picture stays the message's.
void place_proofs(Message& message) {
    for (auto& [id, proof] : message.thoughts.elsewhere) {
        const auto call = std::ranges::find(message.calls, id, &ToolCallBlock::id);
        if (!id.empty() && call != message.calls.end()) {
            if (!call->signature.is_present()) call->signature = std::move(proof);
        } else if (!message.proof.is_present()) {
            message.proof = std::move(proof);
        }
    }
    if (!message.proof.is_present()) return;
    const bool none_is_sealed = std::ranges::none_of(
        message.calls, [](const auto& call) { return call.signature.is_present(); });
    if (!message.calls.empty() && none_is_sealed) {
        message.calls.front().signature = std::exchange(message.proof, {});
        return;
    }
    auto* text = last_text(message.content);
    if (text != nullptr && message.media.empty())
        text->signature = std::exchange(message.proof, {});
}

}  // namespace

Json arguments_of(Text text, Arena& arena) {
    const auto plain = arena.keep(text.plain());
    const auto begin = plain.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos || plain.substr(begin) == "null") return "{}";
    return plain;  // broken or not: whoever needs an object of it sees to that
}

Signature read_extra_content(json::value& value) {
    Signature proof;
    std::string issuer;
    json::each_member(value, [&](std::string_view vendor, json::value& content) {
        if (vendor != "google") return;
        json::each_member(content, [&](std::string_view key, json::value& member) {
            if (key == "thought_signature") proof = gemini_proof(text_of(member));
            if (key == "issuer") issuer = json::text_or_empty(member);
        });
    });
    proof.issuer = std::move(issuer);
    return proof;
}

Citation read_annotation(json::value& element) {
    Citation citation;
    const auto read = [&](auto& self, json::value& object) -> void {
        json::each_member(object, [&](std::string_view key, json::value& member) {
            if (key == "url_citation") {
                self(self, member);
            } else if (key == "url") {
                citation.url = text_of(member);
            } else if (key == "title") {
                citation.title = text_of(member);
            } else if (key == "content") {  // OpenRouter
                citation.cited_text = text_of(member);
            } else if (key == "start_index") {
                citation.start = json::integer(member).value_or(-1);
            } else if (key == "end_index") {
                citation.end = json::integer(member).value_or(-1);
            }
        });
    };
    read(read, element);
    return citation;
}

void read_message(json::value& element, Arena& arena, Message& message) {
    const bool is_read = json::each_member(element, [&](std::string_view key, json::value& value) {
        if (json::is_null(value)) return;
        if (key == "role") {
            message.role = json::text_or_empty(value);
        } else if (key == "content") {
            read_content(value, arena, message.content, message.fault);
        } else if (key == "name") {
            message.name = json::text_or_empty(value);
        } else if (key == "tool_call_id") {
            message.call_id = json::text_or_empty(value);
        } else if (key == "is_error") {
            message.is_error = json::boolean(value).value_or(false);
        } else if (key == "cache_control") {
            message.cache = cache_mark(value);
        } else {
            read_spoken(key, value, arena, message);
        }
    });
    if (!is_read && !message.fault.is_there()) message.fault = {{}, "must be an object"};
}

std::vector<Block> Message::take_blocks() {
    place_proofs(*this);
    std::vector<Block> blocks;
    if (!reasoning.is_empty() && !thoughts.have_text())
        blocks.emplace_back(ThinkingBlock{.text = reasoning});
    std::ranges::move(thoughts.blocks, std::back_inserter(blocks));
    if (auto* text = last_text(content); text != nullptr) {
        std::ranges::move(citations, std::back_inserter(text->citations));
    }
    std::ranges::move(content, std::back_inserter(blocks));
    if (!refusal.is_empty()) blocks.emplace_back(RefusalBlock{.text = refusal});
    std::ranges::move(media, std::back_inserter(blocks));
    if (proof.is_present())
        blocks.emplace_back(TextBlock{.text = {}, .signature = std::move(proof)});
    std::ranges::move(calls, std::back_inserter(blocks));
    if (cache != CacheMark::none && !blocks.empty()) set_cache(blocks.back(), cache);
    return blocks;
}

}  // namespace router::dialects::openai_chat
