#pragma once

#include <array>
#include <string>
#include <vector>

#include "answer_reader.hpp"
#include "schedule.hpp"
#include "socket.hpp"

namespace router::bench {

struct Load {
    std::uint16_t port = 0;
    std::size_t connections = 1;
    std::string request;  // head and body
    Expectation expected;
    Schedule schedule;
    std::chrono::seconds limit{60};  // calls still open then are errors
    bool announces_open =
        false;  // a line of its own when every connection has had a first byte of its stream
};

struct Outcome {
    std::uint64_t calls = 0;  // answered as expected
    std::uint64_t errors = 0;
    std::uint64_t events = 0;
    std::uint64_t events_at_open = 0;
    std::size_t most_open = 0;
    std::chrono::duration<double> took{};
    std::vector<std::chrono::nanoseconds> latencies;
    std::string first_error;
};

// One thread's load: keep-alive connections that make the same call as the schedule says.
class Generator {
 public:
    explicit Generator(const Load& load);
    Outcome run();

 private:
    struct Client {
        Socket socket;
        std::size_t sent = 0;  // bytes of the request
        bool is_connected = false;
        bool is_calling = false;
        bool is_open = false;  // the answer's body has begun
        Moment intended{};
        std::uint64_t events_seen = 0;
        AnswerReader reader;
    };

    void begin_due_calls();
    void begin(std::size_t index, Moment intended);
    void connect(std::size_t index);
    void on_event(std::size_t index, std::uint32_t events);
    bool send(Client& client);
    void receive(std::size_t index);
    void note_progress(Client& client);
    void finish(std::size_t index, const std::string& complaint);
    void note_open();
    bool is_over() const { return outcome_.calls + outcome_.errors >= load_.schedule.calls; }

    Load load_;
    Poller poller_;
    std::vector<Client> clients_;
    std::vector<std::size_t> free_;
    std::size_t open_ = 0;
    bool announced_ = false;
    Outcome outcome_;
    std::array<char, 256 * 1024> scratch_{};
};

}  // namespace router::bench
