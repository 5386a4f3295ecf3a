#pragma once

#include <string>
#include <string_view>

#include "canonical/request.hpp"
#include "dialects/dialect.hpp"
#include "dialects/unsaid.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::anthropic_messages {

// A request on its way into a body: what its writers share.
class Encoding {
 public:
    Encoding(const canonical::Request& request, EncodedRequest& out);

    const canonical::Request& request() const { return request_; }
    wire::JsonWriter& writer() { return writer_; }
    bool is_own() const;  // the client speaks Messages, too

    // Writes the member cache_control where the mark asks for one. The API takes four; of more the
    // last ones count, for each of them keeps all that stands before it.
    void write_cache(canonical::CacheMark mark);

    void lose(std::string_view field, std::string_view reason);  // once for each field
    void need_beta(std::string_view name);
    void finish();  // makes the header line

 private:
    const canonical::Request& request_;
    EncodedRequest& out_;
    wire::JsonWriter writer_;
    int marks_to_skip_ = 0;
    std::string betas_;
};

}  // namespace router::dialects::anthropic_messages
