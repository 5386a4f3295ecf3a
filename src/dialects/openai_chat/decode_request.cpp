#include "dialects/openai_chat/decode_request.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "dialects/openai_chat/decode_messages.hpp"
#include "dialects/openai_chat/decode_tools.hpp"
#include "dialects/openai_chat/reading.hpp"

namespace router::dialects::openai_chat {
namespace {

namespace json = wire::json;
using namespace canonical;

// A body on its way to a Request, member by member.
struct Reader {
    Request request{};
    std::optional<std::int64_t> old_max_tokens{};
    std::optional<std::int64_t> max_completion_tokens{};
    bool has_messages = false;
    Fault fault{};

    void blame(std::string_view field, std::string_view wish) {
        if (!fault.is_there()) fault = {std::string(field), std::string(wish)};
    }
    template <class Value>
    void take(std::optional<Value>& into, std::optional<Value> found, std::string_view field) {
        into = found;
        if (found) return;
        blame(field, std::is_same_v<Value, bool>           ? "must be true or false"
                     : std::is_same_v<Value, std::int64_t> ? "must be a whole number"
                                                           : "must be a number");
    }
    void take(std::string& into, json::value& value, std::string_view field) {
        if (!is_string(value)) blame(field, "must be a string");
        into = json::text_or_empty(value);
    }
};

using Read = void (*)(Reader&, json::value&);

void read_stop(Reader& reader, json::value& value) {
    const auto add = [&](json::value& element) {
        const auto text = text_of(element);
        if (!is_string(element)) reader.blame("stop", "must be a string or a list of strings");
        if (!text.is_empty()) reader.request.stop.push_back(text);
    };
    if (!is_array(value)) return add(value);
    json::each_element(value, add);
}

void read_stream_options(Reader& reader, json::value& value) {
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "include_usage")
            reader.request.wants_usage = json::boolean(member).value_or(false);
    });
}

void read_effort(Reader& reader, json::value& value) {
    auto& reasoning = reader.request.reasoning;
    if (is_object(value)) return read_reasoning(value, reasoning, reader.fault);
    const auto word = json::text_or_empty(value);
    if (word == "default" || word == "auto") return;  // Groq: whatever the model does
    if (word.empty() && is_string(value)) return;
    reasoning.effort = effort_of(word);
    if (!reasoning.effort)
        reader.blame("reasoning_effort",
                     "must be one of none, minimal, low, medium, high, xhigh, max");
}

// Its own id, or an object with one, as Open WebUI sends to its pipelines.
void read_user(Reader& reader, json::value& value) {
    if (is_string(value)) {
        if (reader.request.user.empty()) reader.request.user = json::text_or_empty(value);
        return;
    }
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "id" && reader.request.user.empty())
            reader.request.user = json::text_or_empty(member);
    });
}

void read_search(Reader& reader, json::value& value) {
    const auto raw = json::raw(value);
    Tool search{.kind = ToolKind::web_search, .name = "web_search"};
    search.declaration = raw;
    reader.request.tools.push_back(std::move(search));
    reader.request.extras.emplace_back("web_search_options", raw);
}

void read_modalities(Reader& reader, json::value& value) {
    json::each_element(value, [&](json::value& each) {
        reader.request.modalities.emplace_back(json::text_or_empty(each));
    });
}

void read_choices(Reader& reader, json::value& value) {
    std::optional<std::int64_t> found;
    reader.take(found, json::integer(value), "n");
    if (found && *found < 1) reader.blame("n", "must be 1 or more");
    reader.request.choices = found.value_or(1);
}

struct Member {
    std::string_view key;
    Read read;
};

// Every member but those that are kept as extras. A null never gets here.
constexpr std::array members{
    Member{"model", [](Reader& r, json::value& v) { r.take(r.request.model, v, "model"); }},
    Member{"messages",
           [](Reader& r, json::value& v) {
               r.has_messages = true;
               read_messages(v, *r.request.arena, r.request.turns, r.fault);
           }},
    Member{"stream",
           [](Reader& r, json::value& v) {
               std::optional<bool> is;
               r.take(is, json::boolean(v), "stream");
               r.request.is_streaming = is.value_or(false);
           }},
    Member{"stream_options", read_stream_options},
    Member{"max_completion_tokens",
           [](Reader& r, json::value& v) {
               r.take(r.max_completion_tokens, json::integer(v), "max_completion_tokens");
           }},
    Member{"max_tokens",
           [](Reader& r, json::value& v) {
               r.take(r.old_max_tokens, json::integer(v), "max_tokens");
           }},
    Member{"temperature",
           [](Reader& r, json::value& v) {
               r.take(r.request.sampling.temperature, json::number(v), "temperature");
           }},
    Member{"top_p",
           [](Reader& r, json::value& v) {
               r.take(r.request.sampling.top_p, json::number(v), "top_p");
           }},
    Member{"top_k",
           [](Reader& r, json::value& v) {
               r.take(r.request.sampling.top_k, json::integer(v), "top_k");
           }},
    Member{"presence_penalty",
           [](Reader& r, json::value& v) {
               r.take(r.request.sampling.presence_penalty, json::number(v), "presence_penalty");
           }},
    Member{"frequency_penalty",
           [](Reader& r, json::value& v) {
               r.take(r.request.sampling.frequency_penalty, json::number(v), "frequency_penalty");
           }},
    Member{"seed",
           [](Reader& r, json::value& v) {
               r.take(r.request.sampling.seed, json::integer(v), "seed");
           }},
    Member{"random_seed",
           [](Reader& r, json::value& v) {
               r.take(r.request.sampling.seed, json::integer(v), "random_seed");
           }},
    Member{"logit_bias",
           [](Reader& r, json::value& v) {
               if (const auto raw = json::raw(v); raw != "{}") r.request.sampling.logit_bias = raw;
           }},
    Member{"logprobs",
           [](Reader& r, json::value& v) {
               r.take(r.request.logprobs, json::boolean(v), "logprobs");
           }},
    Member{"top_logprobs",
           [](Reader& r, json::value& v) {
               r.take(r.request.top_logprobs, json::integer(v), "top_logprobs");
           }},
    Member{"n", read_choices},
    Member{"stop", read_stop},
    Member{"reasoning_effort", read_effort},
    Member{"reasoning",
           [](Reader& r, json::value& v) { read_reasoning(v, r.request.reasoning, r.fault); }},
    Member{
        "thinking",
        [](Reader& r, json::value& v) { read_thinking_switch(v, r.request.reasoning, r.fault); }},
    Member{"include_reasoning",
           [](Reader& r, json::value& v) { r.request.reasoning.is_shown = json::boolean(v); }},
    Member{"verbosity",
           [](Reader& r, json::value& v) { r.take(r.request.verbosity, v, "verbosity"); }},
    Member{"response_format",
           [](Reader& r, json::value& v) { r.request.output = read_response_format(v, r.fault); }},
    Member{"tools",
           [](Reader& r, json::value& v) { read_tools(v, false, r.request.tools, r.fault); }},
    Member{"functions",
           [](Reader& r, json::value& v) { read_tools(v, true, r.request.tools, r.fault); }},
    Member{"tool_choice",
           [](Reader& r, json::value& v) { r.request.tool_choice = read_tool_choice(v, r.fault); }},
    Member{"function_call",
           [](Reader& r, json::value& v) { r.request.tool_choice = read_tool_choice(v, r.fault); }},
    Member{"parallel_tool_calls",
           [](Reader& r, json::value& v) {
               r.take(r.request.parallel_tool_calls, json::boolean(v), "parallel_tool_calls");
           }},
    Member{"web_search_options", read_search},
    Member{"service_tier",
           [](Reader& r, json::value& v) { r.take(r.request.service_tier, v, "service_tier"); }},
    Member{"user", read_user},
    Member{"safety_identifier",
           [](Reader& r, json::value& v) { r.take(r.request.user, v, "safety_identifier"); }},
    Member{"prompt_cache_key",
           [](Reader& r, json::value& v) { r.take(r.request.cache_key, v, "prompt_cache_key"); }},
    Member{"store",
           [](Reader& r, json::value& v) { r.take(r.request.store, json::boolean(v), "store"); }},
    Member{"metadata", [](Reader& r, json::value& v) { r.request.metadata = json::raw(v); }},
    Member{"modalities", read_modalities},
    Member{"audio", [](Reader& r, json::value& v) { r.request.audio = json::raw(v); }},
};

void read_member(Reader& reader, std::string_view key, json::value& value) {
    if (json::is_null(value)) return;
    const auto* const known = std::ranges::find(members, key, &Member::key);
    if (known != members.end()) return known->read(reader, value);
    reader.request.extras.emplace_back(key, json::raw(value));
}

std::unexpected<Error> not_json() {
    return fail(ErrorKind::bad_request, "The request's body is not a valid JSON object.", {},
                "invalid_json");
}

// What can only be said once every member was seen.
Result<Request> settle(Reader& reader, const RequestContext& context) {
    auto& request = reader.request;
    if (request.model.empty()) request.model = context.model;
    if (!reader.fault.is_there() && request.model.empty())
        return fail(ErrorKind::bad_request, "The request lacks the field 'model'.", "model",
                    "missing_required_parameter");
    if (!reader.fault.is_there() && !reader.has_messages)
        return fail(ErrorKind::bad_request, "The request lacks the field 'messages'.", "messages",
                    "missing_required_parameter");
    if (reader.fault.is_there()) {
        auto& [path, message] = reader.fault;
        return fail(ErrorKind::bad_request, "The field '" + path + "' " + message + ".", path,
                    "invalid_value");
    }
    // Some clients say -1 where there is no limit.
    for (const auto& limit : {reader.old_max_tokens, reader.max_completion_tokens}) {
        if (limit && *limit >= 0) request.max_tokens = limit;
    }
    return std::move(request);
}

}  // namespace

Result<Request> decode_request(std::string_view body, const RequestContext& context) {
    Reader reader;
    reader.request.dialect = DialectId::openai_chat;
    auto document = json::read(body);
    json::value whole;
    if (document.get_value().get(whole) != simdjson::SUCCESS) return not_json();
    const bool is_read = json::each_member(
        whole, [&](std::string_view key, json::value& value) { read_member(reader, key, value); });
    if (!is_read || document.current_location().error() != simdjson::OUT_OF_BOUNDS)
        return not_json();
    return settle(reader, context);
}

}  // namespace router::dialects::openai_chat
