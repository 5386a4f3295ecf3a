#include "telemetry/log.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include "wire/json.hpp"

namespace router::telemetry {
namespace {

// What the log writes between the making of this and written(); times become T.
class Written {
 public:
    explicit Written(Format format, Level least = Level::info) {
        std::remove(path_.c_str());
        EXPECT_TRUE(open_log(path_, least, format));
    }
    ~Written() {
        flush();
        EXPECT_TRUE(open_log("", Level::info, Format::human));
    }
    std::string text() const {
        flush();
        std::ifstream file(path_, std::ios::binary);
        const std::string all{std::istreambuf_iterator<char>(file), {}};
        return std::regex_replace(all, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"),
                                  "T");
    }

 private:
    std::string path_ =
        testing::TempDir() + "open_llm_router_log_test_" + std::to_string(::getpid()) + ".log";
};

TEST(Log, WritesLinesForPeople) {
    const Written written(Format::human);
    Line line(Level::info, "call");
    line.text("model", "gpt-4o")
        .number("status", 200)
        .flag("stream", true)
        .milliseconds("ms", 12.3456)
        .finish();
    EXPECT_EQ(written.text(), "T info call model=gpt-4o status=200 stream=true ms=12.346\n");
}

TEST(Log, WritesLinesOfJson) {
    const Written written(Format::json);
    Line line(Level::warning, "a \"call\"");
    line.text("model", "gpt\n4o\xFF")
        .number("status", -1)
        .flag("stream", false)
        .milliseconds("ms", 0.0004)
        .finish();
    const auto text = written.text();
    EXPECT_EQ(text,
              "{\"time\":\"T\",\"level\":\"warning\",\"msg\":\"a "
              "\\\"call\\\"\",\"model\":\"gpt\\n4o\xEF\xBF\xBD\","
              "\"status\":-1,\"stream\":false,\"ms\":0.000}\n");
    EXPECT_TRUE(wire::json::is_valid(text));
}

TEST(Log, WritesATimeBelowZeroAsZero) {
    const Written written(Format::json);
    Line line(Level::info, "call");
    line.milliseconds("ms", -0.0025).milliseconds("s", -12.5).finish();
    const auto text = written.text();
    EXPECT_TRUE(wire::json::is_valid(text)) << text;
    EXPECT_NE(text.find("\"ms\":0.000,\"s\":0.000}"), std::string::npos) << text;
}

TEST(Log, QuotesWhatWouldNotBeOneWord) {
    const Written written(Format::human);
    log(Level::info, "x",
        {{"a", "two words"},
         {"b", "line\nbreak"},
         {"c", "q\"uote"},
         {"d", "plain/word"},
         {"e", "\x1b[31m"},
         {"f", "ä"}});
    EXPECT_EQ(written.text(),
              "T info x a=\"two words\" b=\"line\\nbreak\" c=\"q\\\"uote\" d=plain/word "
              "e=\"\\u001b[31m\" f=\"ä\"\n");
}

TEST(Log, LeavesEmptyTextOut) {
    const Written written(Format::human);
    log(Level::error, "x", {{"a", ""}, {"b", "1"}});
    EXPECT_EQ(written.text(), "T error x b=1\n");
}

TEST(Log, WritesNothingBelowItsLevel) {
    const Written written(Format::human, Level::warning);
    Line line(Level::info, "quiet");
    line.text("a", "b").number("c", 1).flag("d", true).milliseconds("e", 1).finish();
    log(Level::debug, "quiet");
    log(Level::warning, "loud");
    EXPECT_EQ(written.text(), "T warning loud\n");
}

TEST(Log, WritesGatheredLinesInTheirOrderWhenThereAreMany) {
    const Written written(Format::human);
    const std::string long_word(1000, 'x');
    for (int i = 0; i < 200; ++i)
        log(Level::info, "n", {{"i", std::to_string(i)}, {"x", long_word}});
    const auto text = written.text();
    std::size_t at = 0;
    for (int i = 0; i < 200; ++i) {
        const auto found =
            text.find("T info n i=" + std::to_string(i) + " x=" + long_word + "\n", at);
        ASSERT_EQ(found, at) << i;
        at = text.find('\n', at) + 1;
    }
    EXPECT_EQ(at, text.size());
}

TEST(Log, SaysThatItCannotWrite) {
    const auto opened =
        open_log(testing::TempDir() + "no/such/folder/a.log", Level::info, Format::human);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message.find("no/such/folder"), std::string::npos);
}

TEST(LevelNamed, KnowsItsFourNames) {
    EXPECT_EQ(level_named("debug"), Level::debug);
    EXPECT_EQ(level_named("info"), Level::info);
    EXPECT_EQ(level_named("warning"), Level::warning);
    EXPECT_EQ(level_named("error"), Level::error);
    EXPECT_EQ(level_named("INFO"), std::nullopt);
    EXPECT_EQ(level_named(""), std::nullopt);
}

}  // namespace
}  // namespace router::telemetry
