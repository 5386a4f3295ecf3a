#include "dialects/openai_chat/stream_relay.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "dialects/event_edits.hpp"
#include "dialects/openai_chat/mend_usage.hpp"
#include "dialects/openai_chat/reading.hpp"
#include "dialects/openai_chat/usage.hpp"
#include "dialects/openai_words.hpp"
#include "dialects/upstream_error.hpp"
#include "wire/json.hpp"
#include "wire/json_text.hpp"
#include "wire/json_tree.hpp"

namespace router::dialects::openai_chat {
namespace {

namespace json = wire::json;

constexpr std::string_view chunk_object = R"("chat.completion.chunk")",
                           legacy_object = R"("text_completion")",
                           error_object = R"("error")";  // vLLM's older errors

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

// The `usage` in Groq's x_groq, as JSON.
std::string_view usage_in(std::string_view x_groq) {
    auto document = json::read(x_groq);
    json::value whole;
    std::string_view found;
    if (document.get_value().get(whole) != simdjson::SUCCESS) return {};
    json::each_member(whole, [&](std::string_view key, json::value& value) {
        if (key == "usage" && is_object(value)) found = json::raw(value);
    });
    return found;
}

}  // namespace

// Whether a chunk without choices has more to say than usage: xAI's citations, OpenAI's moderation.
bool says_more_than_usage(std::string_view data) {
    constexpr std::array<std::string_view, 11> usual{
        "id",     "object",       "created",     "model",    "choices",           "usage",
        "x_groq", "service_tier", "obfuscation", "provider", "system_fingerprint"};
    auto document = json::read(data);
    json::value whole;
    if (document.get_value().get(whole) != simdjson::SUCCESS) return false;
    bool says_more = false;
    json::each_member(whole, [&](std::string_view key, json::value& value) {
        const bool is_usual = std::ranges::find(usual, key) != usual.end();
        says_more = says_more || !(is_usual || json::is_null(value));
    });
    return says_more;
}

// What one chunk says.
struct StreamRelay::Seen {
    std::vector<Edit> edits;
    std::string_view id, object, created, model;  // as JSON; empty: not there
    std::string_view error;                       // as JSON
    bool has_choices = false;
    std::size_t choices_begin = 0, choices_end = 0;
    int choices = 0;
    ChoiceGlance choice;             // the last of them
    std::string_view usage, x_groq;  // as JSON
    bool only_repeats_finish = false;
    std::string head, mended;  // that edits point to
};

struct StreamRelay::Member {
    std::string_view key;
    std::string_view raw;  // its value, as it stands
    std::size_t key_begin = 0;
    std::size_t value_begin = 0;
};

StreamRelay::StreamRelay(std::string_view model, bool client_wants_usage, std::string_view id,
                         std::int64_t created)
    : model_(wire::quoted(model)),
      wants_usage_(client_wants_usage),
      id_(id.empty() ? "\"\"" : wire::quoted("chatcmpl-" + std::string(id))),
      created_(std::to_string(created)) {}

// Reads the chunk, and notes what must be edited. False: it is no JSON object.
bool StreamRelay::look(std::string_view data, Seen& seen) {
    if (!walk(data, seen)) return false;
    if (seen.choices > 0) {
        complete_head(data, seen);
        tell_choices(data, seen);
    }
    note_usage(seen);
    return true;
}

bool StreamRelay::walk(std::string_view data, Seen& seen) {
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
            seen.choices_begin = offset(value.raw_json_token().data());
            if (!look_at_choices(value, data, seen)) return false;
            // What comes next is a comma or the closing brace; white space before it may stay.
            const char* behind = nullptr;
            if (document.current_location().get(behind) != simdjson::SUCCESS) return false;
            auto& end = seen.choices_end = offset(behind);
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
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

bool StreamRelay::look_at_choices(json::value& value, std::string_view data, Seen& seen) {
    json::array choices;
    if (value.get_array().get(choices) != simdjson::SUCCESS) return false;
    seen.has_choices = true;
    for (auto element : choices) {
        json::value choice;
        if (std::move(element).get(choice) != simdjson::SUCCESS || !is_object(choice)) return false;
        seen.choice = glance_at_chunk(choice, data);
        ++seen.choices;
    }
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
        seen.model = raw;
        seen.edits.push_back({value_begin, value_begin + raw.size(), model_});
    } else if (key == "error") {
        seen.error = raw;
    } else if (key == "id") {
        seen.id = raw;
    } else if (key == "created") {
        seen.created = raw;
    } else if (key == "object") {
        seen.object = raw;
    } else if (key == "x_groq") {
        seen.x_groq = raw;
    }
    return true;
}

// What clients know a chunk by: openai-python passes over one without its `object`.
void StreamRelay::complete_head(std::string_view data, Seen& seen) {
    const auto is_text = [](std::string_view raw) { return raw.size() > 2 && raw[0] == '"'; };
    const bool has_id = is_text(seen.id),
               has_created = !seen.created.empty() && seen.created != "null";
    if (has_id && !std::exchange(has_id_, true)) id_ = seen.id;
    if (has_created && !std::exchange(has_created_, true)) created_ = seen.created;
    const bool is_legacy = seen.choice.is_text;
    const auto usual = is_legacy ? legacy_object : chunk_object;
    const bool has_object = is_legacy ? is_text(seen.object) : seen.object == usual;
    if (object_.empty()) object_ = has_object ? seen.object : usual;
    if (has_id && has_created && has_object && !seen.model.empty()) return;

    const auto complete = [&](bool is_there, std::string_view name, std::string_view found,
                              std::string_view wanted) {
        if (is_there) return;
        if (found.empty()) {
            seen.head.append("\"").append(name).append("\":").append(wanted) += ',';
        } else {
            const auto begin = static_cast<std::size_t>(found.data() - data.data());
            add_edit(seen.edits, {begin, begin + found.size(), wanted});
        }
    };
    complete(has_id, "id", seen.id, id_);
    complete(has_object, "object", seen.object, usual);
    complete(has_created, "created", seen.created, created_);
    complete(!seen.model.empty(), "model", seen.model, model_);
    if (!seen.head.empty()) add_edit(seen.edits, {1, 1, seen.head});
}

// Lets the choices go on as they came, or mends them.
void StreamRelay::tell_choices(std::string_view data, Seen& seen) {
    if (seen.choices == 1) {
        auto* told = told_.find_or_add(seen.choice.index);
        if (told == nullptr) return;
        if (told->takes(seen.choice)) {
            told->note(seen.choice);
            if (!seen.choice.finish.empty()) finish_reason_ = seen.choice.finish;
            return;
        }
    }
    const auto begin = seen.choices_begin, end = seen.choices_end;
    auto choices = wire::parse_json(data.substr(begin, end - begin));
    if (!choices) return;
    const auto mended = mend_chunk(*choices, told_);
    seen.only_repeats_finish = mended.only_repeats_finish;
    for (const auto& choice : choices->items) {
        if (const auto* reason = choice.find("finish_reason");
            reason != nullptr && !reason->text.empty())
            finish_reason_ = wire::unescaped(reason->text);
    }
    if (!mended.is_changed) return;
    seen.mended = wire::json_text(*choices);
    add_edit(seen.edits, {begin, end, seen.mended});
}

// The chunk's own usage goes before what stands elsewhere in it.
void StreamRelay::note_usage(const Seen& seen) {
    auto found = seen.usage.empty() ? seen.choice.usage : seen.usage;
    if (found.empty() && !seen.x_groq.empty()) found = usage_in(seen.x_groq);
    if (found.empty() || (seen.usage.empty() && usage_is_chunks_)) return;
    usage_is_chunks_ = usage_is_chunks_ || !seen.usage.empty();
    usage_json_ = found;
    auto reading = json::read(found);
    json::value usage;
    if (reading.get_value().get(usage) == simdjson::SUCCESS) usage_ = read_usage(usage);
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
    std::string repaired;
    data = read_data(data, repaired, seen,
                     [&](std::string_view text, Seen& into) { return look(text, into); });
    if (data.empty()) {
        ++dropped_;
        return {};
    }
    if (!seen.error.empty() || seen.object == error_object || seen.choice.has_error ||
        event.name == "error") {
        auto error = decode_upstream_error(200, data, provider);
        return std::unexpected(error);
    }
    const bool is_usage_alone =
        !seen.usage.empty() && seen.choices == 0 && !says_more_than_usage(data);
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

void StreamRelay::finish(std::string& out, std::optional<double> cost) {
    if (done_) {
        const auto choices = finishing_choices(told_);
        if (!choices.empty()) append_own(out, choices, {});
    }
    if (wants_usage_ && !usage_json_.empty()) {
        auto mended = mended_usage(usage_json_, usage_);
        if (!mended.empty()) usage_json_.swap(mended);
        if (cost && !usage_.cost) usage_json_.insert(usage_json_.size() - 1, cost_member(*cost));
        append_own(out, "[]", usage_json_);
    }
    out += "data: [DONE]\n\n";
}

bool StreamRelay::has_finished() const {
    const auto& choices = told_.all();
    return !choices.empty() && (done_ || std::ranges::all_of(choices, &ToldChoice::has_finished));
}

// A chunk that the upstream did not send.
void StreamRelay::append_own(std::string& out, std::string_view choices,
                             std::string_view usage) const {
    const auto begin = out.size();
    out += "data: {\"id\":";
    out += id_;
    out += ",\"object\":";
    out += object_.empty() ? chunk_object : object_;
    out += ",\"created\":";
    out += created_;
    out += ",\"model\":";
    out += model_;
    out += ",\"choices\":";
    out += choices;
    if (!usage.empty()) out.append(",\"usage\":").append(usage);
    unfold(out, begin);
    out += "}\n\n";
}

std::string encode_stream_error(const Error& error) {
    return "data: " + openai_error(error) + "\n\n";
}

}  // namespace router::dialects::openai_chat
