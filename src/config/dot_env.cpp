#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>

#include "config/expand.hpp"
#include "config/load.hpp"

namespace router::config {
namespace {

// Cuts NAME=value lines; a value in quotes may go over several.
class DotEnvReader {
 public:
    DotEnvReader(std::string_view text, const std::string& file, const Environment& environment)
        : rest_(text), file_(file), environment_(environment) {}

    DotEnv read() {
        while (!rest_.empty()) {
            skip_blanks();
            if (!rest_.empty() && rest_.front() != '\n' && rest_.front() != '#') read_variable();
            skip_line();
        }
        return std::move(out_);
    }

 private:
    Place here() const { return {file_, line_, 1}; }

    void skip_blanks() {
        while (rest_.starts_with(' ') || rest_.starts_with('\t') || rest_.starts_with('\r'))
            rest_.remove_prefix(1);
    }

    void skip_line() {
        const auto end = rest_.find('\n');
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        ++line_;
    }

    void read_variable() {
        if (rest_.starts_with("export ")) {
            rest_.remove_prefix(7);
            skip_blanks();
        }
        const auto end = std::ranges::find_if(
            rest_, [](unsigned char c) { return std::isalnum(c) == 0 && c != '_'; });
        const std::string name(rest_.begin(), end);
        rest_.remove_prefix(name.size());
        skip_blanks();
        if (!is_variable_name(name) || !rest_.starts_with('=')) {
            out_.diagnostics.push_back(
                {Severity::warning, here(), "this line is not NAME=value; it is left out"});
            return;
        }
        rest_.remove_prefix(1);
        skip_blanks();
        set(name, rest_.starts_with('\'')  ? single_quoted()
                  : rest_.starts_with('"') ? expanded(double_quoted())
                                           : expanded(unquoted()));
    }

    void set(const std::string& name, std::string value) {
        const auto known =
            std::ranges::find(out_.variables, name, &std::pair<std::string, std::string>::first);
        if (known == out_.variables.end()) {
            out_.variables.emplace_back(name, std::move(value));
        } else {
            known->second = std::move(value);
        }
    }

    std::string unquoted() {
        auto text = rest_.substr(0, rest_.find('\n'));
        rest_.remove_prefix(text.size());
        if (text.starts_with('#')) return {};
        for (const auto* comment : {" #", "\t#"}) text = text.substr(0, text.find(comment));
        while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
            text.remove_suffix(1);
        return std::string(text);
    }

    // The text up to the quote, which `take` consumes; reports the line where a quote was opened
    // and never closed.
    void unclosed(int line) {
        out_.diagnostics.push_back(
            {Severity::warning, {file_, line, 1}, "a quote is opened here and never closed"});
    }

    std::string single_quoted() {
        rest_.remove_prefix(1);
        const auto end = rest_.find('\'');
        const auto text = rest_.substr(0, end);
        if (end == std::string_view::npos) unclosed(line_);
        line_ += static_cast<int>(std::ranges::count(text, '\n'));
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        return std::string(text);
    }

    std::string double_quoted() {
        const int opened = line_;
        rest_.remove_prefix(1);
        std::string out;
        while (!rest_.empty() && rest_.front() != '"') {
            char c = rest_.front();
            if (c == '\n') ++line_;
            if (c == '\\' && rest_.size() > 1) {
                rest_.remove_prefix(1);
                c = rest_.front();
                if (c == '\n') ++line_;
                if (c == 'n') c = '\n';
                if (c == 't') c = '\t';
                if (c == '$') out += "$";  // \$ is $$, a plain dollar for expanded()
            }
            out += c;
            rest_.remove_prefix(1);
        }
        if (rest_.empty()) {
            unclosed(opened);
        } else {
            rest_.remove_prefix(1);
        }
        return out;
    }

    // Variables of lines above stand above those of the environment; one that is nowhere is empty,
    // as in a shell.
    std::string expanded(const std::string& text) {
        std::string missing;
        const Environment both = [this](std::string_view name) -> std::optional<std::string> {
            const auto above = std::ranges::find(out_.variables, name,
                                                 &std::pair<std::string, std::string>::first);
            return above == out_.variables.end() ? environment_(name) : above->second;
        };
        auto out = interpolate(text, both, missing);
        if (!missing.empty()) {
            out_.diagnostics.push_back(
                {Severity::warning, here(),
                 "the variable " + missing + " is not set; it counts as empty"});
        }
        return out;
    }

    std::string_view rest_;
    const std::string& file_;
    const Environment& environment_;
    int line_ = 1;
    DotEnv out_;
};

}  // namespace

DotEnv read_dot_env(const std::string& path, const Environment& environment) {
    const auto text = read_from_disk(path);
    if (!text) return {};
    std::string_view content = *text;
    if (content.starts_with("\xef\xbb\xbf")) content.remove_prefix(3);
    return DotEnvReader(content, path, environment).read();
}

}  // namespace router::config
