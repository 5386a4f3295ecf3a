#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "canonical/block.hpp"
#include "canonical/text.hpp"
#include "wire/json.hpp"

namespace router::dialects::anthropic_messages {

// Reads the content of messages, of a request or an answer: a text, or a list of blocks.
class BlockReader {
 public:
    explicit BlockReader(canonical::Arena& arena) : arena_(arena) {}

    // Appends what `content` holds.
    //
    //   place   where it stands, for errors: "messages.3.content"
    //   errors  bad_request: no text or list; a block that is no object or has no type
    Result<> read(wire::json::value& content, const std::string& place,
                  std::vector<canonical::Block>& blocks);

    // One block.
    Result<> read_block(wire::json::value& block, const std::string& place,
                        std::vector<canonical::Block>& blocks);

 private:
    using Blocks = std::vector<canonical::Block>;

    Result<> read_typed(std::string_view type, wire::json::object& block, const std::string& place,
                        Blocks& blocks);
    void read_text(wire::json::object& block, Blocks& blocks);
    void read_thinking(wire::json::object& block, Blocks& blocks);
    void read_redacted(wire::json::object& block, Blocks& blocks);
    Result<> read_tool_use(wire::json::object& block, const std::string& place, Blocks& blocks);
    Result<> read_tool_result(wire::json::object& block, const std::string& place, Blocks& blocks);
    Result<> read_media(canonical::MediaKind kind, wire::json::object& block,
                        const std::string& place, Blocks& blocks);
    Result<> read_source(wire::json::value& source, const std::string& place,
                         canonical::MediaBlock& media, Blocks& inside);
    Result<> read_opaque(std::string_view type, wire::json::object& block, const std::string& place,
                         Blocks& blocks);
    canonical::Text joined_texts(Blocks& blocks);  // takes them out

    canonical::Arena& arena_;
};

// What a signature is: one of ours, which tells whose it is, else Anthropic's.
canonical::ThinkingBlock open_signature(canonical::Text signature, canonical::Arena& arena);

}  // namespace router::dialects::anthropic_messages
