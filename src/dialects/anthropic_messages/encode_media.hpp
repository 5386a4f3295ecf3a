#pragma once

#include "base/error.hpp"
#include "canonical/block.hpp"
#include "dialects/anthropic_messages/encoding.hpp"

namespace router::dialects::anthropic_messages {

// An image (JPEG, PNG, GIF, WebP) or a document (PDF, text). What the bytes begin with goes before
// what they are said to be: the API refuses what contradicts itself.
//
//   errors  bad_request: another format, audio, video, a file that another provider keeps
Result<> write_media(Encoding& encoding, const canonical::MediaBlock& media);

}  // namespace router::dialects::anthropic_messages
