#include "gateway/count_tokens.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <variant>

#include "dialects/registry.hpp"
#include "dialects/seal.hpp"
#include "gateway/answer_headers.hpp"
#include "gateway/prepare.hpp"
#include "gateway/send.hpp"
#include "http/bytes.hpp"
#include "wire/json.hpp"
#include "wire/json_writer.hpp"

namespace router::gateway {
namespace {

using namespace canonical;

constexpr std::size_t answer_limit = 1 << 20;
constexpr std::uint64_t bytes_a_token = 4;
constexpr std::uint64_t tokens_an_image = 1200, tokens_a_file = 3000, tokens_a_turn = 4;

struct Weight {
    std::uint64_t bytes = 0;
    std::uint64_t tokens = 0;

    void operator()(const TextBlock& block) { bytes += block.text.escaped.size(); }
    void operator()(const RefusalBlock& block) { bytes += block.text.escaped.size(); }
    void operator()(const ThinkingBlock& block) { bytes += block.text.escaped.size(); }
    void operator()(const ToolCallBlock& block) {
        bytes += block.name.size() + block.arguments.size();
        tokens += tokens_a_turn;
    }
    void operator()(const ToolResultBlock& block) {
        bytes += block.object.size();
        for (const auto& part : block.parts) std::visit(*this, part);
    }
    void operator()(const MediaBlock& block) {
        if (block.source == MediaSource::text) {
            bytes += block.data.escaped.size();
        } else {
            tokens += block.kind == MediaKind::image ? tokens_an_image : tokens_a_file;
        }
    }
    void operator()(const OpaqueBlock& block) { bytes += block.json.size(); }
};

// The number in {"input_tokens":n} or {"totalTokens":n}.
std::optional<std::uint64_t> count_in(std::string_view body) {
    auto document = wire::json::read(body);
    for (const auto* key : {"input_tokens", "totalTokens"}) {
        std::uint64_t count = 0;
        if (document[key].get_uint64().get(count) == simdjson::SUCCESS) return count;
    }
    return std::nullopt;
}

std::string body_with(std::uint64_t count, DialectId dialect) {
    std::string body;
    wire::JsonWriter out(body);
    out.begin_object();
    if (dialect == DialectId::gemini) {
        out.number("totalTokens", count);
    } else if (dialect == DialectId::openai_responses) {
        out.text("object", "response.input_tokens").number("input_tokens", count);
    } else {
        out.number("input_tokens", count);
    }
    out.end_object();
    return body;
}

Result<std::uint64_t> estimate(Incoming& incoming, const Endpoint& endpoint) {
    const dialects::RequestContext context{.model = incoming.model};
    const auto request = dialects::dialect(endpoint.dialect).decode_request(incoming.body, context);
    if (!request) return std::unexpected(request.error());
    return estimated_tokens(*request);
}

bool counts(const routing::Attempt& attempt, const Endpoint& endpoint) {
    const auto& upstream = attempt.backend->upstream;
    const auto manner = upstream.manner(attempt.model);
    return !upstream.target().mock_response && manner.counts_tokens &&
           manner.dialect == endpoint.dialect;
}

// Those that take the body as it is, to count it. Nothing is ever converted for it: that would be
// a call of the model.
routing::Plan who_counts(const routing::Plan& plan, const Incoming& incoming,
                         const Endpoint& endpoint) {
    routing::Plan counting{.group = plan.group, .attempts = {}};
    if (incoming.body.contains(dialects::seal_mark)) return counting;
    std::ranges::copy_if(plan.attempts, std::back_inserter(counting.attempts),
                         [&](const auto& attempt) { return counts(attempt, endpoint); });
    return counting;
}

// The target's own count. Errors: those of send(); upstream_broken when no number came.
http::awaitable<Result<std::uint64_t>> ask_for_count(routing::Plan plan, Incoming& incoming,
                                                     const Endpoint& endpoint,
                                                     const Configuration& config,
                                                     Services& services, http::Exchange& client,
                                                     accounting::CallRecord& record) {
    const auto ends_by = std::chrono::steady_clock::now() + config.snapshot->deadlines.total;
    routing::Route route(config.table, incoming.model, std::move(plan),
                         {.retries = 0, .fallbacks = std::vector<std::string>()});
    auto sent = co_await send(route, ends_by, incoming, endpoint, config, services, client, record);
    if (!sent) co_return std::unexpected(sent.error());
    http::Bytes body;
    const auto read = co_await sent->answer->read_whole(
        body, answer_limit, config.snapshot->deadlines.idle, sent->ends_by);
    record.upstream_ended();
    if (!read) co_return std::unexpected(read.error());
    const auto count = count_in(body.view());
    if (!count)
        co_return fail(ErrorKind::upstream_broken, "The provider's answer holds no token count.");
    sent->backend->succeeded(sent->took);
    co_return *count;
}

}  // namespace

std::uint64_t estimated_tokens(const Request& request) {
    Weight weight;
    for (const auto& turn : request.turns) {
        weight.tokens += tokens_a_turn;
        for (const auto& block : turn.blocks) std::visit(weight, block);
    }
    for (const auto& tool : request.tools) {
        weight.tokens += 2 * tokens_a_turn;
        weight.bytes += tool.name.size() + tool.description.escaped.size() + tool.parameters.size();
    }
    weight.bytes += request.output.schema.size();
    return weight.tokens + (weight.bytes + bytes_a_token - 1) / bytes_a_token;
}

http::awaitable<Result<>> count_tokens(const routing::Plan& plan, Incoming& incoming,
                                       const Endpoint& endpoint, const Configuration& config,
                                       Services& services, http::Exchange& client,
                                       accounting::CallRecord& record) {
    Result<std::uint64_t> count = 0;
    auto counting = who_counts(plan, incoming, endpoint);
    if (!counting.attempts.empty()) {
        count = co_await ask_for_count(std::move(counting), incoming, endpoint, config, services,
                                       client, record);
    } else {
        count = estimate(incoming, endpoint);
    }
    if (!count) co_return std::unexpected(std::move(count.error()));
    const auto body = body_with(*count, endpoint.dialect);
    const std::array<std::string_view, 1> pieces{body};
    if (!co_await client.respond(200, "content-type: application/json\r\n", pieces))
        co_return fail(ErrorKind::client_left, "The client has left.");
    co_return Result<>();
}

}  // namespace router::gateway
