#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace router::wire {

// Digests and signatures, as bytes.
std::string sha256(std::string_view text);
std::string sha256(std::span<const std::string_view> pieces);  // of the pieces joined
std::string hmac_sha256(std::string_view key, std::string_view text);

// Two lower-case hexadecimal digits for each byte.
std::string hex(std::string_view bytes);

// RSASSA-PKCS1-v1_5 with SHA-256, what JSON web tokens call RS256.
//
//   pem      a private key, PKCS#8 or PKCS#1, without a passphrase
//   returns  nothing when it is no RSA key
std::optional<std::string> sign_rs256(std::string_view pem, std::string_view text);

// The checksum of Ethernet and zip, which goes on from that of the bytes before.
std::uint32_t crc32(std::string_view bytes, std::uint32_t before = 0);

}  // namespace router::wire
