#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <variant>

#include "dialects/gemini/encode_parts.hpp"
#include "dialects/gemini/encode_request.hpp"

namespace router::dialects::gemini {

using canonical::Block;
using canonical::MediaBlock;
using canonical::Role;
using canonical::TextBlock;
using canonical::ThinkingBlock;
using canonical::ToolCallBlock;
using canonical::ToolResultBlock;
using canonical::Turn;

namespace {

bool is_system(const Turn& turn) {
    return turn.role == Role::system || turn.role == Role::developer;
}

void write_text_part(wire::JsonWriter& out, std::string_view escaped) {
    out.begin_object().lasting("text", escaped).end_object();
}

// The text of a system turn's blocks; nothing else can stand there.
void write_system_parts(wire::JsonWriter& out, const Turn& turn) {
    for (const auto& block : turn.blocks) {
        const auto* text = std::get_if<TextBlock>(&block);
        if (text != nullptr && !text->text.is_empty()) write_text_part(out, text->text.escaped);
    }
}

bool says_something(const Turn& turn) {
    return std::ranges::any_of(turn.blocks, [](const Block& block) {
        const auto* text = std::get_if<TextBlock>(&block);
        return text != nullptr && !text->text.is_empty();
    });
}

// The signature of the picture that `blocks` begins with, which stands behind it as that of an
// empty text: so it travels through dialects whose pictures have none.
std::string_view picture_proof(std::span<const Block> blocks) {
    if (blocks.size() < 2 || !std::holds_alternative<MediaBlock>(blocks[0])) return {};
    const auto* text = std::get_if<TextBlock>(&blocks[1]);
    const bool is_proof = text != nullptr && text->text.is_empty() &&
                          text->signature.origin == canonical::Origin::gemini;
    return is_proof ? text->signature.value.escaped : std::string_view();
}

// Writes the contents: turns of the same side one after the other become one content.
class Contents {
 public:
    explicit Contents(RequestWriting& writing) : out_(writing.out), parts_(writing) {}

    Result<> write(std::span<const Turn> turns) {
        find_current_turn(turns);
        out_.begin_array("contents");
        for (std::size_t i = 0; i < turns.size(); ++i) {
            at_ = i;
            if (auto written = write_turn(turns[i]); !written) return written;
        }
        close();
        if (!has_any_) {
            out_.begin_object().text("role", "user").begin_array("parts");
            write_text_part(out_, ".");  // no content at all is refused
            out_.end_array().end_object();
        }
        out_.end_array();
        return {};
    }

 private:
    // Google checks the signatures of calls since the user last spoke, not of older ones.
    void find_current_turn(std::span<const Turn> turns) {
        for (std::size_t i = 0; i < turns.size(); ++i) {
            if (turns[i].role == Role::user) current_ = i;
        }
    }

    void open(std::string_view role) {
        if (role_ == role) return;
        close();
        if (!has_any_ && role == "model") {  // the user speaks first
            out_.begin_object().text("role", "user").begin_array("parts");
            write_text_part(out_, ".");
            out_.end_array().end_object();
        }
        has_any_ = true;
        role_ = role;
        has_called_ = false;
        out_.begin_object().text("role", role).begin_array("parts");
    }
    void close() {
        if (role_.empty()) return;
        release_results();
        out_.end_array().end_object();
        role_ = {};
    }

    Result<> write_turn(const Turn& turn) {
        if (turn.role == Role::tool) return take_results(turn);
        if (is_system(turn)) {
            write_late_system(turn);
            return {};
        }
        const bool is_model = turn.role == Role::assistant;
        if (is_model) calls_.clear();
        std::string_view held;  // a signature that its thoughts carried: the next part's
        for (std::size_t i = 0; i < turn.blocks.size(); ++i) {
            const auto& block = turn.blocks[i];
            if (const auto* thinking = std::get_if<ThinkingBlock>(&block)) {
                if (thinking->signature.origin == canonical::Origin::gemini)
                    held = thinking->signature.value.escaped;
                continue;
            }
            if (!parts_.is_written(block, held)) continue;
            if (const auto proof = picture_proof(std::span(turn.blocks).subspan(i));
                !proof.empty()) {
                held = proof;
                ++i;
            }
            open(is_model ? "model" : "user");
            release_results();
            if (const auto* call = std::get_if<ToolCallBlock>(&block)) {
                write_call(*call, std::exchange(held, {}));
            } else if (auto written = parts_.write(block, std::exchange(held, {})); !written) {
                return written;
            }
        }
        return {};
    }

    // A system turn in the middle keeps its place, as the user's words, and is marked.
    void write_late_system(const Turn& turn) {
        if (!says_something(turn)) return;
        open("user");
        release_results();
        write_text_part(out_, "<system>");
        write_system_parts(out_, turn);
        write_text_part(out_, "</system>");
    }

    // The dummy stands in only for the first call of a step: Gemini signs no other.
    void write_call(const ToolCallBlock& call, std::string_view held) {
        const bool is_first = !std::exchange(has_called_, true);
        const bool may_be_missing = at_ < current_ || !is_first;
        calls_.push_back({call.id, call.name});
        parts_.write_call(call, held, !may_be_missing);
    }

    Result<> take_results(const Turn& turn) {
        for (const auto& block : turn.blocks) {
            const auto* result = std::get_if<ToolResultBlock>(&block);
            if (result == nullptr) continue;
            const auto call = std::ranges::find(calls_, result->call_id, &Call::id);
            const bool is_known = call != calls_.end() || !result->name.empty();
            if (!is_known)
                return fail(ErrorKind::bad_request,
                            "The result of \"" + result->call_id + "\" has no call before it.",
                            "messages");
            open("user");
            results_.push_back({call - calls_.begin(), results_.size(),
                                call != calls_.end() ? call->name : result->name, result});
        }
        return {};
    }

    // In the order of the calls, which Gemini counts off.
    void release_results() {
        if (results_.empty()) return;
        std::ranges::sort(results_, {},
                          [](const Pending& one) { return std::pair(one.place, one.order); });
        for (const auto& one : results_) parts_.write_result(*one.result, one.name);
        for (const auto& one : results_) parts_.write_beside(*one.result);
        results_.clear();
    }

    struct Call {
        std::string id, name;
    };
    struct Pending {
        std::ptrdiff_t place = 0;  // of its call
        std::size_t order = 0;     // in which it came
        std::string name{};
        const ToolResultBlock* result = nullptr;
    };

    wire::JsonWriter& out_;
    PartWriter parts_;
    std::string_view role_;
    bool has_any_ = false;
    bool has_called_ = false;  // in the content that is open
    std::size_t at_ = 0, current_ = 0;
    std::vector<Call> calls_;  // of the last step
    std::vector<Pending> results_;
};

}  // namespace

Result<> write_conversation(RequestWriting& writing) {
    const std::span<const Turn> turns = writing.request.turns;
    const auto first = std::ranges::find_if_not(turns, is_system);
    const auto count = static_cast<std::size_t>(first - turns.begin());
    const auto leading = turns.first(count);
    if (std::ranges::any_of(leading, says_something)) {
        writing.out.begin_object("systemInstruction").begin_array("parts");
        for (const auto& turn : leading) write_system_parts(writing.out, turn);
        writing.out.end_array().end_object();
    }
    return Contents(writing).write(turns.subspan(count));
}

}  // namespace router::dialects::gemini
