#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "http/body.hpp"
#include "http/bytes.hpp"
#include "http/cancel.hpp"
#include "http/channel.hpp"
#include "http/head.hpp"
#include "http/loop.hpp"
#include "http/resolver.hpp"
#include "http/tls.hpp"
#include "wire/url.hpp"

namespace router::http {

using wire::Origin;

// HTTP_PROXY, HTTPS_PROXY and NO_PROXY, as curl reads them
// (https://everything.curl.dev/usingcurl/proxies/env.html, read 2026-11-22); upper and lower case.
// A loopback host goes through the proxy too unless NO_PROXY names it.
class ProxyRules {
 public:
    ProxyRules() = default;
    ProxyRules(std::string http_proxy, std::string https_proxy, std::string no_proxy);

    struct Proxy {
        Origin origin;
        std::string authorization;  // "Basic ..." or empty
    };
    const Proxy* proxy_for(const Origin& origin) const;

 private:
    std::optional<Proxy> http_, https_;
    std::vector<std::string> exempt_;
};

struct Waits {
    SteadyTime connected_by;
    SteadyTime first_byte_by;  // of an answer; later by as long as the request takes to leave
    SteadyTime ends_by = first_byte_by;             // whatever it takes
    std::chrono::milliseconds write_stall{60'000};  // without a byte taken by the upstream
};

class Client;

// Connections of one origin that nobody uses at the moment, and its TLS session to resume.
struct ConnectionPool {
    struct Idle {
        std::shared_ptr<Channel> channel;
        SteadyTime since;
    };
    std::vector<Idle> idle;
    TlsSession session;
};

// An upstream's answer under way. Its connection goes back to the pool when it was read to its end,
// and is closed else.
class Answer {
 public:
    ~Answer();
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;

    const ResponseHead& head() const { return head_; }
    bool has_head() const { return head_.status != 0; }
    void release_head() {  // its views are not needed any longer
        head_.headers = std::vector<Header>();
        head_bytes_ = std::string();
    }

    // The next piece of the body that has arrived already; empty: none at the moment, or
    // is_complete(). The view holds until the next wait(). Errors: upstream_broken.
    Result<std::string_view> take();
    bool is_complete() const { return body_.is_complete() || ended_; }
    // To be called before anything but wait() is awaited: what has arrived and is not taken may lie
    // in memory that the thread shares.
    void hold();

    // Waits for more. Errors: upstream_timeout, and client_left when it was cancelled.
    awaitable<Result<>> wait(SteadyTime until);

    // From now on its events bear to be served together with others', a little later (Rest).
    void set_patient() { channel_->set_patient(true); }

    // All the rest of the body, appended to `into`, at most until that holds `limit` bytes:
    // is_complete() tells.
    //   idle   how long it may wait between two bytes
    awaitable<Result<>> read_whole(Bytes& into, std::size_t limit, std::chrono::milliseconds idle,
                                   SteadyTime until);

    std::uint64_t bytes_received() const { return received_; }

 private:
    friend class Client;
    Answer(Client& client, ConnectionPool& pool, std::shared_ptr<Channel> channel, Cancel& cancel);
    Result<> note_end();
    Result<bool> take_head(std::string_view arrived);
    Result<bool> receive_head();
    Result<> note_wake(Wake why) const;
    Result<> receive(Bytes& into);

    Client& client_;
    ConnectionPool& pool_;
    std::shared_ptr<Channel> channel_;
    Cancel& cancel_;
    std::string head_bytes_;
    ResponseHead head_;
    BodyReader body_;
    std::string held_;      // raw_, after hold()
    std::string_view raw_;  // arrived, not yet taken; in the loop's scratch, or held_
    bool ended_ = false;    // by the peer's close, properly
    std::uint64_t received_ = 0;
};

// HTTP/1.1 to upstreams, over kept-alive connections. One a thread.
class Client {
 public:
    Client(Loop& loop, ProxyRules proxies);
    ~Client();

    // Sends a request and waits for the head of the answer (1xx are skipped).
    //
    //   head, body  its bytes; they stay in place until this returns. The head ends with its empty
    //               line
    //   stale       a kept connection that turns out to be closed is replaced by a new one, once,
    //               unseen
    //   errors      upstream_unreachable, upstream_timeout, upstream_broken; client_left when
    //               cancelled
    awaitable<Result<std::unique_ptr<Answer>>> send(const Origin& origin, std::string_view head,
                                                    std::span<const std::string_view> body,
                                                    Waits waits, Cancel& cancel);

    // Closes what is idle.
    void close();

 private:
    friend class Answer;
    ConnectionPool& pool_of(const std::string& key);
    static std::shared_ptr<Channel> take_idle(ConnectionPool& pool);
    void give_back(ConnectionPool& pool, std::shared_ptr<Channel> channel);
    void drop_idle();
    awaitable<Result<std::shared_ptr<Channel>>> connect(const Origin& origin, SteadyTime until,
                                                        Cancel& cancel);
    awaitable<Result<std::shared_ptr<Channel>>> connect_tcp(const Origin& origin, SteadyTime until,
                                                            Cancel& cancel);
    awaitable<Result<>> open_tunnel(const std::shared_ptr<Channel>& channel,
                                    const ProxyRules::Proxy& proxy, const Origin& origin,
                                    SteadyTime until);
    // Sends what is left of a request, behind `sent` bytes. An upstream may answer before it has
    // read all of it: then the rest stays here.
    awaitable<Result<>> send_rest(Answer& answer, std::span<const std::string_view> message,
                                  std::size_t sent, const Waits& waits);
    awaitable<Result<>> read_head(Answer& answer, SteadyTime until);
    SSL_CTX* tls();

    Loop& loop_;
    ProxyRules proxies_;
    Resolver resolver_;
    TlsContext tls_;  // made when the first connection needs it
    std::unordered_map<std::string, std::unique_ptr<ConnectionPool>> pools_;  // by Origin::key
    Deadline sweep_;
};

}  // namespace router::http
