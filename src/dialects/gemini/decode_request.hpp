#pragma once

#include <string>
#include <vector>

#include "canonical/request.hpp"
#include "dialects/dialect.hpp"
#include "dialects/gemini/part.hpp"
#include "wire/json.hpp"

// A GenerateContentRequest, and what its members hold.
//
//   source  https://ai.google.dev/api/generate-content (read 2026-11-22)
namespace router::dialects::gemini {

// errors: bad_request, naming the member
Result<canonical::Request> decode_request(std::string_view body, const RequestContext& context);

// A part of the request that no other dialect knows; its name says where it stands.
void keep_extra(canonical::Request& request, std::string name, wire::json::value& value);

void read_generation_config(wire::json::value& config, canonical::Request& request);
void read_tools(wire::json::value& tools, canonical::Request& request);
void read_tool_config(wire::json::value& config, canonical::Request& request);

// Turns Google's own form of schemas into JSON schema, once the body has been read: each takes a
// reader of its own.
void settle_schemas(canonical::Request& request);

// Puts the contents' parts together as turns, and finds the call of each result: by its id, else by
// its name in the order of the calls.
class Conversation {
 public:
    explicit Conversation(canonical::Request& request) : request_(request) {}
    void read_system(wire::json::value& instruction);
    void read_contents(wire::json::value& contents);

 private:
    struct Call {
        std::string id, name;
    };
    struct Sides {  // of one content: what was said, and results
        canonical::Turn said{};
        canonical::Turn results{.role = canonical::Role::tool};
    };

    void read_content(wire::json::value& content);
    void take(const Part& part, Sides& sides);
    void take_call(const Part& part, Sides& sides);
    void take_result(const Part& part, Sides& sides);
    canonical::Signature signature_of(const Part& part, canonical::Turn& turn);
    void unseal(canonical::ThinkingBlock thinking, bool is_of_call, canonical::Turn& turn);
    std::string id_of_answered(const Part& part);

    canonical::Request& request_;
    std::vector<Call> unanswered_;
    std::string last_seal_;  // in this content
    std::size_t content_ = 0, part_ = 0;
};

// Fills in what results say to other dialects, once the body has been read.
void settle_results(canonical::Request& request);

}  // namespace router::dialects::gemini
