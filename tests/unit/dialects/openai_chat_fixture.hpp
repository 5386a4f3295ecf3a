#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "../wire/feeding.hpp"
#include "dialects/openai_chat/dialect.hpp"
#include "wire/json.hpp"
#include "wire/sse.hpp"

namespace router::dialects::openai_chat {

// A request as a client sends it, and what it is in the canonical form.
struct Decoded {
    explicit Decoded(std::string_view text)
        : body(text), request(dialect().decode_request(body, {})) {}
    const canonical::Request& operator*() const { return *request; }
    const canonical::Request* operator->() const { return &*request; }

    Padded body;
    Result<canonical::Request> request;
};

// A request with these messages, and these members besides.
inline std::string asking(std::string_view messages, std::string_view members = {}) {
    return R"({"model":"m","messages":)" + std::string(messages) + std::string(members) + "}";
}
inline std::string hello(std::string_view members) {
    return asking(R"([{"role":"user","content":"hi"}])", "," + std::string(members));
}

template <class Kind>
const Kind& block(const canonical::Turn& turn, std::size_t at = 0) {
    return std::get<Kind>(turn.blocks.at(at));
}

// Writes events as lines that a test can compare.
class EventLog : public canonical::EventSink {
 public:
    void take(const canonical::Event& event) override {
        std::visit([this](const auto& one) { note(one); }, event);
    }
    std::string text;
    canonical::Usage usage;

 private:
    static std::string place(int choice, int block) {
        return (choice == 0 ? "" : std::to_string(choice) + "/") + std::to_string(block);
    }
    void line(const std::string& words) { text += words + "\n"; }

    void note(const canonical::Started& one) {
        line("started " + std::string(one.id) + " " + std::string(one.model));
    }
    void note(const canonical::BlockStarted& one) {
        constexpr const char* kinds[] = {"text", "thinking", "call", "refusal"};
        const bool is_custom = one.tool_kind == canonical::ToolKind::custom;
        line(place(one.choice, one.block) + " " + kinds[static_cast<int>(one.kind)] +
             (one.is_redacted ? " redacted" : "") + (is_custom ? " custom" : "") +
             (one.call_id.empty() ? "" : " " + std::string(one.call_id)) +
             (one.name.empty() ? "" : " " + std::string(one.name)));
    }
    void note(const canonical::BlockDelta& one) {
        line(place(one.choice, one.block) + " + " + std::string(one.text.escaped) +
             (one.logprobs.empty() ? "" : " logprobs " + std::string(one.logprobs)));
    }
    void note(const canonical::BlockSigned& one) {
        line(place(one.choice, one.block) + " signed " +
             std::to_string(static_cast<int>(one.signature.origin)) + " " +
             std::string(one.signature.value.escaped));
    }
    void note(const canonical::Cited& one) {
        line(place(one.choice, one.block) + " cited " + std::string(one.citation.url.escaped) +
             " " + std::string(one.citation.title.escaped) + " " +
             std::to_string(one.citation.start) + "-" + std::to_string(one.citation.end));
    }
    void note(const canonical::BlockEnded& one) { line(place(one.choice, one.block) + " ended"); }
    void note(const canonical::WholeBlock& one) {
        const auto* media = std::get_if<canonical::MediaBlock>(&one.content);
        line(place(one.choice, one.block) + " whole " +
             (media != nullptr ? media->mime + " " + std::string(media->data.escaped) : "?"));
    }
    void note(const canonical::Ended& one) {
        line("end " + std::to_string(one.choice) + " " +
             std::to_string(static_cast<int>(one.ending.reason)) +
             (one.ending.stop_sequence.empty() ? "" : " at " + one.ending.stop_sequence) +
             (one.ending.detail.empty() ? "" : " " + one.ending.detail));
    }
    void note(const canonical::Used& one) { usage = one.usage; }
};

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
