#include "dialects/tool_names.hpp"

#include <gtest/gtest.h>

namespace router::dialects {
namespace {

using namespace canonical;

// What comes out, in one line.
class Told : public EventSink {
 public:
    void take(const Event& event) override {
        if (const auto* started = std::get_if<BlockStarted>(&event))
            text += "start " + std::string(started->name_space) + '/' + std::string(started->name) +
                    (started->tool_kind == ToolKind::custom ? " custom; " : "; ");
        if (const auto* delta = std::get_if<BlockDelta>(&event))
            text += std::string(delta->text.escaped) + "; ";
        if (std::get_if<BlockEnded>(&event) != nullptr) text += "end; ";
    }
    std::string text;
};

ToolNames some_names() {
    ToolNames names;
    const auto rule = name_rule(DialectId::anthropic_messages);
    names.sent("plain", "", ToolKind::function, ToolKind::function, rule);
    names.sent("exec", "", ToolKind::custom, ToolKind::function, rule);
    names.sent("list", "team", ToolKind::function, ToolKind::function, rule);
    return names;
}

BlockStarted call(int block, std::string_view name) {
    return {.block = block, .kind = BlockKind::tool_call, .call_id = "c", .name = name};
}

TEST(ToolNames, AreTheSameForTheSameToolAndNoOther) {
    ToolNames names;
    const NameRule rule{.longest = 12};
    const auto sent = [&](std::string_view name, std::string_view space) {
        return names.sent(name, space, ToolKind::function, ToolKind::function, rule);
    };
    const auto first = sent("b", "a");
    EXPECT_EQ(first, "a__b");
    EXPECT_EQ(sent("b", "a"), first);
    EXPECT_NE(sent("a__b", ""), first);
    EXPECT_EQ(sent("ümlaut", ""), "_mlaut");
    EXPECT_LE(sent("very_long_indeed_1", "").size(), 12U);
    EXPECT_NE(sent("very_long_indeed_1", ""), sent("very_long_indeed_2", ""));
    EXPECT_EQ(names.sent("1st", "", {}, {}, name_rule(DialectId::gemini)), "_1st");
}

TEST(RestoredNames, PassOnWhatWasNotRenamed) {
    Told told;
    const ToolNames none;
    RestoredNames restored(none, told);
    restored.take(call(0, "exec"));
    restored.take(BlockDelta{.text = {"{}"}});
    EXPECT_EQ(told.text, "start /exec; {}; ");
}

TEST(RestoredNames, GiveNamespacesAndCustomTextsBack) {
    Told told;
    const auto names = some_names();
    RestoredNames restored(names, told);
    restored.take(call(0, "team__list"));
    restored.take(BlockDelta{.block = 0, .text = {"{}"}});
    restored.take(BlockEnded{.block = 0});
    EXPECT_EQ(told.text, "start team/list; {}; end; ");
    told.text.clear();
    restored.take(call(1, "exec"));
    restored.take(BlockDelta{.block = 1, .text = {R"({\"inp)"}});
    restored.take(call(2, "plain"));
    restored.take(BlockDelta{.block = 2, .text = {"[]"}});
    restored.take(BlockDelta{.block = 1, .text = {R"(ut\":\"a\\n\\\"b\\\"\"})"}});
    restored.take(BlockEnded{.block = 1});
    EXPECT_EQ(told.text, R"(start /exec custom; start /plain; []; a\n\"b\"; end; )");
}

TEST(CustomText, IsWhatTheModelMeant) {
    Arena arena;
    EXPECT_EQ(custom_text(R"({"input":"a\nb"})", arena), R"(a\nb)");
    EXPECT_EQ(custom_text(R"({"patch":"x"})", arena), "x");
    EXPECT_EQ(custom_text("{}", arena), "");
    EXPECT_EQ(custom_text(R"({"input":"broken o\)", arena), "broken o");
    EXPECT_EQ(custom_text(R"({"a":1})", arena), R"({\"a\":1})");
    EXPECT_EQ(custom_text("just \"text\"", arena), R"(just \"text\")");
}

}  // namespace
}  // namespace router::dialects
