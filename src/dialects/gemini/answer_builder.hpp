#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "canonical/answer.hpp"

namespace router::dialects::gemini {

// Puts the events of an answer together as one. Views into `body` stay what they are; all else is
// kept in the answer's arena.
class AnswerBuilder : public canonical::EventSink {
 public:
    explicit AnswerBuilder(std::string_view body) : body_(body) {}
    void take(const canonical::Event& event) override;
    canonical::Answer finish();

 private:
    // A text that grows: a view while there is one piece, else a copy.
    struct Growing {
        std::string_view first{};
        std::string all{};
        bool is_copied = false;
        void append(std::string_view text, std::string_view body);
    };
    struct Open {
        canonical::BlockStarted head{};
        std::string id{}, name{};
        Growing text{};
        canonical::Signature signature{};
        std::vector<canonical::Citation> citations{};
        canonical::Block whole{};
        bool is_whole = false;
    };

    void take_one(const canonical::Started& started);
    void take_one(const canonical::BlockStarted& started);
    void take_one(const canonical::BlockDelta& delta);
    void take_one(const canonical::BlockSigned& proof);
    void take_one(const canonical::Cited& cited);
    void take_one(const canonical::BlockEnded&) {}
    void take_one(const canonical::WholeBlock& whole);
    void take_one(const canonical::Ended& ended);
    void take_one(const canonical::Used& used);

    std::string_view keep(std::string_view text);
    canonical::Text keep(canonical::Text text) { return {keep(text.escaped)}; }
    canonical::Block block_of(Open& open);

    std::string_view body_;
    canonical::Answer answer_;
    std::map<std::pair<int, int>, Open> blocks_;  // by choice and block
    std::map<int, canonical::Ending> endings_;
    std::map<int, std::string> logprobs_;  // elements, with commas between
};

}  // namespace router::dialects::gemini
