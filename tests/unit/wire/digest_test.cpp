#include "wire/digest.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <string>

#include "wire/base64.hpp"

namespace router::wire {
namespace {

TEST(Digest, OfSha256IsThatOfTheStandard) {
    EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const std::array<std::string_view, 3> pieces{"a", "", "bc"};
    EXPECT_EQ(sha256(pieces), sha256("abc"));
}

// RFC 4231, cases 2 and 6 (a key longer than a block).
TEST(Digest, WithAKeyIsThatOfTheStandard) {
    EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'),
                              "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Checksum, GoesOnFromTheBytesBefore) {
    EXPECT_EQ(crc32("123456789"), 0xcbf43926U);
    EXPECT_EQ(crc32("6789", crc32("12345")), 0xcbf43926U);
    EXPECT_EQ(crc32(""), 0U);
}

struct KeyPair {
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{EVP_RSA_gen(2048), &EVP_PKEY_free};

    std::string pem(bool is_pkcs8) const {
        unsigned char* der = nullptr;
        const auto size = is_pkcs8 ? pkcs8(&der) : i2d_PrivateKey(key.get(), &der);
        const std::string text(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
        OPENSSL_free(der);
        auto inside = base64(text);
        for (std::size_t at = 64; at < inside.size(); at += 65) inside.insert(at, "\n");
        const std::string label = is_pkcs8 ? "PRIVATE KEY-----\n" : "RSA PRIVATE KEY-----\n";
        return "-----BEGIN " + label + inside + "\n-----END " + label;
    }
    bool verifies(std::string_view text, const std::string& signature) const {
        std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
        EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get());
        return EVP_DigestVerify(
                   context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                   signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                   text.size()) == 1;
    }

 private:
    int pkcs8(unsigned char** der) const {
        auto* info = EVP_PKEY2PKCS8(key.get());
        const int size = i2d_PKCS8_PRIV_KEY_INFO(info, der);
        PKCS8_PRIV_KEY_INFO_free(info);
        return size;
    }
};

TEST(Rs256, SignsWithAKeyOfEitherForm) {
    const KeyPair pair;
    for (const bool is_pkcs8 : {true, false}) {
        const auto signature = sign_rs256(pair.pem(is_pkcs8), "a text");
        ASSERT_TRUE(signature);
        EXPECT_TRUE(pair.verifies("a text", *signature));
        EXPECT_FALSE(pair.verifies("another", *signature));
    }
}

TEST(Rs256, SignsNothingWithoutAKey) {
    EXPECT_FALSE(sign_rs256("", "a text"));
    EXPECT_FALSE(sign_rs256("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "x"));
    EXPECT_FALSE(sign_rs256("-----BEGIN PRIVATE KEY-----\n%%%%\n-----END PRIVATE KEY-----", "x"));
    EXPECT_FALSE(sign_rs256("-----BEGIN PRIVATE KEY-----", "x"));
}

}  // namespace
}  // namespace router::wire
