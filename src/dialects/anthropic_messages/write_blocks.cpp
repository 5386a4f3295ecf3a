#include "dialects/anthropic_messages/write_blocks.hpp"

#include "dialects/seal.hpp"
#include "wire/json.hpp"

namespace router::dialects::anthropic_messages {

using canonical::Citation;
using canonical::Origin;
using canonical::Signature;
using canonical::ThinkingBlock;

std::string signature_text(const Signature& signature, bool is_redacted) {
    if (!signature.is_present()) return {};
    if (signature.origin == Origin::anthropic && signature.issuer.empty())
        return std::string(signature.value.escaped);
    return seal({.text = {}, .signature = signature, .is_redacted = is_redacted});
}

bool write_thinking(wire::JsonWriter& writer, const ThinkingBlock& thinking,
                    std::string_view proof) {
    if (thinking.text.is_empty() && !thinking.signature.is_present()) return false;
    writer.begin_object();
    if (thinking.is_redacted && thinking.signature.is_present()) {
        writer.text("type", "redacted_thinking").escaped("data", proof);
    } else {
        writer.text("type", "thinking")
            .escaped("thinking", thinking.text.escaped)
            .escaped("signature", proof);
    }
    writer.end_object();
    return true;
}

void write_text_proof(wire::JsonWriter& writer, std::string_view proof) {
    writer.begin_object().text("type", "redacted_thinking").escaped("data", proof).end_object();
}

bool write_citation(wire::JsonWriter& writer, const Citation& citation) {
    // Anthropic's kinds of citation all end so: char_location, web_search_result_location.
    if (citation.original.contains("_location\"")) {
        writer.raw(citation.original);
        return true;
    }
    if (citation.url.is_empty()) return false;
    writer.begin_object()
        .text("type", "web_search_result_location")
        .escaped("cited_text", citation.cited_text.escaped)
        .text("encrypted_index", seal_mark)
        .escaped("title", citation.title.escaped)
        .escaped("url", citation.url.escaped)
        .end_object();
    return true;
}

void write_input(wire::JsonWriter& writer, canonical::Json arguments) {
    const auto begin = arguments.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) {
        writer.raw("{}");
    } else if (arguments[begin] == '{' && wire::json::is_valid(arguments)) {
        writer.raw(arguments);
    } else {
        writer.begin_object().text("INVALID_JSON", arguments).end_object();
    }
}

}  // namespace router::dialects::anthropic_messages
