#include "wire/aws_event_stream.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "wire/digest.hpp"

namespace router::wire {
namespace {

constexpr std::size_t limit = 1 << 20;

std::string event(std::string_view name, std::string_view payload) {
    std::string out;
    append_aws_event(
        out,
        {{":event-type", name}, {":content-type", "application/json"}, {":message-type", "event"}},
        payload);
    return out;
}

std::vector<std::string> read(std::string_view bytes, std::size_t piece, bool* broken = nullptr) {
    AwsEventReader reader(limit);
    std::vector<std::string> out;
    while (!bytes.empty()) {
        reader.feed(bytes.substr(0, piece));
        bytes.remove_prefix(std::min(piece, bytes.size()));
        while (const auto event = reader.next()) {
            out.push_back(std::string(event->message_type) + " " + std::string(event->name) + " " +
                          std::string(event->payload));
        }
    }
    if (broken != nullptr) *broken = reader.is_broken();
    return out;
}

// The example of the documentation of Amazon's own decoders: one header, and a payload.
TEST(AwsEventReader, ReadsAMessageThatOthersWrote) {
    // aws-sdk, eventstream test vectors: "payload_one_str_header".
    const std::string bytes(
        "\x00\x00\x00\x3d\x00\x00\x00\x20\x07\xfd\x83\x96\x0c"
        "content-type\x07\x00\x10"
        "application/json{'foo':'bar'}\x8d\x9c\x08\xb1",
        61);
    bool is_broken = true;
    EXPECT_EQ(read(bytes, bytes.size(), &is_broken), (std::vector<std::string>{"  {'foo':'bar'}"}));
    EXPECT_FALSE(is_broken);
    std::string ours;
    append_aws_event(ours, {{"content-type", "application/json"}}, "{'foo':'bar'}");
    EXPECT_EQ(hex(ours), hex(bytes));
}

TEST(AwsEventReader, ReadsTheEmptyMessage) {
    const std::string bytes("\x00\x00\x00\x10\x00\x00\x00\x00\x05\xc2\x48\xeb\x7d\x98\xc8\xff", 16);
    EXPECT_EQ(read(bytes, 16), (std::vector<std::string>{"  "}));
}

TEST(AwsEventReader, ReadsTheSameWhereverItsBytesAreCut) {
    const auto bytes = event("messageStart", R"({"role":"assistant"})") +
                       event("contentBlockDelta", R"({"delta":{"text":"hi"}})") + event("x", "");
    const std::vector<std::string> expected{R"(event messageStart {"role":"assistant"})",
                                            R"(event contentBlockDelta {"delta":{"text":"hi"}})",
                                            "event x "};
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        EXPECT_EQ(read(bytes, piece), expected) << piece;
    }
}

TEST(AwsEventReader, KnowsWhetherAMessageHasBegun) {
    const auto bytes = event("a", "b");
    AwsEventReader reader(limit);
    EXPECT_TRUE(reader.is_between_messages());
    reader.feed(bytes.substr(0, 5));
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.is_between_messages());
    reader.feed(bytes.substr(5));
    EXPECT_TRUE(reader.next());
    EXPECT_TRUE(reader.is_between_messages());
}

TEST(AwsEventReader, PassesOverHeadersOfOtherTypes) {
    // Every type once, 0 to 9, before the one that is looked for.
    std::string headers;
    const auto header = [&](char type, std::string_view value) {
        headers += std::string("\x01n") + type + std::string(value);
    };
    header(0, "");
    header(1, "");
    header(2, "b");
    header(3, "ss");
    header(4, "iiii");
    header(5, "llllllll");
    header(6, std::string_view("\x00\x03xyz", 5));
    header(7, std::string_view("\x00\x01s", 3));
    header(8, "tttttttt");
    header(9, "uuuuuuuuuuuuuuuu");
    headers += std::string("\x0b:event-type\x07\x00\x02hi", 17);
    std::string bytes;
    const auto number = [&](std::size_t value) {
        for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
    };
    number(16 + headers.size());
    number(headers.size());
    number(crc32(bytes));
    bytes += headers;
    number(crc32(bytes));
    EXPECT_EQ(read(bytes, bytes.size()), (std::vector<std::string>{" hi "}));
}

TEST(AwsEventReader, TakesNothingBehindADamagedMessage) {
    const auto good = event("a", "one");
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto bad = good;
        bad[i] = static_cast<char>(bad[i] ^ 0x10);
        bool is_broken = false;
        const auto events = read(good + bad + good, 7, &is_broken);
        EXPECT_EQ(events.size(), 1U) << i;
        EXPECT_TRUE(is_broken) << i;
    }
}

TEST(AwsEventReader, RefusesAMessageAboveItsLimit) {
    AwsEventReader reader(100);
    reader.feed(event("a", std::string(200, 'x')).substr(0, 12));
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.is_broken());
}

TEST(AwsEventReader, ReadsExceptionsAndErrors) {
    std::string bytes;
    append_aws_event(bytes,
                     {{":exception-type", "throttlingException"}, {":message-type", "exception"}},
                     R"({"message":"slow"})");
    append_aws_event(
        bytes, {{":error-code", "500"}, {":error-message", "oh"}, {":message-type", "error"}}, "");
    EXPECT_EQ(read(bytes, bytes.size()),
              (std::vector<std::string>{R"(exception throttlingException {"message":"slow"})",
                                        "error 500 "}));
}

}  // namespace
}  // namespace router::wire
