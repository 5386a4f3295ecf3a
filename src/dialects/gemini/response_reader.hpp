#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "canonical/answer.hpp"
#include "dialects/gemini/candidate.hpp"
#include "dialects/gemini/usage.hpp"
#include "wire/json.hpp"

namespace router::dialects::gemini {

// Reads GenerateContentResponse objects, of which an answer is one and a stream many.
//
//   source  https://ai.google.dev/api/generate-content#GenerateContentResponse (read 2026-11-22)
class ResponseReader {
 public:
    // A response, or an array of them; false: it is no JSON.
    //   errors  the one that stands in it
    Result<bool> read(std::string_view text, canonical::EventSink& sink);

    // Nothing follows.
    //   is_whole  an answer that is no stream: a finishReason may be missing
    //   errors    upstream_broken when the answer was not finished
    Result<> finish(bool is_whole, canonical::EventSink& sink);

 private:
    Result<bool> read_response(std::string_view text, canonical::EventSink& sink);
    void read_candidates(wire::json::value& candidates, canonical::EventSink& sink);
    void read_candidate(wire::json::value& element, int& next, canonical::EventSink& sink);
    void tell_parts(Candidate& candidate, const std::string& logprobs, canonical::EventSink& sink);
    void start(const std::string& model, canonical::EventSink& sink);
    void read_feedback(wire::json::value& feedback);
    void refuse(canonical::EventSink& sink);
    Candidate& candidate(int index);
    const std::string& next_call_id();

    bool has_started_ = false;
    std::string id_;
    std::string call_id_;
    int calls_ = 0;
    std::string block_reason_;
    std::string block_message_;  // escaped
    std::vector<Part> parts_;    // of the content that is being read
    std::deque<Candidate> candidates_;
    Counts counts_;
};

}  // namespace router::dialects::gemini
