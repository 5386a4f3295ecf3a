#include "config/expand.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <utility>

namespace router::config {
namespace {

constexpr std::string_view whole_reference = "os.environ/";

void leave_out(Value& value, std::string variable) {
    value.written = std::move(value.text);
    value.kind = ValueKind::null;
    value.text.clear();
    value.missing = std::move(variable);
}

void fill_in(Value& value, std::string text) {
    value.written = std::move(value.text);
    value.text = std::move(text);
    value.kind = ValueKind::text;
}

void expand_text(Value& value, const Environment& environment) {
    if (value.text.starts_with(whole_reference)) {
        auto name = value.text.substr(whole_reference.size());
        if (auto found = environment(name)) {
            fill_in(value, std::move(*found));
        } else {
            leave_out(value, std::move(name));
        }
        return;
    }
    if (!value.text.contains("${")) return;
    std::string missing;
    auto text = interpolate(value.text, environment, missing);
    if (!missing.empty()) {
        leave_out(value, std::move(missing));
    } else if (text != value.text) {
        fill_in(value, std::move(text));
    }
}

void expand_under(std::string_view key, Value& value, const Environment& environment,
                  Report& report) {
    if (value.is(ValueKind::text)) expand_text(value, environment);
    const bool reader_reports = key == "api_key" || key == "master_key";
    if (!value.missing.empty() && !reader_reports) {
        report.warning(value.place, "the environment variable " + shown(value.missing) +
                                        " is not set; what refers to it is left out");
    }
    for (auto& item : value.items) expand_under(key, item, environment, report);
    for (auto& member : value.members) expand_under(member.key, member.value, environment, report);
}

}  // namespace

bool is_variable_name(std::string_view name) {
    return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
           std::ranges::all_of(name,
                               [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

std::string interpolate(std::string_view text, const Environment& environment,
                        std::string& missing) {
    std::string out;
    while (true) {
        const auto start = text.find("${");
        out += text.substr(0, start);
        if (start == std::string_view::npos) return out;
        const auto end = text.find('}', start);
        if (end == std::string_view::npos) return out += text.substr(start);
        const auto inside = text.substr(start + 2, end - start - 2);
        const auto colon = inside.find(":-");
        const auto name = inside.substr(0, colon);
        if (start > 0 && text[start - 1] == '$') {  // $${NAME}: its first dollar is out already
            out += text.substr(start + 1, end - start);
        } else if (!is_variable_name(name)) {
            out += text.substr(start, end - start + 1);
        } else if (auto found = environment(name);
                   found && !(colon != std::string_view::npos && found->empty())) {
            out += *found;
        } else if (colon != std::string_view::npos) {
            out += inside.substr(colon + 2);
        } else if (missing.empty()) {
            missing = name;
        }
        text.remove_prefix(end + 1);
    }
}

void expand(Value& value, const Environment& environment, Report& report) {
    expand_under({}, value, environment, report);
}

}  // namespace router::config
