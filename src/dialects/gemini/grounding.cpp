#include "dialects/gemini/grounding.hpp"

#include <algorithm>

#include "dialects/gemini/members.hpp"

namespace router::dialects::gemini {
namespace {

namespace json = wire::json;

// A chunk is one of {web | retrievedContext | maps | image}, each with its uri and title. A
// document of a store may have neither; then it is called by where it is kept.
template <class Source>
Source read_source(json::value& chunk) {
    Source source;
    std::string kept_in;
    each_field(chunk, [&](std::string_view, json::value& one) {
        if (json::type_of(one) != json::json_type::object) return;
        each_field(one, [&](std::string_view key, json::value& value) {
            if (key == "uri" || key == "sourceUri") source.url = text_of(value).escaped;
            if (key == "title") source.title = text_of(value).escaped;
            if (key == "text") source.text = text_of(value).escaped;
            if (key == "documentName" || key == "fileSearchStore") kept_in = text_of(value).escaped;
        });
    });
    if (source.url.empty() && source.title.empty()) source.title = std::move(kept_in);
    return source;
}

template <class Segment>
void read_segment(json::value& segment, Segment& into) {
    each_field(segment, [&](std::string_view key, json::value& value) {
        if (key == "startIndex") into.start = json::integer(value).value_or(0);
        if (key == "endIndex") into.end = json::integer(value).value_or(-1);
        if (key == "partIndex") into.part = json::integer(value).value_or(0);
    });
}

std::uint64_t count_elements(json::value& list) {
    std::uint64_t count = 0;
    json::each_element(list, [&](json::value&) { ++count; });
    return count;
}

}  // namespace

void Grounding::read_grounding(json::value& metadata) {
    std::vector<Source> sources;
    std::vector<Support> supports;
    const auto read_support = [&](json::value& support) {
        Support& into = supports.emplace_back();
        each_field(support, [&](std::string_view key, json::value& value) {
            if (key == "segment") read_segment(value, into);
            if (key != "groundingChunkIndices") return;
            json::each_element(value, [&](json::value& index) {
                if (const auto at = json::whole_number(index)) into.sources.push_back(*at);
            });
        });
    };
    each_field(metadata, [&](std::string_view key, json::value& value) {
        if (key == "webSearchQueries") {
            searches_ = std::max(searches_, count_elements(value));
        } else if (key == "groundingChunks") {
            json::each_element(
                value, [&](json::value& one) { sources.push_back(read_source<Source>(one)); });
        } else if (key == "groundingSupports") {
            json::each_element(value, read_support);
        }
    });
    if (!sources.empty()) sources_ = std::move(sources);
    if (!supports.empty()) supports_ = std::move(supports);
}

// The Gemini API calls the list citationSources, Vertex citations.
void Grounding::read_citations(json::value& metadata) {
    std::vector<Place> cited;
    const auto read_one = [&](json::value& one) {
        Place place;
        each_field(one, [&](std::string_view key, json::value& value) {
            if (key == "uri") place.url = text_of(value).escaped;
            if (key == "title") place.title = text_of(value).escaped;
            if (key == "startIndex") place.start = json::integer(value).value_or(0);
            if (key == "endIndex") place.end = json::integer(value).value_or(-1);
        });
        if (place.end >= 0 && place.start < 0) place.start = 0;
        if (!place.url.empty()) cited.push_back(std::move(place));
    };
    each_field(metadata, [&](std::string_view key, json::value& value) {
        if (key == "citationSources" || key == "citations") json::each_element(value, read_one);
    });
    if (!cited.empty()) cited_ = std::move(cited);
}

// https://ai.google.dev/api/generate-content#UrlContextMetadata (read 2026-11-30)
void Grounding::read_pages(json::value& metadata) {
    const auto read_one = [&](json::value& one) {
        Place page;
        bool is_read = false;
        each_field(one, [&](std::string_view key, json::value& value) {
            if (key == "retrievedUrl") page.url = text_of(value).escaped;
            if (key == "urlRetrievalStatus")
                is_read = json::text_or_empty(value) == "URL_RETRIEVAL_STATUS_SUCCESS";
        });
        if (is_read) pages_.push_back(std::move(page));
    };
    each_field(metadata, [&](std::string_view key, json::value& value) {
        if (key == "urlMetadata") json::each_element(value, read_one);
    });
}

void Grounding::add(Grounding later) {
    if (!later.pages_.empty()) pages_ = std::move(later.pages_);
    if (!later.sources_.empty()) sources_ = std::move(later.sources_);
    if (!later.supports_.empty()) supports_ = std::move(later.supports_);
    if (!later.cited_.empty()) cited_ = std::move(later.cited_);
    searches_ = std::max(searches_, later.searches_);
}

std::vector<Grounding::Place> Grounding::places() const {
    std::vector<Place> places;
    for (const auto& support : supports_) {
        for (const auto index : support.sources) {
            if (index >= sources_.size()) continue;
            const auto& source = sources_[index];
            places.push_back({source.url, source.title, source.text,
                              support.end < 0 ? -1 : support.start, support.end, support.part});
        }
    }
    if (supports_.empty()) {
        for (const auto& source : sources_)
            places.push_back({.url = source.url, .title = source.title, .cited_text = source.text});
    }
    places.insert(places.end(), cited_.begin(), cited_.end());
    if (places.empty()) places = pages_;
    const auto is_nameless = [](const Place& one) { return one.url.empty() && one.title.empty(); };
    std::erase_if(places, is_nameless);
    return places;
}

void write_grounding(wire::JsonWriter& out, const std::vector<CitedText>& citations,
                     const std::vector<TextPositions>& texts) {
    if (citations.empty()) return;
    std::vector<const CitedText*> sources;
    std::vector<std::size_t> chunk_of;
    for (const auto& citation : citations) {
        const auto same = [&](const CitedText* one) {
            return one->url == citation.url && (!one->url.empty() || one->title == citation.title);
        };
        const auto found = std::ranges::find_if(sources, same);
        chunk_of.push_back(static_cast<std::size_t>(found - sources.begin()));
        if (found == sources.end()) sources.push_back(&citation);
    }
    out.begin_object("groundingMetadata").begin_array("groundingChunks");
    for (const auto* source : sources) {
        out.begin_object().begin_object(source->url.empty() ? "retrievedContext" : "web");
        if (!source->url.empty()) out.escaped("uri", source->url);
        if (!source->title.empty()) out.escaped("title", source->title);
        if (!source->cited_text.empty()) out.escaped("text", source->cited_text);
        out.end_object().end_object();
    }
    out.end_array().begin_array("groundingSupports");
    for (std::size_t i = 0; i < citations.size(); ++i) {
        const auto& cited = citations[i];
        if (cited.start < 0 || cited.end < cited.start || cited.text >= texts.size()) continue;
        std::int64_t base = 0;
        for (std::size_t text = 0; text < cited.text; ++text) base += texts[text].bytes();
        const auto& positions = texts[cited.text];
        out.begin_object().begin_object("segment");
        out.number("startIndex", base + positions.bytes_at(cited.start));
        out.number("endIndex", base + positions.bytes_at(cited.end)).end_object();
        out.begin_array("groundingChunkIndices").number(chunk_of[i]).end_array().end_object();
    }
    out.end_array().end_object();
}

}  // namespace router::dialects::gemini
