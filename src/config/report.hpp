#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "config/diagnostics.hpp"

namespace router::config {

// Collects the problems of one run.
class Report {
 public:
    void error(Place place, std::string message);
    void warning(Place place, std::string message);
    bool has_error() const { return has_error_; }

    // Names a file; those named first come first in sorted().
    void begin_file(const std::string& path);
    const std::vector<std::string>& files() const { return files_; }

    // Every problem once, by file, line and column. Warnings of one file that say the same become
    // one, with the lines.
    std::vector<Diagnostic> sorted() const;

 private:
    void add(Severity severity, Place place, std::string message);

    std::vector<Diagnostic> diagnostics_;
    std::vector<std::string> files_;
    std::size_t left_out_ = 0;  // beyond what a person reads
    bool has_error_ = false;
};

}  // namespace router::config
