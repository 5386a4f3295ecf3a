#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "canonical/answer.hpp"
#include "dialects/gemini/text_positions.hpp"
#include "wire/json.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::gemini {

// What an answer rests on: groundingMetadata and citationMetadata of a candidate. Places are bytes
// of UTF-8 of one of its text parts.
//
//   source  https://ai.google.dev/api/generate-content#GroundingMetadata (read 2026-11-22)
class Grounding {
 public:
    void read_grounding(wire::json::value& metadata);
    void read_citations(wire::json::value& metadata);
    void read_pages(wire::json::value& metadata);  // of urlContextMetadata
    void add(Grounding later);                     // its lists stand instead of the earlier ones

    struct Place {
        std::string url{};         // escaped
        std::string title{};       // escaped
        std::string cited_text{};  // escaped
        std::int64_t start = -1, end = -1;
        std::int64_t part = 0;
    };
    std::vector<Place> places() const;
    std::uint64_t searches() const { return searches_; }

 private:
    struct Source {
        std::string url{}, title{}, text{};
    };
    struct Support {
        std::int64_t start = 0, end = -1, part = 0;
        std::vector<std::size_t> sources{};
    };
    std::vector<Source> sources_;
    std::vector<Support> supports_;
    std::vector<Place> cited_;
    std::vector<Place> pages_;  // that were read; sources where no others are told
    std::uint64_t searches_ = 0;
};

// One citation on its way to a Gemini client.
struct CitedText {
    std::string url{};                  // escaped; empty: of a document, by its title
    std::string title{};                // escaped
    std::string cited_text{};           // escaped; of a document
    std::int64_t start = -1, end = -1;  // characters
    std::size_t text = 0;               // which of the choice's texts
};

// The member groundingMetadata; nothing when there are no citations. A client reads the texts of a
// choice as one: places count from the first one's beginning.
void write_grounding(wire::JsonWriter& out, const std::vector<CitedText>& citations,
                     const std::vector<TextPositions>& texts);

}  // namespace router::dialects::gemini
