#pragma once

#include "base/error.hpp"
#include "dialects/anthropic_messages/encoding.hpp"
#include "dialects/anthropic_messages/message_list.hpp"

namespace router::dialects::anthropic_messages {

void write_system(Encoding& encoding, const MessageList& list);

// errors  bad_request: arguments that are no object, media that the API does not know
Result<> write_messages(Encoding& encoding, const MessageList& list);

}  // namespace router::dialects::anthropic_messages
