#pragma once

#include <string_view>

#include "canonical/block.hpp"
#include "dialects/gemini/encode_request.hpp"

namespace router::dialects::gemini {

// What a file is most likely, by its first bytes, its URL or its kind: Gemini wants to be told.
std::string_view guessed_mime(const canonical::MediaBlock& media);

// Writes blocks as parts of a request's content.
class PartWriter {
 public:
    explicit PartWriter(RequestWriting& writing) : writing_(writing) {}

    // Whether anything is written of a block: no empty text without a signature, no thoughts of
    // others. What is not, is noted as lost where it said something.
    bool is_written(const canonical::Block& block, std::string_view signature);

    //   signature  of the thoughts before the block; its own goes before it
    //   errors     bad_request for a file that another provider keeps
    Result<> write(const canonical::Block& block, std::string_view signature);
    void write_call(const canonical::ToolCallBlock& call, std::string_view signature,
                    bool must_be_signed);
    void write_result(const canonical::ToolResultBlock& result, std::string_view name);
    // The media of a result, for models that take none inside of it.
    void write_beside(const canonical::ToolResultBlock& result);

 private:
    void write_signature(const canonical::Signature& own, std::string_view other);
    Result<> write_media(const canonical::MediaBlock& media, std::string_view signature = {});
    void write_response(const canonical::ToolResultBlock& result);

    RequestWriting& writing_;
};

}  // namespace router::dialects::gemini
