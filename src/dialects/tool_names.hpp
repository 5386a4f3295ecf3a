#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "canonical/answer.hpp"
#include "canonical/request.hpp"

namespace router::dialects {

// What a tool was called, and was, before fit() renamed it for its target.
struct ToolName {
    std::string sent{};  // what the target knows
    std::string name{};  // what the client knows
    std::string name_space{};
    canonical::ToolKind kind = canonical::ToolKind::function;
    friend bool operator==(const ToolName&, const ToolName&) = default;
};

// Which characters a dialect allows in the name of a tool, and how many.
struct NameRule {
    std::string_view extra = "_-";  // besides letters and digits
    std::size_t longest = 64;
    bool starts_with_letter = false;  // or '_'
};

NameRule name_rule(canonical::DialectId target);

// The tools that go to a target under another name or as another kind of tool than the client
// declared: names with letters that the target refuses, namespaces, custom tools as functions.
class ToolNames {
 public:
    // The name under which a tool goes out; the same for the same tool, never that of another one.
    std::string sent(std::string_view name, std::string_view name_space, canonical::ToolKind kind,
                     canonical::ToolKind kind_sent, const NameRule& rule);

    bool is_empty() const { return changed_.empty(); }  // nothing was changed, nothing to restore
    const ToolName* find(std::string_view sent) const;  // nothing: it goes by its own name

    // Gives the calls of a whole answer the client's names and kinds.
    void restore(canonical::Answer& answer) const;

 private:
    std::map<std::string, ToolName, std::less<>> changed_;  // by `sent`
    std::map<std::string, std::string, std::less<>> sent_;  // by namespace, '\n' and name
    std::map<std::string, int, std::less<>> taken_;         // every name sent
};

// The text of a custom tool that went out as a function: its one argument, {"input": "..."}.
// Arguments that are no such object are the text themselves.
//
//   arguments  JSON as it stands
//   gives      the inside of a JSON string, kept in `arena`
std::string_view custom_text(std::string_view arguments, canonical::Arena& arena);

// Stands between a stream's decoder and its encoder, and restores names as they pass. The
// arguments of a custom tool are held until its block ends.
class RestoredNames : public canonical::EventSink {
 public:
    RestoredNames(const ToolNames& names, canonical::EventSink& next)
        : names_(names), next_(next) {}
    void take(const canonical::Event& event) override;

 private:
    struct Held {
        int choice = 0;
        int block = 0;
        std::string arguments{};  // the inside of a JSON string
    };

    void start(canonical::BlockStarted started);
    bool hold(const canonical::BlockDelta& delta);
    void release(const canonical::BlockEnded& ended);

    const ToolNames& names_;
    canonical::EventSink& next_;
    std::vector<Held> held_;
};

}  // namespace router::dialects
