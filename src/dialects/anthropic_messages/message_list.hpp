#pragma once

#include <cstdint>
#include <vector>

#include "canonical/request.hpp"

namespace router::dialects::anthropic_messages {

enum class Speaker : std::uint8_t { user, assistant, system };

struct Message {
    Speaker speaker = Speaker::user;
    std::vector<const canonical::Block*> blocks{};
};

// Turns as the API wants them: the system turns at the front apart; turns of one speaker that
// follow each other are one message; results of tools are the user's, stand first in the message
// right behind their calls, and in the order of these. Points into the turns.
class MessageList {
 public:
    explicit MessageList(const std::vector<canonical::Turn>& turns);

    const std::vector<const canonical::Block*>& system() const { return system_; }
    const std::vector<Message>& messages() const { return messages_; }

 private:
    void add(const canonical::Turn& turn);
    Message& message_of(Speaker speaker, bool holds_results);
    void order_results();

    std::vector<const canonical::Block*> system_;
    std::vector<Message> messages_;
};

}  // namespace router::dialects::anthropic_messages
