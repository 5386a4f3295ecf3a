#include "http/body.hpp"

#include <gtest/gtest.h>

#include <string>

#include "../wire/feeding.hpp"

namespace router::http {
namespace {

using namespace std::string_literals;

struct Taken {
    std::string body;
    std::string rest;  // what was left behind the body
    bool is_complete = false;
    bool is_malformed = false;
    bool operator==(const Taken&) const = default;
};

void PrintTo(const Taken& taken, std::ostream* out) {
    *out << '"' << taken.body << "\" + \"" << taken.rest << '"'
         << (taken.is_complete ? " complete" : "") << (taken.is_malformed ? " malformed" : "");
}

Taken take(BodyReader reader, const Pieces& pieces) {
    Taken taken;
    for (auto input : pieces) {
        while (!input.empty() && !reader.is_complete()) {
            const auto piece = reader.next(input);
            if (!piece) {
                taken.is_malformed = true;
                return taken;
            }
            taken.body += *piece;
        }
        taken.rest += input;
    }
    taken.is_complete = reader.is_complete();
    return taken;
}

void expect_taken(const BodyReader& reader, std::string_view bytes, const Taken& expected) {
    feed_in_every_way(bytes, [&](const Pieces& pieces, const std::string& how) {
        EXPECT_EQ(take(reader, pieces), expected) << how << " of " << bytes;
    });
}

BodyReader chunked(ErrorKind malformed = ErrorKind::bad_request) {
    return {Framing::chunked, 0, malformed};
}

void expect_malformed(const std::string& bytes) {
    feed_in_every_way(bytes, [&](const Pieces& pieces, const std::string& how) {
        EXPECT_TRUE(take(chunked(), pieces).is_malformed) << how << " of " << bytes;
    });
}

TEST(BodyReader, IsCompleteWithoutABody) {
    EXPECT_TRUE(BodyReader().is_complete());
    EXPECT_TRUE(BodyReader(Framing::none, 0, ErrorKind::bad_request).is_complete());
    EXPECT_TRUE(BodyReader(Framing::length, 0, ErrorKind::bad_request).is_complete());
    expect_taken(BodyReader(), "next", {"", "next", true});
}

TEST(BodyReader, TakesAsManyBytesAsItsLength) {
    const BodyReader reader(Framing::length, 5, ErrorKind::bad_request);
    expect_taken(reader, "hello", {"hello", "", true});
    expect_taken(reader, "hello, next", {"hello", ", next", true});
    expect_taken(reader, "hell", {"hell", "", false});
    EXPECT_FALSE(reader.may_end_here());
}

TEST(BodyReader, TakesAllUntilTheConnectionEnds) {
    const BodyReader reader(Framing::until_close, 0, ErrorKind::upstream_broken);
    expect_taken(reader, "hello", {"hello", "", false});
    EXPECT_TRUE(reader.may_end_here());
}

TEST(BodyReader, GivesViewsIntoTheInput) {
    BodyReader reader(Framing::length, 3, ErrorKind::bad_request);
    const std::string bytes = "abcdef";
    std::string_view input = bytes;
    const auto piece = reader.next(input);
    ASSERT_TRUE(piece);
    EXPECT_EQ(piece->data(), bytes.data());
    EXPECT_EQ(input, "def");
    EXPECT_TRUE(reader.is_complete());
}

TEST(BodyReader, CountsWhatRemains) {
    BodyReader reader(Framing::length, 5, ErrorKind::bad_request);
    std::string_view input = "ab";
    EXPECT_TRUE(reader.next(input));
    EXPECT_EQ(reader.remaining(), 3U);
}

TEST(ChunkedBody, IsPutTogether) {
    expect_taken(chunked(), "5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n", {"hello, world", "", true});
    expect_taken(chunked(), "0\r\n\r\n", {"", "", true});
    expect_taken(chunked(), "0\r\n\r\nnext", {"", "next", true});
}

TEST(ChunkedBody, HasSizesInHexadecimalOfAnyCase) {
    const std::string text(0x1a, 'x');
    expect_taken(chunked(), "1a\r\n" + text + "\r\n0\r\n\r\n", {text, "", true});
    expect_taken(chunked(), "1A\r\n" + text + "\r\n0\r\n\r\n", {text, "", true});
    expect_taken(chunked(), "000000000000001\r\nx\r\n000\r\n\r\n", {"x", "", true});
}

TEST(ChunkedBody, MayHoldAnyBytes) {
    const auto bytes = "\r\n0\r\n\r\n\0\xFF"s;
    expect_taken(chunked(), "9\r\n" + bytes + "\r\n0\r\n\r\n", {bytes, "", true});
}

TEST(ChunkedBody, IsNotCompleteBeforeItsLastByte) {
    const auto bytes = "3;x=y\r\nabc\r\n0\r\nA: b\r\n\r\n"s;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto taken = take(chunked(), {bytes.substr(0, size)});
        EXPECT_FALSE(taken.is_complete) << size;
        EXPECT_FALSE(taken.is_malformed) << size;
    }
    EXPECT_TRUE(take(chunked(), {bytes}).is_complete);
    EXPECT_FALSE(chunked().may_end_here());
}

TEST(ChunkedBody, SkipsExtensionsAndTrailers) {
    expect_taken(chunked(), "1;a=b;c=\"d\"\r\nx\r\n0;e\r\n\r\n", {"x", "", true});
    expect_taken(chunked(), "1\r\nx\r\n0\r\nExpires: now\r\nX: y\r\n\r\nnext", {"x", "next", true});
}

TEST(ChunkedBody, IsMalformedWithoutASize) {
    for (const auto& bytes : {"\r\n"s, ";x\r\n"s, "g\r\n"s, "-1\r\n"s, "+1\r\nx\r\n"s,
                              "0x1\r\nx\r\n"s, " 1\r\nx\r\n"s, "\n"s}) {
        expect_malformed(bytes);
    }
}

TEST(ChunkedBody, IsMalformedWithASizeBeyondReason) {
    expect_malformed("0000000000000001\r\nx");
    expect_malformed("ffffffffffffffff\r\n");
    expect_malformed("10000000000000000\r\n");
    BodyReader reader = chunked();
    std::string_view input = "fffffffffffffff\r\nx";
    EXPECT_TRUE(reader.next(input));
    EXPECT_EQ(reader.remaining(), 0xffffffffffffffeU);
}

TEST(ChunkedBody, IsMalformedWithABareLineFeedOrCarriageReturn) {
    for (const auto& bytes :
         {"1\nx\r\n"s, "1\rx\r\n"s, "1\r\nx\n0\r\n"s, "1\r\nx\r0"s, "1;a\nx\r\n"s, "1;a\rx"s,
          "0\r\n\n"s, "0\r\nA: b\n\r\n"s, "0\r\n\rx"s, "0\n\n"s, "1\r\nx\r\r\n"s}) {
        expect_malformed(bytes);
    }
}

TEST(ChunkedBody, IsMalformedWhenAChunkIsLongerThanItsSize) {
    expect_malformed("1\r\nxy\r\n0\r\n\r\n");
    expect_malformed("1\r\nxy");
}

TEST(ChunkedBody, IsMalformedWithAZeroByteAroundTheChunks) {
    expect_malformed("1\0\r\n"s);
    expect_malformed("1;a\0b\r\n"s);
    expect_malformed("0\r\nA: \0\r\n\r\n"s);
}

TEST(ChunkedBody, MayPadItsSizesInAnAnswerOnly) {
    expect_malformed("1 \r\nx\r\n0\r\n\r\n");
    expect_taken(chunked(ErrorKind::upstream_broken), "1  \r\nx\r\n0 \r\n\r\n", {"x", "", true});
}

TEST(ChunkedBody, HasBoundedExtensionsAndTrailers) {
    const std::string long_text(20 << 10, 'a');
    EXPECT_TRUE(take(chunked(), {"1;" + long_text}).is_malformed);
    EXPECT_TRUE(take(chunked(), {"0\r\nA: " + long_text}).is_malformed);
}

TEST(ChunkedBody, BoundsTheExtensionsOfEachChunkAndNotOfAll) {
    auto reader = chunked(ErrorKind::upstream_broken);
    std::string body;
    for (int i = 0; i < 20'000; ++i) {
        std::string_view input = "1    \r\nx\r\n";
        while (!input.empty()) {
            const auto piece = reader.next(input);
            ASSERT_TRUE(piece) << i;
            body += *piece;
        }
    }
    EXPECT_EQ(body.size(), 20'000U);
}

TEST(ChunkedBody, NamesWhoseFaultItIs) {
    std::string_view input = "x";
    auto reader = chunked();
    const auto ours = reader.next(input);
    ASSERT_FALSE(ours);
    EXPECT_EQ(ours.error().kind, ErrorKind::bad_request);
    EXPECT_EQ(ours.error().code, "malformed_request");
    input = "x";
    reader = chunked(ErrorKind::upstream_broken);
    const auto theirs = reader.next(input);
    ASSERT_FALSE(theirs);
    EXPECT_EQ(theirs.error().kind, ErrorKind::upstream_broken);
}

}  // namespace
}  // namespace router::http
