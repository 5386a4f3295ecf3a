#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "dialects/event_edits.hpp"
#include "dialects/openai_responses/item.hpp"
#include "dialects/openai_responses/response_object.hpp"
#include "dialects/openai_responses/response_reader.hpp"
#include "dialects/openai_responses/stream.hpp"
#include "dialects/openai_responses/stream_encoder.hpp"
#include "dialects/upstream_error.hpp"

namespace router::dialects::openai_responses {
namespace {

using canonical::Json;

constexpr std::int64_t most_events = 1LL << 40;  // a number beyond it is none
constexpr std::size_t most_items = 1024;         // whose ids are kept

// What one event says.
struct Seen {
    std::string_view type{};
    ResponseHead response{};
    std::optional<Error> error{};
    std::vector<Edit> edits{};
    std::string own_number{};  // that an edit points to
    Json number{};             // sequence_number as it stands; empty: there is none
    std::int64_t output = -1;  // output_index
    Json item_id{};            // as it stands, in the event or in its item; empty: there is none
    Json response_id{};
    std::vector<Json> output_ids{};  // of the items that the response holds
    bool is_web_search = false;
    bool is_broken = false;
};

// A string as it stands, quotes and all; empty where it is none or has nothing in it.
Json text_token(json::value& value) {
    const auto raw = json::raw(value);
    return raw.size() > 2 && raw.starts_with('"') ? raw : Json();
}

void read_output_ids(json::value& output, std::vector<Json>& ids) {
    json::each_element(output, [&](json::value& item) {
        auto& id = ids.emplace_back();
        json::each_member(item, [&](std::string_view key, json::value& value) {
            if (key == "id") id = text_token(value);
        });
    });
}

class Relay final : public StreamRelay {
 public:
    explicit Relay(const AnswerContext& context)
        : model_(wire::quoted(context.model)), context_(context) {
        context_.request = nullptr;
    }

    Result<> pass(const wire::SseEvent& event, std::string& out) override;
    Result<> finish(std::string& out) override;
    void fail(const Error& error, std::string& out) override;
    void heartbeat(std::string& out) override;
    bool is_done() const override { return is_done_; }
    const canonical::Usage& usage() const override { return usage_; }
    std::string_view finish_reason() const override { return finish_reason_; }
    int dropped() const override { return dropped_; }

 private:
    // GitHub Copilot gives an item and its response another id in each event, and openai-python
    // takes that for another item: each keeps the id that it began with.
    struct ItemId {
        std::int64_t output = 0;
        std::string id{};  // as JSON
    };

    bool look(std::string_view data, Seen& seen);
    void keep_ids(std::string_view data, Seen& seen);
    std::string_view known_item(std::int64_t output) const;  // its id as JSON; empty: not known
    void take_member(std::string_view key, json::value& value, std::string_view data, Seen& seen);
    void note(const Seen& seen);
    void write(const Seen& seen, std::string_view name, std::string_view data, std::string& out);

    std::string model_;  // as JSON
    AnswerContext context_;
    std::string response_id_;
    std::string response_id_json_;
    std::vector<ItemId> item_ids_;
    bool ids_change_ = false;
    std::string finish_reason_;
    canonical::Usage usage_;
    std::uint64_t web_searches_ = 0;
    std::int64_t added_ = 0;  // events of ours, by which the upstream's numbers are behind
    std::int64_t next_ = 0;   // the number of the next event
    bool is_done_ = false;
    int dropped_ = 0;
};

void Relay::take_member(std::string_view key, json::value& value, std::string_view data,
                        Seen& seen) {
    const auto offset = [&](std::string_view raw) {
        return static_cast<std::size_t>(raw.data() - data.data());
    };
    if (key == "type") {
        seen.type = json::text_or_empty(value);
    } else if (key == "sequence_number") {
        seen.number = json::raw(value);
        seen.is_broken = seen.number.empty();
        if (seen.is_broken) return;
        const auto number = json::integer(value).value_or(-1);
        next_ = number < 0 || number > most_events ? next_ : number + added_;
        if (number == next_) return;
        const auto at = offset(seen.number);
        seen.own_number = std::to_string(next_);
        seen.edits.push_back({at, at + seen.number.size(), seen.own_number});
    } else if (key == "response") {
        json::each_member(value, [&](std::string_view inner, json::value& found) {
            if (inner == "id") seen.response_id = text_token(found);
            if (inner == "output" && ids_change_) return read_output_ids(found, seen.output_ids);
            take_response_member(inner, found, seen.response);
        });
        if (const auto raw = seen.response.model_json; !raw.empty())
            seen.edits.push_back({offset(raw), offset(raw) + raw.size(), model_});
    } else if (key == "item") {
        json::each_member(value, [&](std::string_view inner, json::value& found) {
            if (inner == "type")
                seen.is_web_search = json::text_or_empty(found) == "web_search_call";
            if (inner == "id") seen.item_id = text_token(found);
        });
    } else if (key == "item_id") {
        seen.item_id = text_token(value);
    } else if (key == "output_index") {
        seen.output = json::integer(value).value_or(-1);
    } else if (key == "error") {
        if (!json::is_null(value)) seen.error = upstream_error_in(value);
    }
}

void Relay::keep_ids(std::string_view data, Seen& seen) {
    const auto keep = [&](std::string_view known, Json id) {
        if (known.empty() || id.empty() || known == id) return;
        ids_change_ = true;
        const auto at = static_cast<std::size_t>(id.data() - data.data());
        seen.edits.push_back({at, at + id.size(), known});
    };
    if (response_id_json_.empty()) response_id_json_ = seen.response_id;
    keep(response_id_json_, seen.response_id);
    if (seen.output >= 0 && !seen.item_id.empty()) {
        if (known_item(seen.output).empty() && item_ids_.size() < most_items)
            item_ids_.push_back({seen.output, std::string(seen.item_id)});
        keep(known_item(seen.output), seen.item_id);
    }
    std::int64_t output = 0;
    for (const auto id : seen.output_ids) keep(known_item(output++), id);
}

std::string_view Relay::known_item(std::int64_t output) const {
    const auto known = std::ranges::find(item_ids_, output, &ItemId::output);
    return known == item_ids_.end() ? std::string_view() : known->id;
}

// Walks the event once. False: it is no JSON object.
bool Relay::look(std::string_view data, Seen& seen) {
    auto document = json::read(data);
    json::object members;
    if (document.get_object().get(members) != simdjson::SUCCESS) return false;
    const bool is_read = each_member_of(members, [&](std::string_view key, json::value& value) {
        take_member(key, value, data, seen);
    });
    if (!is_read || seen.is_broken ||
        document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
        return false;
    }
    keep_ids(data, seen);
    return true;
}

void Relay::note(const Seen& seen) {
    if (seen.is_web_search && seen.type == "response.output_item.done") ++web_searches_;
    if (response_id_.empty()) {
        response_id_ = seen.response.id;
        if (seen.response.created > 0) context_.created = seen.response.created;
    }
    if (seen.response.usage.is_known) {
        usage_ = seen.response.usage;
        usage_.web_searches = web_searches_;
    }
    is_done_ = seen.type == "response.completed" || seen.type == "response.incomplete" ||
               seen.type == "response.done";
    if (is_done_) finish_reason_ = finish_word(seen.response);
}

Result<> Relay::pass(const wire::SseEvent& event, std::string& out) {
    auto data = trimmed(event.data);
    if (!event.has_data || data.empty() || is_done_ || data == "[DONE]") return {};
    Seen seen;
    std::string repaired;
    data = read_data(data, repaired, seen,
                     [&](std::string_view text, Seen& into) { return look(text, into); });
    if (data.empty()) {
        ++dropped_;
        return {};
    }
    if (seen.type.empty()) seen.type = event.name;
    if (seen.type == "error")
        return std::unexpected(decode_upstream_error(200, data, "The upstream"));
    if (seen.error) return std::unexpected(*seen.error);
    note(seen);
    if (seen.type == "response.failed" || has_failed(seen.response))
        return std::unexpected(failure_of(seen.response));
    write(seen, event.name, data, out);
    return {};
}

void Relay::write(const Seen& seen, std::string_view name, std::string_view data,
                  std::string& out) {
    const bool is_named = seen.type.find_first_of("\r\n") == std::string_view::npos;
    if (is_named && !(seen.type.empty() && name.empty()))
        out.append("event: ").append(seen.type.empty() ? name : seen.type) += '\n';
    out += "data: ";
    const auto begin = out.size();
    auto edits = seen.edits;
    std::ranges::sort(edits, {}, &Edit::begin);
    append_edited(out, data, edits);
    if (seen.number.empty()) {  // every event has one
        const bool is_empty = data.find('"') == std::string_view::npos;
        out.pop_back();
        out.append(is_empty ? "" : ",").append("\"sequence_number\":");
        out.append(std::to_string(next_)) += '}';
    }
    ++next_;
    unfold(out, begin);
    out += "\n\n";
}

void Relay::fail(const Error& error, std::string& out) {
    ResponseStream own(context_);
    own.go_on(response_id_, static_cast<std::uint64_t>(next_));
    own.fail(error, out);
    is_done_ = true;
}

void Relay::heartbeat(std::string& out) {
    ResponseStream own(context_);
    if (!response_id_.empty()) {
        own.go_on(response_id_, static_cast<std::uint64_t>(next_));
        ++added_;
        ++next_;
    }
    own.heartbeat(out);
}

Result<> Relay::finish(std::string&) {
    if (is_done_) return {};
    return router::fail(ErrorKind::upstream_broken,
                        "The upstream's answer broke off before its end.");
}

}  // namespace

std::unique_ptr<StreamRelay> make_stream_relay(const AnswerContext& context) {
    return std::make_unique<Relay>(context);
}

}  // namespace router::dialects::openai_responses
