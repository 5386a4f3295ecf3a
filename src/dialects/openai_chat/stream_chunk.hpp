#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "canonical/answer.hpp"
#include "dialects/openai_chat/reasoning_details.hpp"
#include "wire/json.hpp"

namespace router::dialects::openai_chat {

// A piece of a tool call. Views of a chunk are the insides of JSON strings, into its bytes.
struct CallFragment {
    int index = -1;  // -1: not said
    int behind = 0;  // how many of its delta's fragments that say not whose they are follow it
    std::string_view id{};
    std::string_view name{};
    bool is_custom = false;
    canonical::Text arguments{};
    canonical::Signature proof{};

    // Neither an index nor an id or a name says whose piece it is.
    bool is_nameless() const { return index < 0 && id.empty() && name.empty(); }
};

// Counts `behind` in the fragments of one delta.
void count_behind(std::vector<CallFragment>& fragments);

// What a chunk says of one choice.
struct ChoiceChunk {
    int index = 0;
    canonical::Text reasoning{};
    std::vector<Detail> details{};
    canonical::Text content{};
    canonical::Json logprobs{};  // of the content's tokens: a list
    canonical::Text refusal{};
    std::vector<CallFragment> calls{};
    std::vector<canonical::Citation> citations{};
    std::vector<canonical::MediaBlock> media{};
    canonical::Text audio{};  // base64
    canonical::Text transcript{};
    canonical::Signature proof{};  // Gemini's, of the message
    std::string_view finish{};
    std::string_view native_finish{};
    std::string_view stopped_by{};

    void clear();  // keeps what was allocated
};

// A chunk of a stream, read but not yet understood: whoever is told of it may read JSON again.
class Chunk {
 public:
    // False: the data is no JSON object.
    bool read(std::string_view data);

    std::string_view id{}, model{}, service_tier{};
    std::int64_t created = 0;
    bool has_choices = false;
    bool has_error = false;
    canonical::Usage usage{};                      // not known: the chunk says none
    std::vector<canonical::Citation> citations{};  // of the answer as a whole, all there are so far

    const std::vector<ChoiceChunk>& choices() const { return choices_; }
    std::size_t choice_count() const { return count_; }
    canonical::Arena& arena() { return arena_; }

 private:
    void reset();
    void read_member(std::string_view key, wire::json::value& value);
    void read_choice(wire::json::value& element);
    void read_choice_member(std::string_view key, wire::json::value& value, ChoiceChunk& choice,
                            bool& has_delta);
    void read_delta(wire::json::value& delta, ChoiceChunk& choice);
    void read_delta_member(std::string_view key, wire::json::value& value, ChoiceChunk& choice);
    void read_parts(wire::json::value& content, ChoiceChunk& choice);
    void read_calls(wire::json::value& list, ChoiceChunk& choice);
    CallFragment read_call(wire::json::value& element);
    void read_called(wire::json::value& value, CallFragment& call);
    void read_audio(wire::json::value& value, ChoiceChunk& choice);

    std::vector<ChoiceChunk> choices_;  // the first count_ of them
    std::size_t count_ = 0;
    canonical::Arena arena_;  // what the chunk's views cannot show
    bool arena_is_used_ = false;
    bool usage_is_top_level_ = false;
};

}  // namespace router::dialects::openai_chat
