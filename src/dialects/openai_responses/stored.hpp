#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

// What a store of responses needs: a client that names `previous_response_id` sends only what is
// new, and whoever keeps the items of earlier calls puts them in front. Items are JSON as they
// stand; bodies must be followed by json::padding readable bytes.
namespace router::dialects::openai_responses {

struct StoreOptions {
    std::string previous_response_id{};
    std::optional<bool> store{};  // absent: OpenAI's default, which is to store
    bool is_background = false;
    bool is_streaming = false;
    bool has_conversation = false;  // OpenAI keeps the items
};

// errors  bad_request: no JSON object
Result<StoreOptions> read_store_options(std::string_view body);

// The input of a request as items, with commas between them and no brackets: a text becomes the
// user's message. Empty where there is none.
std::string input_items(std::string_view body);

// The same of an answer's output, and of the response that a stream's last event carries.
std::string output_items(std::string_view body);

// Items of earlier calls and later ones, one list; either may be empty.
std::string joined_items(std::string_view earlier, std::string_view later);

// The body with `items` in front of its own input, and without previous_response_id.
std::string with_items(std::string_view body, std::string_view items);

}  // namespace router::dialects::openai_responses
