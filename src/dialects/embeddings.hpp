#pragma once

#include <string>
#include <string_view>

namespace router::dialects {

// An answer to POST /embeddings whose vectors are packed (base64 of 32-bit floats, the lowest byte
// first), with the numbers in their place; with room for a reader of JSON behind it. Empty: none is
// packed, or one is packed otherwise.
//   source  OpenAI's reference, encoding_format (read 2026-11-22)
std::string with_plain_vectors(std::string_view answer);

}  // namespace router::dialects
