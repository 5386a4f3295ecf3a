#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "dialects/bedrock_converse/encode_request.hpp"

namespace router::dialects::bedrock_converse {
namespace {

using namespace canonical;

constexpr std::string_view least_text = ".";  // where a text must stand, and none is

bool is_blank(Text text) {
    // The escapes of white space are enough to look at: a text of others says something.
    std::string_view rest = text.escaped;
    while (!rest.empty()) {
        const bool is_escape = rest.starts_with("\\n") || rest.starts_with("\\r") ||
                               rest.starts_with("\\t") || rest.starts_with("\\f");
        if (!is_escape && rest.front() != ' ') return false;
        rest.remove_prefix(is_escape ? 2 : 1);
    }
    return true;
}

bool is_system(const Turn& turn) {
    return turn.role == Role::system || turn.role == Role::developer;
}

void lose_cache(CacheMark mark, Encoding& encoding) {
    if (mark == CacheMark::none) return;
    encoding.lose("cache_control", "Not every model of Bedrock's knows it.");
}

void lose_opaque(const OpaqueBlock& block, Encoding& encoding) {
    if (!block.as_text.is_empty()) return;
    encoding.lose(block.type, "Bedrock's Converse has no such part.");
}

void write_text(Text text, Encoding& encoding) {
    if (is_blank(text)) return;  // refused
    encoding.writer.begin_object().escaped("text", text.escaped).end_object();
}

// The blocks of one message, one after the other.
class BlockWriter {
 public:
    explicit BlockWriter(Encoding& encoding) : encoding_(encoding) {}

    Result<> write(const Block& block) {
        return std::visit([this](const auto& one) { return write(one); }, block);
    }
    // A document wants a text beside it.
    void end() {
        if (has_document_ && !has_text_) write_text({least_text}, encoding_);
    }

 private:
    Result<> write(const TextBlock& block) {
        lose_cache(block.cache, encoding_);
        has_text_ = has_text_ || !is_blank(block.text);
        write_text(block.text, encoding_);
        return {};
    }

    Result<> write(const RefusalBlock& block) {
        write_text(block.text, encoding_);
        return {};
    }

    Result<> write(const MediaBlock& block) {
        lose_cache(block.cache, encoding_);
        has_document_ = has_document_ || block.kind == MediaKind::document;
        encoding_.writer.begin_object();
        if (auto written = write_media(block, encoding_); !written) return written;
        encoding_.writer.end_object();
        return {};
    }

    // Thoughts without their proof are refused.
    Result<> write(const ThinkingBlock& block) {
        if (block.signature.origin != Origin::anthropic) return {};
        auto& writer = encoding_.writer;
        writer.begin_object().begin_object("reasoningContent");
        if (block.is_redacted) {
            writer.escaped("redactedContent", block.signature.value.escaped);
        } else {
            writer.begin_object("reasoningText").escaped("text", block.text.escaped);
            writer.escaped("signature", block.signature.value.escaped).end_object();
        }
        writer.end_object().end_object();
        return {};
    }

    Result<> write(const ToolCallBlock& block) {
        lose_cache(block.cache, encoding_);
        auto& writer = encoding_.writer;
        writer.begin_object().begin_object("toolUse").text("toolUseId", block.id);
        writer.text("name", block.name);
        writer.raw("input", block.arguments.empty() ? "{}" : block.arguments);
        writer.end_object().end_object();
        return {};
    }

    Result<> write(const ToolResultBlock& block) {
        lose_cache(block.cache, encoding_);
        auto& writer = encoding_.writer;
        writer.begin_object().begin_object("toolResult").text("toolUseId", block.call_id);
        writer.begin_array("content");
        if (!block.object.empty()) {
            writer.begin_object().raw("json", block.object).end_object();
        } else {
            for (const auto& part : block.parts) {
                if (auto written = write_part(part); !written) return written;
            }
        }
        writer.end_array();
        if (block.is_error) writer.text("status", "error");
        writer.end_object().end_object();
        return {};
    }

    Result<> write_part(const ResultPart& part) {
        if (const auto* text = std::get_if<TextBlock>(&part)) {
            write_text(text->text, encoding_);
        } else if (const auto* media = std::get_if<MediaBlock>(&part)) {
            encoding_.writer.begin_object();
            if (auto written = write_media(*media, encoding_); !written) return written;
            encoding_.writer.end_object();
        } else {
            return write(std::get<OpaqueBlock>(part));
        }
        return {};
    }

    Result<> write(const OpaqueBlock& block) {
        lose_opaque(block, encoding_);
        write_text(block.as_text, encoding_);
        return {};
    }

    Encoding& encoding_;
    bool has_document_ = false;
    bool has_text_ = false;
};

bool says_something(const Block& block) {
    if (const auto* text = std::get_if<TextBlock>(&block)) return !is_blank(text->text);
    if (const auto* refusal = std::get_if<RefusalBlock>(&block)) return !is_blank(refusal->text);
    if (const auto* opaque = std::get_if<OpaqueBlock>(&block)) return !is_blank(opaque->as_text);
    if (const auto* thinking = std::get_if<ThinkingBlock>(&block)) {
        return thinking->signature.origin == Origin::anthropic;
    }
    return true;
}

// Turns of one speaker that follow each other are one message; a user's results come first in it.
struct Message {
    bool is_users = true;
    std::vector<const Block*> blocks{};
    std::ptrdiff_t results = 0;

    void add(const Block& block) {
        const bool is_result = std::holds_alternative<ToolResultBlock>(block);
        blocks.insert(is_result ? blocks.begin() + results++ : blocks.end(), &block);
    }
};

std::vector<Message> messages_of(const std::vector<Turn>& turns, std::size_t from) {
    std::vector<Message> out;
    for (; from < turns.size(); ++from) {
        const bool is_users = turns[from].role != Role::assistant;
        for (const auto& block : turns[from].blocks) {
            if (!says_something(block)) continue;
            if (out.empty() || out.back().is_users != is_users) out.push_back({is_users});
            out.back().add(block);
        }
    }
    return out;
}

void write_system(Encoding& encoding, std::size_t count) {
    const auto first = encoding.request.turns.begin();
    const bool has_one = std::any_of(
        first, first + static_cast<std::ptrdiff_t>(count),
        [](const Turn& turn) { return std::ranges::any_of(turn.blocks, says_something); });
    if (!has_one) return;
    encoding.writer.begin_array("system");
    for (std::size_t i = 0; i < count; ++i) {
        for (const auto& block : encoding.request.turns[i].blocks) {
            const auto* text = std::get_if<TextBlock>(&block);
            if (text == nullptr) continue;
            lose_cache(text->cache, encoding);
            write_text(text->text, encoding);
        }
    }
    encoding.writer.end_array();
}

void write_least_message(Encoding& encoding) {
    encoding.writer.begin_object().text("role", "user").begin_array("content");
    write_text({least_text}, encoding);
    encoding.writer.end_array().end_object();
}

}  // namespace

Result<> write_messages(Encoding& encoding) {
    const auto& turns = encoding.request.turns;
    const auto first = std::ranges::find_if_not(turns, is_system);
    const auto count = static_cast<std::size_t>(first - turns.begin());
    write_system(encoding, count);
    auto& writer = encoding.writer;
    for (const auto& turn : turns) {
        for (const auto& block : turn.blocks) {
            if (const auto* opaque = std::get_if<OpaqueBlock>(&block))
                lose_opaque(*opaque, encoding);
        }
    }
    writer.begin_array("messages");
    const auto messages = messages_of(turns, count);
    if (messages.empty() || !messages.front().is_users) write_least_message(encoding);
    for (const auto& message : messages) {
        writer.begin_object().text("role", message.is_users ? "user" : "assistant");
        writer.begin_array("content");
        BlockWriter blocks(encoding);
        for (const auto* block : message.blocks) {
            if (auto written = blocks.write(*block); !written) return written;
        }
        blocks.end();
        writer.end_array().end_object();
    }
    writer.end_array();
    return {};
}

}  // namespace router::dialects::bedrock_converse
