#pragma once

#include <array>
#include <cstddef>
#include <forward_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace router::dialects {

using JsonMember = std::pair<std::string, std::string>;  // key -> value as JSON text

// What a target makes of the client's body.
struct Changes {
    std::string_view model;  // empty: the member goes, for the model stands in the URL
    std::span<const JsonMember> defaults{};      // used where the client sent no such member
    std::span<const JsonMember> replacements{};  // stand instead of the client's
    std::span<const std::string> dropped{};
    bool asks_for_usage = false;  // a streaming answer is to report its usage
};

// A body ready to leave: pieces of the client's own bytes and of `own`, in order. Stays where it is
// made.
struct OutgoingBody {
    OutgoingBody() = default;
    OutgoingBody(const OutgoingBody&) = delete;
    OutgoingBody& operator=(const OutgoingBody&) = delete;

    std::span<const std::string_view> view() const { return {pieces.data(), count}; }
    std::size_t size() const;

    std::array<std::string_view, 5> pieces{};
    std::size_t count = 0;
    std::string own;
};

// The body of a JSON endpoint, looked at but not taken apart: what routing must know is read, and
// everything else goes on as the client wrote it (order, white space, numbers, unknown fields).
class ClientBody {
 public:
    // `body` must be followed by 64 readable bytes and outlive the request.
    //
    //   in_url    the model where the URL names it: the body needs none then
    //   required  members that must be there besides `model`
    //   errors    bad_request: no JSON object, a required member missing or null, `model` no
    //             string; `model`, `stream` or `stream_options` twice, however escaped: an upstream
    //             might obey the other one
    static Result<ClientBody> read(std::string_view body,
                                   std::span<const std::string_view> required,
                                   std::string_view in_url = {});

    const std::string& model() const { return model_; }
    bool is_streaming() const { return is_streaming_; }
    bool has(std::string_view member) const { return find(member) != nullptr; }
    // A member's value as it stands; empty: there is none.
    std::string_view value(std::string_view member) const {
        const auto* found = find(member);
        return found == nullptr ? std::string_view() : found->value;
    }
    bool wants_usage() const { return wants_usage_; }  // stream_options.include_usage

    // The body with the changes made. It points into the request's bytes, into `changes`, and into
    // `out` itself.
    void write(const Changes& changes, OutgoingBody& out) const;

 private:
    struct Member {
        std::string_view key;    // unescaped
        std::string_view value;  // as it stands
        std::string_view whole;  // from the key's quote to the value's end
    };
    const Member* find(std::string_view key) const;
    std::string_view key_text(std::string_view raw_from, std::string_view unescaped);
    Result<> read_known(std::string_view in_url);
    Result<> read_model();
    std::string stream_options_with_usage() const;
    void rewrite(const Changes& changes, OutgoingBody& out) const;

    std::string_view body_;
    std::vector<Member> members_;
    std::forward_list<std::string> unescaped_;  // keys that were escaped
    std::string model_;
    bool is_streaming_ = false;
    bool wants_usage_ = false;
};

}  // namespace router::dialects
