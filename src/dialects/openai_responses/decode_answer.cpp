#include <string>
#include <utility>

#include "dialects/openai_responses/answer.hpp"
#include "dialects/openai_responses/error.hpp"
#include "dialects/openai_responses/output_reader.hpp"
#include "dialects/openai_responses/response_reader.hpp"

namespace router::dialects::openai_responses {
namespace {

using canonical::Answer;
using canonical::Choice;

std::unexpected<Error> makes_no_sense() {
    return fail(ErrorKind::upstream_broken, "The upstream's answer makes no sense.");
}

struct Output {
    Answer& answer;
    Choice choice{};
    std::vector<canonical::Citation> sources{};  // for the next text
    std::string logprobs{};
    bool is_there = false;
    bool has_calls = false;
    bool has_refusal = false;

    void take(json::value& list);
    void take(const Item& item);
};

void Output::take(const Item& item) {
    if (item.type == "web_search_call") ++answer.usage.web_searches;
    for (const auto& part : item.parts) {
        if (part.logprobs.empty()) continue;
        const auto inside = part.logprobs.substr(1, part.logprobs.size() - 2);
        if (!logprobs.empty()) logprobs += ',';
        logprobs += inside;
    }
    if (auto found = sources_of(item); !found.empty()) sources = std::move(found);
    for (auto& block : blocks_of(item, *answer.arena)) {
        auto* text = std::get_if<canonical::TextBlock>(&block);
        if (text != nullptr && text->citations.empty())
            text->citations = std::exchange(sources, {});
        has_calls |= std::holds_alternative<canonical::ToolCallBlock>(block);
        has_refusal |= std::holds_alternative<canonical::RefusalBlock>(block);
        choice.blocks.push_back(std::move(block));
    }
}

void Output::take(json::value& list) {
    is_there = json::type_of(list) == json::json_type::array;
    if (!is_there) return;
    json::each_element(list, [&](json::value& one) {
        Item item;
        if (read_item(one, item)) take(item);
    });
}

// The whole document; what a response holds, some servers wrap in `response`.
void take_member(std::string_view key, json::value& value, ResponseHead& head, Output& output) {
    if (key == "output") {
        output.take(value);
    } else if (key == "response" && json::type_of(value) == json::json_type::object) {
        json::each_member(value, [&](std::string_view inner, json::value& found) {
            if (inner != "response") take_member(inner, found, head, output);
        });
    } else {
        take_response_member(key, value, head);
    }
}

}  // namespace

Result<Answer> decode_answer(std::string_view body) {
    Answer answer;
    Output output{.answer = answer};
    ResponseHead head;
    auto document = json::read(body);
    json::value root;
    if (document.get_value().get(root) != simdjson::SUCCESS) return makes_no_sense();
    const bool is_read = json::each_member(root, [&](std::string_view key, json::value& value) {
        take_member(key, value, head, output);
    });
    const bool is_whole = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    if (!is_read || !is_whole) return makes_no_sense();
    if (has_failed(head)) return std::unexpected(failure_of(head));
    if (!output.is_there) return makes_no_sense();
    answer.id = head.id;
    answer.model = head.model;
    answer.created = head.created;
    answer.service_tier = head.service_tier;
    const auto searches = answer.usage.web_searches;
    answer.usage = head.usage;
    answer.usage.web_searches = searches;
    output.choice.ending = ending_of(head, output.has_calls, output.has_refusal);
    if (!output.logprobs.empty()) {
        output.choice.logprobs =
            answer.arena->keep(R"({"content":[)" + output.logprobs + R"(],"refusal":null})");
    }
    answer.choices.push_back(std::move(output.choice));
    return answer;
}

PeekedAnswer peek_answer(std::string_view body) {
    PeekedAnswer peeked;
    ResponseHead head;
    std::uint64_t searches = 0;
    auto document = json::read(body);
    json::value root;
    if (document.get_value().get(root) != simdjson::SUCCESS) return peeked;
    const bool is_read = json::each_member(root, [&](std::string_view key, json::value& value) {
        if (key != "output") return take_response_member(key, value, head);
        json::each_element(value, [&](json::value& item) {
            json::each_member(item, [&](std::string_view member, json::value& found) {
                if (member == "type" && json::text_or_empty(found) == "web_search_call") ++searches;
            });
        });
    });
    if (!is_read) return peeked;
    peeked.is_object = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    peeked.is_error = has_failed(head);
    peeked.model = head.model_json;
    peeked.finish_reason = finish_word(head);
    peeked.usage = head.usage;
    peeked.usage.web_searches = searches;
    return peeked;
}

}  // namespace router::dialects::openai_responses
