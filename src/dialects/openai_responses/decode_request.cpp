#include "dialects/openai_responses/request.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "dialects/effort_words.hpp"
#include "dialects/openai_responses/conversation.hpp"
#include "dialects/openai_responses/item.hpp"
#include "dialects/openai_responses/tools.hpp"

namespace router::dialects::openai_responses {
namespace {

using canonical::Effort;
using canonical::Json;
using canonical::OutputKind;
using canonical::Request;
using canonical::Role;
using canonical::Text;
using canonical::ToolChoice;
using canonical::ToolMode;

std::unexpected<Error> not_json() {
    return fail(ErrorKind::bad_request, "The request's body is not a valid JSON object.", {},
                "invalid_json");
}

std::unexpected<Error> wrong_type(std::string_view field, std::string_view wanted) {
    return fail(
        ErrorKind::bad_request,
        "Invalid type for '" + std::string(field) + "': expected " + std::string(wanted) + ".",
        std::string(field), "invalid_type");
}

std::unexpected<Error> wrong_value(std::string_view field, std::string_view given) {
    return fail(ErrorKind::bad_request,
                "Invalid value for '" + std::string(field) + "': '" + std::string(given) + "'.",
                std::string(field), "invalid_value");
}

class RequestDecoder {
 public:
    explicit RequestDecoder(Request& request) : request_(request), turns_(request) {}

    Result<> member(std::string_view key, json::value& value);
    Result<> finish();

 private:
    Result<> input(json::value& value);
    Result<> item(json::value& value, std::size_t index);
    Result<> tool_choice(json::value& value);
    Result<> text(json::value& value);
    Result<> reasoning(json::value& value);
    Result<> include(json::value& value);
    Result<> number(std::string_view key, json::value& value);
    bool word(std::string_view key, json::value& value);
    void format(json::value& value);
    void allowed_tools(json::value& list, ToolChoice& choice);
    void keep(std::string key, json::value& value) {
        request_.extras.emplace_back(std::move(key), json::raw(value));
    }

    Request& request_;
    Conversation turns_;
    Text instructions_;
    std::string user_;
    bool has_input_ = false;
    std::vector<canonical::Tool> tools_;  // of `tools`; others join them
};

Result<> RequestDecoder::member(std::string_view key, json::value& value) {
    if (json::is_null(value)) return {};
    if (key == "input") return input(value);
    if (key == "tool_choice") return tool_choice(value);
    if (key == "text") return text(value);
    if (key == "reasoning") return reasoning(value);
    if (key == "include") return include(value);
    if (word(key, value)) return {};
    if (key == "temperature" || key == "top_p" || key == "max_output_tokens" ||
        key == "top_logprobs") {
        return number(key, value);
    }
    if (key == "instructions") {
        const auto found = json::escaped_text(value);
        if (!found) return wrong_type(key, "a string");
        instructions_ = {*found};
    } else if (key == "tools") {
        if (json::type_of(value) != json::json_type::array) return wrong_type(key, "an array");
        read_tools(value, tools_);
    } else if (key == "stream" || key == "store" || key == "parallel_tool_calls") {
        const auto found = json::boolean(value);
        if (!found) return wrong_type(key, "a boolean");
        if (key == "stream") request_.is_streaming = *found;
        if (key == "store") request_.store = *found;
        if (key == "parallel_tool_calls") request_.parallel_tool_calls = *found;
    } else if (key == "metadata") {
        request_.metadata = json::raw(value);
    } else {
        keep(std::string(key), value);
    }
    return {};
}

// Members that are plain words and mean the same to every model.
bool RequestDecoder::word(std::string_view key, json::value& value) {
    std::string* field = nullptr;
    if (key == "model") field = &request_.model;
    if (key == "safety_identifier") field = &request_.user;
    if (key == "user") field = &user_;
    if (key == "prompt_cache_key") field = &request_.cache_key;
    if (key == "service_tier") field = &request_.service_tier;
    if (field == nullptr || json::type_of(value) != json::json_type::string) return false;
    *field = json::text_or_empty(value);
    return true;
}

Result<> RequestDecoder::number(std::string_view key, json::value& value) {
    if (key == "temperature" || key == "top_p") {
        const auto found = json::number(value);
        if (!found) return wrong_type(key, "a number");
        (key == "top_p" ? request_.sampling.top_p : request_.sampling.temperature) = *found;
        return {};
    }
    const auto found = json::integer(value);
    if (!found) return wrong_type(key, "an integer");
    if (*found < 0) return wrong_value(key, std::to_string(*found));
    (key == "top_logprobs" ? request_.top_logprobs : request_.max_tokens) = *found;
    return {};
}

Result<> RequestDecoder::input(json::value& value) {
    has_input_ = true;
    if (const auto found = json::escaped_text(value)) {
        turns_.add_text(Role::user, {*found});
        return {};
    }
    if (json::type_of(value) != json::json_type::array)
        return wrong_type("input", "a string or an array of items");
    std::size_t index = 0;
    Result<> outcome;
    const bool is_read = json::each_element(value, [&](json::value& one) {
        outcome = item(one, index++);
        return outcome.has_value();
    });
    if (outcome && !is_read) return not_json();
    return outcome;
}

Result<> RequestDecoder::item(json::value& value, std::size_t index) {
    const auto place = "input[" + std::to_string(index) + "]";
    if (const auto found = json::escaped_text(value)) {
        turns_.add_text(Role::user, {*found});
        return {};
    }
    if (json::type_of(value) != json::json_type::object) return wrong_type(place, "an object");
    Item item;
    if (!read_item(value, item)) return not_json();
    return turns_.add(item, index);
}

Result<> RequestDecoder::tool_choice(json::value& value) {
    ToolChoice choice;
    if (json::type_of(value) == json::json_type::string) {
        const auto word = json::text_or_empty(value);
        if (word != "auto" && word != "none" && word != "required")
            return wrong_value("tool_choice", word);
        if (word == "none") choice.mode = ToolMode::none;
        if (word == "required") choice.mode = ToolMode::required;
        request_.tool_choice = std::move(choice);
        return {};
    }
    std::string_view type, mode;
    json::object members;
    if (value.get_object().get(members) != simdjson::SUCCESS)
        return wrong_type("tool_choice", "a string or an object");
    const auto whole = whole_of(members);
    if (whole.empty()) return not_json();
    const bool is_read = each_member_of(members, [&](std::string_view key, json::value& found) {
        if (key == "type") type = json::text_or_empty(found);
        if (key == "mode") mode = json::text_or_empty(found);
        if (key == "name") choice.name = json::text_or_empty(found);
        if (key == "tools") allowed_tools(found, choice);
        if (key == "function" || key == "custom") {  // as Chat nests it
            json::each_member(found, [&](std::string_view inner, json::value& name) {
                if (inner == "name") choice.name = json::text_or_empty(name);
            });
        }
    });
    if (!is_read) return not_json();
    if (type == "mcp") {  // names a server as well, which only this dialect can say
        request_.extras.emplace_back("tool_choice", whole);
        return {};
    }
    if (type == "allowed_tools") {
        choice.mode = mode == "required" ? ToolMode::required : ToolMode::automatic;
    } else {
        choice.mode = ToolMode::named;
        if (choice.name.empty()) choice.name = type.starts_with("web_search") ? "web_search" : type;
        if (choice.name.empty()) return wrong_value("tool_choice", "");
    }
    request_.tool_choice = std::move(choice);
    return {};
}

void RequestDecoder::allowed_tools(json::value& list, ToolChoice& choice) {
    json::each_element(list, [&](json::value& one) {
        std::string name, type;
        json::each_member(one, [&](std::string_view key, json::value& found) {
            if (key == "name") name = json::text_or_empty(found);
            if (key == "type") type = json::text_or_empty(found);
        });
        choice.allowed.push_back(name.empty() ? std::move(type) : std::move(name));
    });
}

Result<> RequestDecoder::text(json::value& value) {
    const bool is_read = json::each_member(value, [&](std::string_view key, json::value& found) {
        if (key == "verbosity") {
            request_.verbosity = json::text_or_empty(found);
        } else if (key == "format") {
            format(found);
        }
    });
    if (!is_read) return wrong_type("text", "an object");
    const auto& output = request_.output;
    if (output.kind == OutputKind::json_schema && output.schema.empty()) {
        return fail(ErrorKind::bad_request, "Missing required parameter: 'text.format.schema'.",
                    "text.format.schema", "missing_required_parameter");
    }
    return {};
}

void RequestDecoder::format(json::value& value) {
    auto& output = request_.output;
    json::each_member(value, [&](std::string_view key, json::value& found) {
        if (key == "type") {
            const auto type = json::text_or_empty(found);
            if (type == "json_object") output.kind = OutputKind::json_object;
            if (type == "json_schema") output.kind = OutputKind::json_schema;
        } else if (key == "name") {
            output.name = json::text_or_empty(found);
        } else if (key == "description") {
            output.description = escaped_text(found);
        } else if (key == "schema") {
            if (!json::is_null(found)) output.schema = json::raw(found);
        } else if (key == "strict") {
            output.strict = json::boolean(found);
        } else if (key == "json_schema") {  // as Chat nests it
            format(found);
        }
    });
}

Result<> RequestDecoder::reasoning(json::value& value) {
    std::string effort;
    auto& wanted = request_.reasoning;
    const bool is_read = json::each_member(value, [&](std::string_view key, json::value& found) {
        if (json::is_null(found)) return;
        if (key == "effort") {
            effort = json::text_or_empty(found);
        } else if (key == "summary" || key == "generate_summary") {
            wanted.summary = json::text_or_empty(found);
            wanted.is_shown = !wanted.summary.empty();
        } else {
            keep("reasoning." + std::string(key), found);
        }
    });
    if (!is_read) return wrong_type("reasoning", "an object");
    if (effort.empty()) return {};
    wanted.effort = effort_of(effort);
    if (!wanted.effort) return wrong_value("reasoning.effort", effort);
    return {};
}

Result<> RequestDecoder::include(json::value& value) {
    const auto raw = json::raw(value);
    if (!raw.starts_with('[')) return wrong_type("include", "an array");
    std::string rest(raw);  // what no other dialect can give
    const auto take = [&](std::string_view name) {
        const auto found = rest.find(name);
        if (found != std::string::npos) rest.erase(found, name.size());
        return found != std::string::npos;
    };
    if (take("\"message.output_text.logprobs\"")) request_.logprobs = true;
    take("\"reasoning.encrypted_content\"");
    if (rest.find('"') != std::string::npos) request_.extras.emplace_back("include", raw);
    return {};
}

Result<> RequestDecoder::finish() {
    turns_.finish();
    const auto has = [&](std::string_view name) {
        return std::ranges::find(request_.extras, name, &canonical::Extra::first) !=
               request_.extras.end();
    };
    if (!has_input_ && !has("previous_response_id") && !has("prompt") && !has("conversation")) {
        return fail(ErrorKind::bad_request, "Missing required parameter: 'input'.", "input",
                    "missing_required_parameter");
    }
    if (!instructions_.is_empty()) {
        auto& turns = request_.turns;
        auto& turn = *turns.insert(turns.begin(), {.role = Role::system});
        turn.blocks.emplace_back(canonical::TextBlock{.text = instructions_});
    }
    if (request_.user.empty()) request_.user = std::move(user_);
    // Those that stand in the input offer what was held back here.
    auto found = std::exchange(request_.tools, std::move(tools_));
    join_tools(request_.tools, std::move(found));
    return {};
}

}  // namespace

Result<Request> decode_request(std::string_view body, const RequestContext& context) {
    Request request;
    request.dialect = canonical::DialectId::openai_responses;
    request.wants_usage = true;
    RequestDecoder decoder(request);
    auto document = json::read(body);
    json::object members;
    if (document.get_object().get(members) != simdjson::SUCCESS) return not_json();
    Result<> outcome;
    for (auto entry : members) {
        std::string_view key;
        json::value value;
        if (entry.unescaped_key().get(key) != simdjson::SUCCESS) return not_json();
        if (entry.value().get(value) != simdjson::SUCCESS) return not_json();
        outcome = decoder.member(key, value);
        if (!outcome) return std::unexpected(outcome.error());
    }
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) return not_json();
    if (outcome = decoder.finish(); !outcome) return std::unexpected(outcome.error());
    if (request.model.empty()) request.model = context.model;
    if (context.is_streaming) request.is_streaming = true;
    if (request.model.empty()) {
        return fail(ErrorKind::bad_request, "Missing required parameter: 'model'.", "model",
                    "missing_required_parameter");
    }
    return request;
}

}  // namespace router::dialects::openai_responses
