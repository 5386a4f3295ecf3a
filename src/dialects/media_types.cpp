#include "dialects/media_types.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "wire/json_text.hpp"

namespace router::dialects {
namespace {

constexpr std::size_t looked_at = 24;  // of a file's base64: escaped, it is longer than a beginning

constexpr std::size_t longest_head = 48;  // of a data URL, as far as it is looked at

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> beginnings{
    {{"iVBORw0KGgo", "image/png"},
     {"/9j/", "image/jpeg"},
     {"R0lGOD", "image/gif"},
     {"UklGR", "image/webp"},
     {"JVBER", "application/pdf"}}};

}  // namespace

std::string_view media_type_of(std::string_view base64) {
    const auto start = wire::unescaped(base64.substr(0, looked_at));
    const auto found = std::ranges::find_if(
        beginnings, [&](const auto& one) { return start.starts_with(one.first); });
    return found == beginnings.end() ? std::string_view() : found->second;
}

bool misnames_a_picture(std::string_view body) {
    constexpr std::string_view mark = ";base64,", url = "data:", kind = "image/", jpg = "image/jpg";
    for (auto at = body.find(mark); at != std::string_view::npos; at = body.find(mark, at + 1)) {
        const auto before = body.substr(0, at).substr(at - std::min(at, longest_head));
        const auto begin = before.rfind(url);
        if (begin == std::string_view::npos) continue;
        const auto said = before.substr(begin + url.size());
        if (!said.starts_with(kind) || said.contains('"')) continue;
        const auto is = media_type_of(body.substr(at + mark.size()));
        if (!is.empty() && is != (said == jpg ? "image/jpeg" : said)) return true;
    }
    return false;
}

}  // namespace router::dialects
