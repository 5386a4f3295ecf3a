#pragma once

#include <string_view>

namespace router::dialects {

// What a file is by its first bytes: "image/png", or empty where they are of no kind that is known
// here. Clients go by a file's name, and providers look (Anthropic: "does not appear to be a valid
// image/jpeg").
//
//   base64  the file, or its beginning; as the inside of a JSON string, or plain
std::string_view media_type_of(std::string_view base64);

// Whether a data URL in a body calls a picture what it is not.
bool misnames_a_picture(std::string_view body);

}  // namespace router::dialects
