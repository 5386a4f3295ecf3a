#include "http/exchange.hpp"

#include <charconv>
#include <ctime>

namespace router::http {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t linger_limit = 4 << 20;  // of what a refused client still sends

// The Date header's line, made anew each second.
std::string_view date_line() {
    thread_local std::time_t made_for = 0;
    thread_local std::array<char, 48> line{};
    thread_local std::size_t length = 0;
    const auto second = std::time(nullptr);
    if (second != made_for) {
        std::tm parts{};
        gmtime_r(&second, &parts);
        length =
            std::strftime(line.data(), line.size(), "date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
        made_for = second;
    }
    return {line.data(), length};
}

// "1f4\r\n", the line before a chunk.
struct SizeLine {
    std::array<char, 20> text;
    std::size_t length;
    explicit SizeLine(std::size_t bytes) {
        auto* end = std::to_chars(text.data(), text.data() + 16, bytes, 16).ptr;
        *end++ = '\r';
        *end++ = '\n';
        length = static_cast<std::size_t>(end - text.data());
    }
    std::string_view view() const { return {text.data(), length}; }
};

}  // namespace

Exchange::Exchange(std::shared_ptr<Channel> channel, RequestHead head,
                   const ExchangeSettings& settings)
    : channel_(std::move(channel)),
      head_(std::move(head)),
      settings_(settings),
      keeps_alive_(head_.keeps_alive),
      is_head_request_(head_.method == "HEAD"),
      heartbeat_(channel_->loop().deadlines, [this] { beat(); }) {}

Exchange::~Exchange() { channel_->when_stirred = nullptr; }

void Exchange::keep(Bytes head_bytes) {
    head_bytes_ = std::move(head_bytes);
    arrived_ = head_bytes_.view().substr(head_.size);
}

void Exchange::release_request() {
    head_.headers = std::vector<Header>();
    head_.method = head_.target = head_.path = head_.query = {};
    head_bytes_.clear();
    body_.clear();
    spool_.reset();
}

void Exchange::append_head(std::string& out, int status, std::string_view header_lines,
                           std::string_view framing) const {
    std::array<char, 4> digits{};
    std::to_chars(digits.data(), digits.data() + digits.size(), status);
    out += "HTTP/1.1 ";
    out.append(digits.data(), 3);
    out += ' ';
    out += reason_phrase(status);
    out += "\r\n";
    out += date_line();
    out += "x-request-id: ";
    out += id_;
    out += "\r\n";
    out += header_lines;
    out += common_headers;
    out += framing;
    if (!keeps_alive_) out += "connection: close\r\n";
    out += "\r\n";
}

awaitable<bool> Exchange::respond(int status, std::string_view header_lines,
                                  std::span<const std::string_view> body) {
    stop_heartbeats();
    begun_ = told_ = ended_ = true;
    status_ = status;
    if (!body_is_read_ && head_.framing != Framing::none) keeps_alive_ = false;
    std::size_t bytes = 0;
    for (const auto piece : body) bytes += piece.size();
    std::array<char, 48> length{"content-length: "};
    auto* end = std::to_chars(length.data() + 16, length.data() + 40, bytes).ptr;
    *end++ = '\r';
    *end++ = '\n';
    const bool has_length = status >= 200 && status != 204 && status != 304;
    outgoing_.clear();
    outgoing_.reserve(512);
    append_head(outgoing_, status, header_lines,
                has_length
                    ? std::string_view(length.data(), static_cast<std::size_t>(end - length.data()))
                    : "");
    std::array<std::string_view, 6> pieces{};
    std::size_t count = 0;
    pieces[count++] = outgoing_;
    if (!is_head_request_) {
        for (const auto piece : body) pieces.at(count++) = piece;
        bytes_out_ += bytes;
    }
    bytes_out_ += outgoing_.size();
    const std::span<const std::string_view> message(pieces.data(), count);
    const auto all = outgoing_.size() + (is_head_request_ ? 0 : bytes);
    const auto sent = channel_->write_now(message);
    if (sent == all) co_return true;
    co_return co_await channel_->write(message, settings_.write_timeout, sent);
}

void Exchange::begin(int status, std::string_view header_lines) {
    chunked_ = !head_.is_http_1_0;
    if (!chunked_) keeps_alive_ = false;
    if (!body_is_read_ && head_.framing != Framing::none) keeps_alive_ = false;
    begun_ = true;
    event_stream_ = header_lines.starts_with("content-type: text/event-stream");
    status_ = status;
    outgoing_.clear();
    append_head(outgoing_, status, header_lines, chunked_ ? "transfer-encoding: chunked\r\n" : "");
    common_headers = heartbeat_headers_ =
        std::string();  // a stream may be long, and needs them no more
}

void Exchange::begin_with_length(int status, std::string_view header_lines, std::uint64_t length) {
    chunked_ = false;
    begun_ = true;
    status_ = status;
    outgoing_.clear();
    const auto line = "content-length: " + std::to_string(length) + "\r\n";
    append_head(outgoing_, status, header_lines, status == 204 ? std::string_view() : line);
}

bool Exchange::write(std::string_view piece, bool is_last) {
    told_ = true;
    const SizeLine size(piece.size());
    std::array<std::string_view, 4> pieces{outgoing_};
    std::size_t count = 1;
    if (!is_head_request_) {
        if (!piece.empty()) {
            if (chunked_) pieces[count++] = size.view();
            pieces[count++] = piece;
        }
        if (chunked_) {
            constexpr std::string_view end_of_chunk_and_body = "\r\n0\r\n\r\n";
            pieces[count++] = piece.empty()
                                  ? (is_last ? end_of_chunk_and_body.substr(2) : std::string_view())
                                  : end_of_chunk_and_body.substr(0, is_last ? 7 : 2);
        }
    }
    if (is_last) {
        ended_ = true;
        event_stream_ = false;
        stop_heartbeats();
    }
    std::size_t all = 0;
    for (std::size_t i = 0; i < count; ++i) all += pieces[i].size();
    bytes_out_ += all - (must_flush_ ? outgoing_.size() : 0);
    if (interval_.count() != 0) last_write_ = channel_->loop().now();
    auto sent = must_flush_ ? 0 : channel_->write_now({pieces.data(), count});
    if (sent == all) {
        if (!outgoing_.empty()) std::string().swap(outgoing_);
        return true;
    }
    std::string left;
    for (std::size_t i = 0; i < count; ++i) {
        const auto skipped = std::min(sent, pieces[i].size());
        left += pieces[i].substr(skipped);
        sent -= skipped;
    }
    outgoing_ = std::move(left);
    must_flush_ = true;
    return false;
}

awaitable<bool> Exchange::flush() {
    if (must_flush_) {
        const std::array<std::string_view, 1> pieces{outgoing_};
        const bool sent = co_await channel_->write(pieces, settings_.write_timeout);
        must_flush_ = false;
        std::string().swap(outgoing_);
        if (!sent) keeps_alive_ = false;
    }
    co_return !channel_->is_broken();
}

void Exchange::heartbeat(std::chrono::milliseconds interval, std::string header_lines,
                         std::string_view text) {
    if (interval.count() == 0) return;
    interval_ = interval;
    heartbeat_headers_ = std::move(header_lines);
    heartbeat_text_ = [text] { return text; };
    last_write_ = channel_->loop().now();
    heartbeat_.set(last_write_ + interval);
}

void Exchange::beat() {
    if (interval_.count() == 0 || ended_) return;
    const auto due = last_write_ + interval_;
    if (due > channel_->loop().now()) {
        heartbeat_.set(due);
        return;
    }
    if (!must_flush_) {
        if (!begun_) begin(200, std::string(heartbeat_headers_));
        const bool had_told = told_;
        write(heartbeat_text_(), false);
        told_ = had_told;
    }
    heartbeat_.set(channel_->loop().now() + interval_);
}

awaitable<bool> Exchange::finish() {
    channel_->when_stirred = nullptr;
    stop_heartbeats();
    if (!ended_) {  // the answer is cut: the client must see that it is not whole
        channel_->close();
        co_return false;
    }
    if (must_flush_) co_await flush();
    if (channel_->is_broken()) co_return false;
    if (keeps_alive_) {
        ahead_.append(arrived_);  // behind a request without a body, which nobody asked for
        co_return true;
    }
    co_await linger();
    co_return false;
}

// Closing while the client still sends would reset the connection, and our answer with it: take in
// what comes for a while.
awaitable<void> Exchange::linger() {
    channel_->shut_down_writing();
    if (body_is_read_ || head_.framing == Framing::none) co_return;
    const auto until = channel_->loop().now() + 2s;
    std::size_t taken = 0;
    while (!channel_->has_ended() && taken < linger_limit && channel_->loop().now() < until) {
        taken += channel_->read_now(channel_->loop().scratch());
        co_await channel_->readable(until);
    }
}

std::string_view reason_phrase(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 402:
            return "Payment Required";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 426:
            return "Upgrade Required";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        case 505:
            return "HTTP Version Not Supported";
        case 529:
            return "Overloaded";
        default:
            return "Status";
    }
}

}  // namespace router::http
