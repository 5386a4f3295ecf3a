#include "app/worker.hpp"

#include "app/endpoints.hpp"
#include "dialects/openai_words.hpp"
#include "telemetry/log.hpp"

namespace router::app {
namespace {

using namespace std::chrono_literals;

http::ServeSettings settings_of(const config::ServerSettings& server) {
    http::ServeSettings settings;
    settings.exchange.body_timeout = server.body_timeout;
    settings.exchange.write_timeout = server.write_timeout;
    settings.head_timeout = server.head_timeout;
    settings.keepalive_timeout = server.keepalive_timeout;
    return settings;
}

}  // namespace

Worker::Worker(std::shared_ptr<const gateway::Configuration> configuration,
               http::ProxyRules proxies, storage::Store& store, admin::Reload reload)
    : upstreams_(loop_, std::move(proxies)),
      services_{.configuration = std::move(configuration),
                .upstreams = upstreams_,
                .tokens = gateway::Tokens(upstreams_),
                .models = {},
                .signatures = &store.signatures(),
                .responses = &store.responses()},
      reload_(std::move(reload)),
      flush_log_(loop_.deadlines, [] { telemetry::flush(); }),
      drained_(loop_.deadlines, [this] { check_drained(); }),
      server_(
          loop_, settings_of(services_.configuration->snapshot->server),
          [this](http::Exchange& client) { return answer(client, services_, reload_); },
          dialects::openai_error) {}

Worker::~Worker() = default;

void Worker::refresh_models(ModelRefresh::Learn learn) {
    refresh_ = std::make_unique<ModelRefresh>(loop_, services_, std::move(learn));
    refresh_->configure();
}

void Worker::run() {
    // Log lines leave together, but none waits longer than a moment.
    telemetry::on_first_gathered(
        [this] { flush_log_.set(std::chrono::steady_clock::now() + 50ms); });
    loop_.run();
    telemetry::on_first_gathered(nullptr);
    telemetry::flush();
}

void Worker::publish(std::shared_ptr<const gateway::Configuration> configuration) {
    loop_.post([this, fresh = std::move(configuration)]() mutable {
        services_.configuration = std::move(fresh);
        services_.models = {};
        if (refresh_) refresh_->configure();
    });
}

void Worker::drain() {
    loop_.post([this] {
        server_.drain();
        check_drained();
    });
}

void Worker::check_drained() {
    if (server_.connections() == 0) {
        loop_.stop();
    } else {
        drained_.set(std::chrono::steady_clock::now() + 20ms);
    }
}

void Worker::stop() { loop_.stop(); }

}  // namespace router::app
