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

std::string completion(std::size_t bytes) {
    const std::string before =
        R"({"id":"chatcmpl-9f2c7b41d0e84a6c","object":"chat.completion","created":1760000000,)"
        R"("model":"upstream-model","choices":[{"index":0,"message":{"role":"assistant","content":")";
    const std::string after =
        R"(","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],)" +
        std::string(usage) + R"(,"system_fingerprint":"fp_50cad350e4"})";
    const auto fixed = before.size() + after.size();
    std::string content;
    while (fixed + content.size() + words.size() < bytes) content += words;
    while (fixed + content.size() < bytes) content += '.';
    return before + content + after;
}

}  // namespace

Script::Script()
    : stream_head_(
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
          "Cache-Control: no-cache\r\nx-request-id: req_7d1c6a0b\r\n"
          "Transfer-Encoding: chunked\r\n\r\n" +
          event_of(choice(R"({"role":"assistant","content":"","refusal":null})", "null"))) {
    for (const std::string word : {"The", "quick", "brown", "fox", "jumps", "over", "lazy", "dogs"})
        events_.push_back(event_of(choice(R"({"content":" )" + word + R"("})", "null")));
    const std::string finish = event_of(choice("{}", R"("stop")"));
    const std::string done = chunk("data: [DONE]\n\n") + "0\r\n\r\n";
    end_ = finish + done;
    end_with_usage_ = finish + event_of(R"("choices":[],)" + std::string(usage)) + done;
}

std::string_view Script::answer(std::size_t bytes) {
    auto& answer = answers_[bytes];
    if (answer.empty()) {
        const std::string body = completion(bytes);
        answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                 std::to_string(body.size()) +
                 "\r\nx-request-id: req_7d1c6a0b\r\nopenai-processing-ms: 5\r\n\r\n" + body;
    }
    return answer;
}

}  // namespace router::bench
