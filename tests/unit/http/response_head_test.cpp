#include <gtest/gtest.h>

#include <string>

#include "http/head.hpp"

namespace router::http {
namespace {

using namespace std::string_literals;

Result<std::optional<ResponseHead>> read(std::string_view bytes) {
    return read_response_head(bytes, HeadLimits());
}

ResponseHead taken(std::string_view bytes) {
    const auto head = read(bytes);
    EXPECT_TRUE(head && *head) << bytes;
    return head && *head ? **head : ResponseHead();
}

ResponseHead with(const std::string& lines) {
    return taken("HTTP/1.1 200 OK\r\n" + lines + "\r\n");
}

bool is_broken(std::string_view bytes) {
    const auto head = read(bytes);
    return !head && head.error().kind == ErrorKind::upstream_broken;
}

TEST(ResponseHead, IsTakenApart) {
    const auto bytes =
        "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\n"
        "Retry-After: 7\r\nContent-Length: 3\r\n\r\nabc"s;
    const auto head = taken(bytes);
    EXPECT_EQ(head.status, 429);
    EXPECT_EQ(head.headers.size(), 3U);
    EXPECT_EQ(head.header("retry-after"), "7");
    EXPECT_EQ(head.framing, Framing::length);
    EXPECT_EQ(head.content_length, 3U);
    EXPECT_EQ(head.size, bytes.size() - 3);
    EXPECT_TRUE(head.keeps_alive);
}

TEST(ResponseHead, IsAwaitedUntilItsEmptyLine) {
    const auto bytes = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"s;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto head = read(bytes.substr(0, size));
        ASSERT_TRUE(head) << size;
        EXPECT_FALSE(*head) << size;
    }
}

TEST(ResponseHead, MayEndItsLinesWithLineFeedsAlone) {
    const auto head = taken("HTTP/1.1 200 OK\nContent-Length: 3\nX: y\n\nabc");
    EXPECT_EQ(head.header("x"), "y");
    EXPECT_EQ(head.content_length, 3U);
}

TEST(ResponseHead, MayHaveNoReason) {
    EXPECT_EQ(taken("HTTP/1.1 204\r\n\r\n").status, 204);
    EXPECT_EQ(taken("HTTP/1.1 204 \r\n\r\n").status, 204);
    EXPECT_EQ(taken("HTTP/1.0 299 \xFF\xE4\r\n\r\n").status, 299);
}

TEST(ResponseHead, SaysHowItsBodyEnds) {
    EXPECT_EQ(with("Content-Length: 12\r\n").framing, Framing::length);
    EXPECT_EQ(with("Content-Length: 0\r\n").framing, Framing::none);
    EXPECT_EQ(with("Transfer-Encoding: chunked\r\n").framing, Framing::chunked);
    EXPECT_EQ(with("Transfer-Encoding: gzip, Chunked\r\n").framing, Framing::chunked);
    EXPECT_EQ(with("").framing, Framing::until_close);
    EXPECT_FALSE(with("").keeps_alive);
}

TEST(ResponseHead, HasNoBodyWithCertainStatuses) {
    for (const auto& status : {"100"s, "103"s, "204"s, "304"s}) {
        const auto head = taken("HTTP/1.1 " + status + " x\r\nContent-Length: 5\r\n\r\n");
        EXPECT_EQ(head.framing, Framing::none) << status;
    }
}

TEST(ResponseHead, TrustsTheTransferEncodingAboveTheLengthButNotTheConnection) {
    const auto head = with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n");
    EXPECT_EQ(head.framing, Framing::chunked);
    EXPECT_FALSE(head.keeps_alive);
}

TEST(ResponseHead, KeepsTheConnectionAsItsVersionHasIt) {
    EXPECT_TRUE(with("Content-Length: 1\r\n").keeps_alive);
    EXPECT_FALSE(with("Content-Length: 1\r\nConnection: close\r\n").keeps_alive);
    EXPECT_FALSE(with("Content-Length: 1\r\nConnection: Keep-Alive, Close\r\n").keeps_alive);
    EXPECT_FALSE(taken("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n").keeps_alive);
    EXPECT_TRUE(taken("HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n")
                    .keeps_alive);
}

TEST(ResponseHead, IsBrokenWhenItIsNotHttp) {
    for (const auto& bytes : {"<html>"s, "HTTP/2 200"s, "SSH-2.0-OpenSSH\r\n"s, "\x15\x03\x01"s,
                              "\r\n"s, "http/1.1 200 OK"s}) {
        EXPECT_TRUE(is_broken(bytes)) << bytes;
    }
}

TEST(ResponseHead, IsBrokenWithoutAStatusOfThreeDigits) {
    for (const auto& line :
         {"HTTP/1.1"s, "HTTP/1.1 "s, "HTTP/1.1 20"s, "HTTP/1.1 abc OK"s, "HTTP/1.1 2x0 OK"s,
          "HTTP/1.1 -20 OK"s, "HTTP/1.1 099 OK"s, "HTTP/1.1  200 OK"s, "HTTP/1.1x200 OK"s}) {
        EXPECT_TRUE(is_broken(line + "\r\n\r\n")) << line;
    }
}

TEST(ResponseHead, IsBrokenWithHeadersThatAreNone) {
    for (const auto& line : {"no colon"s, "X : y"s, " folded"s, ": y"s, "X: a\0b"s, "X: a\rb"s}) {
        EXPECT_TRUE(is_broken("HTTP/1.1 200 OK\r\nA: b\r\n" + line + "\r\n\r\n")) << line;
    }
}

TEST(ResponseHead, IsBrokenWhenItsFramingCannotBeUnderstood) {
    for (const auto& line :
         {"Content-Length: x"s, "Content-Length: -1"s, "Content-Length:"s, "Content-Length: 5, 6"s,
          "Content-Length: 5\r\nContent-Length: 6"s, "Content-Length: 99999999999999999999"s,
          "Transfer-Encoding: gzip"s, "Transfer-Encoding:"s}) {
        EXPECT_TRUE(is_broken("HTTP/1.1 200 OK\r\n" + line + "\r\n\r\n")) << line;
    }
}

TEST(ResponseHead, MayRepeatItsLength) {
    EXPECT_EQ(with("Content-Length: 5\r\nContent-Length: 5\r\n").content_length, 5U);
    EXPECT_TRUE(is_broken(
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\nContent-Length: 6\r\n\r\n"));
}

TEST(ResponseHead, HasLimits) {
    const HeadLimits limits{.line_bytes = 100, .head_bytes = 200, .headers = 2};
    std::string bytes = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 8; ++i) bytes += "A: b\r\n";  // four times as many as a request may have
    EXPECT_TRUE(read_response_head(bytes + "\r\n", limits));
    EXPECT_FALSE(read_response_head(bytes + "A: b\r\n\r\n", limits));
    EXPECT_FALSE(read_response_head("HTTP/1.1 200 OK\r\nX: " + std::string(200, 'x'), limits));
}

}  // namespace
}  // namespace router::http
