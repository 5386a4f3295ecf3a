#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace router::wire {

struct FormPart {
    std::string_view name;   // the field's name
    std::string_view value;  // its bytes, in the body
    std::string_view
        whole;  // from behind its delimiter to behind the next: the form is one without it
};

// The boundary that a `multipart/form-data; boundary=...` content type names; nothing for another
// type or without one.
std::optional<std::string_view> multipart_boundary(std::string_view content_type);

// The parts of a form, as views into `body`; nothing when it is malformed: no part, more than a
// thousand, or an end that never comes.
//   source  RFC 7578 and RFC 2046, 5.1 (read 2026-11-22)
std::optional<std::vector<FormPart>> read_form(std::string_view body, std::string_view boundary);

}  // namespace router::wire
