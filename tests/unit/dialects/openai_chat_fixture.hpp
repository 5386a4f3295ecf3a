#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "../wire/feeding.hpp"
#include "decoded.hpp"
#include "dialects/openai_chat/dialect.hpp"
#include "event_log.hpp"
#include "wire/json.hpp"
#include "wire/sse.hpp"

namespace router::dialects::openai_chat {

struct Decoded : DecodedRequest {
    explicit Decoded(std::string_view text) : DecodedRequest(dialect(), text, {}) {}
};

// A request with these messages, and these members besides.
inline std::string asking(std::string_view messages, std::string_view members = {}) {
    return R"({"model":"m","messages":)" + std::string(messages) + std::string(members) + "}";
}
inline std::string hello(std::string_view members) {
    return asking(R"([{"role":"user","content":"hi"}])", "," + std::string(members));
}

// An event with this JSON.
inline std::string sse(std::string_view data) { return "data: " + std::string(data) + "\n\n"; }

// A chunk of the first choice.
inline std::string chunk(std::string_view delta, std::string_view finish = "null") {
    return sse(R"({"id":"c-1","object":"chat.completion.chunk","created":7,"model":"up","choices":)"
               R"([{"index":0,"delta":)" +
               std::string(delta) + R"(,"finish_reason":)" + std::string(finish) + "}]}");
}
inline const std::string done = "data: [DONE]\n\n";

struct Told {
    std::string text;  // the events, then "error: ..." if there was one
    canonical::Usage usage;
    int dropped = 0;
};

// What the stream says that arrives in these pieces.
inline Told told(const Pieces& pieces) {
    wire::SseReader reader(1 << 20);
    const auto decoder = dialect().stream_decoder();
    EventLog log;
    const auto result = [&](const Result<>& last) {
        if (!last) log.text += "error: " + last.error().message + "\n";
        return Told{log.text, log.usage, decoder->dropped()};
    };
    for (const auto piece : pieces) {
        const Padded bytes(piece);
        reader.feed(bytes);
        while (const auto event = reader.next()) {
            if (const auto passed = decoder->decode(*event, log); !passed) return result(passed);
        }
    }
    if (const auto event = reader.rest()) {
        if (const auto passed = decoder->decode(*event, log); !passed) return result(passed);
    }
    return result(decoder->finish(log));
}

inline Told told(std::string_view stream) {
    const auto whole = told(Pieces{stream});
    feed_in_every_way(stream, [&](const Pieces& pieces, const std::string& how) {
        EXPECT_EQ(told(pieces).text, whole.text) << how;
    });
    return whole;
}

inline AnswerContext client_context(bool wants_usage = true) {
    AnswerContext context;
    context.model = "public";
    context.wants_usage = wants_usage;
    context.created = 7;
    context.id = "abc";
    return context;
}

}  // namespace router::dialects::openai_chat
