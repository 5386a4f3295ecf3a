#include "config/yaml_document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <map>
#include <spanstream>
#include <stdexcept>
#include <unordered_map>
#include <utility>
#include <vector>

namespace router::config {
namespace {

constexpr std::size_t most_nodes = 200'000;  // aliases multiply what a short text says
constexpr std::size_t deepest = 100;
constexpr std::size_t longest_text = std::size_t{16} << 20;

struct Unreadable : std::runtime_error {
    Unreadable(Place at, const std::string& why) : std::runtime_error(why), place(std::move(at)) {}
    Place place;
};

std::size_t node_count(const Value& value) {
    std::size_t count = 1;
    for (const auto& item : value.items) count += node_count(item);
    for (const auto& member : value.members) count += node_count(member.value);
    return count;
}

ValueKind plain_kind(const std::string& text) {
    if (is_boolean(text)) return ValueKind::boolean;
    return json_number(text).empty() ? ValueKind::text : ValueKind::number;
}

// Builds the tree from yaml-cpp's events.
class Builder : public YAML::EventHandler {
 public:
    Builder(const std::string& file, Report& report) : file_(file), report_(report) {}

    Value take() { return std::move(root_); }
    const Place& last_scalar() const { return last_scalar_; }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        complete(begin(mark, ValueKind::null), anchor);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& text) override {
        const bool is_plain = tag == "?" || tag.empty();
        auto value = begin(mark, is_plain ? plain_kind(text) : ValueKind::text);
        value.text = text;
        last_scalar_ = value.place;
        plain_scalar_ = is_plain;
        complete(std::move(value), anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto named = anchors_.find(anchor);
        if (named == anchors_.end()) {
            throw Unreadable(place(mark), "this alias stands inside the value that it names");
        }
        count_ += named->second.nodes;
        if (count_ > most_nodes) throw Unreadable(place(mark), "aliases make the file too large");
        complete(Value(named->second.value), 0);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, ValueKind::list, anchor);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, ValueKind::map, anchor);
    }
    void OnMapEnd() override {
        merge_into(open_.back());
        close();
    }

 private:
    struct Open {
        Value value;
        YAML::anchor_t anchor = 0;
        bool has_key = false;
        bool is_merge = false;
        std::string key;
        Place key_place;
        std::vector<Value> merges;
        std::unordered_map<std::string, int> lines;  // of each key, for duplicates
    };
    struct Named {
        Value value;
        std::size_t nodes = 0;
    };

    Place place(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }

    Value begin(const YAML::Mark& mark, ValueKind kind) {
        if (++count_ > most_nodes) throw Unreadable(place(mark), "the file is too large");
        plain_scalar_ = false;
        Value value;
        value.kind = kind;
        value.place = place(mark);
        return value;
    }

    void open(const YAML::Mark& mark, ValueKind kind, YAML::anchor_t anchor) {
        if (open_.size() >= deepest) throw Unreadable(place(mark), "the file is nested too deeply");
        Open entry;
        entry.value = begin(mark, kind);
        entry.anchor = anchor;
        open_.push_back(std::move(entry));
    }

    void close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        plain_scalar_ = false;
        complete(std::move(done.value), done.anchor);
    }

    void complete(Value value, YAML::anchor_t anchor) {
        if (anchor != 0) anchors_[anchor] = Named{value, node_count(value)};
        if (open_.empty()) {
            root_ = std::move(value);
            return;
        }
        Open& parent = open_.back();
        if (parent.value.is(ValueKind::list)) {
            parent.value.items.push_back(std::move(value));
        } else if (!parent.has_key) {
            take_key(parent, value);
        } else {
            take_member(parent, std::move(value));
        }
    }

    void take_key(Open& map, const Value& key) {
        if (!key.is_scalar() || key.is(ValueKind::null)) {
            throw Unreadable(key.place,
                             "a key must be a word, it is " + std::string(kind_name(key)));
        }
        map.has_key = true;
        map.is_merge = plain_scalar_ && key.text == "<<";
        map.key = key.text;
        map.key_place = key.place;
    }

    void take_member(Open& map, Value value) {
        map.has_key = false;
        if (map.is_merge) {
            map.merges.push_back(std::move(value));
            return;
        }
        const auto [earlier, is_new] = map.lines.try_emplace(map.key, map.key_place.line);
        if (!is_new) {
            report_.error(map.key_place,
                          shown(map.key) + " stands here a second time, the first is in line " +
                              std::to_string(earlier->second) + "; keep one of them");
            return;
        }
        map.value.members.push_back(
            {std::move(map.key), std::move(map.key_place), std::move(value)});
    }

    void merge_into(Open& map) {
        for (auto& merge : map.merges) {
            if (merge.is(ValueKind::list)) {
                for (auto& item : merge.items) merge_members(map, std::move(item));
            } else {
                merge_members(map, std::move(merge));
            }
        }
    }

    void merge_members(Open& map, Value from) {
        if (!from.is(ValueKind::map)) {
            report_.error(from.place,
                          "<< takes a map or a list of maps, such as *defaults; this is " +
                              std::string(kind_name(from)));
            return;
        }
        for (auto& member : from.members) {
            if (map.lines.try_emplace(member.key, member.place.line).second) {
                map.value.members.push_back(std::move(member));
            }
        }
    }

    const std::string& file_;
    Report& report_;
    Value root_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Named> anchors_;
    std::size_t count_ = 0;
    Place last_scalar_;
    bool plain_scalar_ = false;
};

struct PlainWords {
    std::string_view yaml_cpp;
    std::string_view ours;
};

constexpr std::array<PlainWords, 16> plain_words{{
    {"illegal tab when looking for indentation", "a tab indents this line; use spaces"},
    {"end of map not found",
     "this line does not fit the lines above it: look at its indentation, and for a missing \": \" "
     "after a key"},
    {"end of sequence not found",
     "this line does not fit the list above it: look at its indentation and its \"- \""},
    {"end of map flow not found",
     "a map that begins with { has no closing }, or a comma is missing"},
    {"end of sequence flow not found",
     "a list that begins with [ has no closing ], or a comma is missing"},
    {"illegal map value",
     "a \": \" stands where no value may begin; put text that contains \": \" in quotes, and look "
     "at the indentation"},
    {"illegal map key",
     "a key cannot stand here; look at the indentation of this line and the one above"},
    {"illegal block entry", "a \"- \" cannot stand here; look at the indentation"},
    {"illegal flow end", "a ] or } closes what was not opened"},
    {"illegal EOF in scalar", "a quote is opened here and never closed"},
    {"illegal document indicator in scalar", "a quote is opened and not closed before ---"},
    {"unknown token", "this character cannot begin a value; put the text in quotes"},
    {"the referenced anchor is not defined",
     "this alias names an anchor (&name) that does not stand above it"},
    {"unknown escape character",
     "a backslash in double quotes stands before a letter that it does not escape; "
     "use single quotes, or two backslashes"},
    {"illegal character in scalar", "this text contains a character that YAML does not allow"},
    {"alias not found after *", "text that begins with * must stand in quotes, like \"*\""},
}};

std::string in_plain_words(const std::string& message) {
    for (const auto& known : plain_words) {
        if (message.starts_with(known.yaml_cpp)) return std::string(known.ours);
    }
    return "this is not YAML: " + message;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (true) {
        const auto end = text.find('\n');
        lines.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return lines;
        text.remove_prefix(end + 1);
    }
}

// The column of a tab that indents the line, 0 when there is none.
int indenting_tab(std::string_view line) {
    const auto content = line.find_first_not_of(" \t");
    const auto tab = line.find('\t');
    return tab != std::string_view::npos && (content == std::string_view::npos || tab < content) &&
                   content != std::string_view::npos
               ? static_cast<int>(tab) + 1
               : 0;
}

// A tab is the usual reason of an error that yaml-cpp finds somewhat later.
std::optional<Place> tab_near(std::string_view text, const Place& error) {
    const auto lines = lines_of(text);
    const int last = std::min(error.line, static_cast<int>(lines.size()));
    for (int line = last; line >= 1 && line >= last - 1; --line) {
        const int column = indenting_tab(lines[static_cast<std::size_t>(line - 1)]);
        if (column > 0) return Place{error.file, line, column};
    }
    return std::nullopt;
}

// Whether the text that begins with a quote has its other one.
bool is_closed(std::string_view text) {
    const char quote = text.front();
    for (std::size_t i = 1; i < text.size(); ++i) {
        const bool is_doubled = quote == '\'' && text.substr(i).starts_with("''");
        if (is_doubled || (quote == '"' && text[i] == '\\')) {
            ++i;
        } else if (text[i] == quote) {
            return true;
        }
    }
    return false;
}

// yaml-cpp takes a quote that is never closed for text up to the end of the file.
void check_last_quote(std::string_view text, const Place& last_scalar) {
    const auto lines = lines_of(text);
    if (last_scalar.line < 1 || static_cast<std::size_t>(last_scalar.line) > lines.size()) return;
    const auto line = lines[static_cast<std::size_t>(last_scalar.line - 1)];
    const auto column = static_cast<std::size_t>(last_scalar.column - 1);
    if (column >= line.size() || (line[column] != '"' && line[column] != '\'')) return;
    if (!is_closed(text.substr(static_cast<std::size_t>(line.data() - text.data()) + column))) {
        throw Unreadable(last_scalar, "a quote is opened here and never closed");
    }
}

std::optional<Value> parse_document(std::string_view text, const std::string& file,
                                    Report& report) {
    std::ispanstream stream(std::span<const char>(text.data(), text.size()));
    YAML::Parser parser(stream);
    Builder builder(file, report);
    const bool is_empty = !parser.HandleNextDocument(builder);
    auto value = builder.take();
    if (is_empty) return value;
    check_last_quote(text, builder.last_scalar());
    Builder ignored(file, report);
    if (parser.HandleNextDocument(ignored)) {
        const auto place = ignored.take().place;
        throw Unreadable(place.line > 0 ? place : value.place,
                         "a second document (---) begins; a file holds one");
    }
    return value;
}

}  // namespace

std::optional<Value> parse_yaml(std::string_view text, const std::string& file, Report& report) {
    if (text.size() > longest_text) {
        report.error({file, 0, 0}, "the file is larger than 16 MB");
        return std::nullopt;
    }
    try {
        return parse_document(text, file, report);
    } catch (const Unreadable& problem) {
        report.error(problem.place, problem.what());
    } catch (const YAML::Exception& problem) {
        const Place place{file, problem.mark.line + 1, problem.mark.column + 1};
        if (const auto tab = tab_near(text, place)) {
            report.error(*tab, "a tab indents this line; use spaces");
        } else {
            report.error(place, in_plain_words(problem.msg));
        }
    } catch (const std::exception& problem) {
        report.error({file, 0, 0}, std::string("this is not YAML: ") + problem.what());
    }
    return std::nullopt;
}

}  // namespace router::config
