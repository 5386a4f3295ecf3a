#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/report.hpp"
#include "config/settings.hpp"
#include "config/value.hpp"

namespace router::config {

// Takes typed values out of a map. A key that is absent or empty leaves what is there; a value of
// the wrong type is an error that says what would be right.
class SectionReader {
 public:
    // `name` is what the map is called in diagnostics, "general_settings".
    SectionReader(const Value& map, std::string_view name, Report& report)
        : map_(map), name_(name), report_(report) {}

    const Value* find(std::string_view key) const;  // nothing when it is empty

    void text(std::string_view key, std::string& into) const;
    void boolean(std::string_view key, bool& into) const;
    void seconds(std::string_view key, milliseconds& into,
                 bool may_be_zero = false) const;                            // 30, 0.5, "30s", "5m"
    std::optional<milliseconds> seconds(std::string_view key) const;         // above 0
    void texts(std::string_view key, std::vector<std::string>& into) const;  // a list, or one alone

    std::optional<std::int64_t> whole(std::string_view key, std::int64_t least,
                                      std::int64_t most) const;
    std::optional<double> number(std::string_view key) const;
    std::optional<std::string> one_of(std::string_view key,
                                      std::vector<std::string_view> words) const;

    void wrong(std::string_view key, const Value& value, std::string_view right) const;

 private:
    const Value& map_;
    std::string_view name_;
    Report& report_;
};

// 30, 0.5 and "30" are seconds; "500ms", "30s", "5m", "1h" and "1d" say their unit.
std::optional<milliseconds> duration(std::string_view text);
std::optional<double> number(std::string_view text);

}  // namespace router::config
