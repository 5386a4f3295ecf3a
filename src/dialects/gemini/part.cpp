#include "dialects/gemini/part.hpp"

#include <algorithm>

#include "dialects/gemini/members.hpp"
#include "dialects/gemini/words.hpp"

namespace router::dialects::gemini {
namespace {

namespace json = wire::json;

Media read_media(json::value& element, bool is_file) {
    Media media{.is_file = is_file};
    each_field(element, [&](std::string_view key, json::value& value) {
        if (key == "mimeType") {
            media.mime = json::text_or_empty(value);
        } else if (key == "data" || key == "fileUri") {
            media.data = text_of(value);
        } else if (key == "displayName") {
            media.name = text_of(value);
        }
    });
    return media;
}

ArgumentPiece read_piece(json::value& element) {
    ArgumentPiece piece;
    each_field(element, [&](std::string_view key, json::value& value) {
        if (key == "jsonPath") {
            piece.path = json::text_or_empty(value);
        } else if (key == "stringValue") {
            piece.text = text_of(value);
        } else if (key == "nullValue") {
            piece.value = "null";
        } else if (key == "numberValue" || key == "boolValue") {
            piece.value = valid_json(value);
        }
    });
    return piece;
}

void read_call(json::value& element, Part& part) {
    part.kind = PartKind::function_call;
    each_field(element, [&](std::string_view key, json::value& value) {
        if (key == "name") {
            part.name = json::text_or_empty(value);
        } else if (key == "id") {
            part.id = json::text_or_empty(value);
        } else if (key == "args") {
            if (json::type_of(value) == json::json_type::object) part.args = valid_json(value);
        } else if (key == "partialArgs") {
            json::each_element(
                value, [&](json::value& piece) { part.pieces.push_back(read_piece(piece)); });
        } else if (key == "willContinue") {
            part.will_continue = json::boolean(value).value_or(false);
        }
    });
}

void read_response_part(json::value& element, Part& part) {
    each_field(element, [&](std::string_view key, json::value& value) {
        if (key == "inlineData") part.media_parts.push_back(read_media(value, false));
        if (key == "fileData") part.media_parts.push_back(read_media(value, true));
    });
}

void read_response(json::value& element, Part& part) {
    part.kind = PartKind::function_response;
    each_field(element, [&](std::string_view key, json::value& value) {
        if (key == "name") {
            part.name = json::text_or_empty(value);
        } else if (key == "id") {
            part.id = json::text_or_empty(value);
        } else if (key == "response") {
            part.args = valid_json(value);
        } else if (key == "parts") {
            json::each_element(value, [&](json::value& one) { read_response_part(one, part); });
        }
    });
}

// Code that the provider ran, and what it printed, as a reader would write them.
std::string fenced(json::value& element) {
    std::string language, inside;
    each_field(element, [&](std::string_view key, json::value& value) {
        if (key == "language") language = in_small(json::text_or_empty(value));
        if (key == "code" || key == "output") inside = text_of(value).escaped;
    });
    if (inside.empty()) return {};
    if (language == "language_unspecified") language.clear();
    return "```" + wire::escaped(language) + "\\n" + inside +
           (inside.ends_with("\\n") ? "```" : "\\n```");
}

// Members that say nothing of their own, or what other dialects leave to the model.
bool is_passed_over(std::string_view key) { return key == "partMetadata"; }

bool is_about_media(std::string_view key) {
    return key.ends_with("Metadata") || key.starts_with("media");
}

void read_member(std::string_view key, json::value& value, Part& part) {
    if (json::is_null(value) || is_passed_over(key)) return;
    if (key == "text") {
        if (part.kind == PartKind::none) part.kind = PartKind::text;
        part.text = text_of(value);
    } else if (key == "thought") {
        part.is_thought = json::boolean(value).value_or(false);
    } else if (key == "thoughtSignature") {
        part.signature = text_of(value).escaped;
    } else if (key == "functionCall") {
        read_call(value, part);
    } else if (key == "functionResponse") {
        read_response(value, part);
    } else if (key == "inlineData" || key == "fileData") {
        part.kind = key == "inlineData" ? PartKind::inline_data : PartKind::file_data;
        part.media = read_media(value, key == "fileData");
    } else if (is_about_media(key)) {
        part.unsaid.emplace_back(key);
    } else if (json::type_of(value) == json::json_type::object) {
        part.other = key;
        if (key == "executableCode" || key == "codeExecutionResult") part.as_text = fenced(value);
    }
}

canonical::MediaKind kind_of(std::string_view mime) {
    using canonical::MediaKind;
    if (mime.starts_with("image/")) return MediaKind::image;
    if (mime.starts_with("audio/")) return MediaKind::audio;
    if (mime.starts_with("video/")) return MediaKind::video;
    return MediaKind::document;
}

// Files that Google keeps, and nobody else can read.
bool is_of_google(std::string_view uri) {
    return uri.starts_with("gs:") || uri.starts_with("files/") ||
           uri.starts_with("https://generativelanguage.googleapis.com/");
}

}  // namespace

// The whole part is looked at first: once a reader has failed, it cannot go back.
Part read_part(json::value& element) {
    Part part;
    json::object members;
    bool is_empty = false;
    std::string_view raw;
    if (element.get_object().get(members) != simdjson::SUCCESS) return part;
    if (members.raw_json().get(raw) != simdjson::SUCCESS) return part;
    if (members.reset().get(is_empty) != simdjson::SUCCESS) return part;
    for (auto member : members) {
        std::string_view key;
        json::value value;
        if (member.unescaped_key().get(key) != simdjson::SUCCESS) return part;
        if (member.value().get(value) != simdjson::SUCCESS) return part;
        read_member(MemberName(key).view(), value, part);
    }
    if (part.kind != PartKind::none || part.other.empty()) return part;
    raw = raw.substr(0, raw.find_last_of('}') + 1);
    if (!json::is_valid(raw)) return part;
    part.kind = PartKind::other;
    part.raw = raw;
    return part;
}

canonical::MediaBlock media_block(const Media& media, canonical::Arena& arena) {
    using canonical::MediaSource;
    canonical::MediaBlock block{.kind = kind_of(media.mime), .mime = media.mime};
    block.data = media.data;
    block.name = media.name;
    if (media.is_file) {
        block.source = is_of_google(wire::unescaped(media.data.escaped)) ? MediaSource::file_id
                                                                         : MediaSource::url;
        if (media.mime.empty() && media.data.escaped.find("youtu") != std::string_view::npos)
            block.kind = canonical::MediaKind::video;
        return block;
    }
    if (media.data.escaped.find_first_of("-_") != std::string_view::npos) {
        std::string standard(media.data.escaped);
        std::ranges::replace(standard, '-', '+');
        std::ranges::replace(standard, '_', '/');
        block.data = {arena.keep(std::move(standard))};
    }
    return block;
}

}  // namespace router::dialects::gemini
