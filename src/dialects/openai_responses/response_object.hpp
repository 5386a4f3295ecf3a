#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "canonical/answer.hpp"
#include "dialects/dialect.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::openai_responses {

// What a response is at one moment.
struct ResponseState {
    std::string_view status = "in_progress";
    std::string_view incomplete{};  // why: "max_output_tokens", "content_filter"
    const Error* error = nullptr;
    const canonical::Usage* usage = nullptr;
    std::string_view output{};  // the items, with commas between them
    std::string_view service_tier{};
    std::int64_t completed = 0;
};

// The response object that a whole answer is and that a stream's events carry: the request's
// settings come back in it, with OpenAI's defaults where nothing was said, for the SDKs' types
// require them.
class ResponseObject {
 public:
    // Reads the context's request now, not later.
    explicit ResponseObject(const AnswerContext& context);

    // One line of JSON.
    void append(std::string& out, const ResponseState& state) const;

    // Another's id instead of ours; empty: ours stays.
    void rename(std::string_view id);

    // When the upstream says it was made; what is known already counts more.
    void created_at(std::int64_t seconds) {
        if (created_ == 0) created_ = seconds;
    }
    std::int64_t created() const { return created_; }

    // Ids of items: the same for the same place, and of this answer alone.
    std::string item_id(std::string_view kind, std::size_t index) const;

    // The call is one of the search for tools that the client runs itself.
    bool is_tool_search(std::string_view name) const {
        return has_search_ && name == "tool_search";
    }

 private:
    std::string base_;   // of the ids
    std::string id_;     // escaped
    std::string model_;  // as JSON
    std::int64_t created_ = 0;
    std::string settings_;  // what the request said
    std::string service_tier_;
    bool has_search_ = false;
};

// Line ends between tokens become spaces: an event's data is one line.
std::string one_line(std::string json);

}  // namespace router::dialects::openai_responses
