#include "dialects/openai_chat/answer_parts.hpp"

#include <string>

#include "dialects/source_name.hpp"
#include "wire/json_text.hpp"

namespace router::dialects::openai_chat {

using namespace canonical;

std::int64_t characters(std::string_view escaped) {
    std::int64_t count = 0;
    for (std::size_t at = 0; at < escaped.size(); ++at) {
        const auto byte = static_cast<unsigned char>(escaped[at]);
        if (byte >= 0x80 && byte < 0xc0) continue;  // goes on with a character
        ++count;
        if (byte != '\\') continue;
        const bool is_unit = at + 1 < escaped.size() && escaped[at + 1] == 'u';
        // The second half of a pair is no character of its own.
        const bool is_low =
            is_unit && at + 3 < escaped.size() &&
            (escaped[at + 2] == 'd' || escaped[at + 2] == 'D') &&
            std::string_view("cdefCDEF").find(escaped[at + 3]) != std::string_view::npos;
        if (is_low) --count;
        at += is_unit ? 5 : 1;
    }
    return count;
}

bool write_citation(wire::JsonWriter& json, const Citation& citation, std::int64_t begin,
                    std::int64_t end, int index) {
    const auto name = source_name(citation);
    if (name.empty()) return false;
    const bool is_known = citation.start >= 0 && citation.end >= citation.start;
    json.begin_object().text("type", "url_citation");
    if (index > 0) json.number("index", index);
    json.begin_object("url_citation");
    json.number("start_index", is_known ? begin + citation.start : begin);
    json.number("end_index", is_known ? begin + citation.end : end);
    json.escaped("url", citation.url.is_empty() ? name : citation.url.escaped);
    json.escaped("title", name);
    if (!citation.cited_text.is_empty()) json.escaped("content", citation.cited_text.escaped);
    json.end_object().end_object();
    return true;
}

void write_url(wire::JsonWriter& json, std::string_view key, const MediaBlock& media) {
    if (media.source != MediaSource::base64) {
        json.escaped(key, media.data.escaped);
        return;
    }
    json.key(key);
    json.escaped("data:" + wire::escaped(media.mime) + ";base64,");
    auto& out = json.out();
    out.pop_back();  // the closing quote
    out += media.data.escaped;
    out += '"';
}

void write_image(wire::JsonWriter& json, const MediaBlock& image, int index) {
    json.begin_object().text("type", "image_url").number("index", index);
    json.begin_object("image_url");
    write_url(json, "url", image);
    json.end_object().end_object();
}

void write_audio(wire::JsonWriter& json, const MediaBlock& audio, std::string_view id,
                 std::int64_t created) {
    json.begin_object("audio").text("id", "audio_" + std::string(id));
    json.escaped("data", audio.data.escaped).escaped("transcript", {});
    json.number("expires_at", created).end_object();
}

void write_call_proof(wire::JsonWriter& json, const Signature& proof) {
    if (proof.origin != Origin::gemini) return;
    json.begin_object("extra_content").begin_object("google");
    json.escaped("thought_signature", proof.value.escaped);
    if (!proof.issuer.empty()) json.text("issuer", proof.issuer);
    json.end_object().end_object();
}

}  // namespace router::dialects::openai_chat
