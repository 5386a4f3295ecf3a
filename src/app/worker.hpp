#pragma once

#include <memory>

#include "admin/admin.hpp"
#include "app/model_refresh.hpp"
#include "gateway/services.hpp"
#include "http/client.hpp"
#include "http/loop.hpp"
#include "http/server.hpp"
#include "storage/store.hpp"

namespace router::app {

// One thread that serves: its loop, its connections, its view of the configuration.
class Worker {
 public:
    Worker(std::shared_ptr<const gateway::Configuration> configuration, http::ProxyRules proxies,
           storage::Store& store, admin::Reload reload);
    ~Worker();

    void listen(int descriptor, SSL_CTX* tls) { server_.listen(descriptor, tls); }
    // This thread has providers asked what their models can do. Before run().
    void refresh_models(ModelRefresh::Learn learn);

    void run();  // until stop(), or until drained

    // From any thread:
    void publish(std::shared_ptr<const gateway::Configuration> configuration);
    void drain();  // run() returns when the last connection is gone
    void stop();   // run() returns at once

 private:
    void check_drained();

    http::Loop loop_;
    http::Client upstreams_;
    gateway::Services services_;
    std::unique_ptr<ModelRefresh> refresh_;  // null: another thread does it
    admin::Reload reload_;
    http::Deadline flush_log_;
    http::Deadline drained_;
    http::Server server_;
};

}  // namespace router::app
