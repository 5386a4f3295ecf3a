#include "http/resolver.hpp"

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>

#include <algorithm>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <functional>
#include <map>
#include <optional>

namespace router::http {
namespace {

using namespace std::chrono_literals;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

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

// One c-ares channel and the sockets it has open, watched by the loop.
struct Resolver::Lookups {
    // What a waiting coroutine and c-ares share; either may be done with it first.
    struct Question {
        std::move_only_function<void(Found)> asker;
    };

    Loop& loop;
    ares_channel channel = nullptr;
    std::map<ares_socket_t, std::shared_ptr<Descriptor>> sockets;
    Deadline retry;  // c-ares wants to be called now and then to ask again

    explicit Lookups(Loop& on)
        : loop(on), retry(on.deadlines, [this] {
              ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
              if (!sockets.empty()) retry.set(std::chrono::steady_clock::now() + 500ms);
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
        for (auto& [number, descriptor] : sockets) descriptor->release();
    }

    void watch(ares_socket_t number, bool readable, bool writable) {
        const auto known = sockets.find(number);
        if (!readable && !writable) {  // c-ares closes it next
            if (known == sockets.end()) return;
            known->second->release();
            sockets.erase(known);
            return;
        }
        if (known == sockets.end()) {
            sockets.emplace(number, std::make_shared<Descriptor>(loop.context, number));
            retry.set(std::chrono::steady_clock::now() + 500ms);
        }
        if (readable) wait(number, Descriptor::wait_read);
        if (writable) wait(number, Descriptor::wait_write);
    }

    void wait(ares_socket_t number, Descriptor::wait_type kind) {
        const auto descriptor = sockets.at(number);
        descriptor->async_wait(
            kind, [this, number, kind, descriptor](const boost::system::error_code& error) {
                if (error) return;  // released, or the loop is going down
                ares_process_fd(channel, kind == Descriptor::wait_read ? number : ARES_SOCKET_BAD,
                                kind == Descriptor::wait_write ? number : ARES_SOCKET_BAD);
                const auto known = sockets.find(number);
                if (known != sockets.end() && known->second == descriptor &&
                    kind == Descriptor::wait_read)
                    wait(number, kind);
            });
    }

    void ask(const std::string& host, const std::shared_ptr<Question>& question) {
        if (channel == nullptr)
            return answer(*question, Found{.status = ARES_ENOTINITIALIZED, .addresses = {}});
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
                answer(**asked, found);
            },
            new std::shared_ptr<Question>(question));
    }

    static void answer(Question& question, Found found) {
        if (!question.asker) return;
        auto asker = std::move(question.asker);
        question.asker = nullptr;
        asker(std::move(found));
    }
};

Resolver::Resolver(Loop& loop) : loop_(loop) {}
Resolver::~Resolver() = default;

awaitable<Result<std::vector<Address>>> Resolver::resolve(const std::string& host,
                                                          SteadyTime until) {
    if (const auto address = literal(host)) co_return std::vector{*address};
    const auto now = std::chrono::steady_clock::now();
    if (const auto kept = kept_.find(host); kept != kept_.end() && kept->second.until > now)
        co_return kept->second.addresses;

    if (!lookups_) lookups_ = std::make_unique<Lookups>(loop_);
    const auto question = std::make_shared<Lookups::Question>();
    Deadline too_late(loop_.deadlines, [question] {
        Lookups::answer(*question, Found{.status = ARES_ETIMEOUT, .addresses = {}});
    });
    too_late.set(until);
    const auto found =
        co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(Found)>(
            [&](auto handler) {
                // The answer may come before this returns (from /etc/hosts): resume from the loop,
                // not from within.
                question->asker = [this, handler = std::move(handler)](Found answer) mutable {
                    asio::post(loop_.context, [handler = std::move(handler),
                                               answer = std::move(answer)]() mutable {
                        handler(std::move(answer));
                    });
                };
                lookups_->ask(host, question);
            },
            asio::use_awaitable_t<Executor>());

    if (found.addresses.empty()) {
        Error error{.kind = ErrorKind::upstream_unreachable,
                    .message = "The provider's host name cannot be resolved."};
        error.detail = host + ": " + ares_strerror(found.status);
        co_return std::unexpected(error);
    }
    kept_[host] = Kept{found.addresses, std::chrono::steady_clock::now() + found.time_to_live};
    co_return found.addresses;
}

}  // namespace router::http
