#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>

#include "dialects/bedrock_converse/encode_request.hpp"
#include "wire/base64.hpp"

namespace router::dialects::bedrock_converse {
namespace {

using canonical::MediaBlock;
using canonical::MediaKind;
using canonical::MediaSource;

using Format = std::pair<std::string_view, std::string_view>;  // a media type, Bedrock's word

constexpr std::array<Format, 5> image_formats{{{"image/png", "png"},
                                               {"image/jpeg", "jpeg"},
                                               {"image/jpg", "jpeg"},
                                               {"image/gif", "gif"},
                                               {"image/webp", "webp"}}};
constexpr std::array<Format, 9> document_formats{
    {{"application/pdf", "pdf"},
     {"text/plain", "txt"},
     {"text/csv", "csv"},
     {"text/html", "html"},
     {"text/markdown", "md"},
     {"application/msword", "doc"},
     {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"},
     {"application/vnd.ms-excel", "xls"},
     {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"}}};
constexpr std::array<Format, 5> video_formats{{{"video/mp4", "mp4"},
                                               {"video/quicktime", "mov"},
                                               {"video/webm", "webm"},
                                               {"video/x-matroska", "mkv"},
                                               {"video/mpeg", "mpeg"}}};

template <std::size_t Count>
std::string_view find(const std::array<Format, Count>& formats, std::string_view mime) {
    const auto found = std::ranges::find(formats, mime, &Format::first);
    return found == formats.end() ? std::string_view() : found->second;
}

std::string_view format_of(const MediaBlock& media) {
    const std::string_view mime = std::string_view(media.mime).substr(0, media.mime.find(';'));
    switch (media.kind) {
        case MediaKind::image:
            return find(image_formats, mime);
        case MediaKind::video:
            return find(video_formats, mime);
        case MediaKind::document:
            if (media.source == MediaSource::text) return "txt";
            return find(document_formats, mime.empty() ? "application/pdf" : mime);
        default:
            return {};
    }
}

std::string_view member_of(MediaKind kind) {
    if (kind == MediaKind::image) return "image";
    return kind == MediaKind::video ? "video" : "document";
}

// Letters, digits, spaces, hyphens, brackets; spaces one at a time.
std::string document_name(const MediaBlock& media) {
    constexpr std::string_view others = "-()[]";
    std::string out;
    for (const char c : media.name.plain()) {
        const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
        if (is_plain || others.contains(c)) {
            out += c;
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
    while (out.ends_with(' ')) out.pop_back();
    return out.empty() ? "document" : out;
}

}  // namespace

Result<> write_media(const MediaBlock& media, Encoding& encoding) {
    const auto refuse = [](std::string why) {
        return fail(ErrorKind::bad_request, "messages: " + std::move(why), "messages");
    };
    const auto format = format_of(media);
    if (format.empty()) {
        return refuse("Bedrock's Converse takes no media of the type \"" + media.mime + "\".");
    }
    const bool is_s3 = media.source == MediaSource::url && media.data.escaped.starts_with("s3://");
    if (media.source == MediaSource::file_id || (media.source == MediaSource::url && !is_s3)) {
        return refuse("Bedrock's Converse takes the bytes of media, not where they are.");
    }
    auto& writer = encoding.writer;
    writer.begin_object(member_of(media.kind)).text("format", format);
    if (media.kind == MediaKind::document) writer.text("name", document_name(media));
    writer.begin_object("source");
    if (is_s3) {
        writer.begin_object("s3Location").escaped("uri", media.data.escaped).end_object();
    } else if (media.source == MediaSource::text) {
        writer.text("bytes", wire::base64(media.data.plain()));
    } else {
        writer.escaped("bytes", media.data.escaped);
    }
    writer.end_object().end_object();
    return {};
}

}  // namespace router::dialects::bedrock_converse
