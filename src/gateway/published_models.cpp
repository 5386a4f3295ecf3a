#include "gateway/published_models.hpp"

#include <set>

#include "dialects/registry.hpp"
#include "http/bytes.hpp"
#include "telemetry/log.hpp"

namespace router::gateway {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr std::size_t answer_limit = 16 << 20;  // OpenRouter lists hundreds of models
constexpr auto patience = 30s;

http::awaitable<Result<std::string>> models_of(const providers::Upstream& upstream,
                                               Services& services, http::Cancel& cancel) {
    const auto until = steady_clock::now() + patience;
    const http::Waits waits{.connected_by = until, .first_byte_by = until};
    const auto token = co_await services.tokens.token_for(upstream, waits, cancel);
    if (!token) co_return std::unexpected(token.error());
    const auto head = upstream.head({.operation = providers::Operation::other,
                                     .method = "GET",
                                     .endpoint = "/models",
                                     .content_type = {},
                                     .token = *token,
                                     .now = std::chrono::system_clock::now()});
    if (!head) co_return std::unexpected(head.error());
    auto answer = co_await services.upstreams.send(upstream.origin(), *head, {}, waits, cancel);
    if (!answer) co_return std::unexpected(answer.error());
    http::Bytes body;
    const auto read = co_await (*answer)->read_whole(body, answer_limit, patience, until);
    if (!read) co_return std::unexpected(read.error());
    const auto status = (*answer)->head().status;
    if (status / 100 != 2 || !(*answer)->is_complete())
        co_return fail(ErrorKind::upstream_refused, "status " + std::to_string(status));
    co_return std::string(body.view());
}

}  // namespace

http::awaitable<std::vector<config::PublishedModels>> published_models(
    std::shared_ptr<const Configuration> config, Services& services) {
    std::vector<config::PublishedModels> published;
    std::set<std::string> asked;  // accounts
    http::Cancel nobody;
    for (const auto& backend : config->table.backends()) {
        const auto& upstream = backend.upstream;
        const auto& target = upstream.target();
        if (!target.provider.publishes_models || target.mock_response) continue;
        if (!asked.insert(upstream.issuer()).second) continue;
        const auto body = co_await models_of(upstream, services, nobody);
        if (!body) {
            telemetry::log(
                telemetry::Level::warning, "a provider does not say what its models can do",
                {{"provider", target.provider.prefix}, {"because", body.error().message}});
            continue;
        }
        const auto kind = dialects::name_of(upstream.manner(target.model).dialect);
        published.push_back({target.provider.prefix, std::string(kind), *body});
    }
    co_return published;
}

}  // namespace router::gateway
