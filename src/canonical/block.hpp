#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "canonical/text.hpp"

namespace router::canonical {

// Whose proof of thinking a signature is; it must go back to the same one unchanged, and never to
// another.
enum class Origin : std::uint8_t {
    none,
    anthropic,   // `signature` of a thinking block, `data` of a redacted one
    gemini,      // `thoughtSignature`
    openai,      // `encrypted_content` of a reasoning item
    openrouter,  // an entry of `reasoning_details`, kept as JSON
};

struct Signature {
    Origin origin = Origin::none;
    std::string issuer{};   // which account of that provider: Upstream::issuer(); empty: not known
    Text value{};           // as the provider wrote it
    std::string item_id{};  // openai: of the reasoning item, to which `value` is bound
    bool is_present() const { return origin != Origin::none; }
};

// A provider may keep the prompt up to here for the next call.
enum class CacheMark : std::uint8_t { none, short_lived, one_hour };

// Where the cited words stand in a document of the request.
struct CitedPlace {
    enum class Unit : std::uint8_t { none, characters, pages, chunks };  // pages count from 1
    Unit unit = Unit::none;
    std::int64_t document = -1;  // which of the documents, from 0; -1: not known
    std::int64_t begin = 0, end = 0;
};

struct Citation {
    Text url{};  // empty: what is cited is no page of the web
    Text title{};
    Text cited_text{};
    CitedPlace place{};
    std::int64_t start = -1;  // of the cited stretch, in characters (code points) of its text block
    std::int64_t end = -1;    // one past it; -1: not known
    Json original{};          // as its dialect wrote it
};

struct TextBlock {
    Text text;
    CacheMark cache = CacheMark::none;
    std::vector<Citation> citations{};
    Signature signature{};  // Gemini may seal a text, an empty one as well
    std::string phase{};    // of an answer's text, as Turn::phase
};

enum class MediaKind : std::uint8_t { image, audio, video, document };
enum class MediaSource : std::uint8_t {
    base64,   // `data` holds it
    url,      // `data` is where it is
    file_id,  // `data` names a file that one provider keeps: it cannot go to another
    text,     // a document of plain text: `data` is the text
};

struct MediaBlock {
    MediaKind kind = MediaKind::image;
    MediaSource source = MediaSource::base64;
    std::string mime{};    // "image/png"; empty: not said
    Text data{};           // base64 without a data URL's head; a URL; an id; a text
    Text name{};           // a file's name or title
    std::string detail{};  // of an image: "low", "high", "auto", "original"; empty: not said
    CacheMark cache = CacheMark::none;
};

// What a model thought before it spoke. `text` may be empty while the signature stands.
struct ThinkingBlock {
    Text text{};
    Signature signature{};
    bool is_redacted = false;  // the signature's value is all there is
    std::string id{};          // of a Responses item
};

enum class ToolKind : std::uint8_t {
    function,        // takes JSON
    custom,          // takes free text (Responses, Chat)
    web_search,      // run by the provider
    web_fetch,       // run by the provider
    code_execution,  // run by the provider
    opaque,          // whatever only one dialect knows; `declaration` says it
};

struct ToolCallBlock {
    std::string id{};  // of the call, what its result names
    std::string name{};
    std::string name_space{};            // Responses: the namespace that the tool stands in
    ToolKind kind = ToolKind::function;  // function or custom
    Json arguments{};       // a JSON object; of a custom tool the text, as a JSON string's inside
    Signature signature{};  // Gemini seals the call itself
    std::string item_id{};  // of a Responses item
    CacheMark cache = CacheMark::none;
};

// A part that only the request's (or answer's) own dialect can say, verbatim: server tools and
// their results, item references.
struct OpaqueBlock {
    std::string type{};  // as its dialect calls it: "server_tool_use", "executableCode"
    Json json{};
    Text as_text{};  // what it says, for dialects that do not know it: write it where a text may
                     // stand; empty: nothing that a model must read
    Origin origin = Origin::none;  // of an answer's: whose types these are ("compaction" is two's)
};

using ResultPart = std::variant<TextBlock, MediaBlock, OpaqueBlock>;

struct ToolResultBlock {
    std::string call_id{};
    std::string name{};               // of the tool, where the dialect says it (Gemini)
    std::vector<ResultPart> parts{};  // empty: an empty result
    bool is_error = false;
    ToolKind kind = ToolKind::function;  // function or custom
    Json object{};  // Gemini: the response as the JSON object that it was; empty elsewhere
    CacheMark cache = CacheMark::none;
};

struct RefusalBlock {
    Text text;
};

using Block = std::variant<TextBlock, MediaBlock, ThinkingBlock, ToolCallBlock, ToolResultBlock,
                           RefusalBlock, OpaqueBlock>;

}  // namespace router::canonical
