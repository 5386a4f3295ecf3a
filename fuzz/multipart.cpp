#include "wire/multipart.hpp"

#include <string>

#include "input.hpp"

// Any bytes as a form; the first line is its content type.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto line_end = text.find('\n');
    if (line_end == std::string_view::npos) return 0;
    const fuzz::Copy type(text.substr(0, line_end)), body(text.substr(line_end + 1));
    const auto boundary = router::wire::multipart_boundary(type.view());
    if (!boundary) return 0;
    fuzz::require(!boundary->empty() && boundary->size() <= 70);
    const auto parts = router::wire::read_form(body.view(), *boundary);
    if (!parts) return 0;
    fuzz::require(!parts->empty());
    const auto whole = body.view();
    for (const auto& part : *parts) {
        if (part.value.empty()) continue;
        fuzz::require(part.value.data() > whole.data() &&
                      part.value.data() + part.value.size() < whole.data() + whole.size());
        const auto delimiter = "\r\n--" + std::string(*boundary);  // with more behind it, it is none
        fuzz::require(part.value.find(delimiter + "\r\n") == std::string_view::npos);
        fuzz::require(part.value.find(delimiter + "--") == std::string_view::npos);
    }
    return 0;
}
