#include <deque>
#include <map>
#include <string>
#include <utility>
#include <variant>

#include "dialects/gemini/candidate_writer.hpp"
#include "dialects/gemini/framing.hpp"
#include "dialects/gemini/streams.hpp"
#include "dialects/gemini/usage.hpp"
#include "wire/json_text.hpp"

namespace router::dialects::gemini {
namespace {

using canonical::BlockKind;

// Texts and thoughts go out as they come, calls when they are whole; the last response of all says
// how each candidate ended, and what it cost.
class Encoder : public StreamEncoder {
 public:
    explicit Encoder(const AnswerContext& context)
        : framing_(context.is_json_array), wants_thinking_(context.wants_thinking) {
        wire::JsonWriter tail(tail_);
        tail.text("modelVersion", context.model).text("responseId", context.id);
    }

    void encode(const canonical::Event& event, std::string& out) override {
        std::visit([&](const auto& one) { take(one, out); }, event);
    }

    void finish(std::string& out) override {
        if (candidates_.empty()) candidate(0);
        framing_.begin(out);
        wire::JsonWriter writer(out);
        writer.begin_object().begin_array("candidates");
        for (auto& [index, one] : candidates_) {
            writer.begin_object().begin_object("content").begin_array("parts");
            one.writer.write_rest(writer, true);
            writer.end_array().text("role", "model").end_object();
            one.writer.write_ending(writer, std::move(one.ending));
            writer.number("index", index).end_object();
        }
        writer.end_array();
        write_usage(writer, usage_);
        close(writer, out);
        framing_.finish(out);
    }

    void fail(const Error& error, std::string& out) override { framing_.fail(error, out); }
    void heartbeat(std::string& out) override { Framing::heartbeat(out); }

 private:
    struct OpenBlock {
        BlockKind kind = BlockKind::text;
        bool is_custom = false;
        bool is_redacted = false;
        std::string id{}, name{};
        std::string text{};  // of thoughts and arguments
        canonical::Signature signature{};
        std::string signature_value{};
    };
    struct Streamed {
        CandidateWriter writer;
        std::map<int, OpenBlock> blocks{};
        canonical::Ending ending{.reason = canonical::Finish::stop};
        std::string explanation{};
    };

    Streamed& candidate(int index) {
        return candidates_.try_emplace(index, Streamed{CandidateWriter(wants_thinking_)})
            .first->second;
    }

    // One response with what `write` puts into its parts; none when that is nothing.
    template <class Write>
    void respond(int index, std::string& out, Write&& write) {
        const auto begin = out.size();
        const auto framing = framing_;
        framing_.begin(out);
        wire::JsonWriter writer(out);
        writer.begin_object().begin_array("candidates").begin_object().begin_object("content");
        writer.begin_array("parts");
        const auto before = out.size();
        write(writer);
        if (out.size() == before) {
            out.resize(begin);
            framing_ = framing;
            return;
        }
        writer.end_array().text("role", "model").end_object().number("index", index).end_object();
        writer.end_array();
        close(writer, out);
    }
    void close(wire::JsonWriter& writer, std::string& out) {
        out += ',';
        out += tail_;
        writer.end_object();
        framing_.end(out);
    }

    void take(const canonical::Started&, std::string&) {}

    void take(const canonical::BlockStarted& started, std::string&) {
        auto& one = candidate(started.choice);
        auto& block = one.blocks[started.block] = OpenBlock{.kind = started.kind};
        block.is_custom = started.tool_kind == canonical::ToolKind::custom;
        block.is_redacted = started.is_redacted;
        block.id = started.call_id;
        block.name = started.name;
        if (started.kind == BlockKind::refusal) one.writer.refuse();
    }

    void take(const canonical::BlockDelta& delta, std::string& out) {
        auto& one = candidate(delta.choice);
        auto& block = one.blocks[delta.block];
        one.writer.add_logprobs(delta.logprobs);
        const auto writes = [&](wire::JsonWriter& writer) {
            if (block.kind == BlockKind::thinking) {
                one.writer.write_thought(writer, delta.text);
            } else {
                one.writer.write_text(writer, delta.text);
            }
        };
        const bool is_said = block.kind == BlockKind::text || block.kind == BlockKind::refusal;
        if (!is_said) block.text += delta.text.escaped;
        if (block.kind != BlockKind::tool_call) respond(delta.choice, out, writes);
    }

    void take(const canonical::BlockSigned& proof, std::string&) {
        auto& block = candidate(proof.choice).blocks[proof.block];
        block.signature = proof.signature;
        block.signature_value = proof.signature.value.escaped;
        block.signature.value = {};
    }

    void take(const canonical::Cited& cited, std::string&) {
        candidate(cited.choice).writer.cite(cited.citation);
    }

    void take(const canonical::BlockEnded& ended, std::string& out) {
        auto& one = candidate(ended.choice);
        const auto found = one.blocks.find(ended.block);
        if (found == one.blocks.end()) return;
        auto block = std::move(found->second);
        one.blocks.erase(found);
        block.signature.value = {block.signature_value};
        respond(ended.choice, out, [&](wire::JsonWriter& writer) { end(one, block, writer); });
    }

    static void end(Streamed& one, const OpenBlock& block, wire::JsonWriter& writer) {
        if (block.kind == BlockKind::thinking) {
            canonical::ThinkingBlock thinking{.text = {block.text}};
            thinking.signature = block.signature;
            thinking.is_redacted = block.is_redacted;
            one.writer.hold(writer, thinking);
        } else if (block.kind == BlockKind::tool_call) {
            const auto arguments = block.is_custom ? "{\"input\":\"" + block.text + "\"}"
                                                   : wire::unescaped(block.text);
            one.writer.write_call(writer, block.id, block.name, arguments, block.signature);
        } else {
            one.writer.end_text(writer, block.signature);
        }
    }

    void take(const canonical::WholeBlock& whole, std::string& out) {
        auto& one = candidate(whole.choice);
        respond(whole.choice, out,
                [&](wire::JsonWriter& writer) { one.writer.write_whole(writer, whole.content); });
    }

    void take(const canonical::Ended& ended, std::string&) {
        auto& one = candidate(ended.choice);
        one.ending = ended.ending;
        one.explanation = ended.ending.explanation.escaped;
        one.ending.explanation = {one.explanation};
    }

    void take(const canonical::Used& used, std::string&) { usage_ = used.usage; }

    Framing framing_;
    bool wants_thinking_;
    std::string tail_;  // the members behind the candidates
    std::map<int, Streamed> candidates_;
    canonical::Usage usage_;
};

}  // namespace

std::unique_ptr<StreamEncoder> stream_encoder(const AnswerContext& context) {
    return std::make_unique<Encoder>(context);
}

}  // namespace router::dialects::gemini
