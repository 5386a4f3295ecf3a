#pragma once

#include <string_view>
#include <variant>

#include "../wire/feeding.hpp"
#include "dialects/dialect.hpp"

namespace router::dialects {

// A request as a client sends it, and what it is in the canonical form.
class DecodedRequest {
 public:
    DecodedRequest(const Dialect& dialect, std::string_view text, const RequestContext& context)
        : body(text), request(dialect.decode_request(body, context)) {}
    const canonical::Request& operator*() const { return *request; }
    const canonical::Request* operator->() const { return &*request; }

    Padded body;
    Result<canonical::Request> request;
};

template <class Kind>
const Kind& block(const canonical::Turn& turn, std::size_t at = 0) {
    return std::get<Kind>(turn.blocks.at(at));
}

}  // namespace router::dialects
