#include <string>
#include <utility>

#include "dialects/bedrock_converse/reading.hpp"
#include "dialects/broken_answer.hpp"
#include "dialects/upstream_error.hpp"

namespace router::dialects::bedrock_converse {
namespace {

using canonical::Answer;
using canonical::Block;
using canonical::Origin;

canonical::ThinkingBlock read_thinking(json::value& value) {
    canonical::ThinkingBlock thinking;
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "redactedContent") {
            thinking.is_redacted = true;
            thinking.signature = {.origin = Origin::anthropic, .value = text_in(member)};
        }
        if (key != "reasoningText") return;
        json::each_member(member, [&](std::string_view name, json::value& part) {
            if (name == "text") thinking.text = text_in(part);
            if (name == "signature") {
                thinking.signature = {.origin = Origin::anthropic, .value = text_in(part)};
            }
        });
    });
    if (thinking.signature.value.is_empty()) thinking.signature = {};
    return thinking;
}

canonical::ToolCallBlock read_call(json::value& value) {
    canonical::ToolCallBlock call;
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "toolUseId") call.id = json::text_or_empty(member);
        if (key == "name") call.name = json::text_or_empty(member);
        if (key == "input") call.arguments = json::raw(member);
    });
    if (call.arguments.empty() || !json::is_valid(call.arguments)) call.arguments = "{}";
    return call;
}

void read_block(std::string_view key, json::value& value, std::vector<Block>& blocks) {
    if (key == "text") {
        blocks.emplace_back(canonical::TextBlock{.text = text_in(value)});
    } else if (key == "reasoningContent") {
        blocks.emplace_back(read_thinking(value));
    } else if (key == "toolUse") {
        blocks.emplace_back(read_call(value));
    }
}

void read_content(json::value& content, std::vector<Block>& blocks) {
    json::each_element(content, [&](json::value& block) {
        json::each_member(block, [&](std::string_view key, json::value& value) {
            read_block(key, value, blocks);
        });
    });
}

void read_output(json::value& output, std::vector<Block>& blocks) {
    json::each_member(output, [&](std::string_view key, json::value& message) {
        if (key != "message") return;
        json::each_member(message, [&](std::string_view name, json::value& member) {
            if (name == "content") read_content(member, blocks);
        });
    });
}

}  // namespace

Result<Answer> decode_answer(std::string_view body) {
    Answer answer;
    canonical::Choice choice;
    bool has_output = false;
    {
        auto document = json::read(body);
        json::value root;
        if (document.get_value().get(root) != simdjson::SUCCESS)
            return not_understood("no JSON object");
        const bool is_whole =
            json::each_member(root, [&](std::string_view key, json::value& value) {
                if (key == "output") {
                    has_output = true;
                    read_output(value, choice.blocks);
                } else if (key == "stopReason") {
                    choice.ending = read_ending(json::text_or_empty(value));
                } else if (key == "usage") {
                    answer.usage = read_usage(value);
                } else if (key == "serviceTier") {
                    json::each_member(value, [&](std::string_view name, json::value& type) {
                        if (name == "type") answer.service_tier = json::text_or_empty(type);
                    });
                }
            });
        if (!is_whole || document.current_location().error() != simdjson::OUT_OF_BOUNDS)
            return not_understood("no whole JSON object");
    }
    if (!has_output) return std::unexpected(decode_upstream_error(200, body, "The upstream"));
    answer.choices.push_back(std::move(choice));
    return answer;
}

}  // namespace router::dialects::bedrock_converse
