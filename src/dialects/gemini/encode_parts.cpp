#include "dialects/gemini/encode_parts.hpp"

#include <array>
#include <string>
#include <variant>

#include "dialects/gemini/words.hpp"
#include "dialects/media_types.hpp"
#include "wire/base64.hpp"
#include "wire/json.hpp"

namespace router::dialects::gemini {

using canonical::Block;
using canonical::MediaBlock;
using canonical::MediaKind;
using canonical::MediaSource;
using canonical::OpaqueBlock;
using canonical::RefusalBlock;
using canonical::TextBlock;
using canonical::ToolCallBlock;
using canonical::ToolResultBlock;

namespace {

bool is_of_gemini(const canonical::Signature& signature) {
    return signature.origin == canonical::Origin::gemini && !signature.value.is_empty();
}

struct Ending {
    std::string_view ending, mime;
};

constexpr std::array endings{
    Ending{".png", "image/png"},    Ending{".jpg", "image/jpeg"},
    Ending{".jpeg", "image/jpeg"},  Ending{".webp", "image/webp"},
    Ending{".gif", "image/gif"},    Ending{".heic", "image/heic"},
    Ending{".heif", "image/heif"},  Ending{".pdf", "application/pdf"},
    Ending{".mp4", "video/mp4"},    Ending{".mov", "video/quicktime"},
    Ending{".webm", "video/webm"},  Ending{".mp3", "audio/mpeg"},
    Ending{".wav", "audio/wav"},    Ending{".flac", "audio/flac"},
    Ending{".ogg", "audio/ogg"},    Ending{".txt", "text/plain"},
    Ending{".md", "text/markdown"}, Ending{".csv", "text/csv"},
    Ending{".html", "text/html"},   Ending{".json", "application/json"},
};

std::string_view mime_of_kind(MediaKind kind) {
    switch (kind) {
        case MediaKind::audio:
            return "audio/wav";
        case MediaKind::video:
            return "video/mp4";
        case MediaKind::document:
            return "application/pdf";
        default:
            return "image/jpeg";
    }
}

std::string_view mime_of_url(std::string_view escaped, MediaKind kind) {
    auto url = in_small(escaped.substr(0, escaped.find_first_of("?#")));
    if (url.find("youtube.com/") != std::string::npos || url.find("youtu.be/") != std::string::npos)
        return "video/mp4";
    for (const auto& [ending, mime] : endings) {
        if (url.ends_with(ending)) return mime;
    }
    return mime_of_kind(kind);
}

std::string_view mime_of_data(std::string_view data, MediaKind kind) {
    const bool may_be_wave = kind == MediaKind::audio || kind == MediaKind::video;
    if (may_be_wave) return mime_of_kind(kind);  // which begins as WebP does
    const auto type = media_type_of(data);
    return type.empty() ? mime_of_kind(kind) : type;
}

bool is_text_document(const MediaBlock& media) { return media.source == MediaSource::text; }

}  // namespace

std::string_view guessed_mime(const MediaBlock& media) {
    return media.source == MediaSource::base64 ? mime_of_data(media.data.escaped, media.kind)
                                               : mime_of_url(media.data.escaped, media.kind);
}

bool PartWriter::is_written(const Block& block, std::string_view signature) {
    if (const auto* text = std::get_if<TextBlock>(&block))
        return !text->text.is_empty() || is_of_gemini(text->signature) || !signature.empty();
    if (const auto* refusal = std::get_if<RefusalBlock>(&block)) return !refusal->text.is_empty();
    if (const auto* media = std::get_if<MediaBlock>(&block)) return !media->data.is_empty();
    if (const auto* opaque = std::get_if<OpaqueBlock>(&block)) {
        const bool is_said =
            (writing_.is_own() && !opaque->json.empty()) || !opaque->as_text.is_empty();
        if (!is_said) writing_.lose(opaque->type, "Gemini has nothing like it");
        return is_said;
    }
    return std::holds_alternative<ToolCallBlock>(block);
}

void PartWriter::write_signature(const canonical::Signature& own, std::string_view other) {
    if (is_of_gemini(own)) {
        writing_.out.escaped("thoughtSignature", own.value.escaped);
    } else if (!other.empty()) {
        writing_.out.escaped("thoughtSignature", other);
    }
}

Result<> PartWriter::write(const Block& block, std::string_view signature) {
    auto& out = writing_.out;
    if (const auto* media = std::get_if<MediaBlock>(&block)) return write_media(*media, signature);
    if (const auto* opaque = std::get_if<OpaqueBlock>(&block)) {
        if (writing_.is_own() && !opaque->json.empty()) {
            out.raw(opaque->json);
        } else {
            out.begin_object().escaped("text", opaque->as_text.escaped).end_object();
        }
        return {};
    }
    out.begin_object();
    if (const auto* text = std::get_if<TextBlock>(&block)) {
        out.lasting("text", text->text.escaped);
        write_signature(text->signature, signature);
    } else if (const auto* refusal = std::get_if<RefusalBlock>(&block)) {
        out.escaped("text", refusal->text.escaped);
    }
    out.end_object();
    return {};
}

Result<> PartWriter::write_media(const MediaBlock& media, std::string_view signature) {
    auto& out = writing_.out;
    if (is_text_document(media)) {
        out.begin_object().escaped("text", media.data.escaped).end_object();
        return {};
    }
    if (media.source == MediaSource::file_id && !writing_.is_own())
        return fail(ErrorKind::bad_request,
                    "The file \"" + media.data.plain() +
                        "\" is kept by another provider: Gemini cannot read it.",
                    "file_id");
    const bool is_data = media.source == MediaSource::base64;
    const bool is_vague = media.mime.empty() || media.mime.ends_with("/*");
    out.begin_object().begin_object(is_data ? "inlineData" : "fileData");
    const bool is_kept_by_google = media.source == MediaSource::file_id;
    if (!is_vague || !is_kept_by_google)
        out.text("mimeType", is_vague ? guessed_mime(media) : std::string_view(media.mime));
    out.lasting(is_data ? "data" : "fileUri", media.data.escaped);
    out.end_object();
    write_signature({}, signature);
    out.end_object();
    return {};
}

void PartWriter::write_call(const ToolCallBlock& call, std::string_view signature,
                            bool must_be_signed) {
    auto& out = writing_.out;
    out.begin_object().begin_object("functionCall");
    if (writing_.variant.takes_call_ids && !call.id.empty()) out.text("id", call.id);
    out.text("name", call.name);
    if (call.kind == canonical::ToolKind::custom) {
        out.begin_object("args").escaped("input", call.arguments).end_object();
    } else {
        out.raw("args", call.arguments.starts_with('{') ? call.arguments : "{}");
    }
    out.end_object();
    if (is_of_gemini(call.signature) || !signature.empty()) {
        write_signature(call.signature, signature);
    } else if (must_be_signed && writing_.variant.wants_call_signatures) {
        out.text("thoughtSignature", no_signature);
    }
    out.end_object();
}

void PartWriter::write_result(const ToolResultBlock& result, std::string_view name) {
    auto& out = writing_.out;
    out.begin_object().begin_object("functionResponse");
    if (writing_.variant.takes_call_ids && !result.call_id.empty()) out.text("id", result.call_id);
    out.text("name", name);
    write_response(result);
    bool has_parts = false;
    for (const auto& part : result.parts) {
        const auto* media = std::get_if<MediaBlock>(&part);
        const bool is_inside = media != nullptr && writing_.variant.takes_images_in_tool_results &&
                               media->source == MediaSource::base64;
        if (!is_inside) continue;
        if (!std::exchange(has_parts, true)) out.begin_array("parts");
        (void)write_media(*media);
    }
    if (has_parts) out.end_array();
    out.end_object().end_object();
}

// Gemini wants an object: one that is, goes as it is; what else a tool said is its `output`.
void PartWriter::write_response(const ToolResultBlock& result) {
    auto& out = writing_.out;
    if (!result.object.empty()) {
        out.raw("response", result.object);
        return;
    }
    std::string text;  // escaped
    for (const auto& part : result.parts) {
        const auto* said = std::get_if<TextBlock>(&part);
        const auto* opaque = std::get_if<OpaqueBlock>(&part);
        const auto* media = std::get_if<MediaBlock>(&part);
        std::string_view more;
        if (said != nullptr) more = said->text.escaped;
        if (opaque != nullptr) more = opaque->as_text.escaped;
        if (media != nullptr && is_text_document(*media)) more = media->data.escaped;
        if (!text.empty() && !more.empty()) text += "\\n";
        text += more;
    }
    const bool may_be_json = text.starts_with('{') || text.starts_with('[');
    const auto plain = may_be_json ? wire::unescaped(text) : std::string();
    const bool is_json = may_be_json && wire::json::is_valid(plain);
    const auto* name = result.is_error ? "error" : "output";
    if (is_json && plain.starts_with('{') && !result.is_error) {
        out.raw("response", plain);
    } else if (is_json) {
        out.begin_object("response").raw(name, plain).end_object();
    } else {
        out.begin_object("response").escaped(name, text).end_object();
    }
}

void PartWriter::write_beside(const ToolResultBlock& result) {
    for (const auto& part : result.parts) {
        const auto* media = std::get_if<MediaBlock>(&part);
        if (media == nullptr || is_text_document(*media)) continue;
        const bool is_inside =
            writing_.variant.takes_images_in_tool_results && media->source == MediaSource::base64;
        if (is_inside || write_media(*media)) continue;
        writing_.lose("file_id", "Gemini cannot read another provider's file");
    }
}

}  // namespace router::dialects::gemini
