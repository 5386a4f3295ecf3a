#include "dialects/openai_responses/response_object.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "dialects/effort_words.hpp"
#include "dialects/openai_responses/error.hpp"
#include "dialects/openai_responses/tools.hpp"
#include "dialects/openai_responses/usage.hpp"
#include "dialects/openai_responses/write_input.hpp"

namespace router::dialects::openai_responses {
namespace {

using canonical::DialectId;
using canonical::OutputKind;
using canonical::Request;
using wire::JsonWriter;

void text_or_null(JsonWriter& out, std::string_view name, std::string_view text) {
    out.key(name);
    if (text.empty()) {
        out.null();
    } else {
        out.text(text);
    }
}

template <class Number>
void number_or(JsonWriter& out, std::string_view name, const std::optional<Number>& number,
               std::string_view otherwise) {
    out.key(name);
    if (number) {
        out.number(*number);
    } else {
        out.raw(otherwise);
    }
}

// Settings that no other dialect knows come back as they were said.
void extra_or(JsonWriter& out, const Request& request, std::string_view name,
              std::string_view otherwise) {
    const auto found = std::ranges::find(request.extras, name, &canonical::Extra::first);
    const bool is_there =
        request.dialect == DialectId::openai_responses && found != request.extras.end();
    out.raw(name, is_there ? found->second : otherwise);
}

void write_text_settings(JsonWriter& out, const Request& request) {
    const auto& output = request.output;
    out.begin_object("text").begin_object("format");
    if (output.kind == OutputKind::json_schema) {
        out.text("type", "json_schema");
        out.text("name", output.name.empty() ? "response" : output.name);
        out.key("description");
        if (output.description.is_empty()) {
            out.null();
        } else {
            out.escaped(output.description.escaped);
        }
        out.raw("schema", output.schema.empty() ? "{}" : output.schema);
        out.boolean("strict", output.strict.value_or(false));
    } else {
        out.text("type", output.kind == OutputKind::text ? "text" : "json_object");
    }
    out.end_object();
    out.text("verbosity", request.verbosity.empty() ? "medium" : request.verbosity);
    out.end_object();
}

void write_reasoning_settings(JsonWriter& out, const Request& request) {
    const auto& effort = request.reasoning.effort;
    out.begin_object("reasoning");
    text_or_null(out, "effort", effort ? effort_word(*effort) : std::string_view());
    text_or_null(out, "summary", request.reasoning.summary);
    out.end_object();
}

void write_tool_settings(JsonWriter& out, const Request& request) {
    out.key("tool_choice");
    if (request.tool_choice) {
        write_tool_choice(out, *request.tool_choice, request.tools);
    } else {
        out.text("auto");
    }
    out.key("tools");
    std::string tools;
    JsonWriter list(tools);
    const bool is_own = request.dialect == DialectId::openai_responses;
    out.raw(write_tools(list, request.tools, is_own) ? std::string_view(tools) : "[]");
}

std::string settings_of(const Request& request) {
    std::string text;
    JsonWriter out(text);
    out.begin_object();
    extra_or(out, request, "background", "false");
    out.key("instructions");
    if (const auto* instructions = instructions_of(request)) {
        out.escaped(instructions->text.escaped);
    } else {
        out.null();
    }
    number_or(out, "max_output_tokens", request.max_tokens, "null");
    extra_or(out, request, "max_tool_calls", "null");
    out.raw("metadata", request.metadata.empty() ? "{}" : request.metadata);
    out.boolean("parallel_tool_calls", request.parallel_tool_calls.value_or(true));
    extra_or(out, request, "previous_response_id", "null");
    text_or_null(out, "prompt_cache_key", request.cache_key);
    write_reasoning_settings(out, request);
    text_or_null(out, "safety_identifier", request.user);
    out.boolean("store", request.store.value_or(true));
    number_or(out, "temperature", request.sampling.temperature, "1");
    write_text_settings(out, request);
    write_tool_settings(out, request);
    number_or(out, "top_logprobs", request.top_logprobs, "0");
    number_or(out, "top_p", request.sampling.top_p, "1");
    extra_or(out, request, "truncation", "\"disabled\"");
    out.null("user").end_object();
    return one_line(text.substr(1, text.size() - 2));
}

}  // namespace

std::string one_line(std::string json) {
    std::ranges::replace_if(json, [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return json;
}

ResponseObject::ResponseObject(const AnswerContext& context)
    : base_(wire::escaped(context.id.empty() ? std::string("0") : context.id)),
      id_("resp_" + base_),
      model_(wire::quoted(context.model)),
      created_(context.created) {
    const Request nothing;
    const auto& request = context.request != nullptr ? *context.request : nothing;
    settings_ = settings_of(request);
    service_tier_ = request.service_tier;
    has_search_ = std::ranges::any_of(request.tools, [](const canonical::Tool& tool) {
        return tool.name == tool_search_name &&
               tool.declaration.find("\"execution\"") != canonical::Json::npos;
    });
}

void ResponseObject::rename(std::string_view id) {
    if (!id.empty()) id_ = wire::escaped(id);
}

void ResponseObject::append(std::string& out, const ResponseState& state) const {
    JsonWriter rest(out);
    rest.begin_object().escaped("id", id_).text("object", "response");
    rest.number("created_at", created_).raw("model", model_);
    rest.text("status", state.status).key("completed_at");
    if (state.completed > 0) {
        rest.number(state.completed);
    } else {
        rest.null();
    }
    rest.key("error");
    if (state.error != nullptr) {
        rest.begin_object().text("code", stream_code(*state.error));
        rest.text("message", state.error->message).end_object();
    } else {
        rest.null();
    }
    rest.key("incomplete_details");
    if (state.incomplete.empty()) {
        rest.null();
    } else {
        rest.begin_object().text("reason", state.incomplete).end_object();
    }
    rest.begin_array("output");
    if (!state.output.empty()) rest.raw(state.output);
    rest.end_array();
    const auto tier =
        state.service_tier.empty() ? std::string_view(service_tier_) : state.service_tier;
    rest.text("service_tier", tier.empty() ? "default" : tier).key("usage");
    if (state.usage != nullptr && state.usage->is_known) {
        write_usage(rest, *state.usage);
    } else {
        rest.null();
    }
    rest.raw(settings_).end_object();
}

std::string ResponseObject::item_id(std::string_view kind, std::size_t index) const {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string id(kind);
    id.append("_").append(base_);
    for (int shift = 12; shift >= 0; shift -= 4) id += hex[index >> shift & 15];
    return id;
}

}  // namespace router::dialects::openai_responses
