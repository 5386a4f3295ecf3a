#include "dialects/source_name.hpp"

namespace router::dialects {

std::string source_name(const canonical::Citation& citation) {
    if (!citation.title.is_empty()) return std::string(citation.title.escaped);
    if (!citation.url.is_empty()) return std::string(citation.url.escaped);
    if (citation.place.document < 0) return {};
    return "document " + std::to_string(citation.place.document + 1);
}

}  // namespace router::dialects
