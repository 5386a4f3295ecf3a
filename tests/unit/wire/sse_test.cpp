#include "wire/sse.hpp"

#include <gtest/gtest.h>

#include "feeding.hpp"
#include "wire/json.hpp"

namespace router::wire {
namespace {

struct Event {
    std::string name, data;
    bool has_data = false;
    bool operator==(const Event&) const = default;
};

void PrintTo(const Event& event, std::ostream* out) {
    *out << '[' << event.name << "] " << (event.has_data ? event.data : "(none)");
}

Event copied(const SseEvent& event) {
    return {std::string(event.name), std::string(event.data), event.has_data};
}

// Every event of the stream; a piece is gone, and its padding with it, when the next one comes.
std::vector<Event> events_of(const Pieces& pieces, std::size_t limit = 1 << 20) {
    SseReader reader(limit);
    std::vector<Event> events;
    for (const auto piece : pieces) {
        const Padded bytes(piece);
        reader.feed(bytes);
        while (const auto event = reader.next()) events.push_back(copied(*event));
    }
    if (const auto event = reader.rest()) events.push_back(copied(*event));
    return events;
}

void expect_events(std::string_view stream, const std::vector<Event>& expected) {
    feed_in_every_way(stream, [&](const Pieces& pieces, const std::string& how) {
        EXPECT_EQ(events_of(pieces), expected) << how;
    });
}

Event data(std::string text) { return {"", std::move(text), true}; }

TEST(SseReader, GivesEachEventOnceAndInOrder) {
    expect_events("data: one\n\ndata: two\n\ndata: three\n\n",
                  {data("one"), data("two"), data("three")});
}

TEST(SseReader, TakesCarriageReturnsBeforeLineFeeds) {
    expect_events("data: one\r\n\r\ndata: two\r\n\r\n", {data("one"), data("two")});
}

TEST(SseReader, TakesBothLineEndsInOneStream) {
    expect_events("data: one\r\n\ndata: two\n\r\ndata: three\n\n",
                  {data("one"), data("two"), data("three")});
}

TEST(SseReader, KeepsACarriageReturnInsideALine) {
    expect_events("data: a\rb\n\n", {data("a\rb")});
}

TEST(SseReader, JoinsDataLinesWithLineFeeds) {
    expect_events("data: one\ndata: two\ndata:\ndata: four\n\n", {data("one\ntwo\n\nfour")});
    expect_events("data: one\r\ndata: two\r\n\r\n", {data("one\ntwo")});
}

TEST(SseReader, TakesOneSpaceOffAValueAndNoMore) {
    expect_events("data:none\n\ndata: one\n\ndata:  two\n\ndata:\ttab\n\n",
                  {data("none"), data("one"), data(" two"), data("\ttab")});
}

TEST(SseReader, TakesAFieldWithoutAColonForAnEmptyOne) {
    expect_events("data\n\n", {data("")});
    expect_events("data:\n\n", {data("")});
}

TEST(SseReader, ReadsTheNameOfAnEvent) {
    expect_events("event: delta\ndata: 1\n\ndata: 2\nevent:end\n\n",
                  {{"delta", "1", true}, {"end", "2", true}});
}

TEST(SseReader, TellsCommentsAndOtherFieldsFromData) {
    expect_events(": keep-alive\n\n:\n\nid: 7\nretry: 100\n\ndata: 1\nid: 8\n: x\n\n",
                  {{"", "", false}, {"", "", false}, {"", "", false}, data("1")});
}

TEST(SseReader, LeavesFieldsAloneThatOnlyBeginLikeData) {
    expect_events("database: x\ndata : y\n data: z\nDATA: w\n\n", {{"", "", false}});
}

TEST(SseReader, TakesJsonWithoutAFieldForData) {
    expect_events("data: one\n\n{\"error\": {\r\n  \"code\": 503\r\n}}\r\n\r\n",
                  {data("one"), data("{\"error\": {\r\n  \"code\": 503\r\n}}")});
    expect_events("[{\"error\":1}]", {data("[{\"error\":1}]")});
    expect_events(": {\n\n", {{}});
}

TEST(SseReader, SkipsAByteOrderMarkAtTheStartOnly) {
    expect_events(
        "\xEF\xBB\xBF"
        "data: one\n\ndata: \xEF\xBB\xBF"
        "two\n\n",
        {data("one"), data("\xEF\xBB\xBF"
                           "two")});
}

TEST(SseReader, SkipsOneByteOrderMarkAndNoMore) {
    expect_events(
        "\xEF\xBB\xBF\xEF\xBB\xBF"
        "data: one\n\ndata: two\n\n",
        {{"", "", false}, data("two")});
}

TEST(SseReader, PutsCharactersTogetherThatArriveInPieces) {
    expect_events("data: \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80\n\n",
                  {data("\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80")});
}

TEST(SseReader, PassesBytesOnThatAreNoText) {
    const std::string stream("data: \xFF\x00\x01\n\n", 11);
    expect_events(stream, {data(std::string("\xFF\x00\x01", 3))});
}

TEST(SseReader, GivesTheLastEventWithoutItsBlankLine) {
    expect_events("data: one\n\ndata: [DONE]", {data("one"), data("[DONE]")});
    expect_events("data: one\n\ndata: [DONE]\n", {data("one"), data("[DONE]")});
    expect_events("data: one\r\n\r\ndata: [DONE]\r\n", {data("one"), data("[DONE]")});
}

TEST(SseReader, HasNoRestWhereNothingIsHeld) {
    SseReader reader(100);
    EXPECT_FALSE(reader.rest());
    const Padded bytes("data: one\n\n");
    reader.feed(bytes);
    EXPECT_TRUE(reader.next());
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.rest());
}

TEST(SseReader, HoldsBackAnEventUntilItsBlankLine) {
    SseReader reader(100);
    const Padded first("data: one\n"), second("\n");
    reader.feed(first);
    EXPECT_FALSE(reader.next());
    reader.feed(second);
    const auto event = reader.next();
    ASSERT_TRUE(event);
    EXPECT_EQ(event->data, "one");
}

TEST(SseReader, TakesNoBytesForNoEvents) {
    SseReader reader(100);
    reader.feed({});
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.is_overfull());
}

TEST(SseReader, IsSpentWhenAnEventIsTooLong) {
    SseReader reader(16);
    const Padded bytes("data: one\n\ndata: 12345678901234567890");
    reader.feed(bytes);
    EXPECT_TRUE(reader.next());
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.is_overfull());
    const Padded end("\n\n");
    reader.feed(end);
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.rest());
}

TEST(SseReader, HoldsAnEventOfJustTheLimit) {
    SseReader reader(16);
    for (int i = 0; i < 3; ++i) {
        const Padded start("data: 0123456789"), end("\n\n");
        reader.feed(start);
        EXPECT_FALSE(reader.next());
        reader.feed(end);
        EXPECT_TRUE(reader.next());
        EXPECT_FALSE(reader.next());
    }
    EXPECT_FALSE(reader.is_overfull());
}

TEST(SseReader, DoesNotCountFinishedEventsAgainstTheLimit) {
    std::string stream;
    for (int i = 0; i < 100; ++i) stream += "data: 0123456789\n\n";
    EXPECT_EQ(events_of({stream}, 20).size(), 100U);
    EXPECT_EQ(events_of({stream.substr(0, 777), stream.substr(777)}, 20).size(), 100U);
}

TEST(SseReader, GivesDataThatMayBeReadAsJsonInPlace) {
    const std::string stream =
        "data: {\"a\":\"0123456789\"}\n\ndata: {\"a\":\ndata: 1}\n\ndata: {\"a\":[]}";
    feed_in_every_way(stream, [&](const Pieces& pieces, const std::string& how) {
        SseReader reader(1 << 10);
        const auto read = [&](const SseEvent& event) {
            auto document = json::read(event.data);
            json::object object;
            EXPECT_EQ(document.get_object().get(object), simdjson::SUCCESS) << how;
        };
        for (const auto piece : pieces) {
            const Padded bytes(piece);
            reader.feed(bytes);
            while (const auto event = reader.next()) read(*event);
        }
        const auto last = reader.rest();
        ASSERT_TRUE(last) << how;
        read(*last);
    });
}

}  // namespace
}  // namespace router::wire
