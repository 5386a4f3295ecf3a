#include "dialects/openai_responses/item.hpp"

#include <algorithm>

#include "dialects/openai_responses/tools.hpp"

namespace router::dialects::openai_responses {
namespace {

using canonical::CacheMark;
using canonical::Citation;
using canonical::MediaBlock;
using canonical::MediaKind;
using canonical::MediaSource;
using canonical::Text;

// A string, or Chat's {"url", "detail"}.
void read_image_url(json::value& value, Part& part) {
    if (json::type_of(value) != json::json_type::object) {
        part.image_url = escaped_text(value);
        return;
    }
    json::each_member(value, [&](std::string_view key, json::value& found) {
        if (key == "url") part.image_url = escaped_text(found);
        if (key == "detail") part.detail = json::text_or_empty(found);
    });
}

void read_audio(json::value& value, Part& part) {
    json::each_member(value, [&](std::string_view key, json::value& found) {
        if (key == "data") part.audio = escaped_text(found);
        if (key == "format") part.audio_format = json::text_or_empty(found);
    });
}

CacheMark read_cache_mark(json::value& value) {
    if (json::is_null(value)) return CacheMark::none;
    auto mark = CacheMark::short_lived;
    json::each_member(value, [&](std::string_view key, json::value& found) {
        if (key != "ttl") return;
        const auto ttl = json::text_or_empty(found);
        if (ttl == "12h" || ttl == "1h") mark = CacheMark::one_hour;
    });
    return mark;
}

void take_part_member(std::string_view key, json::value& value, Part& part) {
    if (key == "type") {
        part.type = json::text_or_empty(value);
    } else if (key == "text" || key == "refusal") {
        part.text = escaped_text(value);
    } else if (key == "image_url") {
        read_image_url(value, part);
    } else if (key == "file_data") {
        part.file_data = escaped_text(value);
    } else if (key == "file_url") {
        part.file_url = escaped_text(value);
    } else if (key == "file_id") {
        part.file_id = escaped_text(value);
    } else if (key == "filename") {
        part.file_name = escaped_text(value);
    } else if (key == "detail") {
        part.detail = json::text_or_empty(value);
    } else if (key == "input_audio") {
        read_audio(value, part);
    } else if (key == "annotations") {
        json::each_element(value, [&](json::value& one) { read_annotation(one, part.citations); });
    } else if (key == "logprobs") {
        const auto list = json::raw(value);
        if (list.find('{') != std::string_view::npos) part.logprobs = list;
    } else if (key == "prompt_cache_breakpoint") {
        part.cache = read_cache_mark(value);
    }
}

void read_content(json::value& value, std::optional<std::string_view>& text,
                  std::vector<Part>& parts) {
    text = json::escaped_text(value);
    if (!text) read_parts(value, parts);
}

void read_output(json::value& value, Item& item) {
    const auto type = json::type_of(value);
    if (type == json::json_type::string) {
        item.output = json::escaped_text(value);
    } else if (type == json::json_type::array) {
        read_parts(value, item.output_parts);
    } else if (type != json::json_type::null) {
        item.output_json = json::raw(value);
    }
}

void read_summary(json::value& value, Item& item) {
    std::vector<Part> parts;
    read_parts(value, parts);
    for (const auto& part : parts)
        if (!part.text.is_empty()) item.summary.push_back(part.text);
}

void read_arguments(json::value& value, Item& item) {
    item.arguments = json::escaped_text(value);
    if (!item.arguments && !json::is_null(value)) item.arguments_json = json::raw(value);
}

// The members that are plain words.
std::string_view* word_of(std::string_view key, Item& item) {
    if (key == "type") return &item.type;
    if (key == "role") return &item.role;
    if (key == "phase") return &item.phase;
    if (key == "call_id") return &item.call_id;
    if (key == "name") return &item.name;
    if (key == "namespace") return &item.name_space;
    if (key == "execution") return &item.execution;
    if (key == "status") return &item.status;
    if (key == "output_format") return &item.output_format;
    return nullptr;
}

Text* text_of(std::string_view key, Item& item) {
    if (key == "id") return &item.id;
    if (key == "input") return &item.input;
    if (key == "encrypted_content") return &item.encrypted;
    if (key == "result") return &item.result;
    return nullptr;
}

void take_item_member(std::string_view key, json::value& value, Item& item) {
    if (auto* word = word_of(key, item)) {
        *word = json::text_or_empty(value);
    } else if (auto* text = text_of(key, item)) {
        *text = escaped_text(value);
    } else if (key == "content") {
        read_content(value, item.content, item.parts);
    } else if (key == "output") {
        read_output(value, item);
    } else if (key == "summary") {
        read_summary(value, item);
    } else if (key == "arguments") {
        read_arguments(value, item);
    } else if (key == "tools") {
        read_tools(value, item.tools);
    } else if (key == "results") {
        json::each_element(value, [&](json::value& one) { read_annotation(one, item.sources); });
    }
}

// The whole of an object, and its members.
template <class Take>
bool read_object(json::value& value, canonical::Json& whole, Take&& take) {
    json::object members;
    if (value.get_object().get(members) != simdjson::SUCCESS) return false;
    whole = whole_of(members);
    return !whole.empty() && each_member_of(members, take);
}

struct DataUrl {
    std::string mime{};
    Text data{};
};

std::optional<DataUrl> read_data_url(Text url) {
    if (!url.escaped.starts_with("data:")) return std::nullopt;
    const auto comma = url.escaped.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    auto head = wire::unescaped(url.escaped.substr(5, comma - 5));
    if (!head.ends_with(";base64")) return std::nullopt;
    head.resize(std::min(head.find(';'), head.size()));
    return DataUrl{.mime = std::move(head), .data = {url.escaped.substr(comma + 1)}};
}

MediaBlock located(MediaKind kind, Text url, const Part& part) {
    MediaBlock media{.kind = kind, .name = part.file_name, .cache = part.cache};
    if (auto found = read_data_url(url)) {
        media.mime = std::move(found->mime);
        media.data = found->data;
    } else {
        media.source = MediaSource::url;
        media.data = url;
    }
    return media;
}

MediaBlock kept_file(MediaKind kind, const Part& part) {
    return {.kind = kind,
            .source = MediaSource::file_id,
            .data = part.file_id,
            .name = part.file_name,
            .cache = part.cache};
}

MediaBlock file_of(const Part& part) {
    if (!part.file_url.is_empty()) return located(MediaKind::document, part.file_url, part);
    if (part.file_data.is_empty()) return kept_file(MediaKind::document, part);
    if (part.file_data.escaped.starts_with("data:"))
        return located(MediaKind::document, part.file_data, part);
    return {.kind = MediaKind::document,
            .mime = "application/pdf",
            .data = part.file_data,
            .name = part.file_name,
            .cache = part.cache};
}

MediaBlock image_of(const Part& part) {
    auto media = part.image_url.is_empty() ? kept_file(MediaKind::image, part)
                                           : located(MediaKind::image, part.image_url, part);
    media.detail = part.detail;
    return media;
}

}  // namespace

bool read_item(json::value& value, Item& item) {
    return read_object(value, item.whole, [&](std::string_view key, json::value& found) {
        take_item_member(key, found, item);
    });
}

canonical::Json whole_of(json::object& members) {
    std::string_view whole;
    if (members.raw_json().get(whole) != simdjson::SUCCESS) return {};
    if (members.reset().error() != simdjson::SUCCESS) return {};
    const auto end = whole.rfind('}');
    return end == std::string_view::npos ? std::string_view() : whole.substr(0, end + 1);
}

bool read_part(json::value& value, Part& part) {
    if (const auto text = json::escaped_text(value)) {
        part.type = "input_text";
        part.text = {*text};
        return true;
    }
    return read_object(value, part.whole, [&](std::string_view key, json::value& found) {
        take_part_member(key, found, part);
    });
}

void read_parts(json::value& value, std::vector<Part>& parts) {
    if (json::type_of(value) != json::json_type::array) return;
    json::each_element(value, [&](json::value& one) { read_part(one, parts.emplace_back()); });
}

void read_annotation(json::value& value, std::vector<Citation>& citations) {
    Citation citation;
    std::string_view type;
    const bool is_read =
        read_object(value, citation.original, [&](std::string_view key, json::value& found) {
            if (key == "type") type = json::text_or_empty(found);
            if (key == "url") citation.url = escaped_text(found);
            if (key == "title") citation.title = escaped_text(found);
            if (key == "start_index") citation.start = json::integer(found).value_or(-1);
            if (key == "end_index") citation.end = json::integer(found).value_or(-1);
        });
    if (is_read) citations.push_back(citation);
}

std::optional<MediaBlock> media_of(const Part& part) {
    if (part.type == "input_image" || part.type == "image_url" || part.type == "output_image")
        return image_of(part);
    if (part.type == "input_file" || part.type == "file") return file_of(part);
    if (part.type != "input_audio") return std::nullopt;
    return MediaBlock{.kind = MediaKind::audio,
                      .mime = "audio/" + std::string(part.audio_format),
                      .data = part.audio};
}

Text joined(const std::vector<Text>& texts, canonical::Arena& arena) {
    if (texts.empty()) return {};
    if (texts.size() == 1) return texts.front();
    std::string all;
    for (const auto& text : texts) {
        if (!all.empty()) all += R"(\n\n)";
        all += text.escaped;
    }
    return {arena.keep(std::move(all))};
}

canonical::Json arguments_of(const Item& item, canonical::Arena& arena) {
    if (!item.arguments) return item.arguments_json.empty() ? "{}" : item.arguments_json;
    if (item.arguments->find_first_not_of(" \t") == std::string_view::npos) return "{}";
    if (item.arguments->find('\\') == std::string_view::npos) return *item.arguments;
    return arena.keep(wire::unescaped(*item.arguments));
}

}  // namespace router::dialects::openai_responses
