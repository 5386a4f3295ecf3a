#include "gateway/tokens.hpp"

#include <array>
#include <chrono>

#include "http/bytes.hpp"

namespace router::gateway {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t answer_limit = 256 << 10;
constexpr auto renewed_before = 60s;  // the end of a token's life

}  // namespace

http::awaitable<Result<std::string>> Tokens::token_for(const providers::Upstream& upstream,
                                                       http::Waits waits, http::Cancel& cancel) {
    if (!upstream.needs_token()) co_return std::string();
    const auto now = std::chrono::system_clock::now();
    const auto found = kept_.find(upstream.issuer());
    if (found != kept_.end() && found->second.expires > now + renewed_before)
        co_return found->second.text.reveal();
    auto token = co_await fetch(upstream, waits, cancel);
    if (!token) co_return std::unexpected(token.error());
    auto text = token->text.reveal();
    kept_.insert_or_assign(upstream.issuer(), std::move(*token));
    co_return text;
}

http::awaitable<Result<providers::Token>> Tokens::fetch(const providers::Upstream& upstream,
                                                        http::Waits waits, http::Cancel& cancel) {
    const auto ask = upstream.token_ask(std::chrono::system_clock::now());
    if (!ask) co_return std::unexpected(ask.error());
    const std::array<std::string_view, 1> body{ask->body};
    auto answer = co_await client_.send(ask->origin, ask->head, body, waits, cancel);
    if (!answer) co_return std::unexpected(answer.error());
    http::Bytes text;
    const auto read = co_await (*answer)->read_whole(text, answer_limit, 10s, waits.first_byte_by);
    if (!read) co_return std::unexpected(read.error());
    if ((*answer)->head().status / 100 != 2) {
        Error error{.kind = ErrorKind::unavailable,
                    .message = "The provider gave no token for the credentials configured."};
        error.detail = "status " + std::to_string((*answer)->head().status);
        co_return std::unexpected(std::move(error));
    }
    co_return upstream.read_token(text.view(), std::chrono::system_clock::now());
}

}  // namespace router::gateway
