#include "dialects/openai_responses/write_input.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "dialects/openai_responses/tools.hpp"

namespace router::dialects::openai_responses {
namespace {

using canonical::Block;
using canonical::CacheMark;
using canonical::MediaBlock;
using canonical::MediaKind;
using canonical::MediaSource;
using canonical::OpaqueBlock;
using canonical::Origin;
using canonical::RefusalBlock;
using canonical::ResultPart;
using canonical::Role;
using canonical::TextBlock;
using canonical::ThinkingBlock;
using canonical::ToolCallBlock;
using canonical::ToolKind;
using canonical::ToolResultBlock;
using canonical::Turn;
using wire::JsonWriter;

std::unexpected<Error> cannot_say(std::string_view what) {
    return fail(ErrorKind::bad_request,
                "OpenAI's Responses takes no " + std::string(what) + " as input.", "input",
                "unsupported_content");
}

class InputWriter {
 public:
    InputWriter(JsonWriter& out, const canonical::Request& request, bool takes_developer_role,
                std::vector<canonical::Loss>& losses)
        : out_(out),
          losses_(losses),
          is_own_(request.dialect == canonical::DialectId::openai_responses),
          takes_developer_role_(takes_developer_role) {
        has_search_ = std::ranges::any_of(request.tools, [](const canonical::Tool& tool) {
            return tool.name == tool_search_name &&
                   tool.declaration.find("\"execution\"") != canonical::Json::npos;
        });
    }

    Result<> turn(const Turn& turn);

 private:
    Result<> said(const Turn& turn);      // by a user, a developer, the system
    Result<> answered(const Turn& turn);  // by the model
    Result<> block(const Block& block, const Turn& turn);
    Result<> part(const Block& block);
    Result<> media(const MediaBlock& media);
    Result<> result(const ToolResultBlock& result);
    void result_text(const ToolResultBlock& result);
    void call(const ToolCallBlock& call);
    void opaque(const OpaqueBlock& block, bool is_item);
    void text_part(const TextBlock& text);
    void cache(CacheMark mark);
    void open_message(const Turn& turn);
    void close_message();
    void flush_reasoning();
    void lose(std::string_view field, std::string_view reason);
    std::string_view role_of(Role role) const;

    JsonWriter& out_;
    std::vector<canonical::Loss>& losses_;
    bool is_own_;
    bool takes_developer_role_;
    bool has_search_ = false;
    bool is_message_open_ = false;
    // Reasoning must be followed by what it led to, or the request is refused.
    std::vector<const ThinkingBlock*> reasoning_;
};

void InputWriter::lose(std::string_view field, std::string_view reason) {
    canonical::Loss loss{.field = std::string(field), .reason = std::string(reason)};
    if (std::ranges::find(losses_, loss) == losses_.end()) losses_.push_back(std::move(loss));
}

std::string_view InputWriter::role_of(Role role) const {
    switch (role) {
        case Role::system:
            return "system";
        case Role::developer:
            return takes_developer_role_ ? "developer" : "system";
        case Role::assistant:
            return "assistant";
        case Role::user:
        case Role::tool:
            break;
    }
    return "user";
}

void InputWriter::cache(CacheMark mark) {
    if (mark == CacheMark::none) return;
    out_.begin_object("prompt_cache_breakpoint").text("mode", "explicit").end_object();
}

void InputWriter::text_part(const TextBlock& text) {
    out_.begin_object().text("type", "input_text").lasting("text", text.text.escaped);
    cache(text.cache);
    out_.end_object();
}

void write_image(JsonWriter& out, const MediaBlock& media) {
    out.begin_object().text("type", "input_image");
    if (media.source == MediaSource::file_id) {
        out.escaped("file_id", media.data.escaped);
    } else if (media.source == MediaSource::url) {
        out.lasting("image_url", media.data.escaped);
    } else {
        const auto mime = media.mime.empty() ? std::string("image/png") : media.mime;
        auto url = "data:" + wire::escaped(mime) + ";base64,";
        out.escaped("image_url", url.append(media.data.escaped));
    }
    out.text("detail", media.detail.empty() ? "auto" : media.detail);
}

void write_file(JsonWriter& out, const MediaBlock& media) {
    out.begin_object().text("type", "input_file");
    if (media.source == MediaSource::file_id) {
        out.escaped("file_id", media.data.escaped);
    } else if (media.source == MediaSource::url) {
        out.escaped("file_url", media.data.escaped);
    } else {
        const auto mime = media.mime.empty() ? std::string("application/pdf") : media.mime;
        out.escaped("filename", media.name.is_empty() ? "document.pdf" : media.name.escaped);
        auto url = "data:" + wire::escaped(mime) + ";base64,";
        out.escaped("file_data", url.append(media.data.escaped));
    }
}

Result<> InputWriter::media(const MediaBlock& media) {
    if (media.kind == MediaKind::audio) return cannot_say("audio");
    if (media.kind == MediaKind::video) return cannot_say("video");
    if (media.source == MediaSource::text) {
        text_part({.text = media.data, .cache = media.cache});
        return {};
    }
    if (media.kind == MediaKind::image) {
        write_image(out_, media);
    } else {
        write_file(out_, media);
    }
    cache(media.cache);
    out_.end_object();
    return {};
}

void InputWriter::opaque(const OpaqueBlock& block, bool is_item) {
    if (is_own_ && !block.json.empty()) {
        out_.raw(block.json);
    } else if (block.as_text.is_empty()) {
        lose(block.type, "OpenAI Responses has no such part");
    } else if (!is_item) {
        text_part({.text = block.as_text});
    }
}

Result<> InputWriter::part(const Block& block) {
    if (const auto* text = std::get_if<TextBlock>(&block)) {
        if (!text->text.is_empty()) text_part(*text);
    } else if (const auto* found = std::get_if<MediaBlock>(&block)) {
        return media(*found);
    } else if (const auto* opaque_block = std::get_if<OpaqueBlock>(&block)) {
        opaque(*opaque_block, false);
    }
    return {};
}

Result<> InputWriter::turn(const Turn& turn) {
    if (turn.role == Role::assistant) return answered(turn);
    return said(turn);
}

bool is_item(const Block& block, bool is_own) {
    if (std::holds_alternative<ToolResultBlock>(block)) return true;
    const auto* opaque = std::get_if<OpaqueBlock>(&block);
    return is_own && opaque != nullptr && !opaque->type.starts_with("input_");
}

Result<> InputWriter::said(const Turn& turn) {
    bool has_parts = false;
    for (const auto& block : turn.blocks) {
        if (const auto* found = std::get_if<ToolResultBlock>(&block)) {
            if (auto written = result(*found); !written) return written;
        } else if (is_item(block, is_own_)) {
            opaque(std::get<OpaqueBlock>(block), true);
        } else {
            has_parts = true;
        }
    }
    if (!has_parts) return {};
    out_.begin_object().text("role", role_of(turn.role));
    const auto* only = turn.blocks.size() == 1 ? std::get_if<TextBlock>(&turn.blocks[0]) : nullptr;
    if (only != nullptr && only->cache == CacheMark::none) {
        out_.escaped("content", only->text.escaped).end_object();
        return {};
    }
    out_.begin_array("content");
    for (const auto& block : turn.blocks) {
        if (is_item(block, is_own_)) continue;
        if (auto written = part(block); !written) return written;
    }
    out_.end_array().end_object();
    return {};
}

void InputWriter::open_message(const Turn& turn) {
    if (is_message_open_) return;
    flush_reasoning();
    is_message_open_ = true;
    out_.begin_object().text("type", "message").text("role", "assistant");
    if (!turn.phase.empty()) out_.text("phase", turn.phase);
    out_.begin_array("content");
}

void InputWriter::close_message() {
    if (is_message_open_) out_.end_array().end_object();
    is_message_open_ = false;
}

void InputWriter::flush_reasoning() {
    for (const auto* thinking : reasoning_) {
        out_.begin_object().text("type", "reasoning");
        const auto& item = thinking->signature.item_id;
        const auto id = item.empty() ? std::string_view(thinking->id) : std::string_view(item);
        if (!id.empty()) out_.escaped("id", id);
        out_.begin_array("summary");
        if (!thinking->text.is_empty()) {
            out_.begin_object().text("type", "summary_text");
            out_.escaped("text", thinking->text.escaped).end_object();
        }
        out_.end_array().escaped("encrypted_content", thinking->signature.value.escaped);
        out_.end_object();
    }
    reasoning_.clear();
}

Result<> InputWriter::answered(const Turn& turn) {
    for (const auto& block : turn.blocks)
        if (auto written = this->block(block, turn); !written) return written;
    close_message();
    reasoning_.clear();
    return {};
}

Result<> InputWriter::block(const Block& block, const Turn& turn) {
    if (const auto* text = std::get_if<TextBlock>(&block)) {
        if (text->text.is_empty()) return {};
        open_message(turn);
        out_.begin_object().text("type", "output_text").escaped("text", text->text.escaped);
        out_.begin_array("annotations").end_array().end_object();
        return {};
    }
    if (const auto* refusal = std::get_if<RefusalBlock>(&block)) {
        open_message(turn);
        out_.begin_object().text("type", "refusal").escaped("refusal", refusal->text.escaped);
        out_.end_object();
        return {};
    }
    if (const auto* thinking = std::get_if<ThinkingBlock>(&block)) {
        close_message();
        if (thinking->signature.origin == Origin::openai) {
            reasoning_.push_back(thinking);
        } else {
            lose("thinking", "thoughts of another provider cannot be proved to this one");
        }
        return {};
    }
    if (const auto* found = std::get_if<ToolResultBlock>(&block)) {
        close_message();
        return result(*found);
    }
    if (const auto* found = std::get_if<ToolCallBlock>(&block)) {
        call(*found);
    } else if (const auto* opaque_block = std::get_if<OpaqueBlock>(&block)) {
        close_message();
        flush_reasoning();
        opaque(*opaque_block, true);
    } else {
        lose("content", "OpenAI Responses takes no media from the assistant");
    }
    return {};
}

void InputWriter::call(const ToolCallBlock& call) {
    close_message();
    flush_reasoning();
    const bool is_search = has_search_ && call.name == tool_search_name && call.name_space.empty();
    const bool is_custom = call.kind == ToolKind::custom;
    out_.begin_object();
    out_.text("type", is_search   ? "tool_search_call"
                      : is_custom ? "custom_tool_call"
                                  : "function_call");
    if (call.item_id.starts_with(is_custom ? "ctc" : "fc")) out_.escaped("id", call.item_id);
    out_.text("call_id", call.id);
    if (is_search) {
        out_.text("execution", "client").raw("arguments", call.arguments);
        out_.end_object();
        return;
    }
    out_.text("name", call.name);
    if (!call.name_space.empty()) out_.text("namespace", call.name_space);
    if (is_custom) {
        out_.escaped("input", call.arguments);
    } else {
        out_.text("arguments", call.arguments.empty() ? "{}" : call.arguments);
    }
    out_.end_object();
}

bool is_plain(const ToolResultBlock& result) {
    return std::ranges::all_of(result.parts, [](const ResultPart& part) {
        const auto* text = std::get_if<TextBlock>(&part);
        return text != nullptr && text->cache == CacheMark::none;
    });
}

void InputWriter::result_text(const ToolResultBlock& result) {
    std::string text(result.is_error ? "Error: " : "");
    for (const auto& part : result.parts) {
        if (&part != &result.parts.front()) text += R"(\n)";
        text += std::get<TextBlock>(part).text.escaped;
    }
    if (result.parts.empty() && !result.object.empty()) wire::append_escaped(text, result.object);
    out_.escaped("output", text);
}

Result<> InputWriter::result(const ToolResultBlock& result) {
    const bool is_custom = result.kind == ToolKind::custom;
    out_.begin_object();
    out_.text("type", is_custom ? "custom_tool_call_output" : "function_call_output");
    out_.text("call_id", result.call_id);
    if (result.is_error) lose("is_error", "OpenAI Responses has no such field; the text says it");
    if (is_plain(result)) {
        result_text(result);
        out_.end_object();
        return {};
    }
    out_.begin_array("output");
    if (result.is_error) text_part({.text = {"Error:"}});
    for (const auto& part : result.parts) {
        if (const auto* text = std::get_if<TextBlock>(&part)) {
            if (!text->text.is_empty()) text_part(*text);
        } else if (const auto* found = std::get_if<MediaBlock>(&part)) {
            if (auto written = media(*found); !written) return written;
        } else {
            opaque(std::get<OpaqueBlock>(part), false);
        }
    }
    out_.end_array().end_object();
    return {};
}

}  // namespace

const TextBlock* instructions_of(const canonical::Request& request) {
    if (request.turns.size() < 2)
        return nullptr;  // it is all that is said: input must not be empty
    const auto& first = request.turns.front();
    if (first.role != Role::system || first.blocks.size() != 1) return nullptr;
    const auto* text = std::get_if<TextBlock>(&first.blocks.front());
    return text != nullptr && text->cache == CacheMark::none ? text : nullptr;
}

Result<> write_input(JsonWriter& out, const canonical::Request& request, bool takes_developer_role,
                     std::vector<canonical::Loss>& losses) {
    InputWriter writer(out, request, takes_developer_role, losses);
    out.begin_array();
    bool skips = instructions_of(request) != nullptr;
    for (const auto& turn : request.turns) {
        if (std::exchange(skips, false)) continue;
        if (auto written = writer.turn(turn); !written) return written;
    }
    out.end_array();
    return {};
}

}  // namespace router::dialects::openai_responses
