#include "dialects/anthropic_messages/encode_messages.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <variant>

#include "dialects/anthropic_messages/encode_media.hpp"
#include "dialects/anthropic_messages/words.hpp"
#include "dialects/anthropic_messages/write_blocks.hpp"
#include "dialects/seal.hpp"
#include "wire/json.hpp"

namespace router::dialects::anthropic_messages {

using canonical::Block;
using canonical::CacheMark;
using canonical::MediaBlock;
using canonical::OpaqueBlock;
using canonical::Origin;
using canonical::RefusalBlock;
using canonical::Text;
using canonical::TextBlock;
using canonical::ThinkingBlock;
using canonical::ToolCallBlock;
using canonical::ToolResultBlock;

namespace {

// Said where the API wants a word and the client had none.
constexpr std::string_view least_text = ".";
constexpr std::string_view json_hint =
    "Answer with one JSON object and nothing else: no words around it, no code fence.";

// A text of white space alone is refused as an empty one is.
bool is_blank(Text text) {
    auto rest = text.escaped;
    while (!rest.empty()) {
        constexpr std::array<std::string_view, 4> escapes{"\\n", "\\t", "\\r", " "};
        const auto* found =
            std::ranges::find_if(escapes, [&](auto blank) { return rest.starts_with(blank); });
        if (found == escapes.end()) return false;
        rest.remove_prefix(found->size());
    }
    return true;
}

// The text without white space at its end, which is refused in what the assistant is to go on with.
Text right_trimmed(Text text) {
    auto rest = text.escaped;
    while (true) {
        if (rest.ends_with(' ')) {
            rest.remove_suffix(1);
        } else if ((rest.ends_with("\\n") || rest.ends_with("\\t") || rest.ends_with("\\r")) &&
                   !rest.ends_with("\\\\n") && !rest.ends_with("\\\\t") &&
                   !rest.ends_with("\\\\r")) {
            rest.remove_suffix(2);
        } else {
            return {rest};
        }
    }
}

void write_text(Encoding& encoding, Text text, CacheMark cache) {
    encoding.writer().begin_object().text("type", "text").lasting("text", text.escaped);
    encoding.write_cache(cache);
    encoding.writer().end_object();
}

// Writes the blocks of one message.
class ContentWriter {
 public:
    ContentWriter(Encoding& encoding, Speaker speaker, bool is_last)
        : encoding_(encoding), speaker_(speaker), is_last_(is_last) {}

    // Whether anything of the block goes out.
    bool writes(const Block& block) const {
        return std::visit([&](const auto& one) { return says(one); }, block);
    }
    Result<> write(const Block& block, bool is_last_block) {
        trims_ = is_last_ && is_last_block && speaker_ == Speaker::assistant;
        return std::visit([&](const auto& one) { return put(one); }, block);
    }

 private:
    bool says(const TextBlock& text) const { return !is_blank(text.text); }
    bool says(const RefusalBlock& refusal) const { return !is_blank(refusal.text); }
    bool says(const MediaBlock&) const { return speaker_ == Speaker::user; }
    bool says(const ThinkingBlock& thinking) const {
        return speaker_ == Speaker::assistant && thinking.signature.origin == Origin::anthropic;
    }
    bool says(const ToolCallBlock&) const { return speaker_ == Speaker::assistant; }
    bool says(const ToolResultBlock&) const { return speaker_ == Speaker::user; }
    bool says(const OpaqueBlock& opaque) const {
        if (encoding_.is_own()) return !opaque.json.contains(seal_mark);  // made up for the client
        return !is_blank(opaque.as_text);
    }

    Result<> put(const TextBlock& text);
    Result<> put(const RefusalBlock& refusal);
    Result<> put(const MediaBlock& media) { return write_media(encoding_, media); }
    Result<> put(const ThinkingBlock& thinking);
    Result<> put(const ToolCallBlock& call);
    Result<> put(const ToolResultBlock& result);
    Result<> put(const OpaqueBlock& opaque);
    Result<> put_parts(const ToolResultBlock& result);

    Encoding& encoding_;
    Speaker speaker_;
    bool is_last_;
    bool trims_ = false;
};

Result<> ContentWriter::put(const TextBlock& text) {
    write_text(encoding_, trims_ ? right_trimmed(text.text) : text.text, text.cache);
    return {};
}

Result<> ContentWriter::put(const RefusalBlock& refusal) {
    write_text(encoding_, trims_ ? right_trimmed(refusal.text) : refusal.text, CacheMark::none);
    return {};
}

Result<> ContentWriter::put(const ThinkingBlock& thinking) {
    write_thinking(encoding_.writer(), thinking, thinking.signature.value.escaped);
    return {};
}

Result<> ContentWriter::put(const ToolCallBlock& call) {
    auto& writer = encoding_.writer();
    writer.begin_object().text("type", "tool_use").text("id", clean_id(call.id));
    writer.text("name", call.name).key("input");
    const auto begin = call.arguments.find_first_not_of(" \t\r\n");
    const bool is_empty = begin == std::string_view::npos;
    if (!is_empty && (call.arguments[begin] != '{' || !wire::json::is_valid(call.arguments))) {
        const std::string field(client_field(encoding_.request().dialect, "messages"));
        return fail(ErrorKind::bad_request,
                    field + ": The arguments of the call \"" + call.id + "\" are no JSON object.",
                    field);
    }
    writer.raw(is_empty ? "{}" : call.arguments);
    encoding_.write_cache(call.cache);
    writer.end_object();
    return {};
}

Result<> ContentWriter::put(const ToolResultBlock& result) {
    auto& writer = encoding_.writer();
    writer.begin_object().text("type", "tool_result");
    writer.text("tool_use_id", clean_id(result.call_id));
    if (auto put = put_parts(result); !put) return put;
    if (result.is_error) writer.boolean("is_error", true);
    encoding_.write_cache(result.cache);
    writer.end_object();
    return {};
}

Result<> ContentWriter::put_parts(const ToolResultBlock& result) {
    auto& writer = encoding_.writer();
    if (result.parts.empty()) {
        if (!result.object.empty()) writer.text("content", result.object);
        return {};
    }
    writer.begin_array("content");
    for (const auto& part : result.parts) {
        if (const auto* text = std::get_if<TextBlock>(&part)) {
            if (!is_blank(text->text)) write_text(encoding_, text->text, text->cache);
        } else if (const auto* media = std::get_if<MediaBlock>(&part)) {
            if (auto written = write_media(encoding_, *media); !written) return written;
        } else if (const auto* opaque = std::get_if<OpaqueBlock>(&part)) {
            if (says(*opaque)) put(*opaque);
        }
    }
    writer.end_array();
    return {};
}

Result<> ContentWriter::put(const OpaqueBlock& opaque) {
    if (encoding_.is_own()) {
        encoding_.writer().raw(opaque.json);
    } else {
        write_text(encoding_, opaque.as_text, CacheMark::none);
    }
    return {};
}

std::string_view role_of(Speaker speaker) {
    switch (speaker) {
        case Speaker::assistant:
            return "assistant";
        case Speaker::system:
            return "system";
        case Speaker::user:
            break;
    }
    return "user";
}

void write_least(Encoding& encoding) {
    auto& writer = encoding.writer();
    writer.begin_object().text("role", "user").text("content", least_text).end_object();
}

void note_losses(Encoding& encoding, const Message& message) {
    for (const auto* block : message.blocks) {
        const auto* thinking = std::get_if<ThinkingBlock>(block);
        if (thinking != nullptr && thinking->signature.origin != Origin::anthropic) {
            encoding.lose("messages", "Anthropic takes no thoughts that it did not sign.");
        }
        if (message.speaker != Speaker::user && std::holds_alternative<MediaBlock>(*block)) {
            encoding.lose("messages", "Anthropic takes no media in the assistant's turns.");
        }
        const auto* opaque = std::get_if<OpaqueBlock>(block);
        if (opaque != nullptr && !encoding.is_own() && opaque->as_text.is_empty()) {
            encoding.lose("messages", "Anthropic knows no \"" + opaque->type + "\".");
        }
    }
}

// A message of thoughts alone has nothing that they belong to.
bool is_empty(const Message& message, const ContentWriter& writer) {
    return std::ranges::none_of(message.blocks, [&](const Block* block) {
        return writer.writes(*block) && !std::holds_alternative<ThinkingBlock>(*block);
    });
}

}  // namespace

void write_system(Encoding& encoding, const MessageList& list) {
    const auto is_said = [](const Block* block) {
        const auto* text = std::get_if<TextBlock>(block);
        return text != nullptr && !is_blank(text->text);
    };
    const bool wants_json = encoding.request().output.kind == canonical::OutputKind::json_object;
    if (wants_json)
        encoding.lose("response_format", "Anthropic has no such format: it is asked for.");
    if (!wants_json && std::ranges::none_of(list.system(), is_said)) return;
    encoding.writer().begin_array("system");
    for (const auto* block : list.system()) {
        if (!is_said(block)) continue;
        const auto& text = std::get<TextBlock>(*block);
        write_text(encoding, text.text, text.cache);
    }
    if (wants_json) write_text(encoding, {json_hint}, CacheMark::none);
    encoding.writer().end_array();
}

Result<> write_messages(Encoding& encoding, const MessageList& list) {
    auto& writer = encoding.writer();
    writer.begin_array("messages");
    const auto& messages = list.messages();
    if (messages.empty() || messages.front().speaker != Speaker::user) write_least(encoding);
    for (const auto& message : messages) {
        const bool is_last = &message == &messages.back();
        ContentWriter content(encoding, message.speaker, is_last);
        note_losses(encoding, message);
        if (is_empty(message, content)) {
            if (message.speaker == Speaker::user) write_least(encoding);
            continue;
        }
        writer.begin_object().text("role", role_of(message.speaker)).begin_array("content");
        for (const auto* block : message.blocks) {
            if (!content.writes(*block)) continue;
            if (auto put = content.write(*block, block == message.blocks.back()); !put) return put;
        }
        writer.end_array().end_object();
    }
    writer.end_array();
    return {};
}

}  // namespace router::dialects::anthropic_messages
