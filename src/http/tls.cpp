#include "http/tls.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace router::http {
namespace {

bool is_address(const std::string& host) {
    in6_addr address{};
    return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
           inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

int store_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

// Copies are kept and used, for OpenSSL marks the session of a connection that the peer ended
// without a word as one never to be resumed, and most servers end theirs so.
int keep_session(SSL* connection, SSL_SESSION* session) {
    auto* store = static_cast<TlsSession*>(SSL_get_ex_data(connection, store_index()));
    if (store == nullptr) return 0;
    store->reset(SSL_SESSION_dup(session));
    return 0;
}

void set_modes(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_read_ahead(context, 1);
}

std::string last_reason() {
    const auto* reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason != nullptr ? reason : "unknown reason";
}

}  // namespace

void TlsFree::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
void TlsFree::operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }

TlsContext client_tls_context() {
    TlsContext context(SSL_CTX_new(TLS_client_method()));
    set_modes(context.get());
    SSL_CTX_set_default_verify_paths(context.get());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_session_cache_mode(context.get(),
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context.get(), keep_session);
    return context;
}

SSL* client_tls(SSL_CTX* context, const std::string& host, SSL_SESSION* resumed) {
    SSL* connection = SSL_new(context);
    SSL_set_connect_state(connection);
    if (is_address(host)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host.c_str());
    } else {
        SSL_set_tlsext_host_name(connection, host.c_str());
        SSL_set1_host(connection, host.c_str());
    }
    if (resumed != nullptr && SSL_SESSION_is_resumable(resumed) == 1) {
        const TlsSession copy(SSL_SESSION_dup(resumed));
        SSL_set_session(connection, copy.get());
    }
    return connection;
}

void remember_session_in(SSL* connection, TlsSession* store) {
    SSL_set_ex_data(connection, store_index(), store);
}

Result<TlsContext> server_tls_context(const std::string& certificate_file,
                                      const std::string& key_file) {
    TlsContext context(SSL_CTX_new(TLS_server_method()));
    set_modes(context.get());
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) {
        return fail(ErrorKind::bad_request,
                    "ssl_certfile: cannot use " + certificate_file + ": " + last_reason());
    }
    if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        return fail(ErrorKind::bad_request,
                    "ssl_keyfile: cannot use " + key_file + ": " + last_reason());
    }
    if (SSL_CTX_check_private_key(context.get()) != 1) {
        return fail(ErrorKind::bad_request,
                    "ssl_keyfile: " + key_file + " is not the key of " + certificate_file);
    }
    return context;
}

SSL* server_tls(SSL_CTX* context) {
    SSL* connection = SSL_new(context);
    SSL_set_accept_state(connection);
    return connection;
}

}  // namespace router::http
