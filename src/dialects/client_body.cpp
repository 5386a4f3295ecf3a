#include "dialects/client_body.hpp"

#include <algorithm>

#include "wire/json.hpp"
#include "wire/json_text.hpp"

namespace router::dialects {
namespace {

namespace json = wire::json;

constexpr std::size_t longest_name = 256;
constexpr std::size_t most_members = 1000;
constexpr std::string_view asking_for_usage = "{\"include_usage\":true}";

std::unexpected<Error> not_json() {
    return fail(ErrorKind::bad_request, "The request's body is not a valid JSON object.", {},
                "invalid_json");
}

bool is_among(std::span<const std::string> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

const std::string* value_in(std::span<const JsonMember> members, std::string_view key) {
    const auto found = std::ranges::find(members, key, &JsonMember::first);
    return found == members.end() ? nullptr : &found->second;
}

}  // namespace

std::size_t OutgoingBody::size() const {
    std::size_t bytes = 0;
    for (const auto piece : view()) bytes += piece.size();
    return bytes;
}

Result<ClientBody> ClientBody::read(std::string_view body,
                                    std::span<const std::string_view> required,
                                    std::string_view in_url) {
    ClientBody request;
    request.body_ = body;
    request.members_.reserve(16);
    {
        auto document = json::read(body);
        json::object object;
        if (document.get_object().get(object) != simdjson::SUCCESS) return not_json();
        for (auto entry : object) {
            json::field field;
            if (std::move(entry).get(field) != simdjson::SUCCESS) return not_json();
            const char* key_begin = field.key().raw();
            std::string_view key;
            if (field.unescaped_key().get(key) != simdjson::SUCCESS) return not_json();
            const auto value = json::raw(field.value());
            if (value.empty()) return not_json();
            const auto* end = value.data() + value.size();
            if (request.members_.size() == most_members) {
                return fail(ErrorKind::bad_request, "The request has more than 1000 fields.", {},
                            "too_many_parameters");
            }
            request.members_.push_back(
                {request.key_text({key_begin, static_cast<std::size_t>(end - key_begin)}, key),
                 value,
                 {key_begin - 1, static_cast<std::size_t>(end - key_begin + 1)}});
        }
        // What stands behind the object is no part of it, and not for an upstream to find.
        if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) return not_json();
    }
    if (const auto known = request.read_known(in_url); !known)
        return std::unexpected(known.error());
    for (const auto name : required) {
        const auto* member = request.find(name);
        if (member == nullptr || member->value == "null") {
            return fail(ErrorKind::bad_request,
                        "The request lacks the field '" + std::string(name) + "'.",
                        std::string(name), "missing_required_parameter");
        }
    }
    return request;
}

// A key as unescaped text that lives as long as the request: the client's own bytes where nothing
// is escaped in them.
std::string_view ClientBody::key_text(std::string_view raw_from, std::string_view unescaped) {
    const auto length = unescaped.size();
    if (raw_from.size() > length && raw_from[length] == '"' &&
        raw_from.substr(0, length) == unescaped) {
        return raw_from.substr(0, length);
    }
    return unescaped_.emplace_front(unescaped);
}

Result<> ClientBody::read_known(std::string_view in_url) {
    for (const std::string_view name : {"model", "stream", "stream_options"}) {
        if (std::ranges::count(members_, name, &Member::key) > 1) {
            return fail(ErrorKind::bad_request,
                        "The field '" + std::string(name) + "' stands twice in the request.",
                        std::string(name), "duplicate_parameter");
        }
    }
    const auto* stream = find("stream");
    is_streaming_ = stream != nullptr && stream->value == "true";

    if (const auto* options = find("stream_options");
        options != nullptr && options->value.front() == '{') {
        bool included = false;
        auto document = json::read(options->value);
        wants_usage_ =
            document["include_usage"].get_bool().get(included) == simdjson::SUCCESS && included;
    }
    if (in_url.empty()) return read_model();
    model_ = in_url;
    return {};
}

Result<> ClientBody::read_model() {
    const auto* model = find("model");
    if (model == nullptr || model->value == "null") {
        return fail(ErrorKind::bad_request, "The request lacks the field 'model'.", "model",
                    "missing_required_parameter");
    }
    auto name = model->value;
    const bool is_string = name.size() > 2 && name.front() == '"';
    if (is_string && name.find('\\') == std::string_view::npos) {
        name = name.substr(1, name.size() - 2);
    } else if (!is_string || json::read(model->value).get_string().get(name) != simdjson::SUCCESS ||
               name.empty()) {
        return fail(ErrorKind::bad_request,
                    "The field 'model' must be a string that names a model.", "model",
                    "invalid_type");
    }
    if (name.size() > longest_name) {
        return fail(ErrorKind::bad_request, "The field 'model' is too long for a model's name.",
                    "model", "invalid_value");
    }
    model_ = name;
    return {};
}

const ClientBody::Member* ClientBody::find(std::string_view key) const {
    const auto found = std::ranges::find(members_, key, &Member::key);
    return found == members_.end() ? nullptr : &*found;
}

// The client's stream_options and the wish for usage, as JSON.
std::string ClientBody::stream_options_with_usage() const {
    const auto* options = find("stream_options");
    if (options == nullptr || options->value.front() != '{') return std::string(asking_for_usage);
    std::string out = "{\"include_usage\":true";
    auto document = json::read(options->value);
    json::object object;
    if (document.get_object().get(object) != simdjson::SUCCESS)
        return std::string(asking_for_usage);
    for (auto entry : object) {
        json::field field;
        std::string_view key;
        if (std::move(entry).get(field) != simdjson::SUCCESS) break;
        if (field.unescaped_key().get(key) != simdjson::SUCCESS || key == "include_usage") continue;
        out += ',';
        wire::append_quoted(out, key);
        out += ':';
        out += json::raw(field.value());
    }
    return out + "}";
}

void ClientBody::write(const Changes& changes, OutgoingBody& out) const {
    const bool adds_usage = changes.asks_for_usage && is_streaming_ && !wants_usage_ &&
                            !is_among(changes.dropped, "stream_options");
    const bool drops_any = std::ranges::any_of(
        members_, [&](const Member& member) { return is_among(changes.dropped, member.key); });
    const bool is_plain = changes.defaults.empty() && changes.replacements.empty() && !drops_any &&
                          !changes.model.empty() &&
                          (!adds_usage || find("stream_options") == nullptr);
    if (!is_plain) {
        rewrite(changes, out);
        return;
    }
    // The client's bytes, but for the model's name and, at the very front, the wish for usage.
    if (find("model") == nullptr) {
        out.pieces[0] = body_;
        out.count = 1;
        return;
    }
    out.own = adds_usage ? "\"stream_options\":" + std::string(asking_for_usage) + "," : "";
    const auto inserted = out.own.size();
    wire::append_quoted(out.own, changes.model);
    const std::string_view own = out.own;
    const auto opening = body_.find('{') + 1;
    const auto model = find("model")->value;
    const auto model_begin = static_cast<std::size_t>(model.data() - body_.data());
    out.count = 0;
    if (inserted > 0) {
        out.pieces[out.count++] = body_.substr(0, opening);
        out.pieces[out.count++] = own.substr(0, inserted);
        out.pieces[out.count++] = body_.substr(opening, model_begin - opening);
    } else {
        out.pieces[out.count++] = body_.substr(0, model_begin);
    }
    out.pieces[out.count++] = own.substr(inserted);
    out.pieces[out.count++] = body_.substr(model_begin + model.size());
}

// Member by member: what the client sent in its order, then what it did not send.
void ClientBody::rewrite(const Changes& changes, OutgoingBody& out) const {
    auto& text = out.own;
    text.reserve(body_.size() + 256);
    text = "{";
    const auto separate = [&] {
        if (text.size() > 1) text += ',';
    };
    const auto add = [&](std::string_view key, std::string_view value) {
        separate();
        wire::append_quoted(text, key);
        text += ':';
        text += value;
    };
    const auto is_gone = [&](std::string_view key) {
        return is_among(changes.dropped, key) || value_in(changes.replacements, key) != nullptr;
    };
    const bool adds_usage =
        changes.asks_for_usage && is_streaming_ && !wants_usage_ && !is_gone("stream_options");
    for (const auto& member : members_) {
        if (value_in(changes.replacements, member.key) != nullptr) continue;
        if (member.key == "model") {
            if (!changes.model.empty()) add("model", wire::quoted(changes.model));
        } else if (is_gone(member.key)) {
            continue;
        } else if (adds_usage && member.key == "stream_options") {
            add("stream_options", stream_options_with_usage());
        } else {
            separate();
            text += member.whole;
        }
    }
    if (adds_usage && find("stream_options") == nullptr) add("stream_options", asking_for_usage);
    for (const auto& [key, value] : changes.defaults) {
        const bool is_set =
            find(key) != nullptr || is_gone(key) || (adds_usage && key == "stream_options");
        if (!is_set) add(key, value);
    }
    for (const auto& [key, value] : changes.replacements) add(key, value);
    text += '}';
    out.pieces[0] = text;
    out.count = 1;
}

}  // namespace router::dialects
