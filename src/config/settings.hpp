#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.hpp"

// Plain settings, one struct for the part that needs it. Every default is here and nowhere else.
namespace router::config {

using std::chrono::milliseconds;

// How the router listens and how it treats its clients (general_settings).
struct ServerSettings {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8086;
    std::string unix_socket;  // a path to listen on as well; empty: none
    int threads = 0;          // 0: one for each core

    std::string ssl_certfile;  // both or neither
    std::string ssl_keyfile;

    std::size_t max_body_bytes = std::size_t{64} << 20;      // max_request_size_mb
    std::size_t max_upload_bytes = std::size_t{2048} << 20;  // max_upload_size_mb: of a form
    milliseconds head_timeout{15'000};       // from the first byte of a request's head to its last
    milliseconds body_timeout{60'000};       // between two reads of a body
    milliseconds keepalive_timeout{75'000};  // between two requests of a connection
    milliseconds write_timeout{60'000};      // a client that takes no byte for so long has left
    milliseconds drain_timeout{30'000};      // how long running calls may take after SIGTERM

    std::vector<std::string> cors_allowed_origins;  // "*" is every origin; empty: no CORS at all
};

// How a call waits on its upstream. A target's own timeout and stream_timeout stand above these.
struct DeadlineSettings {
    milliseconds connect{10'000};      // DNS, TCP, proxy and TLS together
    milliseconds first_byte{600'000};  // from the request's last byte to the answer's first
    milliseconds idle{300'000};        // between two bytes of an answer
    milliseconds total{6'000'000};     // the whole call; LiteLLM's request_timeout
    milliseconds heartbeat{10'000};  // a streaming client hears from us at least so often; 0: never
};

// Which of a group's targets is asked first.
enum class Strategy : std::uint8_t {
    in_order,    // as the file has them
    shuffle,     // by chance, in proportion to weight, rpm or tpm
    least_busy,  // the one with the fewest calls under way
    cheapest,    // by the price of a token in and one out
    quickest,    // by how long it took to begin its answers lately
};

// Who answers in the place of a model whose targets all fail.
struct Fallbacks {
    std::string model;  // "*": any
    std::vector<std::string> instead;
};

// How a call goes on when a target fails (router_settings).
struct RoutingSettings {
    Strategy strategy = Strategy::in_order;
    int retries = 2;                        // num_retries: once everybody was asked
    milliseconds shortest_wait{0};          // retry_after: before a retry
    milliseconds cooldown{5'000};           // how long a target that failed is set aside; 0: never
    int allowed_fails = 0;                  // so many in a row set no target aside
    std::size_t max_fallbacks = 5;          // so many other models for a call
    std::vector<Fallbacks> fallbacks{};     // for any failure that is not the request's own fault
    std::vector<Fallbacks> long_context{};  // where the model's context is too short
    std::vector<Fallbacks> refused_content{};  // where the provider objects to what is said
};

enum class LogFormat : std::uint8_t { human, json };

struct LogSettings {
    std::string level = "info";  // debug, info, warning, error
    LogFormat format = LogFormat::human;
    std::string file;  // empty: standard error
};

struct AuthSettings {
    Secret master_key;
};

// Who is believed when a call says on whose behalf it is made.
struct UserSettings {
    bool trusts_headers = true;  // openwebui_user_headers: X-OpenWebUI-User-Id and its kin count
    Secret jwt_secret{};         // openwebui_jwt_secret: only tokens made with it are believed
    bool requires_jwt = true;    // openwebui_jwt_required: a call without such a token is refused
    std::vector<std::string> header_names{};  // that name the user as well; in lower case
};

// What a chat program asks for its own ends: titles, tags, questions to follow.
struct TaskSettings {
    std::string model{};  // task_model: answers all of them; empty: the model that is asked for
};

// What outlives a call, and the program.
struct StorageSettings {
    // Where thoughts that clients drop, and responses that they ask to have stored, are kept;
    // empty: in memory alone.
    std::string state_file = "state/router.db";
};

// What the clouds want to know of a target besides a key. Empty: not given.
struct CloudSettings {
    std::string azure_api_version{};  // "", "v1" and "preview": the URLs without a deployment
    Secret azure_ad_token{};          // sent in the key's place
    std::string azure_tenant_id{};    // with id and secret of a client: a token is asked for
    std::string azure_client_id{};
    Secret azure_client_secret{};

    std::string vertex_project{};
    std::string vertex_location{};
    Secret vertex_credentials{};  // JSON of a service account or of a user that has signed in

    std::string aws_access_key_id{};
    Secret aws_secret_access_key{};
    Secret aws_session_token{};
    std::string aws_region{};
};

}  // namespace router::config
