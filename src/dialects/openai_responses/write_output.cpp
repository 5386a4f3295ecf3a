#include "dialects/openai_responses/write_output.hpp"

#include <algorithm>
#include <array>

#include "dialects/seal.hpp"
#include "dialects/source_name.hpp"
#include "wire/json.hpp"
#include "wire/json_tree.hpp"

namespace router::dialects::openai_responses {

using canonical::Origin;
using wire::JsonWriter;

namespace {

std::int64_t characters_in(std::string_view escaped) {
    const auto plain = wire::unescaped(escaped);
    return std::ranges::count_if(
        plain, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

}  // namespace

void write_text_part(std::string& out, std::string_view text, std::string_view annotations,
                     std::string_view logprobs) {
    out += R"({"type":"output_text","annotations":[)";
    out += annotations;
    out += R"(],"logprobs":[)";
    out += logprobs;
    out += R"(],"text":")";
    out += text;
    out += "\"}";
}

void write_refusal_part(std::string& out, std::string_view text) {
    out += R"({"type":"refusal","refusal":")";
    out += text;
    out += "\"}";
}

void write_message(std::string& out, std::string_view id, std::string_view status,
                   std::string_view phase, std::string_view parts) {
    JsonWriter item(out);
    item.begin_object().escaped("id", id).text("type", "message").text("status", status);
    item.begin_array("content");
    if (!parts.empty()) item.raw(parts);
    item.end_array();
    if (!phase.empty()) item.text("phase", phase);
    item.text("role", "assistant").end_object();
}

std::string_view call_status(const CallItem& call, std::string_view arguments) {
    const bool is_whole = call.is_custom || wire::json::is_valid(wire::unescaped(arguments));
    return is_whole ? "completed" : "incomplete";
}

void write_call(std::string& out, const CallItem& call, std::string_view status,
                std::string_view arguments) {
    JsonWriter item(out);
    item.begin_object().escaped("id", call.id);
    if (call.is_search) {
        const auto plain = wire::unescaped(arguments);
        item.text("type", "tool_search_call").text("status", status);
        item.text("execution", "client").escaped("call_id", call.call_id);
        const bool is_object = plain.starts_with('{') && wire::json::is_valid(plain);
        item.raw("arguments", is_object ? std::string_view(plain) : "{}").end_object();
        return;
    }
    item.text("type", call.is_custom ? "custom_tool_call" : "function_call");
    item.text("status", status).escaped(call.is_custom ? "input" : "arguments", arguments);
    item.escaped("call_id", call.call_id).escaped("name", call.name);
    if (!call.name_space.empty()) item.escaped("namespace", call.name_space);
    item.end_object();
}

void write_reasoning(std::string& out, std::string_view id, std::string_view text,
                     std::string_view encrypted) {
    JsonWriter item(out);
    item.begin_object().escaped("id", id).text("type", "reasoning").begin_array("summary");
    if (!text.empty())
        item.begin_object().text("type", "summary_text").escaped("text", text).end_object();
    item.end_array();
    if (!encrypted.empty()) item.escaped("encrypted_content", encrypted);
    item.end_object();
}

void write_image(std::string& out, std::string_view id, const canonical::MediaBlock& image) {
    JsonWriter item(out);
    item.begin_object().escaped("id", id).text("type", "image_generation_call");
    item.text("status", "completed");
    const auto slash = image.mime.find('/');
    if (slash != std::string::npos)
        item.text("output_format", std::string_view(image.mime).substr(slash + 1));
    item.escaped("result", image.data.escaped).end_object();
}

std::optional<std::string> query_of(const canonical::OpaqueBlock& block) {
    if (block.origin != Origin::anthropic || block.type != "server_tool_use") return std::nullopt;
    const auto call = wire::parse_json(block.json);
    if (!call) return std::nullopt;
    const auto* name = call->find("name");
    if (name == nullptr || !name->is_string("web_search")) return std::nullopt;
    const auto* input = call->find("input");
    const auto* query = input == nullptr ? nullptr : input->find("query");
    return query != nullptr && query->is(wire::JsonTree::Kind::string) ? query->text : "";
}

void write_search(std::string& out, std::string_view id, std::string_view query) {
    JsonWriter item(out);
    item.begin_object().escaped("id", id).text("type", "web_search_call");
    item.text("status", "completed").begin_object("action").text("type", "search");
    item.escaped("query", query).end_object().end_object();
}

bool write_annotation(std::string& out, const canonical::Citation& citation,
                      std::string_view text) {
    const auto name = source_name(citation);
    if (name.empty()) return false;
    const bool is_placed = citation.start >= 0 && citation.end >= citation.start;
    const auto end = is_placed ? citation.end : characters_in(text);
    JsonWriter item(out);
    if (citation.url.is_empty()) {
        item.begin_object().text("type", "file_citation").escaped("file_id", name);
        item.escaped("filename", name).number("index", end).end_object();
        return true;
    }
    item.begin_object().text("type", "url_citation");
    item.number("start_index", is_placed ? citation.start : 0).number("end_index", end);
    item.escaped("url", citation.url.escaped).escaped("title", citation.title.escaped);
    item.end_object();
    return true;
}

std::string encrypted_of(const canonical::ThinkingBlock& thinking) {
    if (!thinking.signature.is_present()) return {};
    if (thinking.signature.origin == Origin::openai && thinking.signature.issuer.empty())
        return std::string(thinking.signature.value.escaped);
    return seal(thinking);
}

// Redacted is what tells it from thoughts: Gemini has no other use for that.
std::string encrypted_of(const canonical::Signature& signature) {
    if (!signature.is_present()) return {};
    return seal({.signature = signature, .is_redacted = true});
}

bool is_output_image(const canonical::MediaBlock& media) {
    return media.kind == canonical::MediaKind::image &&
           media.source == canonical::MediaSource::base64;
}

bool is_output_item(const canonical::OpaqueBlock& block) {
    constexpr std::array<std::string_view, 18> known = {"web_search_call",
                                                        "file_search_call",
                                                        "computer_call",
                                                        "computer_call_output",
                                                        "code_interpreter_call",
                                                        "image_generation_call",
                                                        "local_shell_call",
                                                        "shell_call",
                                                        "shell_call_output",
                                                        "apply_patch_call",
                                                        "apply_patch_call_output",
                                                        "mcp_list_tools",
                                                        "mcp_call",
                                                        "mcp_approval_request",
                                                        "tool_search_call",
                                                        "tool_search_output",
                                                        "compaction",
                                                        "program"};
    return block.origin == Origin::openai && std::ranges::find(known, block.type) != known.end();
}

}  // namespace router::dialects::openai_responses
