#include <string>
#include <utility>

#include "dialects/bedrock_converse/reading.hpp"
#include "dialects/broken_answer.hpp"
#include "dialects/count_characters.hpp"
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

// Takes an answer's blocks apart.
class ContentReader {
 public:
    explicit ContentReader(canonical::Choice& choice, canonical::Arena& arena)
        : blocks_(choice.blocks), arena_(arena) {}
    void read(json::value& content);

 private:
    void read_block(std::string_view key, json::value& value);
    void read_call(json::value& value);
    void read_cited(json::value& value);
    void read_image(json::value& value);

    std::vector<Block>& blocks_;
    canonical::Arena& arena_;
};

void ContentReader::read(json::value& content) {
    json::each_element(content, [&](json::value& block) {
        json::each_member(
            block, [&](std::string_view key, json::value& value) { read_block(key, value); });
    });
}

void ContentReader::read_block(std::string_view key, json::value& value) {
    if (key == "text") {
        blocks_.emplace_back(canonical::TextBlock{.text = text_in(value)});
    } else if (key == "reasoningContent") {
        blocks_.emplace_back(read_thinking(value));
    } else if (key == "toolUse") {
        read_call(value);
    } else if (key == "citationsContent") {
        read_cited(value);
    } else if (key == "image") {
        read_image(value);
    }
}

void ContentReader::read_call(json::value& value) {
    auto use = read_tool_use(value);
    if (use.is_of_server) return;
    canonical::ToolCallBlock call{.id = std::move(use.id), .name = std::move(use.name)};
    call.arguments = use.input;
    blocks_.emplace_back(std::move(call));
}

// A text, in pieces, and what it rests on.
void ContentReader::read_cited(json::value& value) {
    canonical::TextBlock text;
    std::string said;
    json::each_member(value, [&](std::string_view key, json::value& list) {
        if (key == "content") {
            json::each_element(list, [&](json::value& piece) {
                json::each_member(piece, [&](std::string_view name, json::value& member) {
                    if (name == "text") said += text_in(member).escaped;
                });
            });
        } else if (key == "citations") {
            json::each_element(list, [&](json::value& one) {
                std::string cited;
                auto citation = read_citation(one, cited);
                citation.cited_text = {arena_.keep(std::move(cited))};
                text.citations.push_back(citation);
            });
        }
    });
    for (auto& citation : text.citations) {
        citation.start = 0;  // all that the block says rests on it
        citation.end = count_characters(said);
    }
    text.text = {arena_.keep(std::move(said))};
    blocks_.emplace_back(std::move(text));
}

void ContentReader::read_image(json::value& value) {
    canonical::MediaBlock image;
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "format") image.mime = "image/" + std::string(json::text_or_empty(member));
        if (key != "source") return;
        json::each_member(member, [&](std::string_view name, json::value& bytes) {
            if (name == "bytes") image.data = text_in(bytes);
        });
    });
    if (!image.data.is_empty()) blocks_.emplace_back(std::move(image));
}

void read_output(json::value& output, ContentReader& reader) {
    json::each_member(output, [&](std::string_view key, json::value& message) {
        if (key != "message") return;
        json::each_member(message, [&](std::string_view name, json::value& member) {
            if (name == "content") reader.read(member);
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
                    ContentReader reader(choice, *answer.arena);
                    read_output(value, reader);
                } else if (key == "stopReason") {
                    auto ending = read_ending(json::text_or_empty(value));
                    ending.stop_sequence = std::move(choice.ending.stop_sequence);
                    choice.ending = std::move(ending);
                } else if (key == "additionalModelResponseFields") {
                    read_stop_sequence(value, choice.ending);
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
