#include "dialects/anthropic_messages/write_blocks.hpp"

#include "dialects/seal.hpp"
#include "dialects/source_name.hpp"
#include "wire/json.hpp"

namespace router::dialects::anthropic_messages {

using canonical::Citation;
using canonical::CitedPlace;
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

namespace {

struct LocationWords {
    std::string_view type, begin, end;
};

LocationWords words_of(CitedPlace::Unit unit) {
    switch (unit) {
        case CitedPlace::Unit::characters:
            return {"char_location", "start_char_index", "end_char_index"};
        case CitedPlace::Unit::pages:
            return {"page_location", "start_page_number", "end_page_number"};
        default:
            return {"content_block_location", "start_block_index", "end_block_index"};
    }
}

// Of a document where it is known to be one of the request's, else of a search's result.
bool write_document_citation(wire::JsonWriter& writer, const Citation& citation) {
    const auto name = source_name(citation);
    if (name.empty()) return false;
    const auto& place = citation.place;
    const bool is_document = place.unit != CitedPlace::Unit::none && place.document >= 0;
    const auto words = words_of(place.unit);
    writer.begin_object().text("type", is_document ? words.type : "search_result_location");
    writer.escaped("cited_text", citation.cited_text.escaped);
    if (is_document) {
        writer.number("document_index", place.document).escaped("document_title", name);
        writer.null("file_id");
    } else {
        writer.number("search_result_index", 0).escaped("source", name).escaped("title", name);
    }
    writer.number(words.begin, place.begin).number(words.end, place.end).end_object();
    return true;
}

}  // namespace

bool write_citation(wire::JsonWriter& writer, const Citation& citation) {
    // Anthropic's kinds of citation all end so: char_location, web_search_result_location.
    if (citation.original.contains("_location\"")) {
        writer.raw(citation.original);
        return true;
    }
    if (citation.url.is_empty()) return write_document_citation(writer, citation);
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
