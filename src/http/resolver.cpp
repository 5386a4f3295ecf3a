#include "http/resolver.hpp"

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>

#include <algorithm>
#include <coroutine>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

namespace router::http {
namespace {

using namespace std::chrono_literals;

std::optional<Address> literal(const std::string& host) {
    Address address;
    if (inet_pton(AF_INET, host.c_str(), address.bytes) == 1) return address;
    address.is_v6 = true;
    if (inet_pton(AF_INET6, host.c_str(), address.bytes) == 1) return address;
    return std::nullopt;
}

struct Found {
    int status = ARES_SUCCESS;
    std::vector<Address> addresses;
    std::chrono::seconds time_to_live{300};
};

Found found_in(int status, const ares_addrinfo* list) {
    Found found{.status = status, .addresses = {}};
    if (list == nullptr) return found;
    for (const auto* node = list->nodes; node != nullptr; node = node->ai_next) {
        Address address;
        if (node->ai_family == AF_INET) {
            std::memcpy(address.bytes,
                        &reinterpret_cast<const sockaddr_in*>(node->ai_addr)->sin_addr, 4);
        } else if (node->ai_family == AF_INET6) {
            address.is_v6 = true;
            std::memcpy(address.bytes,
                        &reinterpret_cast<const sockaddr_in6*>(node->ai_addr)->sin6_addr, 16);
        } else {
            continue;
        }
        found.addresses.push_back(address);
        found.time_to_live =
            std::min(found.time_to_live, std::chrono::seconds(std::max(node->ai_ttl, 5)));
    }
    return found;
}

}  // namespace

// A question under way: what a waiting coroutine and c-ares share; either may be done with it
// first.
struct Resolver::Question {
    Loop& loop;
    std::optional<Found> found;
    std::coroutine_handle<> asker;

    void answer(Found answer) {
        if (found) return;
        found = std::move(answer);
        if (asker) loop.resume(std::exchange(asker, nullptr));
    }

    bool await_ready() const { return found.has_value(); }
    void await_suspend(std::coroutine_handle<> waiting) { asker = waiting; }
    void await_resume() const {}
};

// One c-ares channel and the sockets it has open, watched by the loop.
struct Resolver::Lookups {
    struct Socket final : Watcher {
        Lookups& lookups;
        ares_socket_t number;
        Socket(Lookups& all, ares_socket_t socket) : lookups(all), number(socket) {}
        void ready(std::uint32_t events) override {
            constexpr std::uint32_t ends = EPOLLHUP | EPOLLERR;
            const bool readable = (events & (EPOLLIN | ends)) != 0;
            const bool writable = (events & (EPOLLOUT | ends)) != 0;
            ares_process_fd(lookups.channel, readable ? number : ARES_SOCKET_BAD,
                            writable ? number : ARES_SOCKET_BAD);
        }
    };

    Loop& loop;
    ares_channel channel = nullptr;
    std::map<ares_socket_t, Socket> sockets;
    Deadline retry;  // c-ares wants to be called now and then to ask again

    explicit Lookups(Loop& on)
        : loop(on), retry(on.deadlines, [this] {
              ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
              if (!sockets.empty()) retry.set(loop.now() + 500ms);
          }) {
        ares_library_init(ARES_LIB_INIT_ALL);
        ares_options options{};
        options.timeout = 2000;
        options.tries = 3;
        options.sock_state_cb = [](void* self, ares_socket_t socket, int readable, int writable) {
            static_cast<Lookups*>(self)->watch(socket, readable != 0, writable != 0);
        };
        options.sock_state_cb_data = this;
        if (ares_init_options(&channel, &options,
                              ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB) !=
            ARES_SUCCESS) {
            channel = nullptr;
        }
    }

    ~Lookups() {
        if (channel != nullptr) ares_destroy(channel);
        for (auto& [number, socket] : sockets) loop.unwatch(number, socket);
    }

    void watch(ares_socket_t number, bool readable, bool writable) {
        const auto known = sockets.find(number);
        if (!readable && !writable) {  // c-ares closes it next
            if (known == sockets.end()) return;
            loop.unwatch(number, known->second);
            sockets.erase(known);
            return;
        }
        const std::uint32_t events = (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U);
        if (known != sockets.end()) return loop.change_watch(number, events, known->second);
        auto& added = sockets.try_emplace(number, *this, number).first->second;
        loop.watch(number, events, added);
        retry.set(loop.now() + 500ms);
    }

    void ask(const std::string& host, const std::shared_ptr<Question>& question) {
        if (channel == nullptr)
            return question->answer({.status = ARES_ENOTINITIALIZED, .addresses = {}});
        ares_addrinfo_hints hints{};
        hints.ai_family = AF_UNSPEC;
        hints.ai_socktype = SOCK_STREAM;
        ares_getaddrinfo(
            channel, host.c_str(), nullptr, &hints,
            [](void* argument, int status, int, ares_addrinfo* list) {
                const std::unique_ptr<std::shared_ptr<Question>> asked(
                    static_cast<std::shared_ptr<Question>*>(argument));
                const auto found = found_in(status, list);
                if (list != nullptr) ares_freeaddrinfo(list);
                (*asked)->answer(found);
            },
            new std::shared_ptr<Question>(question));
    }
};

Resolver::Resolver(Loop& loop) : loop_(loop) {}
Resolver::~Resolver() = default;

awaitable<Result<std::vector<Address>>> Resolver::resolve(const std::string& host,
                                                          SteadyTime until) {
    if (const auto address = literal(host)) co_return std::vector{*address};
    if (const auto kept = kept_.find(host); kept != kept_.end() && kept->second.until > loop_.now())
        co_return kept->second.addresses;

    if (!lookups_) lookups_ = std::make_unique<Lookups>(loop_);
    const auto question = std::make_shared<Question>(loop_);
    Deadline too_late(loop_.deadlines,
                      [question] { question->answer({.status = ARES_ETIMEOUT, .addresses = {}}); });
    too_late.set(until);
    lookups_->ask(host, question);
    co_await *question;
    const auto& found = *question->found;

    if (found.addresses.empty()) {
        Error error{.kind = ErrorKind::upstream_unreachable,
                    .message = "The provider's host name cannot be resolved."};
        error.detail = host + ": " + ares_strerror(found.status);
        co_return std::unexpected(error);
    }
    kept_[host] = Kept{found.addresses, loop_.now() + found.time_to_live};
    co_return found.addresses;
}

}  // namespace router::http
