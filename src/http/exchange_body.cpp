#include "http/exchange.hpp"

// An exchange's way to the request's body.
namespace router::http {
namespace {

std::unexpected<Error> too_large(const BodyLimits& limits) {
    return fail(ErrorKind::too_large,
                "The request's body is longer than " + std::to_string(limits.bytes >> 20) +
                    " MB, the limit of this router (" + std::string(limits.setting) + ").",
                {}, "request_too_large");
}

}  // namespace

void Exchange::watch_for_leaving() {
    const auto note_leaving = [this] {
        if (channel_->has_left()) left_.request();
    };
    channel_->when_stirred = note_leaving;
    note_leaving();
}

awaitable<Result<std::string_view>> Exchange::read_body(const BodyLimits& limits) {
    if (head_.framing == Framing::length && head_.content_length > limits.bytes)
        co_return too_large(limits);

    std::string_view whole;
    if (head_.framing == Framing::none) {
        body_is_read_ = true;
    } else if (head_.framing == Framing::length && arrived_.size() >= head_.content_length) {
        whole = arrived_.substr(0, head_.content_length);
        arrived_.remove_prefix(whole.size());
        body_is_read_ = true;
    } else {
        const auto received = co_await receive(limits);
        if (!received) {
            keeps_alive_ = false;
            co_return std::unexpected(received.error());
        }
        whole = *received;
    }
    bytes_in_ += whole.size();
    ahead_.append(arrived_);
    arrived_ = {};
    watch_for_leaving();
    co_return whole;
}

awaitable<Result<std::string_view>> Exchange::receive(const BodyLimits& limits) {
    if (head_.expects_continue && arrived_.empty()) {
        const std::array<std::string_view, 1> go_on{"HTTP/1.1 100 Continue\r\n\r\n"};
        co_await channel_->write(go_on, settings_.write_timeout);
    }
    BodyReader reader(head_.framing, head_.content_length, ErrorKind::bad_request);
    // A little more than the body, so that a read that ends it tells that no more has come.
    if (has_place(limits)) body_.reserve(head_.content_length + 1);
    auto taken = take_body(reader, arrived_, limits);
    while (taken && !reader.is_complete()) {
        if (channel_->has_ended()) co_return fail(ErrorKind::client_left, "The client has left.");
        const auto why =
            co_await channel_->readable(channel_->loop().now() + settings_.body_timeout);
        if (why == Wake::timeout) {
            co_return fail(ErrorKind::request_timeout, "The request's body came too slowly.", {},
                           "request_timeout");
        }
        taken = receive_more(reader, limits);
    }
    if (!taken) co_return std::unexpected(taken.error());
    body_is_read_ = true;
    if (spool_) co_return spool_->view();
    co_return body_.view();
}

Result<> Exchange::receive_more(BodyReader& reader, const BodyLimits& limits) {
    const bool goes_to_its_place = has_place(limits);
    const auto room = goes_to_its_place ? body_.room() : channel_->loop().scratch();
    std::string_view arrived(room.data(), channel_->read_now(room));
    if (!goes_to_its_place) {
        if (auto taken = take_body(reader, arrived, limits); !taken) return taken;
    } else if (const auto piece = reader.next(arrived)) {
        body_.grow(piece->size());
    } else {
        return std::unexpected(piece.error());
    }
    ahead_.append(arrived);
    return {};
}

// Memory for all of it, of which the length is known.
bool Exchange::has_place(const BodyLimits& limits) const {
    return head_.framing == Framing::length && head_.content_length <= limits.in_memory;
}

// Keeps what has arrived of the body; what belongs to the next request stays in `arrived`.
Result<> Exchange::take_body(BodyReader& reader, std::string_view& arrived,
                             const BodyLimits& limits) {
    while (!arrived.empty() && !reader.is_complete()) {
        const auto piece = reader.next(arrived);
        if (!piece) return std::unexpected(piece.error());
        if (auto kept = keep_piece(*piece, limits); !kept) return kept;
    }
    return {};
}

Result<> Exchange::keep_piece(std::string_view piece, const BodyLimits& limits) {
    const auto size = (spool_ ? spool_->size() : body_.size()) + piece.size();
    if (size > limits.bytes) return too_large(limits);
    if (size <= limits.in_memory) {
        body_.append(piece);
        return {};
    }
    if (auto moved = spool_ ? Result<>() : move_to_disk(); !moved) return moved;
    return spool_->append(piece);
}

Result<> Exchange::move_to_disk() {
    auto opened = Spool::open();
    if (!opened) return std::unexpected(opened.error());
    spool_ = std::move(*opened);
    auto moved = spool_->append(body_.view());
    body_.clear();
    return moved;
}

}  // namespace router::http
