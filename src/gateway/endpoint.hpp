#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace router::gateway {

enum class BodyKind : std::uint8_t { json, form };

// How an answer goes back.
enum class Relay : std::uint8_t {
    read,     // it is OpenAI's JSON or chunks: `model` renamed, usage and errors read
    forward,  // bytes as they are
};

// What kind of answer a mock can give here.
enum class Mock : std::uint8_t { none, chat, completion };

// An endpoint that calls a model.
struct Endpoint {
    std::string_view path;  // behind the base URL, ours and the upstream's
    BodyKind body = BodyKind::json;
    Relay relay = Relay::read;
    Mock mock = Mock::none;
    bool reports_usage = false;  // takes stream_options
    std::span<const std::string_view> required{};
};

inline constexpr std::string_view needs_messages[] = {"messages"};
inline constexpr std::string_view needs_input[] = {"input"};
inline constexpr std::string_view needs_prompt[] = {"prompt"};
inline constexpr std::string_view needs_documents[] = {"query", "documents"};

inline constexpr Endpoint chat_completions{.path = "/chat/completions",
                                           .mock = Mock::chat,
                                           .reports_usage = true,
                                           .required = needs_messages};
inline constexpr Endpoint completions{.path = "/completions",
                                      .mock = Mock::completion,
                                      .reports_usage = true,
                                      .required = needs_prompt};
inline constexpr Endpoint embeddings{.path = "/embeddings", .required = needs_input};
inline constexpr Endpoint moderations{
    .path = "/moderations", .relay = Relay::forward, .required = needs_input};
inline constexpr Endpoint rerank{
    .path = "/rerank", .relay = Relay::forward, .required = needs_documents};
inline constexpr Endpoint image_generations{
    .path = "/images/generations", .relay = Relay::forward, .required = needs_prompt};
inline constexpr Endpoint image_edits{
    .path = "/images/edits", .body = BodyKind::form, .relay = Relay::forward};
inline constexpr Endpoint audio_speech{
    .path = "/audio/speech", .relay = Relay::forward, .required = needs_input};
inline constexpr Endpoint audio_transcriptions{
    .path = "/audio/transcriptions", .body = BodyKind::form, .relay = Relay::forward};

}  // namespace router::gateway
