#include "gateway/receive.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/stored_responses.hpp"
#include "wire/multipart.hpp"

namespace router::gateway {
namespace {

using dialects::ClientBody;

constexpr std::size_t form_in_memory = 1 << 20;

// A form may hold a recording of hours, which is for the disk; all else is for memory.
http::BodyLimits limits_for(bool is_form, const config::ServerSettings& settings) {
    if (is_form) {
        return {.bytes = settings.max_upload_bytes,
                .in_memory = form_in_memory,
                .setting = "max_upload_size_mb"};
    }
    return {.bytes = settings.max_body_bytes,
            .in_memory = settings.max_body_bytes,
            .setting = "max_request_size_mb"};
}

Result<> read_json(Incoming& incoming, const Endpoint& endpoint, const InUrl& in_url) {
    auto request = ClientBody::read(incoming.body, endpoint.required, in_url.model);
    if (!request) return std::unexpected(request.error());
    incoming.model = request->model();
    incoming.is_streaming = endpoint.is_stream || (in_url.model.empty() && request->is_streaming());
    incoming.is_json_array = in_url.is_json_array;
    incoming.wants_usage = request->wants_usage();
    incoming.content_type = "application/json";
    incoming.json = std::move(*request);
    return {};
}

Result<> read_form(Incoming& incoming, std::string_view boundary) {
    const auto parts = wire::read_form(incoming.body, boundary);
    if (!parts)
        return fail(ErrorKind::bad_request, "The request's body is not a valid multipart form.", {},
                    "invalid_form");
    for (const auto& part : *parts) {
        if (part.name == "stream") incoming.is_streaming = part.value == "true";
        if (part.name == "response_format") incoming.response_format_in_form = part.whole;
        if (part.name != "model") continue;
        if (!incoming.model_in_form.empty()) {
            return fail(ErrorKind::bad_request, "The field 'model' stands twice in the form.",
                        "model", "duplicate_parameter");
        }
        incoming.model_in_form = part.value;
    }
    if (incoming.model_in_form.empty()) {
        return fail(ErrorKind::bad_request, "The form lacks the field 'model'.", "model",
                    "missing_required_parameter");
    }
    if (incoming.model_in_form.size() > 256) {
        return fail(ErrorKind::bad_request, "The field 'model' is too long for a model's name.",
                    "model", "invalid_value");
    }
    incoming.model = incoming.model_in_form;
    return {};
}

// A body that is compressed looks like no JSON and no form.
Error why_unreadable(const http::RequestHead& head, const Error& error) {
    const auto coding = head.header("content-encoding");
    if (coding.empty() || http::is_same_name(coding, "identity")) return error;
    return {.kind = ErrorKind::bad_request,
            .message = "The request's body is compressed (Content-Encoding); send it as it is.",
            .code = "unsupported_content_encoding",
            .status = 415};
}

// A form keeps its bytes, but for the model's name and a part that is dropped.
void write_form(const Incoming& incoming, const dialects::Changes& changes,
                dialects::OutgoingBody& out) {
    out.own = changes.model;
    struct Edit {
        std::string_view from, to;
    };
    std::array<Edit, 2> edits{Edit{incoming.model_in_form, out.own}, Edit{}};
    const bool drops_format = std::ranges::count(changes.dropped, "response_format") > 0;
    std::size_t count = 1;
    if (drops_format && !incoming.response_format_in_form.empty())
        edits[count++].from = incoming.response_format_in_form;
    if (count == 2 && edits[1].from.data() < edits[0].from.data()) std::swap(edits[0], edits[1]);

    auto rest = incoming.body;
    out.count = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto& [from, to] = edits[i];
        const auto before = static_cast<std::size_t>(from.data() - rest.data());
        out.pieces[out.count++] = rest.substr(0, before);
        out.pieces[out.count++] = to;
        rest.remove_prefix(before + from.size());
    }
    out.pieces[out.count++] = rest;
}

}  // namespace

http::awaitable<Result<std::unique_ptr<Incoming>>> receive(
    http::Exchange& client, const config::ServerSettings& settings, const Endpoint& endpoint,
    const InUrl& in_url, std::string_view caller, storage::ResponseStore* store) {
    const auto boundary = endpoint.body == BodyKind::form
                              ? wire::multipart_boundary(client.request().header("content-type"))
                              : std::nullopt;
    const auto limits = limits_for(boundary.has_value(), settings);
    const auto body = co_await client.read_body(limits);
    if (!body) co_return std::unexpected(body.error());
    auto incoming = std::make_unique<Incoming>();
    incoming->body = *body;
    incoming->caller = caller;
    const bool is_response = endpoint.dialect == canonical::DialectId::openai_responses &&
                             endpoint.operation == Operation::complete;
    if (is_response && store != nullptr) {
        const auto continued = continue_stored(*incoming, *store);
        if (!continued) co_return std::unexpected(continued.error());
    }
    incoming->content_type = client.request().header("content-type");
    const auto read =
        boundary ? read_form(*incoming, *boundary) : read_json(*incoming, endpoint, in_url);
    if (!read) co_return std::unexpected(why_unreadable(client.request(), read.error()));
    co_return incoming;
}

void write_for(const Incoming& incoming, const dialects::Changes& changes,
               dialects::OutgoingBody& out) {
    if (incoming.json) {
        incoming.json->write(changes, out);
        return;
    }
    write_form(incoming, changes, out);
}

}  // namespace router::gateway
