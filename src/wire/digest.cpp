#include "wire/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>

#include "wire/base64.hpp"

namespace router::wire {
namespace {

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using PrivateKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

constexpr std::size_t sha256_size = 32;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// What stands between the lines BEGIN and END, decoded.
std::optional<std::string> inside_of_pem(std::string_view pem) {
    constexpr std::string_view end_of_begin = "PRIVATE KEY-----";
    const auto begin = pem.find(end_of_begin);
    if (begin == std::string_view::npos) return std::nullopt;
    pem.remove_prefix(begin + end_of_begin.size());
    std::string inside(pem.substr(0, pem.find("-----END")));
    std::erase_if(inside, [](unsigned char c) { return c <= ' '; });
    return from_base64(inside);
}

constexpr std::array<std::uint32_t, 256> crc_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        auto rest = i;
        for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) != 0 ? 0xedb88320U : 0U);
        table[i] = rest;
    }
    return table;
}();

}  // namespace

std::string sha256(std::span<const std::string_view> pieces) {
    std::string out(sha256_size, '\0');
    const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
    for (const auto piece : pieces) EVP_DigestUpdate(context.get(), piece.data(), piece.size());
    EVP_DigestFinal_ex(context.get(), bytes_of(out), nullptr);
    return out;
}

std::string sha256(std::string_view text) { return sha256(std::span(&text, 1)); }

std::string hmac_sha256(std::string_view key, std::string_view text) {
    std::string out(sha256_size, '\0');
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(),
         bytes_of(out), nullptr);
    return out;
}

std::string hex(std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

std::optional<std::string> sign_rs256(std::string_view pem, std::string_view text) {
    const auto der = inside_of_pem(pem);
    if (!der || der->empty()) return std::nullopt;
    const auto* at = bytes_of(std::string_view(*der));
    const PrivateKey key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der->size())),
                         &EVP_PKEY_free);
    if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return std::nullopt;
    const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1) {
        return std::nullopt;
    }
    std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key.get()));
    std::string out(size, '\0');
    if (EVP_DigestSign(context.get(), bytes_of(out), &size, bytes_of(text), text.size()) != 1) {
        return std::nullopt;
    }
    out.resize(size);
    return out;
}

std::uint32_t crc32(std::string_view bytes, std::uint32_t before) {
    auto rest = ~before;
    for (const char c : bytes) {
        rest = (rest >> 8) ^ crc_table[(rest ^ static_cast<unsigned char>(c)) & 0xff];
    }
    return ~rest;
}

}  // namespace router::wire
