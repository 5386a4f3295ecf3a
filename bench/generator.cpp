#include "generator.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace router::bench {
namespace {

constexpr std::uint64_t hopeless = 1000;  // errors after which going on shows nothing

}  // namespace

Generator::Generator(const Load& load) : load_(load), clients_(load.connections) {
    for (std::size_t index = clients_.size(); index-- > 0;) free_.push_back(index);
    outcome_.latencies.reserve(load.schedule.calls);
}

Outcome Generator::run() {
    const Moment start = Clock::now();
    const Moment limit = start + load_.limit;
    load_.schedule.start = start;
    while (!is_over() && outcome_.errors < hopeless) {
        const Moment now = Clock::now();
        if (now >= limit) break;
        begin_due_calls();
        const Moment wake = load_.schedule.wake_at().value_or(limit);
        for (const auto& event : poller_.wait(free_.empty() ? limit : std::min(wake, limit)))
            on_event(event.data.u64, event.events);
    }
    outcome_.took = Clock::now() - start;
    const auto unfinished = load_.schedule.calls - outcome_.calls - outcome_.errors;
    if (unfinished > 0 && outcome_.first_error.empty())
        outcome_.first_error = "not answered in time";
    outcome_.errors += unfinished;
    return outcome_;
}

void Generator::begin_due_calls() {
    while (!free_.empty()) {
        const auto intended = load_.schedule.next(Clock::now());
        if (!intended) return;
        const auto index = free_.back();
        free_.pop_back();
        begin(index, *intended);
    }
}

void Generator::begin(std::size_t index, Moment intended) {
    Client& client = clients_[index];
    client.intended = intended;
    client.sent = 0;
    client.events_seen = 0;
    client.is_calling = true;
    client.reader.start_over();
    if (!client.socket.is_open()) return connect(index);
    if (!send(client)) finish(index, "the connection broke while sending");
}

void Generator::connect(std::size_t index) {
    Client& client = clients_[index];
    client.socket = connect_to(load_.port);
    client.is_connected = false;
    poller_.add(client.socket.fd(), EPOLLIN | EPOLLOUT, index);
}

void Generator::on_event(std::size_t index, std::uint32_t events) {
    Client& client = clients_[index];
    if (!client.socket.is_open()) return;
    if (!client.is_calling)
        return client.socket.close();  // an idle connection that the proxy closed
    if (events & EPOLLOUT) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(client.socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) return finish(index, std::strerror(error));
        client.is_connected = true;
        if (!send(client)) return finish(index, "the connection broke while sending");
        if (client.sent == load_.request.size()) poller_.change(client.socket.fd(), EPOLLIN, index);
    }
    if (events & ~EPOLLOUT) receive(index);
}

bool Generator::send(Client& client) {
    const auto left = load_.request.size() - client.sent;
    const ssize_t count =
        ::send(client.socket.fd(), load_.request.data() + client.sent, left, MSG_NOSIGNAL);
    if (count < 0) return errno == EAGAIN;
    client.sent += static_cast<std::size_t>(count);
    if (client.sent < load_.request.size())
        poller_.change(client.socket.fd(), EPOLLIN | EPOLLOUT,
                       static_cast<std::size_t>(&client - clients_.data()));
    return true;
}

void Generator::receive(std::size_t index) {
    Client& client = clients_[index];
    const ssize_t count = recv(client.socket.fd(), scratch_.data(), scratch_.size(), 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
        const bool is_end = count == 0 && client.reader.ends_with_connection();
        const auto complaint = is_end ? client.reader.complaint(load_.expected)
                                      : std::string("the connection ended within the answer");
        client.socket.close();
        return finish(index, complaint);
    }
    const bool is_over = client.reader.feed({scratch_.data(), static_cast<std::size_t>(count)});
    note_progress(client);
    if (is_over) finish(index, client.reader.complaint(load_.expected));
}

void Generator::note_progress(Client& client) {
    outcome_.events += client.reader.events() - client.events_seen;
    client.events_seen = client.reader.events();
    if (client.is_open || !client.reader.has_body()) return;
    client.is_open = true;
    --load_.schedule.unopened;
    outcome_.most_open = std::max(outcome_.most_open, ++open_);
    if (load_.announces_open && !announced_ && open_ == clients_.size()) note_open();
}

void Generator::note_open() {
    announced_ = true;
    outcome_.events_at_open = outcome_.events;
    std::printf("{\"open\":%zu}\n", open_);
    std::fflush(stdout);
}

void Generator::finish(std::size_t index, const std::string& complaint) {
    Client& client = clients_[index];
    if (client.is_open)
        --open_;
    else
        --load_.schedule.unopened;
    client.is_open = client.is_calling = false;
    if (complaint.empty()) {
        ++outcome_.calls;
        outcome_.latencies.push_back(Clock::now() - client.intended);
    } else {
        ++outcome_.errors;
        if (outcome_.first_error.empty()) outcome_.first_error = complaint;
    }
    if (!complaint.empty() || !client.reader.keeps_connection()) client.socket.close();
    free_.push_back(index);
}

}  // namespace router::bench
