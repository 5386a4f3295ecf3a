#include "gateway/end_user.hpp"

#include <algorithm>
#include <array>

#include "wire/json.hpp"

namespace router::gateway {
namespace {

constexpr std::size_t word_limit = 256;
constexpr std::string_view open_webui = "x-openwebui-user-";

struct OpenWebuiHeader {
    std::string_view name;  // behind x-openwebui-user-
    std::string_view auth::UserHeaders::* field;
};
constexpr std::array open_webui_headers{OpenWebuiHeader{"jwt", &auth::UserHeaders::token},
                                        OpenWebuiHeader{"id", &auth::UserHeaders::id},
                                        OpenWebuiHeader{"email", &auth::UserHeaders::email},
                                        OpenWebuiHeader{"name", &auth::UserHeaders::name},
                                        OpenWebuiHeader{"role", &auth::UserHeaders::role}};

void take_open_webui(const http::Header& header, auth::UserHeaders& into) {
    if (header.name.size() <= open_webui.size() || header.name[1] != '-' ||
        !http::is_same_name(header.name.substr(0, open_webui.size()), open_webui))
        return;
    const auto rest = header.name.substr(open_webui.size());
    for (const auto& [name, field] : open_webui_headers) {
        if (http::is_same_name(rest, name)) into.*field = header.value;
    }
}

// A member's text, or the `inner` member's of an object.
std::string text_in(std::string_view json, std::string_view inner) {
    auto document = wire::json::read(json);
    std::string_view text;
    if (document.get_string().get(text) == simdjson::SUCCESS)
        return std::string(text.substr(0, word_limit));
    wire::json::value value;
    std::string found;
    if (document.get_value().get(value) != simdjson::SUCCESS) return found;
    wire::json::each_member(value, [&](std::string_view key, wire::json::value& member) {
        if (key == inner) found = wire::json::text_or_empty(member).substr(0, word_limit);
    });
    return found;
}

}  // namespace

auth::UserHeaders user_headers_of(const http::RequestHead& request,
                                  const config::UserSettings& settings) {
    auth::UserHeaders found;
    for (const auto& header : request.headers) take_open_webui(header, found);
    const auto take_given = [&](std::string_view name) {
        if (found.given.empty()) found.given = request.header(name);
    };
    take_given("x-litellm-customer-id");
    take_given("x-litellm-end-user-id");
    for (const auto& name : settings.header_names) take_given(name);
    return found;
}

std::string user_in_body(const Incoming& incoming) {
    if (!incoming.json) return {};
    if (const auto user = incoming.json->value("user"); !user.empty()) return text_in(user, "id");
    if (const auto meta = incoming.json->value("metadata"); !meta.empty())
        return text_in(meta, "user_id");
    return {};
}

}  // namespace router::gateway
