#include "dialects/gemini/decode_request.hpp"

#include "dialects/gemini/members.hpp"
#include "dialects/gemini/words.hpp"

namespace router::dialects::gemini {
namespace {

namespace json = wire::json;

void set_model(std::string_view said, canonical::Request& request) {
    if (!request.model.empty()) return;
    if (said.starts_with("models/")) said.remove_prefix(7);
    request.model = said;
}

struct Seen {
    bool has_contents = false;
    bool is_broken = false;
    bool is_nested = false;
};

void read_members(json::value& value, Conversation& conversation, canonical::Request& request,
                  Seen& seen);

void read_member(std::string_view key, json::value& value, Conversation& conversation,
                 canonical::Request& request, Seen& seen) {
    if (json::is_null(value)) return;
    if (key == "contents") {
        seen.has_contents = true;
        conversation.read_contents(value);
    } else if (key == "systemInstruction") {
        conversation.read_system(value);
    } else if (key == "tools") {
        read_tools(value, request);
    } else if (key == "toolConfig") {
        read_tool_config(value, request);
    } else if (key == "generationConfig") {
        read_generation_config(value, request);
    } else if (key == "generateContentRequest" && !seen.is_nested) {  // of countTokens
        seen.is_nested = true;
        read_members(value, conversation, request, seen);
    } else if (key == "model") {
        set_model(json::text_or_empty(value), request);
    } else if (key == "serviceTier") {
        request.service_tier = service_tier_from(json::text_or_empty(value));
    } else if (key == "store") {
        request.store = json::boolean(value);
    } else if (key == "labels") {
        request.metadata = valid_json(value);
    } else {
        keep_extra(request, std::string(key), value);
    }
}

void read_members(json::value& value, Conversation& conversation, canonical::Request& request,
                  Seen& seen) {
    const bool is_read = each_field(value, [&](std::string_view key, json::value& member) {
        read_member(key, member, conversation, request, seen);
    });
    seen.is_broken = seen.is_broken || !is_read;
}

}  // namespace

void keep_extra(canonical::Request& request, std::string name, json::value& value) {
    if (const auto found = valid_json(value); !found.empty())
        request.extras.emplace_back(std::move(name), found);
}

Result<canonical::Request> decode_request(std::string_view body, const RequestContext& context) {
    canonical::Request request{.dialect = canonical::DialectId::gemini};
    request.is_streaming = context.is_streaming;
    request.wants_usage = true;
    if (!context.model.empty()) set_model(context.model, request);
    Conversation conversation(request);
    Seen seen;
    bool is_object = false;
    {
        auto document = json::read(body);
        json::value value;
        is_object = document.get_value().get(value) == simdjson::SUCCESS &&
                    json::type_of(value) == json::json_type::object;
        if (is_object) read_members(value, conversation, request, seen);
        if (is_object && !seen.is_broken)
            seen.is_broken = document.current_location().error() != simdjson::OUT_OF_BOUNDS;
    }
    if (!is_object || seen.is_broken)
        return fail(ErrorKind::bad_request,
                    "Invalid JSON payload received: the body is no whole JSON object.");
    if (!seen.has_contents || request.turns.empty())
        return fail(ErrorKind::bad_request,
                    "* GenerateContentRequest.contents: contents is not specified", "contents");
    settle_schemas(request);
    settle_results(request);
    return request;
}

}  // namespace router::dialects::gemini
