#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "config/snapshot.hpp"
#include "providers/ask.hpp"

namespace router::providers {

using HeaderLines = std::vector<std::pair<std::string, std::string>>;

// One kind of upstream: where its URLs are and how it is shown who asks. Pure and immutable.
class Provider {
 public:
    virtual ~Provider() = default;

    virtual Manner manner(std::string_view model) const = 0;

    // Path and query of a request, as they stand in its first line.
    virtual std::string path(const Ask& ask) const = 0;

    // What shows who asks, where it is the same in every request; names in lower case.
    virtual HeaderLines credentials() const = 0;

    // Appends the header lines that depend on the request.
    //   path    what path() gave
    //   errors  unavailable: there is no token, or no key to sign with
    virtual Result<> add_headers(const Ask& ask, std::string_view path, std::string& head) const;

    // For a body in `dialect` that was not made for this upstream.
    virtual BodyEdits body_edits(const Ask& ask) const;
    // What the body says instead of the model: dialects::Variant::anthropic_version.
    virtual std::string_view anthropic_version_in_body() const { return {}; }
    virtual bool takes_call_ids() const { return true; }  // Gemini's functionCall.id

    // A token that is got with a request of its own, and is good for a while.
    virtual bool needs_token() const { return false; }
    virtual Result<TokenAsk> token_ask(SystemTime now) const;
    virtual Result<Token> read_token(std::string_view body, SystemTime now) const;

    // Further secrets that an error text must not show.
    virtual std::vector<std::string_view> secrets() const { return {}; }
};

// The path of a target's base URL without a slash at its end, and without any of these ends: what
// users copy along with an address.
std::string base_path(const config::Target& target,
                      std::initializer_list<std::string_view> ends = {});

// By Target::provider.kind; one that there is no code for is asked as OpenAI's kin are. The target
// must outlive it.
std::unique_ptr<const Provider> make_provider(const config::Target& target);

}  // namespace router::providers
