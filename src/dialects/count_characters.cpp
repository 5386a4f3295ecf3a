#include "dialects/count_characters.hpp"

namespace router::dialects {

std::int64_t count_characters(std::string_view escaped) {
    std::int64_t count = 0;
    for (std::size_t i = 0; i < escaped.size(); ++i) {
        const auto byte = static_cast<unsigned char>(escaped[i]);
        if ((byte & 0xc0) == 0x80) continue;  // goes on a code point
        ++count;
        if (byte != '\\' || i + 1 >= escaped.size()) continue;
        ++i;
        if (escaped[i] != 'u' || i + 4 >= escaped.size()) continue;
        const bool is_low_surrogate = (escaped[i + 1] == 'd' || escaped[i + 1] == 'D') &&
                                      std::string_view("cdefCDEF").contains(escaped[i + 2]);
        if (is_low_surrogate) --count;
        i += 4;
    }
    return count;
}

}  // namespace router::dialects
