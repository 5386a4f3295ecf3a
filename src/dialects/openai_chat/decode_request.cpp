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
    void take(std::optional<Value>& into, json::value& value, std::string_view field) {
        if constexpr (std::is_same_v<Value, bool>) {
            into = json::boolean(value);
            if (!into) blame(field, "must be true or false");
        } else if constexpr (std::is_same_v<Value, std::int64_t>) {
            into = json::integer(value);
            if (!into) blame(field, "must be a whole number");
        } else {
            into = json::number(value);
            if (!into) blame(field, "must be a number");
        }
    }
    void take(std::string& into, json::value& value, std::string_view field) {
        if (!is_string(value)) blame(field, "must be a string");
        into = json::text_or_empty(value);
    }
    void take(Json& into, json::value& value, std::string_view /*field*/) {
        into = json::raw(value);
    }
};

// Reads the member `key` of the body.
using Read = void (*)(Reader& reader, std::string_view key, json::value& value);

template <auto First, auto... Rest>
auto& follow(auto& whole) {
    if constexpr (sizeof...(Rest) == 0) {
        return whole.*First;
    } else {
        return follow<Rest...>(whole.*First);
    }
}

// A member that goes as it is to the place that `Path` leads to: in the request.
template <auto... Path>
void as_is(Reader& reader, std::string_view key, json::value& value) {
    reader.take(follow<Path...>(reader.request), value, key);
}
template <auto Place>
void as_limit(Reader& reader, std::string_view key, json::value& value) {
    reader.take(reader.*Place, value, key);
}

void read_stop(Reader& reader, std::string_view /*key*/, json::value& value) {
    const auto add = [&](json::value& element) {
        const auto text = text_of(element);
        if (!is_string(element)) reader.blame("stop", "must be a string or a list of strings");
        if (!text.is_empty()) reader.request.stop.push_back(text);
    };
    if (!is_array(value)) return add(value);
    json::each_element(value, add);
}

void read_stream_options(Reader& reader, std::string_view /*key*/, json::value& value) {
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "include_usage")
            reader.request.wants_usage = json::boolean(member).value_or(false);
    });
}

void read_effort(Reader& reader, std::string_view /*key*/, json::value& value) {
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
void read_user(Reader& reader, std::string_view /*key*/, json::value& value) {
    if (is_string(value)) {
        if (reader.request.user.empty()) reader.request.user = json::text_or_empty(value);
        return;
    }
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "id" && reader.request.user.empty())
            reader.request.user = json::text_or_empty(member);
    });
}

void read_search(Reader& reader, std::string_view /*key*/, json::value& value) {
    const auto raw = json::raw(value);
    Tool search{.kind = ToolKind::web_search, .name = "web_search"};
    search.declaration = raw;
    reader.request.tools.push_back(std::move(search));
    reader.request.extras.emplace_back("web_search_options", raw);
}

void read_modalities(Reader& reader, std::string_view /*key*/, json::value& value) {
    json::each_element(value, [&](json::value& each) {
        reader.request.modalities.emplace_back(json::text_or_empty(each));
    });
}

void read_choices(Reader& reader, std::string_view key, json::value& value) {
    std::optional<std::int64_t> found;
    reader.take(found, value, key);
    if (found && *found < 1) reader.blame(key, "must be 1 or more");
    reader.request.choices = found.value_or(1);
}

void read_stream(Reader& reader, std::string_view key, json::value& value) {
    std::optional<bool> is;
    reader.take(is, value, key);
    reader.request.is_streaming = is.value_or(false);
}

void read_logit_bias(Reader& reader, std::string_view /*key*/, json::value& value) {
    if (const auto raw = json::raw(value); raw != "{}") reader.request.sampling.logit_bias = raw;
}

void read_turns(Reader& reader, std::string_view /*key*/, json::value& value) {
    auto& request = reader.request;
    reader.has_messages = true;
    read_messages(value, *request.arena, request.turns, reader.fault);
}

void read_thoughts(Reader& reader, std::string_view key, json::value& value) {
    auto& reasoning = reader.request.reasoning;
    if (key == "reasoning") return read_reasoning(value, reasoning, reader.fault);
    if (key == "thinking") return read_thinking_switch(value, reasoning, reader.fault);
    reasoning.is_shown = json::boolean(value);
}

void read_format(Reader& reader, std::string_view /*key*/, json::value& value) {
    reader.request.output = read_response_format(value, reader.fault);
}

// `functions` and `function_call` are what tools were called once.
void read_declared(Reader& reader, std::string_view key, json::value& value) {
    read_tools(value, key == "functions", reader.request.tools, reader.fault);
}

void read_choice(Reader& reader, std::string_view /*key*/, json::value& value) {
    reader.request.tool_choice = read_tool_choice(value, reader.fault);
}

struct Member {
    std::string_view key;
    Read read;
};

// Every member but those that are kept as extras. A null never gets here.
constexpr std::array members{
    Member{"model", as_is<&Request::model>},
    Member{"messages", read_turns},
    Member{"stream", read_stream},
    Member{"stream_options", read_stream_options},
    Member{"max_completion_tokens", as_limit<&Reader::max_completion_tokens>},
    Member{"max_tokens", as_limit<&Reader::old_max_tokens>},
    Member{"temperature", as_is<&Request::sampling, &Sampling::temperature>},
    Member{"top_p", as_is<&Request::sampling, &Sampling::top_p>},
    Member{"top_k", as_is<&Request::sampling, &Sampling::top_k>},
    Member{"presence_penalty", as_is<&Request::sampling, &Sampling::presence_penalty>},
    Member{"frequency_penalty", as_is<&Request::sampling, &Sampling::frequency_penalty>},
    Member{"seed", as_is<&Request::sampling, &Sampling::seed>},
    Member{"random_seed", as_is<&Request::sampling, &Sampling::seed>},
    Member{"logit_bias", read_logit_bias},
    Member{"logprobs", as_is<&Request::logprobs>},
    Member{"top_logprobs", as_is<&Request::top_logprobs>},
    Member{"n", read_choices},
    Member{"stop", read_stop},
    Member{"reasoning_effort", read_effort},
    Member{"reasoning", read_thoughts},
    Member{"thinking", read_thoughts},
    Member{"include_reasoning", read_thoughts},
    Member{"verbosity", as_is<&Request::verbosity>},
    Member{"response_format", read_format},
    Member{"tools", read_declared},
    Member{"functions", read_declared},
    Member{"tool_choice", read_choice},
    Member{"function_call", read_choice},
    Member{"parallel_tool_calls", as_is<&Request::parallel_tool_calls>},
    Member{"web_search_options", read_search},
    Member{"service_tier", as_is<&Request::service_tier>},
    Member{"user", read_user},
    Member{"safety_identifier", as_is<&Request::user>},
    Member{"prompt_cache_key", as_is<&Request::cache_key>},
    Member{"store", as_is<&Request::store>},
    Member{"metadata", as_is<&Request::metadata>},
    Member{"modalities", read_modalities},
    Member{"audio", as_is<&Request::audio>},
};

void read_member(Reader& reader, std::string_view key, json::value& value) {
    if (json::is_null(value)) return;
    const auto* const known = std::ranges::find(members, key, &Member::key);
    if (known != members.end()) return known->read(reader, key, value);
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
