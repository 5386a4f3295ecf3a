#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "../wire/feeding.hpp"
#include "dialects/openai_chat/answer.hpp"
#include "dialects/openai_chat/stream_relay.hpp"
#include "wire/json.hpp"
#include "wire/sse.hpp"

// Walks tests/golden/openai_chat: what upstreams send, and what a client that called the model
// "public" is to see of it.
namespace router::dialects::openai_chat {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> cases() {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(ROUTER_ROOT "/tests/golden/openai_chat"))
        found.push_back(entry.path());
    std::ranges::sort(found);
    return found;
}

// What the client sees of a stream that arrives in these pieces.
std::string relayed(const Pieces& pieces, bool wants_usage) {
    wire::SseReader reader(1 << 20);
    StreamRelay relay("public", wants_usage);
    std::string out;
    const auto passes = [&](const wire::SseEvent& event) {
        const auto passed = relay.pass(event, out, "acme");
        if (!passed) out += encode_stream_error(passed.error());
        return passed.has_value();
    };
    for (const auto piece : pieces) {
        const Padded bytes(piece);
        reader.feed(bytes);
        while (const auto event = reader.next()) {
            if (!passes(*event)) return out;
        }
    }
    if (const auto event = reader.rest(); event && !passes(*event)) return out;
    EXPECT_TRUE(relay.has_finished());
    relay.finish(out);
    return out;
}

TEST(GoldenStreams, ComeOutAsTheyShouldHoweverTheyAreCut) {
    ASSERT_GE(cases().size(), 10U);
    for (const auto& folder : cases()) {
        const auto upstream = text_of(folder / "upstream.sse");
        const auto with = text_of(folder / "client.sse"),
                   without = text_of(folder / "client_without_usage.sse");
        feed_in_every_way(upstream, [&](const Pieces& pieces, const std::string& how) {
            ASSERT_EQ(relayed(pieces, true), with) << folder << ' ' << how;
            ASSERT_EQ(relayed(pieces, false), without) << folder << ' ' << how;
        });
    }
}

TEST(GoldenStreams, AreLinesThatOpenWebUiReads) {
    for (const auto& folder : cases()) {
        for (const auto* file : {"client.sse", "client_without_usage.sse"}) {
            auto text = text_of(folder / file);
            int usages = 0;
            while (!text.empty()) {
                const auto line = text.substr(0, text.find('\n'));
                text.erase(0, line.size() + 1);
                if (line.empty() || line == "data: [DONE]") continue;
                ASSERT_TRUE(line.starts_with("data: ")) << folder << ' ' << line;
                ASSERT_TRUE(wire::json::is_valid(line.substr(6))) << folder << ' ' << line;
                usages += read_answer(Padded(line.substr(6))).usage.is_known ? 1 : 0;
                EXPECT_EQ(line.find("\"delta\":null"), std::string::npos) << folder << ' ' << line;
            }
            EXPECT_LE(usages, std::string_view(file) == "client.sse" ? 1 : 0) << folder;
        }
    }
}

}  // namespace
}  // namespace router::dialects::openai_chat
