#include "gateway/stored_responses.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "dialects/openai_responses/stored.hpp"
#include "gateway/refuse.hpp"
#include "http/bytes.hpp"
#include "wire/json.hpp"
#include "wire/json_writer.hpp"

namespace router::gateway {
namespace {

using namespace std::chrono_literals;
using namespace dialects::openai_responses;

constexpr std::size_t answer_limit = 64 << 20;
constexpr std::string_view json_header = "content-type: application/json\r\n";

// The text followed by what a JSON reader may touch; the view leaves that out.
std::string_view padded(std::string& text) {
    const auto size = text.size();
    text.append(wire::json::padding, ' ');
    return std::string_view(text).substr(0, size);
}

std::string id_in(std::string_view response) {
    auto document = wire::json::read(response);
    std::string_view id;
    return document["id"].get_string().get(id) == simdjson::SUCCESS ? std::string(id)
                                                                    : std::string();
}

// The response that an event carries; empty when it carries none.
std::string response_in(std::string_view event) {
    auto document = wire::json::read(event);
    wire::json::value response;
    if (document["response"].get(response) != simdjson::SUCCESS) return {};
    return std::string(wire::json::raw(response));
}

std::string list_of(std::string_view items) {
    std::string body = "{\"object\":\"list\",\"data\":[";
    body += items;
    body += "],\"first_id\":null,\"last_id\":null,\"has_more\":false}";
    return body;
}

std::string deleted(std::string_view id) {
    std::string body;
    wire::JsonWriter out(body);
    out.begin_object().text("id", id).text("object", "response.deleted").boolean("deleted", true);
    out.end_object();
    return body;
}

Error not_found(std::string_view id) {
    Error error{.kind = ErrorKind::not_found,
                .message = "There is no stored response '" + std::string(id) + "'."};
    error.code = "response_not_found";
    return error;
}

// What providers give their responses as ids: nothing that could lead anywhere else in a URL.
bool is_id(std::string_view text) {
    const auto is_good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    };
    return !text.empty() && text.size() <= 256 && std::ranges::all_of(text, is_good);
}

http::awaitable<void> respond_json(http::Exchange& client, std::string body) {
    const std::array<std::string_view, 1> pieces{body};
    co_await client.respond(200, json_header, pieces);
}

// Asks one provider; null when it knows no such response, or cannot be asked.
http::awaitable<std::unique_ptr<http::Answer>> ask(const providers::Upstream& upstream,
                                                   std::string_view method, std::string path,
                                                   Services& services, http::Exchange& client) {
    // A HEAD's answer would have no body, whatever its head says.
    providers::Ask question{.operation = providers::Operation::other,
                            .method = method == "DELETE" ? "DELETE" : "GET"};
    question.endpoint = path;
    question.content_type = {};
    const auto head = upstream.head(question);
    if (!head) co_return nullptr;
    const auto now = std::chrono::steady_clock::now();
    const http::Waits waits{.connected_by = now + 10s, .first_byte_by = now + 30s};
    auto answer =
        co_await services.upstreams.send(upstream.origin(), *head, {}, waits, client.left());
    if (!answer || (*answer)->head().status / 100 != 2) co_return nullptr;
    co_return std::move(*answer);
}

// The providers that keep responses of their own are asked in turn: only one of them knows the id.
http::awaitable<void> serve_from_providers(http::Exchange& client, Services& services,
                                           std::string_view id, const std::string& rest) {
    const auto config = services.configuration;
    for (const auto& backend : config->table.backends()) {
        const auto& upstream = backend.upstream;
        if (upstream.target().mock_response) continue;
        if (!upstream.manner(upstream.target().model).speaks_responses) continue;
        auto answer =
            co_await ask(upstream, client.request().method, "/responses/" + rest, services, client);
        if (!answer) continue;
        http::Bytes body;
        const auto until = std::chrono::steady_clock::now() + 60s;
        const auto read = co_await answer->read_whole(body, answer_limit, 30s, until);
        if (!read || !answer->is_complete()) continue;
        const std::array<std::string_view, 1> pieces{body.view()};
        co_await client.respond(200, json_header, pieces);
        co_return;
    }
    const auto error = not_found(id);
    co_await refuse(client, error);
}

}  // namespace

Result<> continue_stored(Incoming& incoming, storage::ResponseStore& store) {
    const auto options = read_store_options(incoming.body);
    if (!options) return std::unexpected(options.error());
    incoming.is_to_be_stored = options->store.value_or(true);
    if (options->previous_response_id.empty()) return {};
    const auto before = store.get(options->previous_response_id, incoming.caller);
    if (before == nullptr) return {};
    std::string response = before->body;
    const auto items = joined_items(before->input, output_items(padded(response)));
    incoming.own_body = with_items(incoming.body, items);
    incoming.body = padded(incoming.own_body);
    return {};
}

ResponseKeeper::ResponseKeeper(storage::ResponseStore& store, const Incoming& incoming)
    : store_(store), owner_(incoming.caller), items_(input_items(incoming.body)) {}

void ResponseKeeper::keep(std::string_view response) {
    std::string text(response);
    const auto id = id_in(padded(text));
    text.resize(response.size());
    if (!id.empty()) store_.put(id, owner_, items_, std::move(text));
}

void ResponseKeeper::keep_last_event(std::string_view events) {
    constexpr std::string_view start = "\ndata: ";
    const auto at = events.rfind(start);
    if (at == std::string_view::npos) return;
    std::string event(events.substr(at + start.size()));
    event.resize(std::min(event.size(), event.find('\n')));
    const auto response = response_in(padded(event));
    if (!response.empty()) keep(response);
}

std::unique_ptr<ResponseKeeper> keeper_for(const Delivery& delivery) {
    const auto& incoming = *delivery.incoming;
    auto* store = delivery.services.responses;
    const bool is_kept = delivery.endpoint.dialect == canonical::DialectId::openai_responses &&
                         incoming.is_to_be_stored && delivery.is_written_here() && store != nullptr;
    return is_kept ? std::make_unique<ResponseKeeper>(*store, incoming) : nullptr;
}

void keep_response(const Delivery& delivery, std::string_view answer, bool as_stream) {
    const auto keeper = keeper_for(delivery);
    if (keeper == nullptr) return;
    as_stream ? keeper->keep_last_event(answer) : keeper->keep(answer);
}

http::awaitable<void> serve_stored(http::Exchange& client, Services& services, std::string rest) {
    const auto config = services.configuration;
    const auto caller = config->keys.identify(api_key_of(client.request()));
    if (!caller) co_return co_await refuse(client, caller.error());
    const std::string owner(caller->name);
    const auto slash = rest.find('/');
    const auto id = rest.substr(0, slash);
    const auto what = slash == std::string::npos ? std::string() : rest.substr(slash + 1);
    const bool is_known_form = is_id(id) && (what.empty() || what == "input_items");
    if (!is_known_form) {
        const auto error = not_found(id);
        co_return co_await refuse(client, error);
    }
    const auto kept = services.responses->get(id, owner);
    if (kept == nullptr) co_return co_await serve_from_providers(client, services, id, rest);
    if (what == "input_items") co_return co_await respond_json(client, list_of(kept->input));
    if (client.request().method != "DELETE") co_return co_await respond_json(client, kept->body);
    services.responses->remove(id, owner);
    co_await respond_json(client, deleted(id));
}

}  // namespace router::gateway
