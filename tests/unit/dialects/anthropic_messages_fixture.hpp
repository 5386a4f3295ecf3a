#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "../wire/feeding.hpp"
#include "dialects/anthropic_messages/dialect.hpp"
#include "event_log.hpp"
#include "wire/json.hpp"
#include "wire/sse.hpp"

namespace router::dialects::anthropic_messages {

// An event as Anthropic writes it.
inline std::string sse(std::string_view type, std::string_view members = {}) {
    std::string out = "event: " + std::string(type) + "\ndata: {\"type\":\"" + std::string(type);
    out += "\"";
    if (!members.empty()) out += "," + std::string(members);
    return out + "}\n\n";
}

inline std::string message_start(std::string_view usage = R"({"input_tokens":1})") {
    return sse("message_start", R"("message":{"id":"msg_1","type":"message","role":"assistant",)"
                                R"("model":"claude","content":[],"usage":)" +
                                    std::string(usage) + "}");
}

inline std::string block_start(int index, std::string_view block) {
    return sse("content_block_start",
               "\"index\":" + std::to_string(index) + ",\"content_block\":" + std::string(block));
}

inline std::string block_delta(int index, std::string_view delta) {
    return sse("content_block_delta",
               "\"index\":" + std::to_string(index) + ",\"delta\":" + std::string(delta));
}

inline std::string block_stop(int index) {
    return sse("content_block_stop", "\"index\":" + std::to_string(index));
}

inline std::string message_delta(std::string_view reason,
                                 std::string_view usage = R"({"output_tokens":2})") {
    return sse("message_delta", R"("delta":{"stop_reason":")" + std::string(reason) +
                                    R"(","stop_sequence":null},"usage":)" + std::string(usage));
}

inline std::string text_block(int index, std::string_view text) {
    return block_start(index, R"({"type":"text","text":""})") +
           block_delta(index, R"({"type":"text_delta","text":")" + std::string(text) + "\"}") +
           block_stop(index);
}

inline AnswerContext client_context() {
    AnswerContext context;
    context.model = "public";
    context.id = "abc";
    return context;
}

}  // namespace router::dialects::anthropic_messages
