#include "app/serve.hpp"

#include <arpa/inet.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <deque>
#include <mutex>
#include <thread>

#include "app/configuration.hpp"
#include "app/worker.hpp"
#include "storage/store.hpp"
#include "telemetry/log.hpp"

namespace router::app {
namespace {

using namespace std::chrono_literals;
using ConfigurationPtr = std::shared_ptr<const gateway::Configuration>;

bool is_loopback(const std::string& host) {
    if (host == "localhost" || host == "::1") return true;
    in_addr address{};
    return inet_pton(AF_INET, host.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

int complain(const std::string& message) {
    std::fprintf(stderr, "open-llm-router: %s\n", message.c_str());
    return 1;
}

Result<> open_log(const config::LogSettings& settings) {
    const auto format = settings.format == config::LogFormat::json ? telemetry::Format::json
                                                                   : telemetry::Format::human;
    return telemetry::open_log(
        settings.file, telemetry::level_named(settings.level).value_or(telemetry::Level::info),
        format);
}

http::ProxyRules proxies_from(const ConfigurationSource& source) {
    const auto either = [&](std::string_view lower, std::string_view upper) {
        const auto value = source.variable(lower);
        return value && !value->empty() ? *value : source.variable(upper).value_or("");
    };
    return {either("http_proxy", "HTTP_PROXY"), either("https_proxy", "HTTPS_PROXY"),
            either("no_proxy", "NO_PROXY")};
}

void warn(const std::string& sentence) { telemetry::log(telemetry::Level::warning, sentence); }

std::int64_t seconds_since_1970() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

// The workers and what reloads them. The one place that the threads of the process meet.
class Fleet {
 public:
    Fleet(ConfigurationSource& source, ConfigurationPtr first, bool is_open)
        : source_(source),
          current_(std::move(first)),
          is_open_(is_open),
          store_(current_->snapshot->storage, warn, seconds_since_1970) {}

    Worker& add_worker(const http::ProxyRules& proxies) {
        return workers_.emplace_back(current_, proxies, store_,
                                     [this] { return reload("POST /admin/reload-backends"); });
    }

    admin::Reloaded reload(std::string_view because) {
        const std::scoped_lock alone(reloading_);
        auto loaded = source_.load();
        const bool is_good =
            loaded.snapshot != nullptr && (is_open_ || !loaded.snapshot->auth.master_key.empty());
        if (loaded.snapshot && !is_good) {
            loaded.diagnostics.push_back({config::Severity::error,
                                          {source_.path(), 0, 0},
                                          "general_settings.master_key is gone"});
        }
        if (is_good) {
            current_ = std::make_shared<const gateway::Configuration>(loaded.snapshot, is_open_,
                                                                      current_.get());
            if (const auto opened = open_log(loaded.snapshot->log); !opened) {
                loaded.diagnostics.push_back(
                    {config::Severity::warning, {source_.path(), 0, 0}, opened.error().message});
            }
            for (auto& worker : workers_) worker.publish(current_);
        }
        telemetry::log(
            is_good ? telemetry::Level::info : telemetry::Level::error,
            is_good ? "configuration reloaded" : "configuration has errors; the old one stays",
            {{"because", because}});
        for (const auto& diagnostic : loaded.diagnostics) {
            telemetry::log(diagnostic.severity == config::Severity::error
                               ? telemetry::Level::error
                               : telemetry::Level::warning,
                           config::to_string(diagnostic));
        }
        telemetry::flush();
        return {.is_published = is_good, .diagnostics = std::move(loaded.diagnostics)};
    }

    ConfigurationPtr current() {
        const std::scoped_lock alone(reloading_);
        return current_;
    }

    bool files_changed() {
        const std::scoped_lock alone(reloading_);
        return source_.has_changed();
    }

    // What providers say of their models: a configuration of its own, like any other.
    void learn(std::vector<config::PublishedModels> published) {
        {
            const std::scoped_lock alone(reloading_);
            if (!source_.learn(std::move(published))) return;
        }
        reload("providers say what their models can do");
    }

    void start() {
        workers_.front().refresh_models([this](std::vector<config::PublishedModels> published) {
            learn(std::move(published));
        });
        for (auto& worker : workers_) threads_.emplace_back([&worker] { worker.run(); });
    }

    // Lets running calls finish for as long as the configuration allows.
    void drain() {
        for (auto& worker : workers_) worker.drain();
        const auto until =
            std::chrono::steady_clock::now() + current()->snapshot->server.drain_timeout;
        std::atomic<std::size_t> ended = 0;
        std::jthread waiting([&] {
            for (auto& thread : threads_) {
                thread.join();
                ++ended;
            }
            ended.notify_all();
        });
        while (ended < threads_.size() && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(10ms);
        if (ended < threads_.size())
            telemetry::log(telemetry::Level::warning,
                           "calls were cut off: drain_timeout has passed");
        for (auto& worker : workers_) worker.stop();
        store_.flush();
    }

 private:
    ConfigurationSource& source_;
    ConfigurationPtr current_;
    bool is_open_;
    storage::Store store_;
    std::mutex reloading_;
    std::deque<Worker> workers_;
    std::vector<std::thread> threads_;
};

// Opens every socket before anything is served. Errors: the first that cannot be opened.
Result<> listen(Fleet& fleet, const config::ServerSettings& settings, int threads,
                const http::ProxyRules& proxies, SSL_CTX* tls) {
    // A probe without SO_REUSEPORT: with it, a second router would share the port unseen.
    const auto probe = http::listen_on(settings.host, settings.port, false);
    if (!probe) return std::unexpected(probe.error());
    if (threads > 1) ::close(*probe);
    for (int i = 0; i < threads; ++i) {
        auto& worker = fleet.add_worker(proxies);
        const auto descriptor =
            threads > 1 ? http::listen_on(settings.host, settings.port, true) : Result<int>(*probe);
        if (!descriptor) return std::unexpected(descriptor.error());
        worker.listen(*descriptor, tls);
        if (i > 0 || settings.unix_socket.empty()) continue;
        const auto local = http::listen_on(settings.unix_socket);
        if (!local) return std::unexpected(local.error());
        worker.listen(*local, nullptr);
    }
    return {};
}

void greet(const config::Snapshot& snapshot, const gateway::Configuration& configuration,
           const ConfigurationSource& source, bool is_open) {
    const auto scheme = snapshot.server.ssl_certfile.empty() ? "http" : "https";
    const auto address = std::string(scheme) + "://" + snapshot.server.host + ":" +
                         std::to_string(snapshot.server.port);
    std::string models;
    for (const auto& model : configuration.table.listed()) {
        if (models.size() > 300) {
            models += ", …";
            break;
        }
        models += (models.empty() ? "" : ", ") + std::string(model.id);
    }
    const auto first = configuration.table.listed().empty()
                           ? "MODEL"
                           : std::string(configuration.table.listed().front().id);
    std::fprintf(stderr,
                 "Open LLM Router " ROUTER_VERSION
                 "\n"
                 "  address  %s/v1\n"
                 "  models   %s\n"
                 "  config   %s\n",
                 address.c_str(), models.empty() ? "none" : models.c_str(), source.path().c_str());
    if (is_open) {
        std::fprintf(stderr, "  key      none is needed (--no-auth)\n");
    } else {
        std::fprintf(stderr,
                     "  key      LLM_ROUTER_MASTER_KEY in .env (general_settings.master_key)\n");
    }
    const std::string key =
        is_open ? ""
                : " -H \"Authorization: Bearer $(sed -n 's/^LLM_ROUTER_MASTER_KEY=//p' .env)\"";
    std::fprintf(
        stderr,
        "  try      curl %s/v1/chat/completions%s -H 'Content-Type: application/json' "
        "-d '{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}'\n",
        address.c_str(), key.c_str(), first.c_str());
}

sigset_t block_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int one : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, one);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    return set;
}

// Until SIGTERM or SIGINT: reloads on SIGHUP, and when a file of the configuration changes.
void wait_for_the_end(Fleet& fleet, const sigset_t& signals) {
    const timespec half_a_second{.tv_sec = 0, .tv_nsec = 500'000'000};
    while (true) {
        const int signal = sigtimedwait(&signals, nullptr, &half_a_second);
        if (signal == SIGTERM || signal == SIGINT) return;
        if (signal == SIGHUP) {
            fleet.reload("SIGHUP");
        } else if (fleet.files_changed()) {
            fleet.reload("a file has changed");
        }
    }
}

}  // namespace

int serve(const CommandLine& line) {
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    for (const int one : {SIGPIPE, SIGXFSZ})
        std::signal(one, SIG_IGN);  // writing fails, that is all
    const auto signals = block_signals();

    ConfigurationSource source(line);
    const auto loaded = source.load();
    if (print(loaded.diagnostics) || !loaded.snapshot)
        return complain("the configuration has errors; nothing is served");
    const auto& snapshot = *loaded.snapshot;
    if (!line.no_auth && snapshot.auth.master_key.empty()) {
        return complain(
            "no master key: set LLM_ROUTER_MASTER_KEY in .env and general_settings.master_key: "
            "os.environ/LLM_ROUTER_MASTER_KEY in " +
            source.path() + ", or start with --no-auth (loopback only)");
    }
    if (line.no_auth && !is_loopback(snapshot.server.host)) {
        return complain(
            "--no-auth serves whoever comes, so it listens on a loopback address only, not on " +
            snapshot.server.host);
    }
    if (const auto opened = open_log(snapshot.log); !opened)
        return complain(opened.error().message);

    http::TlsContext tls;
    if (!snapshot.server.ssl_certfile.empty()) {
        auto context =
            http::server_tls_context(snapshot.server.ssl_certfile, snapshot.server.ssl_keyfile);
        if (!context) return complain(context.error().message);
        tls = std::move(*context);
    }
    const auto configuration =
        std::make_shared<const gateway::Configuration>(loaded.snapshot, line.no_auth);
    // It lives as long as the process: calls that are cut off at the end still refer to it.
    static auto& fleet = *new Fleet(source, configuration, line.no_auth);
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const int threads = snapshot.server.threads > 0 ? snapshot.server.threads : cores;
    if (const auto opened =
            listen(fleet, snapshot.server, threads, proxies_from(source), tls.get());
        !opened) {
        return complain(opened.error().message);
    }
    fleet.start();
    greet(snapshot, *configuration, source, line.no_auth);
    wait_for_the_end(fleet, signals);
    telemetry::log(telemetry::Level::info, "draining");
    telemetry::flush();
    fleet.drain();
    if (!snapshot.server.unix_socket.empty()) ::unlink(snapshot.server.unix_socket.c_str());
    return 0;
}

int check(const CommandLine& line) {
    ConfigurationSource source(line);
    const auto loaded = source.load();
    if (print(loaded.diagnostics) || !loaded.snapshot) return 1;
    const auto models = loaded.snapshot->groups.size();
    std::printf("%s: good, %zu model name%s\n", source.path().c_str(), models,
                models == 1 ? "" : "s");
    return 0;
}

}  // namespace router::app
