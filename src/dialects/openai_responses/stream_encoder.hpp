#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/dialect.hpp"
#include "dialects/openai_responses/block_order.hpp"
#include "dialects/openai_responses/response_object.hpp"
#include "dialects/openai_responses/write_output.hpp"

namespace router::dialects::openai_responses {

// Writes a stream in the full grammar of Responses. Items begin when there is something to say in
// them, so that none is empty, and one is open at a time. All texts are kept, for the events that
// end a part, an item and the response repeat them.
class ResponseStream final : public StreamEncoder {
 public:
    explicit ResponseStream(const AnswerContext& context) : response_(context) {}

    // The stream was begun by another: what is written now belongs to that response.
    void go_on(std::string_view response_id, std::uint64_t next_number);

    void encode(const canonical::Event& event, std::string& out) override;
    void finish(std::string& out) override;
    void fail(const Error& error, std::string& out) override;
    void heartbeat(std::string& out) override;

 private:
    // A canonical block on its way: a part of a message, or an item of its own.
    struct Open {
        int block = 0;
        canonical::BlockKind kind = canonical::BlockKind::text;
        bool is_custom = false;
        bool is_search = false;
        bool is_redacted = false;
        bool has_begun = false;
        std::string call_id{}, name{}, name_space{};  // escaped
        std::string phase{};
        canonical::Signature signature{};
        std::size_t item = 0;  // output_index
        std::size_t part = 0;  // content_index
        std::string id{};      // of the item
        std::string text{};
        std::string annotations{};
        std::string logprobs{};
        std::size_t annotation_count = 0;
        std::string held{};  // the first piece of a call that has not begun
    };
    struct Message {
        std::size_t item = 0;
        std::string id{};
        std::string phase{};
        std::vector<std::string> parts{};  // those that are done, as JSON
    };

    void tell(const canonical::Event& event, std::string& out);

    void take(const canonical::Started& started, std::string& out);
    void take(const canonical::BlockStarted& started, std::string& out);
    void take(const canonical::BlockDelta& delta, std::string& out);
    void take(const canonical::BlockSigned& proof, std::string& out);
    void take(const canonical::Cited& cited, std::string& out);
    void take(const canonical::BlockEnded& ended, std::string& out);
    void take(const canonical::WholeBlock& whole, std::string& out);
    void take(const canonical::Ended& ended, std::string& out);
    void take(const canonical::Used& used, std::string& out);

    void begin(std::string& out);
    Open* find(int block);
    std::size_t new_item();

    void begin_part(Open& open, std::string& out);
    void begin_message(const Open& open, std::string& out);
    void leave_message(std::string& out);
    void begin_thinking(Open& open, std::string& out);
    void begin_call(Open& open, std::string& out);
    void say(Open& open, std::string_view text, canonical::Json logprobs, std::string& out);
    void say_text(const Open& open, std::string_view text, canonical::Json logprobs,
                  std::string& out);
    void end(Open& open, std::string& out);
    void end_part(Open& open, std::string& out);
    void end_thinking(Open& open, std::string& out);
    void end_call(Open& open, std::string& out);
    void end_all(std::string& out);
    void add_proof(const canonical::Signature& signature, std::string& out);
    void add_text(canonical::Text text, bool is_refusal, std::string& out);

    void open_event(std::string_view type, std::string& out);
    void open_item_event(std::string_view type, std::string_view id, std::size_t item,
                         std::string& out);
    void close_event(std::string& out) { out += "}\n\n"; }
    void item_event(std::string_view type, std::size_t item, std::string_view json,
                    std::string& out);
    void done_item(std::size_t item, std::string json, std::string& out);
    void response_event(std::string_view type, const ResponseState& state, std::string& out);
    std::string output() const;
    CallItem call_item(const Open& open) const;

    ResponseObject response_;
    BlockOrder order_;
    std::optional<Open> open_;
    std::optional<Message> message_;  // the open one, which may take more parts
    std::vector<std::string> done_;   // items by output_index, as JSON; empty: not done
    canonical::Usage usage_;
    canonical::Ending ending_;
    std::string explanation_;
    std::string service_tier_;
    std::uint64_t sequence_ = 0;
    bool has_begun_ = false;
    bool has_said_ = false;  // more than thoughts
    bool has_refusal_ = false;
    bool is_over_ = false;
};

}  // namespace router::dialects::openai_responses
