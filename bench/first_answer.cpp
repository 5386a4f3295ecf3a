#include "first_answer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "socket.hpp"

namespace router::bench {
namespace {

constexpr std::chrono::seconds patience{10};

// A child process, ended and waited for when it leaves scope.
class Child {
 public:
    Child(const std::vector<std::string>& command, int cpu) {
        std::vector<char*> words;
        for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
        words.push_back(nullptr);
        pid_ = fork();
        if (pid_ != 0) return;
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(static_cast<unsigned>(cpu), &set);
        sched_setaffinity(0, sizeof set, &set);
        const int nowhere = open("/dev/null", O_RDWR);
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
        execvp(words[0], words.data());
        _exit(127);
    }
    Child(const Child&) = delete;
    ~Child() {
        if (pid_ <= 0) return;
        kill(pid_, SIGTERM);
        for (int waited = 0; waited < 300; ++waited) {
            if (waitpid(pid_, nullptr, WNOHANG) == pid_) return;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }

 private:
    pid_t pid_ = -1;
};

bool is_ready(const Socket& socket, short events, Moment deadline) {
    pollfd waiting{.fd = socket.fd(), .events = events, .revents = 0};
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    return poll(&waiting, 1, left > 0 ? static_cast<int>(left) : 0) == 1;
}

// One try: true when it answered 200.
bool ask(std::uint16_t port, const std::string& request, Moment deadline) {
    const Socket socket = connect_to(port);
    if (!is_ready(socket, POLLOUT, deadline)) return false;
    if (send(socket.fd(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return false;
    if (!is_ready(socket, POLLIN, deadline)) return false;
    std::array<char, 4096> answer{};
    const ssize_t count = recv(socket.fd(), answer.data(), answer.size(), 0);
    return count > 0 && std::string_view(answer.data(), static_cast<std::size_t>(count))
                            .starts_with("HTTP/1.1 200");
}

}  // namespace

std::chrono::nanoseconds time_first_answer(const std::vector<std::string>& command, int cpu,
                                           std::uint16_t port, const std::string& request) {
    const Moment start = Clock::now();
    const Child child(command, cpu);
    while (Clock::now() < start + patience) {
        if (ask(port, request, start + patience)) return Clock::now() - start;
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    throw std::runtime_error("no answer 200 within ten seconds");
}

}  // namespace router::bench
