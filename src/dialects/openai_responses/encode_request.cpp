#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "dialects/effort_words.hpp"
#include "dialects/openai_responses/request.hpp"
#include "dialects/openai_responses/tools.hpp"
#include "dialects/openai_responses/write_input.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::openai_responses {
namespace {

using canonical::DialectId;
using canonical::Effort;
using canonical::Json;
using canonical::OutputKind;
using canonical::Request;
using canonical::ThinkingMode;
using wire::JsonWriter;

constexpr std::int64_t least_output_tokens = 16;
constexpr std::string_view no_field = "OpenAI Responses has no such field";

// A field in the words of the dialect that the request came in.
std::string_view said(DialectId dialect, std::string_view chat, std::string_view anthropic,
                      std::string_view gemini) {
    if (dialect == DialectId::anthropic_messages) return anthropic;
    return dialect == DialectId::gemini ? gemini : chat;
}

// Members of Chat that mean the same here.
bool is_shared(DialectId dialect, std::string_view key) {
    if (dialect != DialectId::openai_chat) return false;
    return key == "prompt_cache_options" || key == "prompt_cache_retention" || key == "moderation";
}

class BodyWriter {
 public:
    BodyWriter(const Request& request, EncodedRequest& encoded)
        : request_(request), encoded_(encoded), out_(encoded.body, &encoded.left_out) {}

    Result<> write(std::string_view model, const Variant& variant);

 private:
    Result<> tools();
    void limits();
    void sampling();
    void reasoning();
    void text();
    void include();
    void words();
    void extras();
    void losses();
    void lose(std::string_view field, std::string_view reason = no_field) {
        encoded_.losses.push_back({.field = std::string(field), .reason = std::string(reason)});
    }
    bool is_own() const { return request_.dialect == DialectId::openai_responses; }
    Json extra(std::string_view key) const {
        if (!is_own()) return {};
        const auto found = std::ranges::find(request_.extras, key, &canonical::Extra::first);
        return found == request_.extras.end() ? Json() : found->second;
    }

    const Request& request_;
    EncodedRequest& encoded_;
    JsonWriter out_;
};

Result<> BodyWriter::write(std::string_view model, const Variant& variant) {
    if (std::ranges::find(request_.modalities, "audio") != request_.modalities.end()) {
        return fail(ErrorKind::bad_request, "OpenAI's Responses does not answer with audio.",
                    "modalities", "unsupported_parameter");
    }
    out_.begin_object().text("model", model);
    if (const auto* instructions = instructions_of(request_))
        out_.escaped("instructions", instructions->text.escaped);
    out_.key("input");
    auto input = write_input(out_, request_, variant.takes_developer_role, encoded_.losses);
    if (!input) return input;
    if (auto written = tools(); !written) return written;
    reasoning();
    text();
    limits();
    sampling();
    words();
    include();
    extras();
    if (request_.is_streaming) out_.boolean("stream", true);
    out_.end_object();
    losses();
    return {};
}

Result<> BodyWriter::tools() {
    if (!request_.tools.empty()) {
        out_.key("tools");
        if (auto written = write_tools(out_, request_.tools, is_own()); !written) return written;
    }
    if (const auto choice = extra("tool_choice"); !choice.empty()) {
        out_.raw("tool_choice", choice);
    } else if (request_.tool_choice) {
        out_.key("tool_choice");
        write_tool_choice(out_, *request_.tool_choice, request_.tools);
    }
    if (request_.parallel_tool_calls)
        out_.boolean("parallel_tool_calls", *request_.parallel_tool_calls);
    return {};
}

void BodyWriter::reasoning() {
    const auto& wanted = request_.reasoning;
    auto effort = wanted.effort;
    if (!effort && wanted.mode == ThinkingMode::off) effort = Effort::none;
    const auto summary = !wanted.summary.empty()           ? std::string_view(wanted.summary)
                         : wanted.is_shown.value_or(false) ? std::string_view("auto")
                                                           : std::string_view();
    const auto context = extra("reasoning.context"), mode = extra("reasoning.mode");
    if (!effort && summary.empty() && context.empty() && mode.empty()) return;
    out_.begin_object("reasoning");
    if (effort) out_.text("effort", effort_word(*effort));
    if (!summary.empty()) out_.text("summary", summary);
    if (!context.empty()) out_.raw("context", context);
    if (!mode.empty()) out_.raw("mode", mode);
    out_.end_object();
}

void BodyWriter::text() {
    const auto& output = request_.output;
    if (output.kind == OutputKind::text && request_.verbosity.empty()) return;
    out_.begin_object("text");
    if (output.kind == OutputKind::json_object) {
        out_.begin_object("format").text("type", "json_object").end_object();
    } else if (output.kind == OutputKind::json_schema) {
        out_.begin_object("format").text("type", "json_schema");
        out_.text("name", output.name.empty() ? "response" : output.name);
        if (!output.description.is_empty()) out_.escaped("description", output.description.escaped);
        out_.raw("schema", output.schema.empty() ? "{}" : output.schema);
        if (output.strict) out_.boolean("strict", *output.strict);
        out_.end_object();
    }
    if (!request_.verbosity.empty()) out_.text("verbosity", request_.verbosity);
    out_.end_object();
}

void BodyWriter::limits() {
    if (!request_.max_tokens) return;
    const auto wanted = *request_.max_tokens;
    if (wanted < least_output_tokens) {
        lose(is_own() ? "max_output_tokens"
                      : said(request_.dialect, "max_completion_tokens", "max_tokens",
                             "generationConfig.maxOutputTokens"),
             "raised to 16, the least that OpenAI Responses takes");
    }
    out_.number("max_output_tokens", std::max(wanted, least_output_tokens));
}

void BodyWriter::sampling() {
    const auto& sampling = request_.sampling;
    if (sampling.temperature) out_.number("temperature", *sampling.temperature);
    if (sampling.top_p) out_.number("top_p", *sampling.top_p);
    if (request_.top_logprobs) out_.number("top_logprobs", *request_.top_logprobs);
}

void BodyWriter::words() {
    if (!request_.service_tier.empty()) out_.text("service_tier", request_.service_tier);
    if (!request_.user.empty()) out_.text("safety_identifier", request_.user);
    if (!request_.cache_key.empty()) out_.text("prompt_cache_key", request_.cache_key);
    const bool is_openai = is_own() || request_.dialect == DialectId::openai_chat;
    if (is_openai && !request_.metadata.empty()) out_.raw("metadata", request_.metadata);
    out_.boolean("store", request_.store.value_or(false));
}

// What the caller wants besides, and the proofs of thinking that go back with the next call: a
// call that is not stored cannot be continued without them. Clients of Responses get them always.
void BodyWriter::include() {
    constexpr std::string_view proofs = "\"reasoning.encrypted_content\"";
    constexpr std::string_view logprobs = "\"message.output_text.logprobs\"";
    const auto asked = extra("include");
    std::string list(asked.empty() ? Json("[]") : asked);
    const auto add = [&](std::string_view name) {
        if (list.find(name) != std::string::npos) return;
        list.resize(list.rfind(']'));
        if (list.find('"') != std::string::npos) list += ',';
        list.append(name).append("]");
    };
    if (is_own() || !request_.store.value_or(false)) add(proofs);
    if (request_.logprobs.value_or(false) || request_.top_logprobs.value_or(0) > 0) add(logprobs);
    if (list.find('"') != std::string::npos) out_.raw("include", list);
}

void BodyWriter::extras() {
    for (const auto& [key, value] : request_.extras) {
        if (is_own()) {
            const bool is_written =
                key == "include" || key == "tool_choice" || key.starts_with("reasoning.");
            if (!is_written) out_.raw(wire::escaped(key), value);
        } else if (is_shared(request_.dialect, key)) {
            out_.raw(key, value);
        } else {
            lose(key);
        }
    }
}

void BodyWriter::losses() {
    const auto dialect = request_.dialect;
    const auto& sampling = request_.sampling;
    const auto note = [&](bool is_there, std::string_view chat, std::string_view anthropic,
                          std::string_view gemini) {
        if (is_there) lose(said(dialect, chat, anthropic, gemini));
    };
    note(request_.choices > 1, "n", "n", "generationConfig.candidateCount");
    note(!request_.stop.empty(), "stop", "stop_sequences", "generationConfig.stopSequences");
    note(sampling.seed.has_value(), "seed", "seed", "generationConfig.seed");
    note(sampling.top_k.has_value(), "top_k", "top_k", "generationConfig.topK");
    note(sampling.presence_penalty.has_value(), "presence_penalty", "presence_penalty",
         "generationConfig.presencePenalty");
    note(sampling.frequency_penalty.has_value(), "frequency_penalty", "frequency_penalty",
         "generationConfig.frequencyPenalty");
    note(!sampling.logit_bias.empty(), "logit_bias", "logit_bias", "logit_bias");
    note(!request_.reasoning.effort && request_.reasoning.budget.value_or(-1) > 0, "reasoning",
         "thinking.budget_tokens", "generationConfig.thinkingConfig.thinkingBudget");
    const bool is_openai = is_own() || dialect == DialectId::openai_chat;
    note(!is_openai && !request_.metadata.empty(), "metadata", "metadata", "labels");
    note(!request_.audio.empty(), "audio", "audio", "generationConfig.speechConfig");
}

}  // namespace

Result<EncodedRequest> encode_request(const Request& request, std::string_view model,
                                      const Variant& variant) {
    EncodedRequest encoded;
    encoded.body.reserve(request.source_bytes + canonical::room_for_other_words);
    BodyWriter writer(request, encoded);
    if (auto written = writer.write(model, variant); !written)
        return std::unexpected(written.error());
    return encoded;
}

}  // namespace router::dialects::openai_responses
