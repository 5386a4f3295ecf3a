#include "dialects/anthropic_messages/decode_blocks.hpp"

#include <array>
#include <utility>

#include "dialects/anthropic_messages/reading.hpp"
#include "dialects/count_characters.hpp"
#include "dialects/seal.hpp"

namespace router::dialects::anthropic_messages {

using canonical::Block;
using canonical::MediaBlock;
using canonical::MediaKind;
using canonical::MediaSource;
using canonical::OpaqueBlock;
using canonical::Origin;
using canonical::TextBlock;
using canonical::ThinkingBlock;
using canonical::ToolCallBlock;
using canonical::ToolResultBlock;

namespace {

std::unexpected<Error> refuse(const std::string& place, std::string_view why) {
    return fail(ErrorKind::bad_request, place + ": " + std::string(why), place);
}

}  // namespace

ThinkingBlock open_signature(canonical::Text signature, canonical::Arena& arena) {
    ThinkingBlock thinking;
    if (signature.is_empty()) return thinking;
    if (auto ours = open_seal(signature.escaped, arena)) return std::move(*ours);
    thinking.signature = {.origin = Origin::anthropic, .issuer = {}, .value = signature};
    return thinking;
}

Result<> BlockReader::read(json::value& content, const std::string& place, Blocks& blocks) {
    const auto type = json::type_of(content);
    if (type == json::json_type::string) {
        const auto text = json::escaped_text(content);
        if (!text) return refuse(place, "Input should be a valid string");
        blocks.emplace_back(TextBlock{.text = {*text}});
        return {};
    }
    if (type != json::json_type::array) return refuse(place, "Input should be a valid list");
    Result<> outcome;
    int index = 0;
    const bool is_whole = json::each_element(content, [&](json::value& block) {
        outcome = read_block(block, place + "." + std::to_string(index++), blocks);
        return outcome.has_value();
    });
    if (!outcome) return outcome;
    if (!is_whole) return refuse(place, "Input should be valid JSON");
    return {};
}

Result<> BlockReader::read_block(json::value& block, const std::string& place, Blocks& blocks) {
    json::object object;
    if (block.get_object().get(object) != simdjson::SUCCESS) {
        return refuse(place, "Input should be an object");
    }
    const auto type = text_of(object, "type");
    if (!type) return refuse(place, "Input should be valid JSON");
    if (type->empty()) return refuse(place + ".type", "Field required");
    return read_typed(*type, object, place, blocks);
}

Result<> BlockReader::read_typed(std::string_view type, json::object& block,
                                 const std::string& place, Blocks& blocks) {
    if (type == "text") {
        read_text(block, blocks);
    } else if (type == "thinking") {
        read_thinking(block, blocks);
    } else if (type == "redacted_thinking") {
        read_redacted(block, blocks);
    } else if (type == "tool_use") {
        return read_tool_use(block, place, blocks);
    } else if (type == "tool_result") {
        return read_tool_result(block, place, blocks);
    } else if (type == "image") {
        return read_media(MediaKind::image, block, place, blocks);
    } else if (type == "document") {
        return read_media(MediaKind::document, block, place, blocks);
    } else {
        return read_opaque(type, block, place, blocks);
    }
    return {};
}

void BlockReader::read_text(json::object& block, Blocks& blocks) {
    TextBlock text;
    each_field(block, [&](std::string_view key, json::value& value) {
        if (key == "text") {
            text.text = text_in(value);
        } else if (key == "cache_control") {
            text.cache = cache_mark(value);
        } else if (key == "citations") {
            json::each_element(value, [&](json::value& citation) {
                text.citations.push_back(read_citation(citation));
            });
        }
    });
    const auto length = text.citations.empty() ? 0 : count_characters(text.text.escaped);
    for (auto& citation : text.citations) {
        citation.start = 0;  // all that the block says rests on it
        citation.end = length;
    }
    blocks.emplace_back(std::move(text));
}

void BlockReader::read_thinking(json::object& block, Blocks& blocks) {
    canonical::Text thought;
    canonical::Text signature;
    each_field(block, [&](std::string_view key, json::value& value) {
        if (key == "thinking") thought = text_in(value);
        if (key == "signature") signature = text_in(value);
    });
    auto thinking = open_signature(signature, arena_);
    if (!thought.is_empty()) thinking.text = thought;
    blocks.emplace_back(std::move(thinking));
}

void BlockReader::read_redacted(json::object& block, Blocks& blocks) {
    canonical::Text sealed;
    each_field(block, [&](std::string_view key, json::value& value) {
        if (key == "data") sealed = text_in(value);
    });
    auto thinking = open_signature(sealed, arena_);
    if (thinking.signature.origin == Origin::anthropic) thinking.is_redacted = true;
    if (thinking.is_redacted && thinking.signature.origin == Origin::gemini) {  // a text's proof
        blocks.emplace_back(TextBlock{.text = {}, .signature = std::move(thinking.signature)});
        return;
    }
    if (thinking.signature.is_present()) blocks.emplace_back(std::move(thinking));
}

Result<> BlockReader::read_tool_use(json::object& block, const std::string& place, Blocks& blocks) {
    ToolCallBlock call;
    bool is_object = true;
    each_field(block, [&](std::string_view key, json::value& value) {
        if (key == "id") {
            call.id = json::text_or_empty(value);
        } else if (key == "name") {
            call.name = json::text_or_empty(value);
        } else if (key == "input") {
            call.arguments = valid_raw(value);
            is_object = call.arguments.starts_with('{');
        } else if (key == "cache_control") {
            call.cache = cache_mark(value);
        }
    });
    if (call.id.empty()) return refuse(place + ".tool_use.id", "Field required");
    if (call.name.empty()) return refuse(place + ".tool_use.name", "Field required");
    if (!is_object) return refuse(place + ".tool_use.input", "Input should be an object");
    blocks.emplace_back(std::move(call));
    return {};
}

Result<> BlockReader::read_tool_result(json::object& block, const std::string& place,
                                       Blocks& blocks) {
    ToolResultBlock result;
    Result<> outcome;
    Blocks inside;
    each_field(block, [&](std::string_view key, json::value& value) {
        if (key == "tool_use_id") {
            result.call_id = json::text_or_empty(value);
        } else if (key == "is_error") {
            result.is_error = json::boolean(value).value_or(false);
        } else if (key == "content" && !json::is_null(value)) {
            outcome = read(value, place + ".tool_result.content", inside);
        } else if (key == "cache_control") {
            result.cache = cache_mark(value);
        }
        return outcome.has_value();
    });
    if (!outcome) return outcome;
    if (result.call_id.empty()) {
        return refuse(place + ".tool_result.tool_use_id", "Field required");
    }
    for (auto& part : inside) {
        if (auto* text = std::get_if<TextBlock>(&part)) {
            result.parts.emplace_back(std::move(*text));
        } else if (auto* media = std::get_if<MediaBlock>(&part)) {
            result.parts.emplace_back(std::move(*media));
        } else if (auto* opaque = std::get_if<OpaqueBlock>(&part)) {
            result.parts.emplace_back(std::move(*opaque));
        } else {
            return refuse(place + ".tool_result.content", "A tool's result cannot hold this block");
        }
    }
    blocks.emplace_back(std::move(result));
    return {};
}

Result<> BlockReader::read_media(MediaKind kind, json::object& block, const std::string& place,
                                 Blocks& blocks) {
    MediaBlock media{.kind = kind};
    canonical::Text context;
    Blocks inside;
    Result<> outcome;
    bool has_source = false;
    each_field(block, [&](std::string_view key, json::value& value) {
        if (key == "source") {
            has_source = true;
            outcome = read_source(value, place + ".source", media, inside);
        } else if (key == "title") {
            media.name = text_in(value);
        } else if (key == "context") {
            context = text_in(value);
        } else if (key == "cache_control") {
            media.cache = cache_mark(value);
        }
        return outcome.has_value();
    });
    if (!outcome) return outcome;
    if (!has_source) return refuse(place + ".source", "Field required");
    if (!context.is_empty()) blocks.emplace_back(TextBlock{.text = context});
    blocks.emplace_back(std::move(media));
    for (auto& block_inside : inside) blocks.push_back(std::move(block_inside));
    return {};
}

// A source of a document's type `content` is blocks of its own: the texts become the document's
// text, what else there is comes behind it.
Result<> BlockReader::read_source(json::value& source, const std::string& place, MediaBlock& media,
                                  Blocks& inside) {
    json::object object;
    if (source.get_object().get(object) != simdjson::SUCCESS) {
        return refuse(place, "Input should be an object");
    }
    const auto type = text_of(object, "type");
    if (!type) return refuse(place, "Input should be valid JSON");
    Result<> outcome;
    each_field(object, [&](std::string_view key, json::value& value) {
        if (key == "media_type") {
            media.mime = json::text_or_empty(value);
        } else if (key == "data" || key == "url" || key == "file_id") {
            media.data = text_in(value);
        } else if (key == "content") {
            outcome = read(value, place + ".content", inside);
            media.data = joined_texts(inside);
        }
        return outcome.has_value();
    });
    if (!outcome) return outcome;
    constexpr std::array<std::pair<std::string_view, MediaSource>, 5> sources{
        {{"base64", MediaSource::base64},
         {"url", MediaSource::url},
         {"file", MediaSource::file_id},
         {"text", MediaSource::text},
         {"content", MediaSource::text}}};
    for (const auto& [name, kind] : sources) {
        if (name != *type) continue;
        media.source = kind;
        return {};
    }
    return refuse(place + ".type", "Input should be 'base64', 'url', 'file', 'text' or 'content'");
}

canonical::Text BlockReader::joined_texts(Blocks& blocks) {
    std::string joined;
    Blocks others;
    for (auto& block : blocks) {
        const auto* text = std::get_if<TextBlock>(&block);
        if (text == nullptr) {
            others.push_back(std::move(block));
            continue;
        }
        if (!joined.empty()) joined += "\\n";
        joined += text->text.escaped;
    }
    blocks = std::move(others);
    return {arena_.keep(std::move(joined))};
}

// search_result and tool_reference say something to a model, which other dialects can say in plain
// words; the rest is of use to Anthropic alone.
Result<> BlockReader::read_opaque(std::string_view type, json::object& block,
                                  const std::string& place, Blocks& blocks) {
    OpaqueBlock opaque{
        .type = std::string(type), .json = raw_of(block), .origin = canonical::Origin::anthropic};
    if (opaque.json.empty()) return refuse(place, "Input should be valid JSON");
    std::string said;
    const auto say = [&](canonical::Text text) {
        if (text.is_empty()) return;
        if (!said.empty()) said += "\\n";
        said += text.escaped;
    };
    Result<> outcome;
    Blocks inside;
    each_field(block, [&](std::string_view key, json::value& value) {
        if (type == "tool_reference" && key == "tool_name") {
            say({arena_.keep("Tool found: " + std::string(text_in(value).escaped))});
        } else if (type == "search_result" && (key == "title" || key == "source")) {
            say(text_in(value));
        } else if (type == "search_result" && key == "content") {
            outcome = read(value, place + ".content", inside);
        }
        return outcome.has_value();
    });
    if (!outcome) return outcome;
    say(joined_texts(inside));
    if (!said.empty()) opaque.as_text = {arena_.keep(std::move(said))};
    blocks.emplace_back(std::move(opaque));
    return {};
}

}  // namespace router::dialects::anthropic_messages
