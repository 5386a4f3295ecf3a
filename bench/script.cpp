#include "script.hpp"

#include <array>
#include <charconv>

namespace router::bench {
namespace {

constexpr std::string_view kind_of_stream =
    R"("id":"chatcmpl-9f2c7b41d0e84a6c","object":"chat.completion.chunk","created":1760000000,"model":"upstream-model",)"
    R"("service_tier":"default","system_fingerprint":"fp_50cad350e4")";
constexpr std::string_view usage =
    R"("usage":{"prompt_tokens":19,"completion_tokens":250,"total_tokens":269,"prompt_tokens_details":)"
    R"({"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}})";
constexpr std::string_view words = "The quick brown fox jumps over the lazy dog and runs on. ";

// One chunk of a body in the chunked encoding.
std::string chunk(std::string_view bytes) {
    std::array<char, 16> size{};
    const auto end = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16).ptr;
    return std::string(size.data(), end) + "\r\n" + std::string(bytes) + "\r\n";
}

// One event of a stream; `fields` follow those that every event has.
std::string event_of(const std::string& fields) {
    return chunk("data: {" + std::string(kind_of_stream) + "," + fields + "}\n\n");
}

std::string choice(const std::string& delta, const std::string& finish_reason) {
    return R"("choices":[{"index":0,"delta":)" + delta + R"(,"logprobs":null,"finish_reason":)" +
           finish_reason + "}]";
}

// `before` and `after` with so many words between them that all of it has `bytes` bytes.
std::string filled(std::string_view before, std::string_view after, std::size_t bytes) {
    const auto fixed = before.size() + after.size();
    std::string content;
    while (fixed + content.size() + words.size() < bytes) content += words;
    while (fixed + content.size() < bytes) content += '.';
    return std::string(before) + content + std::string(after);
}

std::string openai_answer(std::size_t bytes) {
    return filled(
        R"({"id":"chatcmpl-9f2c7b41d0e84a6c","object":"chat.completion","created":1760000000,)"
        R"("model":"upstream-model","choices":[{"index":0,"message":{"role":"assistant","content":")",
        R"(","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],)" +
            std::string(usage) + R"(,"system_fingerprint":"fp_50cad350e4"})",
        bytes);
}

constexpr std::string_view anthropic_usage =
    R"("usage":{"input_tokens":19,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,)"
    R"("output_tokens":250,"service_tier":"standard"})";

std::string anthropic_answer(std::size_t bytes) {
    return filled(R"({"id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message","role":"assistant",)"
                  R"("model":"upstream-model","content":[{"type":"text","text":")",
                  R"("}],"stop_reason":"end_turn","stop_sequence":null,)" +
                      std::string(anthropic_usage) + "}",
                  bytes);
}

constexpr std::string_view gemini_tail =
    R"("usageMetadata":{"promptTokenCount":19,"candidatesTokenCount":250,"totalTokenCount":269},)"
    R"("modelVersion":"upstream-model","responseId":"f5kNaZ_wD8nVz7IPsM2B2AM"})";

std::string gemini_answer(std::size_t bytes) {
    return filled(
        R"({"candidates":[{"content":{"parts":[{"text":")",
        R"("}],"role":"model"},"finishReason":"STOP","index":0}],)" + std::string(gemini_tail),
        bytes);
}

std::string answer_in(Dialect dialect, std::size_t bytes) {
    if (dialect == Dialect::anthropic_messages) return anthropic_answer(bytes);
    return dialect == Dialect::gemini ? gemini_answer(bytes) : openai_answer(bytes);
}

std::string named_event(const std::string& name, const std::string& fields) {
    return chunk("event: " + name + "\ndata: {\"type\":\"" + name + "\"" + fields + "}\n\n");
}

std::string gemini_event(const std::string& text, const std::string& finish) {
    return chunk(R"(data: {"candidates":[{"content":{"parts":[{"text":")" + text +
                 R"("}],"role":"model"})" + finish + R"(,"index":0}],)" + std::string(gemini_tail) +
                 "\r\n\r\n");
}

constexpr std::string_view stream_start =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
    "Cache-Control: no-cache\r\nx-request-id: req_7d1c6a0b\r\n"
    "Transfer-Encoding: chunked\r\n\r\n";
constexpr std::array<std::string_view, 8> spoken{"The",   "quick", "brown", "fox",
                                                 "jumps", "over",  "lazy",  "dogs"};

}  // namespace

Script::Script(Dialect dialect) : dialect_(dialect) {
    switch (dialect) {
        case Dialect::anthropic_messages:
            write_anthropic_stream();
            break;
        case Dialect::gemini:
            write_gemini_stream();
            break;
        case Dialect::openai_chat:
            write_openai_stream();
            break;
    }
}

void Script::write_openai_stream() {
    stream_head_ = std::string(stream_start) +
                   event_of(choice(R"({"role":"assistant","content":"","refusal":null})", "null"));
    for (const auto word : spoken)
        events_.push_back(event_of(choice(R"({"content":" )" + std::string(word) + "\"}", "null")));
    const std::string finish = event_of(choice("{}", R"("stop")"));
    const std::string done = chunk("data: [DONE]\n\n") + "0\r\n\r\n";
    end_ = finish + done;
    end_with_usage_ = finish + event_of(R"("choices":[],)" + std::string(usage)) + done;
}

void Script::write_anthropic_stream() {
    stream_head_ =
        std::string(stream_start) +
        named_event(
            "message_start",
            R"(,"message":{"id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message",)"
            R"("role":"assistant","model":"upstream-model","content":[],"stop_reason":null,)"
            R"("stop_sequence":null,)" +
                std::string(anthropic_usage) + "}") +
        named_event("content_block_start",
                    R"(,"index":0,"content_block":{"type":"text","text":""})");
    for (const auto word : spoken) {
        events_.push_back(named_event(
            "content_block_delta",
            R"(,"index":0,"delta":{"type":"text_delta","text":" )" + std::string(word) + "\"}"));
    }
    end_ =
        named_event("content_block_stop", R"(,"index":0)") +
        named_event("message_delta", R"(,"delta":{"stop_reason":"end_turn","stop_sequence":null},)"
                                     R"("usage":{"output_tokens":250})") +
        named_event("message_stop", "") + "0\r\n\r\n";
    end_with_usage_ = end_;
}

void Script::write_gemini_stream() {
    stream_head_ = std::string(stream_start) + gemini_event("", "");
    for (const auto word : spoken) events_.push_back(gemini_event(" " + std::string(word), ""));
    end_ = gemini_event("", R"(,"finishReason":"STOP")") + "0\r\n\r\n";
    end_with_usage_ = end_;
}

std::string_view Script::answer(std::size_t bytes) {
    auto& answer = answers_[bytes];
    if (answer.empty()) {
        const std::string body = answer_in(dialect_, bytes);
        answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                 std::to_string(body.size()) +
                 "\r\nx-request-id: req_7d1c6a0b\r\nopenai-processing-ms: 5\r\n\r\n" + body;
    }
    return answer;
}

}  // namespace router::bench
