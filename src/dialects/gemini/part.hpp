#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "canonical/block.hpp"
#include "wire/json.hpp"

namespace router::dialects::gemini {

enum class PartKind : std::uint8_t {
    none,  // flags alone, or nothing
    text,
    inline_data,
    file_data,
    function_call,
    function_response,
    other,  // executableCode, toolCall, ...: whatever only Gemini can say
};

// A Blob or FileData.
struct Media {
    std::string mime{};
    canonical::Text data{};  // base64, or the URI
    canonical::Text name{};
    bool is_file = false;
};

// Vertex streams the arguments of a call in pieces: a value, or more of a string, at a JSON path.
struct ArgumentPiece {
    std::string path{};
    canonical::Text text{};   // of a string
    canonical::Json value{};  // of all else; empty: it is a string
};

// A part of a content, in requests and answers alike. Views point into the body.
struct Part {
    PartKind kind = PartKind::none;
    canonical::Text text{};
    Media media{};
    bool is_thought = false;
    std::string_view signature{};  // escaped, as it stands; empty: none

    // functionCall and functionResponse
    std::string name{};
    std::string id{};
    canonical::Json args{};               // of a call; the object that is the response
    std::vector<ArgumentPiece> pieces{};  // Vertex: of the arguments
    bool will_continue = false;           // Vertex: more of the call follows
    std::vector<Media> media_parts{};

    std::string other{};    // the name of the member that makes it so
    canonical::Json raw{};  // of `other`: the whole part
    std::string as_text{};  // of `other`: escaped; of code and its output, for a reader

    std::vector<std::string> unsaid{};  // members that nothing here stands for: videoMetadata
};

Part read_part(wire::json::value& element);

// A media block for a Blob or FileData. Base64 in the URL's alphabet is put into the standard one,
// which other dialects want.
canonical::MediaBlock media_block(const Media& media, canonical::Arena& arena);

}  // namespace router::dialects::gemini
