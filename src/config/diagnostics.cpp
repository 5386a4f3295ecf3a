#include "config/diagnostics.hpp"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

#include "config/report.hpp"

namespace router::config {

std::string to_string(const Diagnostic& diagnostic) {
    std::string out = diagnostic.place.file;
    if (diagnostic.place.line > 0) {
        out += ':' + std::to_string(diagnostic.place.line) + ':' +
               std::to_string(diagnostic.place.column);
    }
    if (!out.empty()) out += ": ";
    out += diagnostic.severity == Severity::error ? "error: " : "warning: ";
    return out + diagnostic.message;
}

void Report::error(Place place, std::string message) {
    has_error_ = true;
    add(Severity::error, std::move(place), std::move(message));
}

void Report::warning(Place place, std::string message) {
    add(Severity::warning, std::move(place), std::move(message));
}

void Report::add(Severity severity, Place place, std::string message) {
    constexpr std::size_t most = 1000;
    if (diagnostics_.size() < most) {
        diagnostics_.push_back({severity, std::move(place), std::move(message)});
    } else {
        ++left_out_;
    }
}

void Report::begin_file(const std::string& path) {
    if (std::ranges::find(files_, path) == files_.end()) files_.push_back(path);
}

namespace {

bool say_the_same(const Diagnostic& a, const Diagnostic& b) {
    return a.severity == b.severity && a.place.file == b.place.file && a.message == b.message;
}

std::string other_lines(const std::vector<int>& lines) {
    constexpr std::size_t most = 8;
    std::string out = " (also in line";
    for (std::size_t i = 0; i < lines.size() && i < most; ++i) {
        out += (i == 0 ? " " : ", ") + std::to_string(lines[i]);
    }
    return out + (lines.size() > most ? ", …)" : ")");
}

}  // namespace

std::vector<Diagnostic> Report::sorted() const {
    const auto key = [this](const Diagnostic* diagnostic) {
        const auto file = std::ranges::find(files_, diagnostic->place.file) - files_.begin();
        return std::tuple(file, diagnostic->place.line, diagnostic->place.column, diagnostic);
    };
    std::vector<const Diagnostic*> order;
    for (const auto& diagnostic : diagnostics_) order.push_back(&diagnostic);
    std::ranges::sort(order, {}, key);

    std::vector<Diagnostic> out;
    std::vector<std::vector<int>> lines;
    for (const auto* diagnostic : order) {
        const auto same = std::ranges::find_if(
            out, [&](const Diagnostic& earlier) { return say_the_same(earlier, *diagnostic); });
        if (same == out.end()) {
            out.push_back(*diagnostic);
            lines.emplace_back();
        } else if (same->severity == Severity::error &&
                   same->place.line != diagnostic->place.line) {
            out.push_back(*diagnostic);
            lines.emplace_back();
        } else if (same->place.line != diagnostic->place.line) {
            auto& known = lines[static_cast<std::size_t>(same - out.begin())];
            if (std::ranges::find(known, diagnostic->place.line) == known.end()) {
                known.push_back(diagnostic->place.line);
            }
        }
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (!lines[i].empty()) out[i].message += other_lines(lines[i]);
    }
    if (left_out_ > 0) {
        const auto severity = has_error_ ? Severity::error : Severity::warning;
        out.push_back({severity,
                       {files_.empty() ? std::string() : files_.front(), 0, 0},
                       "and " + std::to_string(left_out_) + " more"});
    }
    return out;
}

}  // namespace router::config
