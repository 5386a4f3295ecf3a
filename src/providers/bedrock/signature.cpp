#include "providers/bedrock/signature.hpp"

#include <chrono>
#include <cstdio>

#include "wire/digest.hpp"
#include "wire/url.hpp"

namespace router::providers::bedrock {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

std::string names_of(const SignedRequest& request) {
    std::string out;
    for (const auto& [name, value] : request.headers) {
        if (!out.empty()) out += ';';
        out += name;
    }
    return out;
}

std::string canonical_request(const SignedRequest& request) {
    std::string out(request.method);
    out += '\n';
    out += request.path.empty() ? "/" : wire::percent_encoded(request.path, "/");
    out += '\n';
    out += request.query;
    out += '\n';
    for (const auto& [name, value] : request.headers) {
        out += name;
        out += ':';
        out += value;
        out += '\n';
    }
    out += '\n';
    out += names_of(request);
    out += '\n';
    out += request.body_digest;
    return out;
}

}  // namespace

std::string amz_date(SystemTime now) {
    using namespace std::chrono;
    const auto day = floor<days>(now);
    const year_month_day date(day);
    const hh_mm_ss time(floor<seconds>(now - day));
    char text[32];
    const auto length = std::snprintf(
        text, sizeof text, "%04d%02u%02uT%02d%02d%02dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
        static_cast<int>(time.seconds().count()));
    return {text, static_cast<std::size_t>(length)};
}

std::string authorization(const Signer& signer, const SignedRequest& request,
                          std::string_view date) {
    const auto day = date.substr(0, 8);
    const auto scope = std::string(day) + '/' + std::string(signer.region) + '/' +
                       std::string(signer.service) + "/aws4_request";
    const auto text = std::string(algorithm) + '\n' + std::string(date) + '\n' + scope + '\n' +
                      wire::hex(wire::sha256(canonical_request(request)));
    auto key = wire::hmac_sha256("AWS4" + std::string(signer.secret), day);
    key = wire::hmac_sha256(key, signer.region);
    key = wire::hmac_sha256(key, signer.service);
    key = wire::hmac_sha256(key, "aws4_request");
    return std::string(algorithm) + " Credential=" + std::string(signer.key_id) + '/' + scope +
           ", SignedHeaders=" + names_of(request) +
           ", Signature=" + wire::hex(wire::hmac_sha256(key, text));
}

}  // namespace router::providers::bedrock
