#include "../wire/feeding.hpp"
#include "golden.hpp"
#include "wire/json.hpp"

// Walks tests/golden/answers: each folder is one whole answer in several dialects. From any, it is
// to come out in any other with all that the other's file says; ids and the like are told beside.
namespace router::dialects {
namespace {

void check_pair(const fs::path& folder, DialectId from, DialectId to) {
    const auto text = text_of(folder / file_of(from));
    const auto wanted = expected_of(folder, from, to);
    if (!text || !wanted) return;
    const auto where = folder.filename().string() + ": " + pair_name(from, to);
    const Padded body(*text);
    const auto answer = dialect(from).decode_answer(body);
    ASSERT_TRUE(answer) << where << ' ' << answer.error().message;
    const auto out = dialect(to).encode_answer(
        *answer, {.model = "public", .created = 1'700'000'000, .id = "x1"});
    ASSERT_TRUE(wire::json::is_valid(out)) << where << '\n' << out;
    auto found = *wire::parse_json(out);
    auto right = *wire::parse_json(*wanted);
    compact_arguments(found);
    compact_arguments(right);
    EXPECT_TRUE(holds(found, right))
        << where << "\nfound  " << wire::json_text(found) << "\nwanted " << wire::json_text(right);
    EXPECT_NE(out.find("\"public\""), std::string::npos) << where << '\n' << out;
}

TEST(GoldenAnswers, ComeOutOfAnyDialectInAnyOther) {
    EXPECT_GE(golden_cases("answers").size(), 7U);
    for (const auto& folder : golden_cases("answers")) {
        for (const auto from : all_dialects) {
            for (const auto to : all_dialects) check_pair(folder, from, to);
        }
    }
}

TEST(GoldenAnswers, AreTheSameOnceWrittenAndReadAgain) {
    const AnswerContext context{.model = "public", .created = 1'700'000'000, .id = "x1"};
    for (const auto& folder : golden_cases("answers")) {
        for (const auto id : all_dialects) {
            const auto text = text_of(folder / file_of(id));
            if (!text) continue;
            const Padded body(*text);
            const auto answer = dialect(id).decode_answer(body);
            ASSERT_TRUE(answer) << folder;
            const auto first = dialect(id).encode_answer(*answer, context);
            const Padded again(first);
            const auto reread = dialect(id).decode_answer(again);
            ASSERT_TRUE(reread) << folder << first;
            EXPECT_EQ(dialect(id).encode_answer(*reread, context), first) << folder;
        }
    }
}

}  // namespace
}  // namespace router::dialects
