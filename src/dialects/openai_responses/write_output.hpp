#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "canonical/answer.hpp"
#include "wire/json_writer.hpp"

// The items of an answer as JSON, for whole answers and for streams. Texts are the insides of JSON
// strings.
namespace router::dialects::openai_responses {

struct CallItem {
    std::string_view id{};
    std::string_view call_id{};  // escaped, as are name and name_space
    std::string_view name{};
    std::string_view name_space{};
    bool is_custom = false;
    bool is_search = false;  // for tools, run by the client
};

void write_text_part(std::string& out, std::string_view text, std::string_view annotations,
                     std::string_view logprobs);
void write_refusal_part(std::string& out, std::string_view text);
void write_message(std::string& out, std::string_view id, std::string_view status,
                   std::string_view phase, std::string_view parts);

// How a call that is over is called: one that a limit cut has arguments that are no JSON.
std::string_view call_status(const CallItem& call, std::string_view arguments);
void write_call(std::string& out, const CallItem& call, std::string_view status,
                std::string_view arguments);
void write_reasoning(std::string& out, std::string_view id, std::string_view text,
                     std::string_view encrypted);
void write_image(std::string& out, std::string_view id, const canonical::MediaBlock& image);

// What a search on the web that Anthropic ran was for, escaped; nothing for any other block.
std::optional<std::string> query_of(const canonical::OpaqueBlock& block);
void write_search(std::string& out, std::string_view id, std::string_view query);

// Appends an annotation, or nothing for what is cited without a URL and without a name.
//
//   text  that the citation stands in: all of it is cited where the citation does not say
bool write_annotation(std::string& out, const canonical::Citation& citation, std::string_view text);

// What goes into `encrypted_content`: OpenAI's own proof as it is, another's sealed, with the
// thoughts that it proves. Empty where there is no proof.
std::string encrypted_of(const canonical::ThinkingBlock& thinking);

// A proof that stands alone, of the call or text that it is written beside.
std::string encrypted_of(const canonical::Signature& signature);

// Whether a medium can be an image_generation_call: an image, as base64.
bool is_output_image(const canonical::MediaBlock& media);

// Whether a part of one dialect alone is an item of this one's outputs.
bool is_output_item(const canonical::OpaqueBlock& block);

}  // namespace router::dialects::openai_responses
