#include <gtest/gtest.h>

#include <string>

#include "http/head.hpp"

namespace router::http {
namespace {

using namespace std::string_literals;

const std::string plain = "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\n";

Result<std::optional<RequestHead>> read(std::string_view bytes) {
    return read_request_head(bytes, HeadLimits());
}

// The status that the bytes are refused with; 0: they are not.
int refusal_of(std::string_view bytes) {
    const auto head = read(bytes);
    return head ? 0 : head.error().http_status();
}

// The status of a request with these header lines besides its Host.
int refusal_of_headers(const std::string& lines) { return refusal_of(plain + lines + "\r\n"); }

RequestHead taken(std::string_view bytes) {
    const auto head = read(bytes);
    EXPECT_TRUE(head && *head) << bytes;
    return head && *head ? **head : RequestHead();
}

TEST(RequestHead, IsTakenApart) {
    const auto bytes =
        "POST /v1/chat/completions?x=1&y HTTP/1.1\r\nHost: a:80\r\n"
        "Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"model\""s;
    const auto head = taken(bytes);
    EXPECT_EQ(head.method, "POST");
    EXPECT_EQ(head.target, "/v1/chat/completions?x=1&y");
    EXPECT_EQ(head.path, "/v1/chat/completions");
    EXPECT_EQ(head.query, "x=1&y");
    EXPECT_EQ(head.headers.size(), 3U);
    EXPECT_EQ(head.header("content-type"), "application/json");
    EXPECT_EQ(head.framing, Framing::length);
    EXPECT_EQ(head.content_length, 12U);
    EXPECT_EQ(head.size, bytes.find('{'));
    EXPECT_TRUE(head.keeps_alive);
    EXPECT_FALSE(head.is_http_1_0);
    EXPECT_FALSE(head.expects_continue);
}

TEST(RequestHead, IsAwaitedUntilItsEmptyLine) {
    const auto bytes = plain + "Content-Length: 0\r\nAccept: */*\r\n\r\n";
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto head = read(bytes.substr(0, size));
        ASSERT_TRUE(head) << size;
        EXPECT_FALSE(*head) << size;
    }
    EXPECT_EQ(taken(bytes).size, bytes.size());
}

TEST(RequestHead, LeavesWhatFollowsAlone) {
    const auto head = plain + "\r\n";
    for (const auto& rest : {"G"s, "\r\n"s, "\n"s, "GET / HTTP/1.1\r\n\r\n"s, "\0"s}) {
        EXPECT_EQ(taken(head + rest).size, head.size());
    }
}

TEST(RequestHead, MayComeBehindOneEmptyLine) {
    EXPECT_EQ(taken("\r\n" + plain + "\r\n").size, plain.size() + 4);
    EXPECT_EQ(refusal_of("\r\n\r\n" + plain + "\r\n"), 400);
    EXPECT_EQ(refusal_of("\n" + plain + "\r\n"), 400);
}

TEST(RequestHead, HasNoBodyUnlessItSaysSo) {
    EXPECT_EQ(taken(plain + "\r\n").framing, Framing::none);
    EXPECT_EQ(taken(plain + "Content-Length: 0\r\n\r\n").framing, Framing::none);
}

TEST(RequestHead, KnowsHeadersInAnyCaseAndTrimsThem) {
    const auto head =
        taken("GET / HTTP/1.1\r\nhOsT:a\r\nX-A: \t b c\t \r\nX-Empty:\r\nx-a: 2\r\n\r\n");
    EXPECT_EQ(head.header("HOST"), "a");
    EXPECT_EQ(head.header("x-a"), "b c");
    EXPECT_EQ(head.header("x-empty"), "");
    EXPECT_EQ(head.header("x-none"), "");
}

TEST(RequestHead, TakesBytesBeyondAsciiInValuesOnly) {
    EXPECT_EQ(taken(plain + "X-User: J\xC3\xB6rg \xFF\r\n\r\n").header("x-user"),
              "J\xC3\xB6rg \xFF");
    EXPECT_EQ(refusal_of_headers("X-\xC3\xB6: a\r\n"), 400);
    EXPECT_EQ(refusal_of("GET /\xC3\xB6 HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

// Framing that two readers could take differently

TEST(RequestHead, IsRefusedWithBothALengthAndATransferEncoding) {
    EXPECT_EQ(refusal_of_headers("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400);
    EXPECT_EQ(refusal_of_headers("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400);
    EXPECT_EQ(refusal_of_headers("transfer-encoding: chunked\r\ncontent-length: 0\r\n"), 400);
}

TEST(RequestHead, IsRefusedWithTwoLengthsEvenTheSame) {
    EXPECT_EQ(refusal_of_headers("Content-Length: 5\r\nContent-Length: 6\r\n"), 400);
    EXPECT_EQ(refusal_of_headers("Content-Length: 5\r\nContent-Length: 5\r\n"), 400);
    EXPECT_EQ(refusal_of_headers("Content-Length: 5\r\nCONTENT-LENGTH: 5\r\n"), 400);
    EXPECT_EQ(refusal_of_headers("Content-Length: 5, 5\r\n"), 400);
}

TEST(RequestHead, IsRefusedForALengthThatIsNoNumber) {
    for (const auto& length : {""s, "-1"s, "+5"s, "5 5"s, "0x5"s, "5a"s, "a5"s, "5.0"s, "5;"s,
                               "1e3"s, "\"5\""s, "1234567890123456789"s, "18446744073709551616"s}) {
        EXPECT_EQ(refusal_of_headers("Content-Length: " + length + "\r\n"), 400) << length;
    }
    EXPECT_EQ(taken(plain + "Content-Length: 007\r\n\r\n").content_length, 7U);
    EXPECT_EQ(taken(plain + "Content-Length: 123456789012345678\r\n\r\n").content_length,
              123456789012345678U);
}

TEST(RequestHead, IsChunkedForThatWordAlone) {
    EXPECT_EQ(taken(plain + "Transfer-Encoding: chunked\r\n\r\n").framing, Framing::chunked);
    EXPECT_EQ(taken(plain + "Transfer-Encoding: \tChunked \r\n\r\n").framing, Framing::chunked);
    for (const auto& coding :
         {""s, "identity"s, "gzip"s, "gzip, chunked"s, "chunked, chunked"s, "chunked, identity"s,
          "xchunked"s, "chunkedx"s, "\"chunked\""s, "chunked;q=1"s, ", chunked"s, "chunked,"s}) {
        EXPECT_EQ(refusal_of_headers("Transfer-Encoding: " + coding + "\r\n"), 400) << coding;
    }
}

TEST(RequestHead, IsRefusedWithTwoTransferEncodings) {
    EXPECT_EQ(refusal_of_headers("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
              400);
    EXPECT_EQ(refusal_of_headers("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
              400);
    EXPECT_EQ(refusal_of_headers("Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n"), 400);
}

TEST(RequestHead, IsRefusedWithATransferEncodingInVersionOneDotZero) {
    EXPECT_EQ(refusal_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(RequestHead, IsRefusedWithAFoldedHeader) {
    EXPECT_EQ(refusal_of_headers("X-A: b\r\n c\r\n"), 400);
    EXPECT_EQ(refusal_of_headers("X-A: b\r\n\tc\r\n"), 400);
    EXPECT_EQ(refusal_of_headers("X-A: b\r\n \r\n"), 400);
    EXPECT_EQ(refusal_of_headers("Transfer-Encoding:\r\n chunked\r\n"), 400);
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), 400);
}

TEST(RequestHead, IsRefusedWithABareLineFeed) {
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\nHost: a\n\n"), 400);
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of_headers("X-A: b\nX-B: c\r\n"), 400);
    EXPECT_EQ(refusal_of(plain + "\n"), 400);
    EXPECT_EQ(refusal_of(plain + "X-A: b\n\r\n"), 400);
}

TEST(RequestHead, IsRefusedWithABareCarriageReturn) {
    EXPECT_EQ(refusal_of_headers("X-A: b\rc\r\n"), 400);
    EXPECT_EQ(refusal_of_headers("X-A: b\rContent-Length: 5\r\n"), 400);
    EXPECT_EQ(refusal_of_headers("X-A: b\r\r\n"), 400);
    EXPECT_EQ(refusal_of_headers("X-A:\rb\r\n"), 400);
    EXPECT_EQ(refusal_of_headers("X-\rA: b\r\n"), 400);
    EXPECT_NE(refusal_of("GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"), 0);
    EXPECT_EQ(refusal_of("GET /\r HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

TEST(RequestHead, IsRefusedWithAControlCharacterAnywhere) {
    for (int c = 0; c < 0x20; ++c) {
        const std::string byte(1, static_cast<char>(c));
        if (byte != "\t") EXPECT_EQ(refusal_of_headers("X-A: b" + byte + "c\r\n"), 400) << c;
        EXPECT_EQ(refusal_of_headers("X-A" + byte + ": b\r\n"), 400) << c;
        EXPECT_EQ(refusal_of("GET /a" + byte + "b HTTP/1.1\r\nHost: a\r\n\r\n"), 400) << c;
        EXPECT_EQ(refusal_of("G" + byte + "T / HTTP/1.1\r\nHost: a\r\n\r\n"), 400) << c;
    }
    EXPECT_EQ(refusal_of_headers("X-A: \x7F\r\n"), 400);
    EXPECT_EQ(refusal_of("GET /\x7F HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

TEST(RequestHead, IsRefusedWithASpaceBeforeAColon) {
    EXPECT_EQ(refusal_of_headers("Content-Length : 5\r\n"), 400);
    EXPECT_EQ(refusal_of_headers("Transfer-Encoding\t: chunked\r\n"), 400);
    EXPECT_EQ(refusal_of_headers("X A: b\r\n"), 400);
}

TEST(RequestHead, IsRefusedForANameThatIsNoToken) {
    for (const auto& name :
         {""s, "\""s, "a(b)"s, "a/b"s, "a@b"s, "[a]"s, "a=b"s, "a{"s, "a,b"s, "a;b"s}) {
        EXPECT_EQ(refusal_of_headers(name + ": x\r\n"), 400) << name;
    }
    EXPECT_EQ(refusal_of_headers("no colon here\r\n"), 400);
    EXPECT_EQ(refusal_of_headers("!#$%&'*+-.^_`|~09azAZ: x\r\n"), 0);
}

// Host

TEST(RequestHead, NamesItsHostOnce) {
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nX-A: b\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost:\r\n\r\n"), 0);
    EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: [::1]:8086\r\n\r\n"), 0);
    for (const auto& host : {"a/b"s, "a b"s, "a,b"s, "user@a"s, "a?b"s, "a#b"s, "a\\b"s, "a\tb"s}) {
        EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"), 400) << host;
    }
    EXPECT_EQ(refusal_of("GET / HTTP/1.0\r\n\r\n"), 0);
    EXPECT_EQ(refusal_of("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
}

// The first line

TEST(RequestHead, TakesATargetThatIsAWholeUrl) {
    const auto head =
        taken("GET http://api.example.com:80/v1/models?a=b HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(head.path, "/v1/models");
    EXPECT_EQ(head.query, "a=b");
    EXPECT_EQ(taken("GET https://a HTTP/1.1\r\nHost: a\r\n\r\n").path, "/");
    EXPECT_EQ(taken("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n").path, "/");
}

TEST(RequestHead, TakesTheOtherFormsOfATarget) {
    EXPECT_EQ(taken("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").path, "*");
    EXPECT_EQ(taken("GET /? HTTP/1.1\r\nHost: a\r\n\r\n").path, "/");
    EXPECT_EQ(taken("GET //a//b HTTP/1.1\r\nHost: a\r\n\r\n").path, "//a//b");
    EXPECT_EQ(taken("GET /a?b?c HTTP/1.1\r\nHost: a\r\n\r\n").query, "b?c");
    EXPECT_EQ(refusal_of("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refusal_of("GET v1/models HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

TEST(RequestHead, HasThreePartsInItsFirstLine) {
    for (const auto& line :
         {"GET"s, "GET /"s, "GET  HTTP/1.1"s, "GET / "s, " GET / HTTP/1.1"s, "GET  / HTTP/1.1"s,
          "GET /  HTTP/1.1"s, "GET / x HTTP/1.1"s, "GET\t/\tHTTP/1.1"s, "GET / HTTP/1.1 "s,
          "GET / http/1.1"s, "GET / HTTP"s, "GET / ICY/1.1"s, "G(T / HTTP/1.1"s, "/ HTTP/1.1"s,
          "ABCDEFGHIJKLMNOPQRSTUVWXY / HTTP/1.1"s}) {
        EXPECT_EQ(refusal_of(line + "\r\nHost: a\r\n\r\n"), 400) << line;
    }
}

TEST(RequestHead, IsRefusedInOtherVersions) {
    for (const auto& version :
         {"HTTP/0.9"s, "HTTP/1.2"s, "HTTP/1"s, "HTTP/1.10"s, "HTTP/2.0"s, "HTTP/2"s, "HTTP/3"s}) {
        EXPECT_EQ(refusal_of("GET / " + version + "\r\nHost: a\r\n\r\n"), 505) << version;
    }
    EXPECT_EQ(refusal_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
}

TEST(RequestHead, IsRefusedAtOnceWhenItsFirstByteIsNoMethods) {
    EXPECT_EQ(refusal_of("\x16\x03\x01\x02"), 400);
    EXPECT_EQ(refusal_of(" GET"), 400);
    EXPECT_EQ(refusal_of("{"), 400);
    EXPECT_EQ(refusal_of("\0"s), 400);
}

// Keeping the connection

TEST(RequestHead, KeepsTheConnectionUnlessToldOtherwise) {
    EXPECT_TRUE(taken(plain + "Connection: keep-alive\r\n\r\n").keeps_alive);
    EXPECT_FALSE(taken(plain + "Connection: close\r\n\r\n").keeps_alive);
    EXPECT_FALSE(taken(plain + "connection: x, Close\r\n\r\n").keeps_alive);
    EXPECT_FALSE(taken(plain + "Connection: keep-alive\r\nConnection: close\r\n\r\n").keeps_alive);
    EXPECT_TRUE(taken(plain + "Connection: closed\r\n\r\n").keeps_alive);
    EXPECT_FALSE(taken("GET / HTTP/1.0\r\n\r\n").keeps_alive);
}

TEST(RequestHead, MayExpectAContinueAndNothingElse) {
    EXPECT_TRUE(taken(plain + "Expect: 100-continue\r\n\r\n").expects_continue);
    EXPECT_TRUE(taken(plain + "expect: 100-Continue\r\n\r\n").expects_continue);
    EXPECT_FALSE(taken("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").expects_continue);
    EXPECT_EQ(refusal_of_headers("Expect: 200-ok\r\n"), 417);
    EXPECT_EQ(refusal_of_headers("Expect: 100-continue, x\r\n"), 417);
}

// Limits

TEST(RequestHead, HasALineOfLimitedLength) {
    const HeadLimits limits{.line_bytes = 32, .head_bytes = 200, .headers = 3};
    const auto with_path = [](std::size_t size) {
        return "GET /" + std::string(size, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
    };
    const std::size_t longest = 32 - std::string_view("GET / HTTP/1.1\r").size();
    EXPECT_TRUE(read_request_head(with_path(longest), limits));
    const auto refused = read_request_head(with_path(longest + 1), limits);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().http_status(), 414);
    const auto endless = read_request_head("GET /" + std::string(40, 'a'), limits);
    ASSERT_FALSE(endless);
    EXPECT_EQ(endless.error().http_status(), 414);
}

TEST(RequestHead, HasLimitedSizeWholeOrNot) {
    const HeadLimits limits{.line_bytes = 32, .head_bytes = 100, .headers = 100};
    const auto of_size = [](std::size_t size) {
        const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
        return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
    };
    EXPECT_TRUE(read_request_head(of_size(100), limits));
    const auto refused = read_request_head(of_size(101), limits);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().http_status(), 431);
    const auto endless = read_request_head(of_size(200).substr(0, 150), limits);
    ASSERT_FALSE(endless);
    EXPECT_EQ(endless.error().http_status(), 431);
    EXPECT_TRUE(read_request_head(of_size(100) + std::string(1000, 'b'), limits));
}

TEST(RequestHead, HasALimitedNumberOfHeaders) {
    const HeadLimits limits{.line_bytes = 100, .head_bytes = 1000, .headers = 3};
    const std::string three = "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n";
    EXPECT_TRUE(read_request_head(three + "\r\n", limits));
    const auto refused = read_request_head(three + "C: 3\r\n\r\n", limits);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().http_status(), 431);
}

TEST(WholeHeadSize, ReachesBehindTheEmptyLine) {
    const std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n\r\nrest\r\n\r\n";
    const auto whole = bytes.find("rest");
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        EXPECT_EQ(whole_head_size(bytes.substr(0, size)), size >= whole ? whole : 0) << size;
    }
}

TEST(WholeHeadSize, TakesBothKindsOfEmptyLines) {
    for (const auto& bytes : {"a\r\n\r\n"s, "a\n\n"s, "a\r\n\n"s, "a\n\r\n"s}) {
        EXPECT_EQ(whole_head_size(bytes + "b"), bytes.size()) << bytes;
    }
    EXPECT_EQ(whole_head_size("a\r\n\rb\r\n"), 0U);
}

TEST(IsSameName, KnowsLettersOfAnyCaseAndNothingElse) {
    EXPECT_TRUE(is_same_name("Content-Length", "content-LENGTH"));
    EXPECT_TRUE(is_same_name("", ""));
    EXPECT_FALSE(is_same_name("a", "ab"));
    EXPECT_FALSE(is_same_name("[", "{"));
    EXPECT_FALSE(is_same_name("@", "`"));
    EXPECT_FALSE(is_same_name("-", "\r"));
    EXPECT_FALSE(is_same_name("\xC4", "\xE4"));
}

}  // namespace
}  // namespace router::http
