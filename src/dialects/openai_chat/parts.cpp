#include "dialects/openai_chat/parts.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "dialects/openai_chat/reading.hpp"
#include "wire/base64.hpp"
#include "wire/url.hpp"

namespace router::dialects::openai_chat {
namespace {

namespace json = wire::json;
using namespace canonical;

// The members of a part, whatever its type: `type` may come last.
struct Part {
    std::string type{};
    Text text{};
    bool has_text = false;
    Text url{};
    Text data{};  // input_audio
    std::string format{};
    std::string detail{};
    Text file_id{};
    Text file_data{};
    Text name{};
    Text title{};  // Mistral's tool_reference
    Text refusal{};
    Text thinking{};
    Text proof{};  // of Anthropic's thinking: signature, or data of a redacted one
    CacheMark cache = CacheMark::none;
    bool has_media = false;
};

void read_member(Part& part, std::string_view key, json::value& value, Arena& arena);

// image_url, input_audio, file and their like: an object of members, or the URL itself.
void read_media(Part& part, json::value& value, Arena& arena) {
    part.has_media = true;
    if (is_string(value)) {
        part.url = text_of(value);
        return;
    }
    json::each_member(value, [&](std::string_view key, json::value& member) {
        read_member(part, key, member, arena);
    });
}

// Mistral's list of parts, or Anthropic's text.
void read_thinking(Part& part, json::value& value, Arena& arena) {
    if (is_string(value)) {
        part.thinking = text_of(value);
        return;
    }
    std::string all;
    json::each_element(value, [&](json::value& element) {
        json::each_member(element, [&](std::string_view key, json::value& member) {
            if (key == "text") all += text_of(member).escaped;
        });
    });
    part.thinking = {arena.keep(std::move(all))};
}

bool is_media(std::string_view key) {
    constexpr std::array names{"image_url", "input_audio", "file",  "video_url",
                               "audio_url", "input_image", "image", "input_file"};
    return std::ranges::find(names, key) != names.end();
}

void read_source(Part& part, std::string_view key, json::value& value) {
    if (key == "url" || key == "document_url" || key == "file_url") {
        part.url = text_of(value);
        part.has_media = true;
    } else if (key == "data") {
        part.data = text_of(value);
        part.proof = part.data;
    } else if (key == "format") {
        part.format = json::text_or_empty(value);
    } else if (key == "detail") {
        part.detail = json::text_or_empty(value);
    } else if (key == "file_id") {
        part.file_id = text_of(value);
    } else if (key == "file_data") {
        part.file_data = text_of(value);
    } else if (key == "title") {
        part.title = text_of(value);
    } else if (key == "filename" || key == "document_name") {
        part.name = text_of(value);
    }
}

void read_member(Part& part, std::string_view key, json::value& value, Arena& arena) {
    if (json::is_null(value)) return;
    if (key == "type") {
        part.type = json::text_or_empty(value);
    } else if (key == "text") {
        part.text = text_of(value);
        part.has_text = is_string(value);
    } else if (key == "refusal") {
        part.refusal = text_of(value);
    } else if (key == "thinking") {
        read_thinking(part, value, arena);
    } else if (key == "signature") {
        part.proof = text_of(value);
    } else if (key == "cache_control" || key == "prompt_cache_breakpoint") {
        part.cache = cache_mark(value);
    } else if (is_media(key)) {
        read_media(part, value, arena);
    } else {
        read_source(part, key, value);
    }
}

std::string lower(std::string text) {
    for (auto& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

// Base64 without the escapes and line ends that some writers put into it.
Text clean_base64(Text data, Arena& arena) {
    if (data.escaped.find_first_of("\\ ") == std::string_view::npos) return data;
    auto plain = data.plain();
    std::erase_if(plain, [](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; });
    return arena.keep_escaped(plain);
}

MediaKind kind_of(std::string_view mime, MediaKind otherwise) {
    if (mime.starts_with("image/")) return MediaKind::image;
    if (mime.starts_with("audio/")) return MediaKind::audio;
    if (mime.starts_with("video/")) return MediaKind::video;
    return otherwise;
}

// By a file's name, where nothing else says its type.
std::string mime_of_name(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 8> endings{{
        {".pdf", "application/pdf"},
        {".txt", "text/plain"},
        {".md", "text/markdown"},
        {".csv", "text/csv"},
        {".html", "text/html"},
        {".json", "application/json"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
    }};
    const auto small = lower(std::string(name));
    for (const auto& [ending, mime] : endings) {
        if (small.ends_with(ending)) return std::string(mime);
    }
    return {};
}

bool is_url(Text text) {
    const auto head = text.escaped.substr(0, 16);
    return head.starts_with("http:") || head.starts_with("https:") || head.starts_with("gs:");
}

MediaBlock file_of(const Part& part, Arena& arena) {
    MediaBlock file{.kind = MediaKind::document};
    if (!part.file_id.is_empty()) {
        file.source = MediaSource::file_id;
        file.data = part.file_id;
    } else {
        const auto data = part.file_data.is_empty() ? part.url : part.file_data;
        const bool is_bare = !data.escaped.starts_with("data:") && !is_url(data);
        if (is_bare) {
            file.data = clean_base64(data, arena);
        } else {
            file = media_of(data, MediaKind::document, arena);
        }
        if (file.mime.empty()) file.mime = mime_of_name(part.name.plain());
        if (file.mime.empty() && is_bare) file.mime = "application/pdf";
        file.kind = kind_of(file.mime, MediaKind::document);
    }
    file.name = part.name;
    return file;
}

MediaBlock audio_of(const Part& part, Arena& arena) {
    if (part.data.is_empty() || part.data.escaped.starts_with("data:"))
        return media_of(part.data.is_empty() ? part.url : part.data, MediaKind::audio, arena);
    return {.kind = MediaKind::audio,
            .mime = part.format.empty() ? std::string() : "audio/" + lower(part.format),
            .data = clean_base64(part.data, arena)};
}

MediaBlock media_of_part(const Part& part, Arena& arena) {
    const std::string_view type = part.type;
    if (type == "file" || type == "input_file" || type == "document_url")
        return file_of(part, arena);
    if (type == "input_audio" || type == "audio_url") return audio_of(part, arena);
    if (!part.file_id.is_empty())
        return {.source = MediaSource::file_id, .data = part.file_id, .detail = part.detail};
    auto media =
        media_of(part.url, type == "video_url" ? MediaKind::video : MediaKind::image, arena);
    media.detail = part.detail;
    return media;
}

ThinkingBlock thinking_of(const Part& part) {
    ThinkingBlock thinking{.text = part.thinking, .is_redacted = part.type == "redacted_thinking"};
    if (!part.proof.is_empty())
        thinking.signature = {.origin = Origin::anthropic, .value = part.proof};
    return thinking;
}

// A page that a tool of Mistral's found, as a source of the text before it.
void cite(const Part& part, std::vector<Block>& blocks) {
    auto* text = blocks.empty() ? nullptr : std::get_if<TextBlock>(&blocks.back());
    if (text == nullptr) text = &std::get<TextBlock>(blocks.emplace_back(TextBlock{}));
    text->citations.push_back({.url = part.url, .title = part.title});
}

// The block that a part is; false: none that is known.
bool add_block(const Part& part, Arena& arena, std::vector<Block>& blocks) {
    const std::string_view type = part.type;
    if (type == "tool_reference") {
        if (!part.url.is_empty()) cite(part, blocks);
        return true;
    }
    if (type == "reference") {  // Mistral: the numbers of documents, some with a mark for readers
        if (!part.text.is_empty()) blocks.emplace_back(TextBlock{.text = part.text});
        return true;
    }
    if (type == "text" || type == "input_text" || type == "output_text" ||
        (type.empty() && part.has_text)) {
        if (!part.has_text) return false;
        if (!part.text.is_empty())
            blocks.emplace_back(TextBlock{.text = part.text, .cache = part.cache});
        return true;
    }
    if (type == "refusal") {
        blocks.emplace_back(RefusalBlock{.text = part.refusal});
        return true;
    }
    if (type == "thinking" || type == "redacted_thinking") {
        blocks.emplace_back(thinking_of(part));
        return true;
    }
    if (!part.has_media || (!is_media(type) && type != "document_url")) return false;
    auto media = media_of_part(part, arena);
    if (media.data.is_empty()) return false;
    media.cache = part.cache;
    blocks.emplace_back(std::move(media));
    return true;
}

}  // namespace

MediaBlock media_of(Text url, MediaKind kind, Arena& arena) {
    MediaBlock media{.kind = kind, .source = MediaSource::url, .data = url};
    if (!url.escaped.starts_with("data:")) return media;
    const auto comma = url.escaped.find(',');
    if (comma == std::string_view::npos) return media;
    const auto head = lower(Text{url.escaped.substr(5, comma - 5)}.plain());
    media.mime = head.substr(0, head.find(';'));
    media.kind = kind_of(media.mime, kind);
    media.source = MediaSource::base64;
    media.data = {url.escaped.substr(comma + 1)};
    if (head.ends_with(";base64")) {
        media.data = clean_base64(media.data, arena);
    } else {
        media.data = {arena.keep(wire::base64(wire::percent_decoded(media.data.plain())))};
    }
    return media;
}

void read_content(json::value& content, Arena& arena, std::vector<Block>& blocks, Fault& fault) {
    if (json::is_null(content)) return;
    if (is_string(content)) {
        const auto text = text_of(content);
        if (!text.is_empty()) blocks.emplace_back(TextBlock{.text = text});
        return;
    }
    if (is_object(content)) {  // one part without its list
        Part part;
        json::each_member(content, [&](std::string_view key, json::value& member) {
            read_member(part, key, member, arena);
        });
        if (!add_block(part, arena, blocks)) fault = {"content", "must be a string or a list"};
        return;
    }
    if (!is_array(content)) {
        fault = {"content", "must be a string or a list of parts"};
        return;
    }
    int at = 0;
    json::each_element(content, [&](json::value& element) {
        Part part;
        if (is_string(element)) {
            part.text = text_of(element);
            part.has_text = true;
        } else {
            json::each_member(element, [&](std::string_view key, json::value& member) {
                read_member(part, key, member, arena);
            });
        }
        if (!add_block(part, arena, blocks) && !fault.is_there()) {
            const auto path = "content[" + std::to_string(at) + "]";
            if (part.type.empty()) {
                fault = {path + ".type", "is missing"};
            } else {
                fault = {path, "is no part that can be read: its type is \"" + part.type + "\""};
            }
        }
        ++at;
    });
}

}  // namespace router::dialects::openai_chat
