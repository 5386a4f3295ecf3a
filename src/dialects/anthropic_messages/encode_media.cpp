#include "dialects/anthropic_messages/encode_media.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "dialects/media_types.hpp"
#include "wire/base64.hpp"
#include "wire/utf8.hpp"

namespace router::dialects::anthropic_messages {

using canonical::MediaBlock;
using canonical::MediaKind;
using canonical::MediaSource;
using canonical::Text;

namespace {

std::unexpected<Error> refuse(const Encoding& encoding, std::string_view why) {
    const std::string field(client_field(encoding.request().dialect, "messages"));
    return fail(ErrorKind::bad_request, field + ": " + std::string(why), field);
}

std::string type_of(const MediaBlock& media) {
    if (const auto type = media_type_of(media.data.escaped); !type.empty())
        return std::string(type);
    auto mime = media.mime.substr(0, media.mime.find(';'));
    if (mime == "image/jpg") mime = "image/jpeg";
    return mime;
}

bool is_image_type(std::string_view type) {
    return type == "image/png" || type == "image/jpeg" || type == "image/gif" ||
           type == "image/webp";
}

bool is_text_type(std::string_view type) {
    return type.starts_with("text/") || type == "application/json" || type == "application/xml" ||
           type == "application/yaml" || type == "application/x-yaml";
}

void write_source(Encoding& encoding, std::string_view type, std::string_view media_type,
                  std::string_view key, std::string_view escaped) {
    auto& writer = encoding.writer();
    writer.begin_object("source").text("type", type);
    if (!media_type.empty()) writer.text("media_type", media_type);
    writer.lasting(key, escaped).end_object();
}

void begin(Encoding& encoding, std::string_view type) {
    encoding.writer().begin_object().text("type", type);
}

void end(Encoding& encoding, const MediaBlock& media) {
    auto& writer = encoding.writer();
    if (media.kind == MediaKind::document && !media.name.is_empty()) {
        writer.escaped("title", media.name.escaped);
    }
    encoding.write_cache(media.cache);
    writer.end_object();
}

Result<> write_base64(Encoding& encoding, const MediaBlock& media) {
    const auto type = type_of(media);
    if (is_image_type(type)) {
        begin(encoding, "image");
        write_source(encoding, "base64", type, "data", media.data.escaped);
    } else if (media.kind == MediaKind::image) {
        return refuse(encoding, "Anthropic takes images as JPEG, PNG, GIF and WebP, not as \"" +
                                    type + "\".");
    } else if (type == "application/pdf") {
        begin(encoding, "document");
        write_source(encoding, "base64", type, "data", media.data.escaped);
    } else if (is_text_type(type)) {
        const auto text = wire::from_base64(media.data.plain());
        if (!text) return refuse(encoding, "A file's data is no base64.");
        begin(encoding, "document");
        write_source(encoding, "text", "text/plain", "data",
                     encoding.request().arena->keep(wire::escaped(*text)));
    } else {
        return refuse(encoding,
                      "Anthropic takes files as PDF and plain text, not as \"" + type + "\".");
    }
    end(encoding, media);
    return {};
}

}  // namespace

Result<> write_media(Encoding& encoding, const MediaBlock& media) {
    if (media.kind == MediaKind::audio || media.kind == MediaKind::video) {
        return refuse(encoding, "Anthropic takes neither audio nor video.");
    }
    const auto* const block_type = media.kind == MediaKind::image ? "image" : "document";
    switch (media.source) {
        case MediaSource::base64:
            return write_base64(encoding, media);
        case MediaSource::url:
            if (!media.data.escaped.starts_with("http")) {
                return refuse(encoding, "Anthropic fetches files from http and https URLs only.");
            }
            begin(encoding, block_type);
            write_source(encoding, "url", {}, "url", media.data.escaped);
            break;
        case MediaSource::file_id:
            if (!encoding.is_own()) {
                return refuse(encoding, "A file that another provider keeps cannot be sent.");
            }
            encoding.need_beta("files-api-2025-04-14");
            begin(encoding, block_type);
            write_source(encoding, "file", {}, "file_id", media.data.escaped);
            break;
        case MediaSource::text:
            begin(encoding, "document");
            write_source(encoding, "text", "text/plain", "data", media.data.escaped);
            break;
    }
    end(encoding, media);
    return {};
}

}  // namespace router::dialects::anthropic_messages
