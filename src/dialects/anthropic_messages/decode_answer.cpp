#include <utility>

#include "dialects/anthropic_messages/answer.hpp"
#include "dialects/anthropic_messages/decode_blocks.hpp"
#include "dialects/anthropic_messages/ending.hpp"
#include "dialects/anthropic_messages/reading.hpp"
#include "dialects/anthropic_messages/usage.hpp"
#include "dialects/broken_answer.hpp"
#include "dialects/upstream_error.hpp"

namespace router::dialects::anthropic_messages {

using canonical::Answer;

namespace {

struct Read {
    Answer answer{};
    canonical::Choice choice{};
    UsageCount usage{};
    bool is_error = false;
    bool has_content = false;
};

Result<> read_member(std::string_view key, json::value& value, Read& read) {
    if (key == "id") {
        read.answer.id = json::text_or_empty(value);
    } else if (key == "model") {
        read.answer.model = json::text_or_empty(value);
    } else if (key == "content") {
        read.has_content = true;
        if (json::is_null(value)) return {};
        return BlockReader(*read.answer.arena).read(value, "content", read.choice.blocks);
    } else if (key == "usage") {
        read.usage.read(value);
    } else if (key == "error") {
        read.is_error = !json::is_null(value);
    } else if (key == "type") {
        read.is_error = read.is_error || json::text_or_empty(value) == "error";
    } else {
        read_ending(key, value, read.choice.ending);
    }
    return {};
}

}  // namespace

Result<Answer> decode_answer(std::string_view body) {
    Read read;
    {
        auto document = json::read(body);
        json::object object;
        if (document.get_object().get(object) != simdjson::SUCCESS)
            return not_understood("no JSON object");
        Result<> outcome;
        const bool is_whole = each_field(object, [&](std::string_view key, json::value& value) {
            outcome = read_member(key, value, read);
            return outcome.has_value();
        });
        if (!outcome) return not_understood(outcome.error().message);
        if (!is_whole || document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
            return not_understood("no whole JSON object");
        }
    }
    if (read.is_error) return std::unexpected(decode_upstream_error(200, body, "The upstream"));
    if (!read.has_content) return not_understood("a message without content");
    read.answer.usage = read.usage.canonical();
    read.answer.service_tier = read.usage.service_tier();
    read.answer.choices.push_back(std::move(read.choice));
    return std::move(read.answer);
}

PeekedAnswer peek_answer(std::string_view body) {
    PeekedAnswer peeked;
    UsageCount usage;
    auto document = json::read(body);
    json::object object;
    if (document.get_object().get(object) != simdjson::SUCCESS) return peeked;
    const bool is_whole = each_field(object, [&](std::string_view key, json::value& value) {
        if (key == "model") {
            const auto raw = json::raw(value);
            if (raw.starts_with('"')) peeked.model = raw;
        } else if (key == "stop_reason") {
            peeked.finish_reason = json::text_or_empty(value);
        } else if (key == "usage") {
            usage.read(value);
        } else if (key == "error") {
            peeked.is_error = peeked.is_error || !json::is_null(value);
        } else if (key == "type") {
            peeked.is_error = peeked.is_error || json::text_or_empty(value) == "error";
        }
    });
    if (!is_whole || document.current_location().error() != simdjson::OUT_OF_BOUNDS) return {};
    peeked.is_object = true;
    peeked.usage = usage.canonical();
    return peeked;
}

}  // namespace router::dialects::anthropic_messages
