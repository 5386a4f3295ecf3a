#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>

#include "base/error.hpp"

using SSL_SESSION = struct ssl_session_st;

namespace router::http {

struct TlsFree {
    void operator()(SSL_CTX* context) const;
    void operator()(SSL_SESSION* session) const;
};
using TlsContext = std::unique_ptr<SSL_CTX, TlsFree>;
using TlsSession = std::unique_ptr<SSL_SESSION, TlsFree>;

// What every upstream connection is made from: TLS 1.2 or newer, the peer's certificate verified
// against the system's store (SSL_CERT_FILE and SSL_CERT_DIR are honoured), buffers released while
// idle. Sessions are handed to the TlsSession that remember_session_in() named for a connection.
TlsContext client_tls_context();

// A client's end of a connection to `host`: SNI, the name or address that the certificate must
// bear, and the session to resume where there is one.
SSL* client_tls(SSL_CTX* context, const std::string& host, SSL_SESSION* resumed);

// New sessions of this connection are kept in `*store`, which must outlive it.
void remember_session_in(SSL* connection, TlsSession* store);

// What our own connections are accepted with. Errors name the file at fault.
Result<TlsContext> server_tls_context(const std::string& certificate_file,
                                      const std::string& key_file);
SSL* server_tls(SSL_CTX* context);

}  // namespace router::http
