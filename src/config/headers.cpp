#include "config/headers.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace router::config {
namespace {

bool is_header_name(std::string_view name) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::ranges::all_of(name, [&](unsigned char c) {
        return std::isalnum(c) != 0 || marks.contains(static_cast<char>(c));
    });
}

}  // namespace

bool is_header_value(std::string_view text) {
    return std::ranges::all_of(
        text, [](unsigned char c) { return (c >= 0x20 && c != 0x7f) || c == '\t'; });
}

void add_header(const Member& member, std::vector<std::pair<std::string, std::string>>& headers,
                Report& report) {
    constexpr std::array<std::string_view, 7> ours{
        "host", "connection", "content-length", "transfer-encoding", "te", "upgrade", "expect"};
    const auto& [key, place, value] = member;
    auto name = lower_case(key);
    if (!is_header_name(name)) {
        report.error(place, "a header cannot be named " + shown(key));
    } else if (std::ranges::find(ours, name) != ours.end()) {
        report.error(place, "the header " + shown(key) + " is set by the router itself");
    } else if (!value.is_scalar()) {
        report.error(value.place, "the header " + shown(key) + " must be text; it is " +
                                      std::string(kind_name(value)));
    } else if (!is_header_value(value.text)) {
        report.error(value.place, "the header " + shown(key) + " must be one line of text");
    } else if (!value.is(ValueKind::null)) {
        headers.emplace_back(std::move(name), value.text);
    }
}

}  // namespace router::config
