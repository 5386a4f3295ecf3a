#include "dialects/openai_responses/stored.hpp"

#include "wire/json.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::openai_responses {
namespace {

namespace json = wire::json;

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// A list without its brackets; a text as the user's message.
std::string items_of(json::value& value) {
    if (const auto text = json::escaped_text(value)) {
        std::string item;
        wire::JsonWriter out(item);
        out.begin_object().text("type", "message").text("role", "user");
        out.begin_array("content").begin_object().text("type", "input_text");
        out.escaped("text", *text).end_object().end_array().end_object();
        return item;
    }
    if (json::type_of(value) != json::json_type::array) return {};
    const auto list = json::raw(value);
    if (list.size() < 2) return {};
    const auto inside = list.substr(1, list.size() - 2);
    return is_blank(inside) ? std::string() : std::string(inside);
}

template <class Visit>
bool each_member_in(std::string_view body, Visit&& visit) {
    auto document = json::read(body);
    json::value root;
    if (document.get_value().get(root) != simdjson::SUCCESS) return false;
    const bool is_read = json::each_member(root, visit);
    return is_read && document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

}  // namespace

Result<StoreOptions> read_store_options(std::string_view body) {
    StoreOptions options;
    const bool is_read = each_member_in(body, [&](std::string_view key, json::value& value) {
        if (key == "previous_response_id") {
            options.previous_response_id = json::text_or_empty(value);
        } else if (key == "store") {
            options.store = json::boolean(value);
        } else if (key == "background") {
            options.is_background = json::boolean(value).value_or(false);
        } else if (key == "stream") {
            options.is_streaming = json::boolean(value).value_or(false);
        } else if (key == "conversation") {
            options.has_conversation = !json::is_null(value);
        }
    });
    if (!is_read) {
        return fail(ErrorKind::bad_request, "The request's body is not a valid JSON object.", {},
                    "invalid_json");
    }
    return options;
}

std::string input_items(std::string_view body) {
    std::string items;
    each_member_in(body, [&](std::string_view key, json::value& value) {
        if (key == "input") items = items_of(value);
    });
    return items;
}

std::string output_items(std::string_view body) {
    std::string items;
    each_member_in(body, [&](std::string_view key, json::value& value) {
        if (key == "output") items = items_of(value);
        if (key != "response") return;
        json::each_member(value, [&](std::string_view inner, json::value& found) {
            if (inner == "output") items = items_of(found);
        });
    });
    return items;
}

std::string joined_items(std::string_view earlier, std::string_view later) {
    std::string all(earlier);
    if (!earlier.empty() && !later.empty()) all += ',';
    return all.append(later);
}

std::string with_items(std::string_view body, std::string_view items) {
    std::string out;
    out.reserve(body.size() + items.size() + 64);
    wire::JsonWriter writer(out);
    std::string own;
    writer.begin_object();
    each_member_in(body, [&](std::string_view key, json::value& value) {
        if (key == "input") {
            own = items_of(value);
        } else if (key != "previous_response_id") {
            writer.raw(wire::escaped(key), json::raw(value));
        }
    });
    writer.key("input").begin_array();
    const auto all = joined_items(items, own);
    if (!all.empty()) writer.raw(all);
    writer.end_array().end_object();
    return out;
}

}  // namespace router::dialects::openai_responses
