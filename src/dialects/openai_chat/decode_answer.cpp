#include <algorithm>
#include <iterator>
#include <utility>

#include "base/ids.hpp"
#include "dialects/openai_chat/finish.hpp"
#include "dialects/openai_chat/message.hpp"
#include "dialects/openai_chat/reading.hpp"
#include "dialects/openai_chat/sources.hpp"
#include "dialects/openai_chat/usage.hpp"
#include "dialects/openai_chat/whole_answer.hpp"
#include "dialects/upstream_error.hpp"

namespace router::dialects::openai_chat {
namespace {

namespace json = wire::json;
using namespace canonical;

struct Reader {
    Answer answer{};
    Usage usage_of_choice{};  // Moonshot's, Groq's: counts where the answer has none of its own
    std::vector<Citation> sources{};
    bool has_choices = false;
    bool has_error = false;
};

// audio: {"id", "data", "transcript"}.
void read_audio(json::value& value, std::vector<Block>& blocks) {
    MediaBlock audio{.kind = MediaKind::audio};
    Text transcript;
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "data") audio.data = text_of(member);
        if (key == "transcript") transcript = text_of(member);
    });
    if (!transcript.is_empty()) blocks.emplace_back(TextBlock{.text = transcript});
    if (!audio.data.is_empty()) blocks.emplace_back(std::move(audio));
}

// An id that two calls have would give both of them the result of one.
void give_ids(std::vector<ToolCallBlock>& calls) {
    for (auto call = calls.begin(); call != calls.end(); ++call) {
        const bool is_known = std::find_if(calls.begin(), call, [&](const auto& before) {
                                  return before.id == call->id;
                              }) != call;
        if (call_id_of(call->id).empty() || is_known) call->id = "call_" + new_id();
    }
}

bool has_text(const Choice& choice) {
    return std::ranges::any_of(
        choice.blocks, [](const Block& block) { return std::holds_alternative<TextBlock>(block); });
}

// GitHub Copilot tells the text and the calls of one answer as choices that have no index.
void add_choice(std::vector<Choice>& choices, Choice&& choice, bool has_index) {
    const bool is_rest =
        !has_index && !choices.empty() && !(has_text(choices.back()) && has_text(choice));
    if (!is_rest) {
        choices.push_back(std::move(choice));
        return;
    }
    auto& whole = choices.back();
    std::ranges::move(choice.blocks, std::back_inserter(whole.blocks));
    if (whole.ending.reason == Finish::stop) whole.ending = std::move(choice.ending);
}

void read_choice(Reader& reader, json::value& element) {
    Choice choice;
    bool has_index = false;
    Message message(*reader.answer.arena);
    std::string finish, native, stopped;
    json::each_member(element, [&](std::string_view key, json::value& value) {
        if (json::is_null(value)) return;
        if (key == "message" || key == "delta") {
            read_message(value, *reader.answer.arena, message);
        } else if (key == "index") {
            has_index = true;
        } else if (key == "text") {
            read_content(value, *reader.answer.arena, message.content, message.fault);
        } else if (key == "finish_reason") {
            finish = json::text_or_empty(value);
        } else if (key == "native_finish_reason") {
            native = json::text_or_empty(value);
        } else if (key == "stop_reason") {
            stopped = json::text_or_empty(value);
        } else if (key == "logprobs") {
            choice.logprobs = json::raw(value);
        } else if (key == "usage") {
            reader.usage_of_choice = read_usage(value);
        } else if (key == "error") {
            reader.has_error = true;
        }
    });
    give_ids(message.calls);
    const bool has_calls = !message.calls.empty();
    choice.blocks = message.take_blocks();
    if (!message.audio.empty())
        choice.blocks.emplace_back(OpaqueBlock{.type = "audio", .json = message.audio});
    bool has_refusal = false;
    for (const auto& block : choice.blocks)
        has_refusal = has_refusal || std::holds_alternative<RefusalBlock>(block);
    choice.ending = ending_of(finish, native, stopped, has_calls, has_refusal);
    add_choice(reader.answer.choices, std::move(choice), has_index);
}

void read_member(Reader& reader, std::string_view key, json::value& value) {
    auto& answer = reader.answer;
    if (json::is_null(value)) return;
    if (key == "choices") {
        reader.has_choices = is_array(value);
        json::each_element(value, [&](json::value& element) { read_choice(reader, element); });
    } else if (key == "id") {
        answer.id = json::text_or_empty(value);
    } else if (key == "model") {
        answer.model = json::text_or_empty(value);
    } else if (key == "created") {
        answer.created = json::integer(value).value_or(0);
    } else if (key == "service_tier") {
        answer.service_tier = json::text_or_empty(value);
    } else if (key == "usage") {
        answer.usage = read_usage(value);
    } else if (key == "x_groq") {
        json::each_member(value, [&](std::string_view name, json::value& member) {
            if (name == "usage") reader.usage_of_choice = read_usage(member);
        });
    } else if (key == "citations" || key == "search_results") {
        read_sources(key, value, reader.sources);
    } else if (key == "error" || (key == "object" && json::text_or_empty(value) == "error")) {
        reader.has_error = true;
    }
}

// The sources of the answer go to the last text of its first choice.
void place_sources(Reader& reader) {
    if (reader.sources.empty() || reader.answer.choices.empty()) return;
    TextBlock* last = nullptr;
    for (auto& block : reader.answer.choices.front().blocks) {
        if (auto* text = std::get_if<TextBlock>(&block)) last = text;
    }
    if (last != nullptr && last->citations.empty()) last->citations = std::move(reader.sources);
}

// A message's audio was kept as it stood: only one document is read at a time, and this is when.
void place_audio(Answer& answer) {
    for (auto& choice : answer.choices) {
        if (choice.blocks.empty()) continue;
        const auto* opaque = std::get_if<OpaqueBlock>(&choice.blocks.back());
        if (opaque == nullptr) continue;
        const auto raw = opaque->json;
        choice.blocks.pop_back();
        auto document = json::read(raw);
        json::value audio;
        if (document.get_value().get(audio) == simdjson::SUCCESS) read_audio(audio, choice.blocks);
    }
}

}  // namespace

Result<Answer> decode_answer(std::string_view body) {
    Reader reader;
    bool is_read = false;
    {
        auto document = json::read(body);
        json::value whole;
        is_read = document.get_value().get(whole) == simdjson::SUCCESS &&
                  json::each_member(whole,
                                    [&](std::string_view key, json::value& value) {
                                        read_member(reader, key, value);
                                    }) &&
                  document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    }
    if (is_read && reader.has_error) {
        auto error = decode_upstream_error(200, body, "The provider");
        return std::unexpected(std::move(error));
    }
    if (!is_read || !reader.has_choices || reader.answer.choices.empty())
        return fail(ErrorKind::upstream_broken, "The provider's answer is not a chat completion.");
    auto& answer = reader.answer;
    if (!answer.usage.is_known) answer.usage = reader.usage_of_choice;
    place_sources(reader);
    place_audio(answer);
    return std::move(answer);
}

}  // namespace router::dialects::openai_chat
