#include <algorithm>
#include <string>
#include <utility>

#include "dialects/broken_answer.hpp"
#include "dialects/gemini/framing.hpp"
#include "dialects/gemini/members.hpp"
#include "dialects/gemini/streams.hpp"
#include "dialects/gemini/usage.hpp"
#include "dialects/upstream_error.hpp"
#include "wire/json.hpp"
#include "wire/json_text.hpp"
#include "wire/utf8.hpp"

namespace router::dialects::gemini {
namespace {

namespace json = wire::json;

// What one response says of itself.
struct Seen {
    std::string_view model{};  // the value as it stands
    std::string error{};
    bool is_whole = false;
};

class Relay : public StreamRelay {
 public:
    explicit Relay(const AnswerContext& context)
        : framing_(context.is_json_array), model_(wire::quoted(context.model)) {}

    Result<> pass(const wire::SseEvent& event, std::string& out) override {
        auto data = event.data;
        if (!event.has_data || data.empty() || data == "[DONE]") return {};
        std::string repaired;
        if (!wire::is_utf8(data)) data = repaired = padded_copy(wire::repaired_utf8(data));
        Seen seen;
        look(data, seen);
        if (!seen.error.empty())
            return std::unexpected(decode_upstream_error(200, seen.error, "The provider"));
        if (!seen.is_whole) {
            ++dropped_;
            return {};
        }
        write(data, seen, out);
        return {};
    }

    Result<> finish(std::string& out) override {
        if (finish_reason_.empty()) return ended_early();
        framing_.finish(out);
        return {};
    }

    void fail(const Error& error, std::string& out) override { framing_.fail(error, out); }
    void heartbeat(std::string& out) override { Framing::heartbeat(out); }
    bool is_done() const override { return false; }  // the body's end is the stream's
    const canonical::Usage& usage() const override { return usage_; }
    std::string_view finish_reason() const override { return finish_reason_; }
    int dropped() const override { return dropped_; }

 private:
    void look(std::string_view data, Seen& seen) {
        auto document = json::read(data);
        json::value value;
        if (document.get_value().get(value) != simdjson::SUCCESS) return;
        if (json::type_of(value) == json::json_type::array) {  // Google wraps errors so
            json::each_element(value, [&](json::value& one) { look_at_members(one, seen); });
            return;
        }
        const bool is_read = look_at_members(value, seen);
        usage_ = counts_.usage();
        seen.is_whole = is_read && document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    }

    bool look_at_members(json::value& response, Seen& seen) {
        return each_field(response, [&](std::string_view key, json::value& value) {
            if (key == "modelVersion") {
                if (const auto raw = json::raw(value); raw.starts_with('"')) seen.model = raw;
            } else if (key == "usageMetadata") {
                counts_.read(value);
            } else if (key == "candidates") {
                json::each_element(value, [&](json::value& one) { look_at_finish(one); });
            } else if (key == "promptFeedback") {
                each_field(value, [&](std::string_view name, json::value& reason) {
                    if (name == "blockReason") finish_reason_ = json::text_or_empty(reason);
                });
            } else if (key == "error" && !json::is_null(value)) {
                seen.error = "{\"error\":" + std::string(json::raw(value)) + "}";
            }
        });
    }

    void look_at_finish(json::value& candidate) {
        each_field(candidate, [&](std::string_view key, json::value& value) {
            if (key != "finishReason") return;
            if (const auto reason = json::text_or_empty(value); !reason.empty())
                finish_reason_ = reason;
        });
    }

    void write(std::string_view data, const Seen& seen, std::string& out) {
        framing_.begin(out);
        const auto begin = out.size();
        if (seen.model.empty()) {
            out += data;
        } else {
            const auto at = static_cast<std::size_t>(seen.model.data() - data.data());
            out += data.substr(0, at);
            out += model_;
            out += data.substr(at + seen.model.size());
        }
        // JSON that came in several lines becomes one.
        const auto from = out.begin() + static_cast<std::ptrdiff_t>(begin);
        std::replace_if(from, out.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
        framing_.end(out);
    }

    Framing framing_;
    std::string model_;  // as JSON
    Counts counts_;
    canonical::Usage usage_;
    std::string finish_reason_;
    int dropped_ = 0;
};

}  // namespace

std::unique_ptr<StreamRelay> stream_relay(const AnswerContext& context) {
    return std::make_unique<Relay>(context);
}

}  // namespace router::dialects::gemini
