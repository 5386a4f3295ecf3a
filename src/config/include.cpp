#include "config/include.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "config/yaml_document.hpp"

namespace router::config {
namespace {

std::string beside(const std::string& file, const std::string& path) {
    return (std::filesystem::path(file).parent_path() / path).lexically_normal().string();
}

Value take_include(Value& document) {
    Value out;
    const auto found = std::ranges::find(document.members, "include", &Member::key);
    if (found == document.members.end()) return out;
    out = std::move(found->value);
    document.members.erase(found);
    return out;
}

void put_into(Value& document, Value included, Report& report) {
    for (auto& member : included.members) {
        const auto known = std::ranges::find(document.members, member.key, &Member::key);
        if (known == document.members.end()) {
            document.members.push_back(std::move(member));
        } else if (member.value.is(ValueKind::list) && known->value.is(ValueKind::list)) {
            std::ranges::move(member.value.items, std::back_inserter(known->value.items));
        } else {
            report.warning(member.place, "this replaces the whole " + shown(member.key) + " of " +
                                             known->place.file + " line " +
                                             std::to_string(known->place.line));
            *known = std::move(member);
        }
    }
}

class Inclusion {
 public:
    Inclusion(const ReadFile& read_file, Report& report) : read_file_(read_file), report_(report) {}

    void into(Value& document, const std::string& path) {
        const auto include = take_include(document);
        open_.push_back(path);
        if (include.is(ValueKind::list)) {
            for (const auto& item : include.items) add(item, document, path);
        } else if (!include.is(ValueKind::null)) {
            add(include, document, path);
        }
        open_.pop_back();
    }

 private:
    void add(const Value& item, Value& document, const std::string& from) {
        constexpr std::size_t most_files = 256;
        if (!item.is_scalar() || item.text.empty()) {
            report_.error(
                item.place,
                "include takes the path of a file, or a list of them; this is " + shown(item));
            return;
        }
        const auto path = beside(from, item.text);
        if (std::ranges::find(open_, path) != open_.end()) {
            report_.error(item.place, "include: " + shown(item) +
                                          " includes this file in turn; one of the two must go");
            return;
        }
        if (++count_ > most_files) {
            report_.error(item.place, "include: more than 256 files");
            return;
        }
        const auto text = read_file_(path);
        if (!text) {
            report_.error(item.place, "include: " + shown(item) + " cannot be read (" +
                                          shown(path) + "): " + text.error());
            return;
        }
        report_.begin_file(path);
        auto included = parse_yaml(*text, path, report_);
        if (!included || included->is(ValueKind::null)) return;
        if (!included->is(ValueKind::map)) {
            report_.error(
                included->place,
                "an included file is a map, like the main one; this is " + shown(*included));
            return;
        }
        into(*included, path);
        put_into(document, std::move(*included), report_);
    }

    const ReadFile& read_file_;
    Report& report_;
    std::vector<std::string> open_;
    std::size_t count_ = 0;
};

}  // namespace

void include_files(Value& document, const std::string& path, const ReadFile& read_file,
                   Report& report) {
    Inclusion(read_file, report)
        .into(document, std::filesystem::path(path).lexically_normal().string());
}

}  // namespace router::config
