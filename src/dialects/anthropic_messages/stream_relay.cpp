#include "dialects/anthropic_messages/stream_relay.hpp"

#include <algorithm>
#include <utility>

#include "dialects/anthropic_messages/error.hpp"
#include "dialects/anthropic_messages/event_data.hpp"
#include "dialects/anthropic_messages/reading.hpp"
#include "dialects/broken_answer.hpp"
#include "dialects/upstream_error.hpp"
#include "wire/json_text.hpp"

namespace router::dialects::anthropic_messages {

namespace {

// Appends data as one line: a line end between two of its tokens would be one of the event's.
void append_line(std::string& out, std::string_view data) {
    const auto begin = out.size();
    out += data;
    const auto is_end = [](char c) { return c == '\n' || c == '\r'; };
    std::replace_if(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), is_end, ' ');
}

}  // namespace

// What one event says.
struct MessagesRelay::Seen {
    std::string_view type{};   // good until another text is read
    std::string_view model{};  // the value, with its quotes
    std::int64_t index = -1;
    bool is_error = false;
};

MessagesRelay::MessagesRelay(const AnswerContext& context) : model_(wire::quoted(context.model)) {}

bool MessagesRelay::look(json::object& event, Seen& seen) {
    return each_field(
        event, [&](std::string_view key, json::value& value) { return note(key, value, seen); });
}

// False: the value is malformed.
bool MessagesRelay::note(std::string_view key, json::value& value, Seen& seen) {
    if (key == "type") {
        seen.type = json::text_or_empty(value);
    } else if (key == "index") {
        seen.index = json::integer(value).value_or(-1);
    } else if (key == "message") {
        look_at_message(value, seen);
    } else if (key == "error") {
        seen.is_error = !json::is_null(value);
    } else if (key == "usage") {
        count_.read(value);
        usage_ = count_.canonical();
    } else if (key == "delta" && seen.type == "message_delta") {
        json::each_member(value, [&](std::string_view name, json::value& member) {
            if (name != "stop_reason") return;
            if (const auto reason = json::text_or_empty(member); !reason.empty())
                finish_reason_ = reason;
        });
    }
    return true;
}

void MessagesRelay::look_at_message(json::value& message, Seen& seen) {
    json::each_member(message, [&](std::string_view key, json::value& value) {
        if (key == "model") {
            const auto raw = json::raw(value);
            if (raw.starts_with('"') || raw == "null") seen.model = raw;
        } else if (key == "usage") {
            count_.read(value);
            usage_ = count_.canonical();
        }
    });
}

// Follows the grammar. False: the client shall not see the event.
Result<bool> MessagesRelay::follow(const Seen& seen, std::string& out) {
    if (seen.type == "message_start") {
        is_again_ = has_started_;
        return !std::exchange(has_started_, true);
    }
    if (seen.type == "content_block_start") {
        if (is_again_ && seen.index >= 0 && seen.index <= highest_index_) {
            if (seen.index == open_index_ && !open_has_content_) return false;
            return router::fail(ErrorKind::upstream_broken, "The upstream began its answer anew.");
        }
        close_block(out);
        open_index_ = seen.index;
        highest_index_ = std::max(highest_index_, seen.index);
        open_has_content_ = false;
    } else if (seen.type == "content_block_delta") {
        open_has_content_ = true;
    } else if (seen.type == "content_block_stop") {
        open_index_ = -1;
    } else if (seen.type == "message_delta") {
        close_block(out);
    } else if (seen.type == "message_stop") {
        close_block(out);
        is_done_ = true;
    }
    return true;
}

void MessagesRelay::close_block(std::string& out) {
    if (open_index_ < 0) return;
    out += "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":";
    out += std::to_string(std::exchange(open_index_, -1));
    out += "}\n\n";
}

Result<> MessagesRelay::pass(const wire::SseEvent& event, std::string& out) {
    if (!event.has_data || is_done_) return {};
    EventData data(event.data);
    if (data.says_nothing()) return {};
    Seen seen;
    const auto reads = [&] {
        seen = {.type = event.name};
        auto document = json::read(data.text());
        json::object object;
        return document.get_object().get(object) == simdjson::SUCCESS && look(object, seen) &&
               document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    };
    if (!reads() && (!data.repair() || !reads())) {
        ++dropped_;
        return {};
    }
    if (seen.type == "error" || (seen.is_error && seen.type.empty())) {
        return std::unexpected(decode_upstream_error(200, data.text(), "The upstream"));
    }
    const auto shown = follow(seen, out);
    if (!shown) return std::unexpected(shown.error());
    if (!*shown) return {};
    if (!seen.type.empty() && seen.type.find_first_of("\r\n") == std::string_view::npos) {
        out += "event: ";
        out += seen.type;
        out += '\n';
    }
    out += "data: ";
    const auto text = data.text();
    if (seen.model.empty()) {
        append_line(out, text);
    } else {
        const auto at = static_cast<std::size_t>(seen.model.data() - text.data());
        append_line(out, text.substr(0, at));
        out += model_;
        append_line(out, text.substr(at + seen.model.size()));
    }
    out += "\n\n";
    return {};
}

Result<> MessagesRelay::finish(std::string& out) {
    if (is_done_) return {};
    if (finish_reason_.empty()) return ended_early();
    close_block(out);
    is_done_ = true;
    out += "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
    return {};
}

void MessagesRelay::fail(const Error& error, std::string& out) {
    out += "event: error\ndata: ";
    out += encode_error(error);
    out += "\n\n";
}

void MessagesRelay::heartbeat(std::string& out) {
    out += has_started_ ? "event: ping\ndata: {\"type\":\"ping\"}\n\n" : ": ping\n\n";
}

}  // namespace router::dialects::anthropic_messages
