#include <variant>

#include "../wire/feeding.hpp"
#include "golden.hpp"
#include "wire/json.hpp"
#include "wire/sse.hpp"

// Walks tests/golden/streams: each folder is one answer as the streams of several dialects. From
// any, it is to come out in any other so that the other's reader finds the same in it, however the
// bytes were cut; and one that breaks off never ends as if it were whole.
namespace router::dialects {
namespace {

using namespace canonical;

// What a stream said, in one text.
class Told : public EventSink {
 public:
    void take(const Event& event) override {
        std::visit([this](const auto& one) { tell(one); }, event);
    }
    std::string text() const {
        std::string out;
        for (const auto& block : blocks_) {
            if (!block.text.empty() || block.kind == BlockKind::tool_call)
                out += block.head + block.text + '\n';
        }
        return out + ending_;
    }
    bool has_ended() const { return !ending_.empty(); }
    const Usage& usage() const { return usage_; }

 private:
    struct Open {
        int choice = 0;
        int index = 0;
        BlockKind kind = BlockKind::text;
        std::string head{};
        std::string text{};
    };

    void tell(const BlockStarted& started) {
        constexpr std::array<const char*, 4> kinds{"text: ", "thinking: ", "call ", "refusal: "};
        Open block{.choice = started.choice, .index = started.block, .kind = started.kind};
        block.head =
            std::to_string(started.choice) + ' ' + kinds.at(static_cast<std::size_t>(started.kind));
        if (started.kind == BlockKind::tool_call) block.head += std::string(started.name) + ": ";
        blocks_.push_back(std::move(block));
    }
    void tell(const BlockDelta& delta) {
        for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block) {
            if (block->choice != delta.choice || block->index != delta.block) continue;
            block->text += wire::unescaped(delta.text.escaped);
            return;
        }
        ADD_FAILURE() << "more of a block that was not begun";
    }
    void tell(const Ended& ended) {
        constexpr std::array<const char*, 10> words{"none",   "stop",       "stop",    "length",
                                                    "length", "tool_calls", "refused", "refused",
                                                    "pause",  "failed"};
        ending_ += std::to_string(ended.choice) +
                   " ended: " + words.at(static_cast<std::size_t>(ended.ending.reason)) + '\n';
    }
    void tell(const Used& used) { usage_ = used.usage; }
    template <class Other>
    void tell(const Other&) {}

    std::vector<Open> blocks_;
    std::string ending_;
    Usage usage_;
};

class Encoding : public EventSink {
 public:
    explicit Encoding(DialectId to) : encoder_(dialect(to).stream_encoder(context())) {}
    void take(const Event& event) override { encoder_->encode(event, out_); }
    std::string finished() {
        encoder_->finish(out_);
        return std::move(out_);
    }

 private:
    static AnswerContext context() { return {.model = "m", .created = 1'700'000'000, .id = "x1"}; }
    std::string out_;
    std::unique_ptr<StreamEncoder> encoder_;
};

// Reads a stream that arrives in these pieces.
Result<> read(const Pieces& pieces, DialectId from, EventSink& sink) {
    wire::SseReader reader(1 << 20);
    const auto decoder = dialect(from).stream_decoder();
    for (const auto piece : pieces) {
        const Padded bytes(piece);
        reader.feed(bytes);
        while (const auto event = reader.next()) {
            if (auto read = decoder->decode(*event, sink); !read) return read;
        }
    }
    if (const auto event = reader.rest()) {
        if (auto read = decoder->decode(*event, sink); !read) return read;
    }
    return decoder->finish(sink);
}

std::string said(const Usage& usage) {
    return std::to_string(usage.prompt) + '/' + std::to_string(usage.cached) + '/' +
           std::to_string(usage.completion) + '/' + std::to_string(usage.reasoning);
}

TEST(GoldenStreams, SayTheSameInEveryDialectHoweverTheyAreCut) {
    for (const auto& folder : golden_cases("streams")) {
        const auto wanted = text_of(folder / "said.txt");
        ASSERT_TRUE(wanted) << folder;
        for (const auto from : all_dialects) {
            const auto stream = text_of(folder / file_of(from, ".sse"));
            if (!stream) continue;
            feed_in_every_way(*stream, [&](const Pieces& pieces, const std::string& how) {
                Told told;
                const auto done = read(pieces, from, told);
                ASSERT_TRUE(done) << folder << name_of(from) << how << done.error().message;
                ASSERT_EQ(told.text(), *wanted) << folder << name_of(from) << ' ' << how;
            });
        }
    }
}

TEST(GoldenStreams, ComeOutOfAnyDialectInAnyOther) {
    EXPECT_GE(golden_cases("streams").size(), 8U);
    for (const auto& folder : golden_cases("streams")) {
        const auto wanted = text_of(folder / "said.txt");
        for (const auto from : all_dialects) {
            const auto stream = text_of(folder / file_of(from, ".sse"));
            if (!stream) continue;
            Told source;
            ASSERT_TRUE(read({*stream}, from, source)) << folder;
            for (const auto to : all_dialects) {
                const auto where = folder.filename().string() + ": " + pair_name(from, to);
                const auto own = text_of(folder / ("said_" + pair_name(from, to) + ".txt"));
                Encoding encoding(to);
                ASSERT_TRUE(read({*stream}, from, encoding)) << where;
                const auto out = encoding.finished();
                Told told;
                const auto done = read({out}, to, told);
                ASSERT_TRUE(done) << where << ' ' << done.error().message << '\n' << out;
                EXPECT_EQ(told.text(), own ? *own : *wanted) << where << '\n' << out;
                EXPECT_EQ(said(told.usage()), said(source.usage())) << where << '\n' << out;
            }
        }
    }
}

TEST(GoldenStreams, ThatBreakOffNeverEndAsIfTheyWereWhole) {
    for (const auto& folder : golden_cases("streams")) {
        const auto wanted = text_of(folder / "said.txt");
        for (const auto from : all_dialects) {
            const auto stream = text_of(folder / file_of(from, ".sse"));
            if (!stream) continue;
            for (std::size_t length = 0; length < stream->size(); ++length) {
                Told told;
                const auto done = read({std::string_view(*stream).substr(0, length)}, from, told);
                if (done)
                    ASSERT_EQ(told.text(), *wanted)
                        << folder << name_of(from) << " cut at " << length;
            }
        }
    }
}

}  // namespace
}  // namespace router::dialects
