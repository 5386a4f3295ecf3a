#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "../wire/feeding.hpp"
#include "decoded.hpp"
#include "dialects/openai_responses/dialect.hpp"
#include "dialects/seal.hpp"
#include "wire/json.hpp"
#include "wire/sse.hpp"

namespace router::dialects::openai_responses {

using namespace canonical;

struct Decoded : DecodedRequest {
    explicit Decoded(std::string_view text) : DecodedRequest(dialect(), text, {}) {}
};

// A request whose members besides the model are these.
inline Decoded asked(std::string_view members) {
    return Decoded(R"({"model":"m",)" + std::string(members) + "}");
}

template <class Kind, class Blocks>
const Kind& at(const Blocks& blocks, std::size_t index = 0) {
    return std::get<Kind>(blocks.at(index));
}

// Says in a line what each event says.
class Teller : public EventSink {
 public:
    void take(const Event& event) override {
        std::visit([&](const auto& one) { tell(one); }, event);
        told += '\n';
    }
    std::string told;

 private:
    void add(std::string_view text) { told.append(text); }
    void tell(const Started& one) {
        add("started " + std::string(one.id) + " " + std::string(one.model));
    }
    void tell(const BlockStarted& one) {
        static constexpr std::string_view kinds[] = {"text", "thinking", "call", "refusal"};
        add(std::to_string(one.block) + " " + std::string(kinds[static_cast<int>(one.kind)]));
        for (const auto word : {one.call_id, one.name, one.name_space, one.phase})
            if (!word.empty()) add(" " + std::string(word));
        if (one.tool_kind == ToolKind::custom) add(" custom");
    }
    void tell(const BlockDelta& one) {
        add(std::to_string(one.block) + " +" + std::string(one.text.escaped));
        if (!one.logprobs.empty()) add(" logprobs " + std::string(one.logprobs));
    }
    void tell(const BlockSigned& one) {
        add(std::to_string(one.block) + " signed " + std::string(one.signature.value.escaped) +
            " " + one.signature.item_id);
    }
    void tell(const Cited& one) {
        add(std::to_string(one.block) + " cited " + std::string(one.citation.url.escaped) + " " +
            std::to_string(one.citation.start) + "-" + std::to_string(one.citation.end));
    }
    void tell(const BlockEnded& one) { add(std::to_string(one.block) + " ended"); }
    void tell(const WholeBlock& one) {
        const auto* opaque = std::get_if<OpaqueBlock>(&one.content);
        const auto* media = std::get_if<MediaBlock>(&one.content);
        add(std::to_string(one.block) + " whole ");
        if (opaque != nullptr) add(opaque->type);
        if (media != nullptr) add(media->mime + " " + std::string(media->data.escaped));
    }
    void tell(const Ended& one) {
        add("finish " + std::to_string(static_cast<int>(one.ending.reason)) + one.ending.detail);
    }
    void tell(const Used& one) {
        add("used " + std::to_string(one.usage.prompt) + "+" +
            std::to_string(one.usage.completion) + " cached " + std::to_string(one.usage.cached) +
            " reasoning " + std::to_string(one.usage.reasoning));
    }
};

// What a decoder tells of a stream that comes in pieces of `piece` bytes; an error is its last
// line.
inline std::string told_of(std::string_view stream, std::size_t piece = 1 << 20) {
    wire::SseReader reader(1 << 20);
    const auto decoder = dialect().stream_decoder();
    Teller teller;
    for (std::size_t from = 0; from < stream.size(); from += piece) {
        const Padded fed(stream.substr(from, piece));
        reader.feed(fed);
        while (const auto event = reader.next()) {
            const auto outcome = decoder->decode(*event, teller);
            if (!outcome) return teller.told + "error: " + outcome.error().message + "\n";
        }
    }
    const auto outcome = decoder->finish(teller);
    return outcome ? teller.told : teller.told + "error: " + outcome.error().message + "\n";
}

// One event of a stream as OpenAI sends it.
inline std::string event(std::string_view type, std::string_view members = {}) {
    std::string text =
        "event: " + std::string(type) + "\ndata: {\"type\":\"" + std::string(type) + "\"";
    if (!members.empty()) text.append(",").append(members);
    return text + "}\n\n";
}

// The data of each event of a stream that was written, checked as every event must be: it has a
// name, which is its type, it is one line of JSON, and the numbers grow from `first` without gaps.
inline std::vector<std::string> checked_events(std::string_view stream, std::size_t first = 0) {
    std::vector<std::string> events;
    wire::SseReader reader(1 << 20);
    const Padded fed(stream);
    reader.feed(fed);
    while (const auto one = reader.next()) {
        if (!one->has_data) continue;
        EXPECT_TRUE(wire::json::is_valid(one->data)) << one->data;
        EXPECT_NE(one->data.find("\"type\":\"" + std::string(one->name) + "\""), std::string::npos);
        const auto number = "\"sequence_number\":" + std::to_string(first + events.size());
        const auto found = one->data.find(number);
        EXPECT_NE(found, std::string::npos) << one->data << " lacks " << number;
        events.emplace_back(one->data);
    }
    EXPECT_EQ(stream.find("[DONE]"), std::string_view::npos);
    return events;
}

// The types of events, without what they have in common.
inline std::vector<std::string> types_of(const std::vector<std::string>& events) {
    std::vector<std::string> types;
    for (const auto& one : events) {
        const auto begin = one.find(":\"") + 2;
        auto type = one.substr(begin, one.find('"', begin) - begin);
        if (type.starts_with("response.")) type.erase(0, 9);
        types.push_back(std::move(type));
    }
    return types;
}

}  // namespace router::dialects::openai_responses
