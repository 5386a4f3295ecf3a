#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "canonical/request.hpp"

namespace router::gateway {

enum class BodyKind : std::uint8_t { json, form };

// How an answer goes back.
enum class Relay : std::uint8_t {
    read,     // it is OpenAI's JSON or chunks: `model` renamed, usage and errors read
    forward,  // bytes as they are
};

// What kind of answer a mock can give here.
enum class Mock : std::uint8_t { none, chat, completion };

// What is asked of a model.
enum class Operation : std::uint8_t {
    complete,      // an answer: in whatever dialect, to whatever provider
    count_tokens,  // how long the prompt is
    other,         // what only OpenAI's family has: embeddings, speech, images ...
};

// An endpoint that calls a model.
struct Endpoint {
    std::string_view path;  // behind the base URL, ours and the upstream's
    canonical::DialectId dialect = canonical::DialectId::openai_chat;  // that its clients speak
    Operation operation = Operation::other;
    BodyKind body = BodyKind::json;
    Relay relay = Relay::read;
    Mock mock = Mock::none;
    bool reports_usage = false;  // takes stream_options
    bool is_stream = false;      // by its URL, whatever the body says
    bool makes_images = false;
    bool embeds = false;
    std::span<const std::string_view> required{};
};

// What a URL says of a call besides its endpoint.
struct InUrl {
    std::string model{};         // Gemini names it there
    bool is_json_array = false;  // Gemini without alt=sse: the stream is one array
};

inline constexpr std::string_view needs_messages[] = {"messages"};
inline constexpr std::string_view needs_input[] = {"input"};
inline constexpr std::string_view needs_prompt[] = {"prompt"};
inline constexpr std::string_view needs_documents[] = {"query", "documents"};

inline constexpr std::string_view needs_contents[] = {"contents"};

inline constexpr Endpoint chat_completions{.path = "/chat/completions",
                                           .operation = Operation::complete,
                                           .mock = Mock::chat,
                                           .reports_usage = true,
                                           .required = needs_messages};
inline constexpr Endpoint responses{.path = "/responses",
                                    .dialect = canonical::DialectId::openai_responses,
                                    .operation = Operation::complete,
                                    .mock = Mock::chat};
inline constexpr Endpoint responses_input_tokens{.path = "/responses/input_tokens",
                                                 .dialect = canonical::DialectId::openai_responses,
                                                 .operation = Operation::count_tokens};
inline constexpr Endpoint messages{.path = "/messages",
                                   .dialect = canonical::DialectId::anthropic_messages,
                                   .operation = Operation::complete,
                                   .mock = Mock::chat,
                                   .required = needs_messages};
inline constexpr Endpoint messages_count_tokens{.path = "/messages/count_tokens",
                                                .dialect = canonical::DialectId::anthropic_messages,
                                                .operation = Operation::count_tokens,
                                                .required = needs_messages};
inline constexpr Endpoint gemini_generate{.path = ":generateContent",
                                          .dialect = canonical::DialectId::gemini,
                                          .operation = Operation::complete,
                                          .mock = Mock::chat,
                                          .required = needs_contents};
inline constexpr Endpoint gemini_stream{.path = ":streamGenerateContent",
                                        .dialect = canonical::DialectId::gemini,
                                        .operation = Operation::complete,
                                        .mock = Mock::chat,
                                        .is_stream = true,
                                        .required = needs_contents};
inline constexpr Endpoint gemini_count_tokens{.path = ":countTokens",
                                              .dialect = canonical::DialectId::gemini,
                                              .operation = Operation::count_tokens};
inline constexpr Endpoint completions{.path = "/completions",
                                      .mock = Mock::completion,
                                      .reports_usage = true,
                                      .required = needs_prompt};
inline constexpr Endpoint embeddings{
    .path = "/embeddings", .embeds = true, .required = needs_input};
inline constexpr Endpoint moderations{
    .path = "/moderations", .relay = Relay::forward, .required = needs_input};
inline constexpr Endpoint rerank{
    .path = "/rerank", .relay = Relay::forward, .required = needs_documents};
inline constexpr Endpoint image_generations{.path = "/images/generations",
                                            .relay = Relay::forward,
                                            .makes_images = true,
                                            .required = needs_prompt};
inline constexpr Endpoint image_edits{
    .path = "/images/edits", .body = BodyKind::form, .relay = Relay::forward, .makes_images = true};
inline constexpr Endpoint audio_speech{
    .path = "/audio/speech", .relay = Relay::forward, .required = needs_input};
inline constexpr Endpoint audio_transcriptions{
    .path = "/audio/transcriptions", .body = BodyKind::form, .relay = Relay::forward};

}  // namespace router::gateway
