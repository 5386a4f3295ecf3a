#pragma once

#include <memory>

#include "auth/keys.hpp"
#include "config/snapshot.hpp"
#include "gateway/known_models.hpp"
#include "gateway/tokens.hpp"
#include "http/client.hpp"
#include "routing/table.hpp"
#include "storage/response_store.hpp"
#include "storage/signature_store.hpp"

namespace router::gateway {

// A snapshot and all that is made from it once: immutable but for the health of its backends.
struct Configuration {
    //   before  what was in force until now; null: nothing
    Configuration(std::shared_ptr<const config::Snapshot> from, bool is_open,
                  const Configuration* before = nullptr)
        : snapshot(std::move(from)),
          keys(snapshot->auth, is_open),
          table(*snapshot, before != nullptr ? &before->table : nullptr) {}

    std::shared_ptr<const config::Snapshot> snapshot;
    auth::Keys keys;
    routing::Table table;
};

// What the calls of a thread use. A call copies `configuration` once, when it begins, and ends on
// it.
struct Services {
    std::shared_ptr<const Configuration> configuration;
    http::Client& upstreams;
    Tokens tokens;
    KnownModels models;
    storage::SignatureStore* signatures = nullptr;  // null: switched off
    storage::ResponseStore* responses = nullptr;
};

}  // namespace router::gateway
