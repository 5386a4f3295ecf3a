#include "dialects/openai_chat/stream_relay.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "dialects/openai_chat/edits.hpp"
#include "dialects/openai_chat/usage.hpp"
#include "dialects/openai_words.hpp"
#include "dialects/upstream_error.hpp"
#include "wire/json.hpp"
#include "wire/json_text.hpp"
#include "wire/utf8.hpp"

namespace router::dialects::openai_chat {
namespace {

namespace json = wire::json;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// Makes one line of JSON that came in several: a line end between two of its tokens would be one of
// the event's.
void unfold(std::string& out, std::size_t begin) {
    const auto is_end = [](char c) { return c == '\n' || c == '\r'; };
    std::replace_if(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), is_end, ' ');
}

// Removes members of an object while it is walked in order, commas and all.
class Remover {
 public:
    explicit Remover(std::vector<Edit>& edits) : edits_(edits) {}

    void keep(std::size_t key_begin, std::size_t value_end) {
        close(key_begin);
        any_kept_ = true;
        before_ = value_end;
    }
    void remove(std::size_t key_begin, std::size_t value_end) {
        close(key_begin);
        if (any_kept_) {
            edits_.push_back({before_, value_end, {}});
        } else {
            open_ = static_cast<int>(edits_.size());
            edits_.push_back({key_begin, value_end, {}});
        }
        before_ = value_end;
    }

 private:
    // A removal with nothing kept before it reaches to the next member, and so takes the comma
    // behind it.
    void close(std::size_t key_begin) {
        if (open_ >= 0) edits_[static_cast<std::size_t>(open_)].end = key_begin;
        open_ = -1;
    }
    std::vector<Edit>& edits_;
    std::size_t before_ = 0;
    bool any_kept_ = false;
    int open_ = -1;
};

}  // namespace

// What one chunk says.
struct StreamRelay::Seen {
    std::vector<Edit> edits;
    std::string_view error;  // as JSON
    bool has_choices = false;
    int choices = 0;
    std::string_view usage;  // as JSON
    bool only_repeats_finish = false;
};

struct StreamRelay::Member {
    std::string_view key;
    std::string_view raw;  // its value, as it stands
    std::size_t key_begin = 0;
    std::size_t value_begin = 0;
};

StreamRelay::StreamRelay(std::string_view model, bool client_wants_usage)
    : model_(wire::quoted(model)), wants_usage_(client_wants_usage) {}

namespace {

struct ChoiceSeen {
    std::uint64_t index = 0;
    std::string_view finish;
    bool null_delta = false;
    std::size_t null_at = 0;
    bool delta_is_empty = true;
    canonical::Usage usage;  // Moonshot reports it here
};

ChoiceSeen look_at_choice(json::object& choice, const char* base) {
    ChoiceSeen seen;
    for (auto entry : choice) {
        json::field field;
        std::string_view key;
        if (std::move(entry).get(field) != simdjson::SUCCESS) break;
        if (field.unescaped_key().get(key) != simdjson::SUCCESS) break;
        auto& value = field.value();
        if (key == "finish_reason") {
            seen.finish = json::text_or_empty(value);
        } else if (key == "index") {
            seen.index = json::whole_number(value).value_or(0);
        } else if (key == "delta") {
            const auto raw = json::raw(value);
            seen.null_delta = raw == "null";
            seen.null_at = static_cast<std::size_t>(raw.data() - base);
            seen.delta_is_empty = seen.null_delta || raw == "{}";
        } else if (key == "text" || key == "message") {
            seen.delta_is_empty = false;
        } else if (key == "usage") {
            json::object usage;
            if (value.get_object().get(usage) == simdjson::SUCCESS) seen.usage = read_usage(usage);
        }
    }
    return seen;
}

}  // namespace

// Walks the chunk once. False: it is no JSON object.
bool StreamRelay::look(std::string_view data, Seen& seen) {
    auto document = json::read(data);
    json::object object;
    if (document.get_object().get(object) != simdjson::SUCCESS) return false;
    Remover remover(seen.edits);
    const auto offset = [&](const char* at) { return static_cast<std::size_t>(at - data.data()); };
    for (auto entry : object) {
        json::field field;
        Member member;
        if (std::move(entry).get(field) != simdjson::SUCCESS) return false;
        member.key_begin = offset(field.key().raw()) - 1;
        if (field.unescaped_key().get(member.key) != simdjson::SUCCESS) return false;
        auto& value = field.value();
        json::json_type type{};
        if (value.type().get(type) != simdjson::SUCCESS) return false;
        if (member.key == "choices" && type == json::json_type::array) {
            remover.keep(member.key_begin, member.key_begin);
            if (!look_at_choices(value, data.data(), seen)) return false;
            // What comes next is a comma or the closing brace; white space before it may stay.
            const char* behind = nullptr;
            if (document.current_location().get(behind) != simdjson::SUCCESS) return false;
            auto end = offset(behind);
            while (end > member.key_begin && data[end - 1] != ']') --end;
            remover.keep(member.key_begin, end);
            continue;
        }
        member.raw = json::raw(value);
        if (member.raw.empty()) return false;
        member.value_begin = offset(member.raw.data());
        const auto value_end = member.value_begin + member.raw.size();
        if (note(member, seen)) {
            remover.keep(member.key_begin, value_end);
        } else {
            remover.remove(member.key_begin, value_end);
        }
    }
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) return false;
    if (!seen.usage.empty()) {
        usage_json_ = seen.usage;
        json::object usage;
        auto reading = json::read(seen.usage);
        if (reading.get_object().get(usage) == simdjson::SUCCESS) usage_ = read_usage(usage);
    }
    return true;
}

bool StreamRelay::look_at_choices(json::value& value, const char* base, Seen& seen) {
    json::array choices;
    if (value.get_array().get(choices) != simdjson::SUCCESS) return false;
    seen.has_choices = true;
    int repeated = 0;
    for (auto element : choices) {
        json::object choice;
        if (element.get_object().get(choice) != simdjson::SUCCESS) return false;
        const auto one = look_at_choice(choice, base);
        ++seen.choices;
        if (one.null_delta) seen.edits.push_back({one.null_at, one.null_at + 4, "{}"});
        if (one.usage.is_known && !usage_.is_known) usage_ = one.usage;
        if (one.finish.empty()) continue;
        const auto bit = std::uint64_t{1} << (one.index & 63);
        if ((finished_choices_ & bit) != 0 && one.delta_is_empty) ++repeated;
        finished_choices_ |= bit;
        finish_reason_ = one.finish;
    }
    seen.only_repeats_finish = seen.choices > 0 && repeated == seen.choices;
    return true;
}

// Takes note of a member of the chunk. False: the client shall not see it.
bool StreamRelay::note(const Member& member, Seen& seen) {
    const auto& [key, raw, key_begin, value_begin] = member;
    const bool is_null = raw == "null";
    if (key == "usage") {
        if (!is_null) seen.usage = raw;
        return is_null && wants_usage_;
    }
    if (key == "event" || key == "selected_model_id") return false;
    if (is_null && (key == "type" || key == "timings" || key == "error")) return false;
    if (key == "model") {
        seen.edits.push_back({value_begin, value_begin + raw.size(), model_});
    } else if (key == "error") {
        seen.error = raw;
    } else if (key == "id" && id_.empty()) {
        id_ = raw;
    } else if (key == "created" && created_.empty()) {
        created_ = raw;
    } else if (key == "object" && object_.empty()) {
        object_ = raw;
    }
    return true;
}

Result<> StreamRelay::pass(const wire::SseEvent& event, std::string& out,
                           std::string_view provider) {
    auto data = trimmed(event.data);
    if (!event.has_data || data.empty() || done_) return {};
    if (data == "[DONE]") {
        done_ = true;
        return {};
    }
    Seen seen;
    bool is_json = look(data, seen);
    std::string repaired;
    if (!is_json && !wire::is_utf8(data)) {
        repaired = wire::repaired_utf8(data);
        repaired.reserve(repaired.size() + json::padding);
        data = repaired;
        seen = {};
        is_json = look(data, seen);
    }
    if (!is_json) {
        ++dropped_;
        return {};
    }
    if (!seen.error.empty()) {
        auto error = decode_upstream_error(200, data, provider);
        return std::unexpected(error);
    }
    const bool is_usage_alone = !seen.usage.empty() && seen.choices == 0;
    if (!seen.has_choices || is_usage_alone || seen.only_repeats_finish) return {};

    if (!event.name.empty() && event.name.find('\r') == std::string_view::npos) {
        out += "event: ";
        out += event.name;
        out += '\n';
    }
    out += "data: ";
    const auto begin = out.size();
    append_edited(out, data, seen.edits);
    unfold(out, begin);
    out += "\n\n";
    return {};
}

void StreamRelay::finish(std::string& out) {
    if (wants_usage_ && !usage_json_.empty()) {
        const auto begin = out.size();
        out += "data: {\"id\":";
        out += id_.empty() ? "\"\"" : id_;
        out += ",\"object\":";
        out += object_.empty() ? "\"chat.completion.chunk\"" : object_;
        out += ",\"created\":";
        out += created_.empty() ? "0" : created_;
        out += ",\"model\":";
        out += model_;
        out += ",\"choices\":[],\"usage\":";
        out += usage_json_;
        unfold(out, begin);
        out += "}\n\n";
    }
    out += "data: [DONE]\n\n";
}

std::string encode_stream_error(const Error& error) {
    return "data: " + openai_error(error) + "\n\n";
}

}  // namespace router::dialects::openai_chat
