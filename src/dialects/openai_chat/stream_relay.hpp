#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "canonical/usage.hpp"
#include "dialects/openai_chat/mend.hpp"
#include "wire/json.hpp"
#include "wire/sse.hpp"

namespace router::dialects::openai_chat {

// A stream of chat.completion.chunk objects on its way from an upstream to a client of the same
// dialect. Every chunk goes on as it came but for what would mislead a client or break its SDK, and
// is read in passing.
//
//   model     comes back as the client called it
//   head      id, object, created and model are in every chunk that has choices
//   choices   mended where they are not as OpenAI writes them: mend.hpp
//   usage     whatever the upstream reports, and however often (xAI and Perplexity in every chunk,
//             Groq in x_groq, Moonshot in a choice): the client gets it once, in a last chunk with
//             `choices: []`, and only if it asked; reckoned as OpenAI does: mend_usage.hpp
//   left out  comments; chunks without `choices`; a second finish of a choice; what makes Open
//             WebUI act or break (`event`, `selected_model_id`, `type: null`, `timings: null`,
//             `error: null`)
//   put in    the finish of a choice, where [DONE] came and none had
//   broken    data that is no JSON is dropped and counted: no client's SDK could read it. Bytes
//             that are no UTF-8 are replaced
class StreamRelay {
 public:
    // `id` and `created` (seconds since 1970) stand where the upstream sends none.
    StreamRelay(std::string_view model, bool client_wants_usage, std::string_view id = {},
                std::int64_t created = 0);

    // Appends to `out` what the client is to see of one event. Errors: the one that the upstream
    // sent in its stream.
    Result<> pass(const wire::SseEvent& event, std::string& out, std::string_view provider);

    // The stream's proper end: what is left to say, usage if it is wanted, and [DONE].
    //   cost  US dollars, said with the usage; nothing: as the upstream told, if it did
    void finish(std::string& out, std::optional<double> cost = {});

    bool is_done() const { return done_; }  // [DONE] came
    // [DONE] came behind its choices, or each of them has a finish_reason.
    bool has_finished() const;
    const canonical::Usage& usage() const { return usage_; }
    const std::string& finish_reason() const { return finish_reason_; }
    int dropped() const { return dropped_; }

 private:
    struct Seen;
    struct Member;
    bool look(std::string_view data, Seen& seen);
    bool walk(std::string_view data, Seen& seen);
    bool look_at_choices(wire::json::value& value, std::string_view data, Seen& seen);
    bool note(const Member& member, Seen& seen);
    void tell_choices(std::string_view data, Seen& seen);
    void complete_head(std::string_view data, Seen& seen);
    void note_usage(const Seen& seen);
    void append_own(std::string& out, std::string_view choices, std::string_view usage) const;

    std::string model_;  // as JSON
    bool wants_usage_;
    bool done_ = false;
    bool has_id_ = false, has_created_ = false;  // from upstream; else they are our own
    bool usage_is_chunks_ = false;               // it stood where it should
    canonical::Usage usage_;
    std::string usage_json_;
    std::string id_, created_;  // of the chunks, as JSON, for those that have none
    std::string object_;
    std::string finish_reason_;
    ToldChoices told_;
    int dropped_ = 0;
};

// An error event and nothing behind it: how a stream ends that cannot go on.
std::string encode_stream_error(const Error& error);

}  // namespace router::dialects::openai_chat
