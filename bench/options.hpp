#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace router::bench {

// The command line: `--name value` pairs, and after `--` the words of another command.
//
//   errors   an unknown name or a missing value ends the program with status 2: these programs are
//   run by run.py
class Options {
 public:
    Options(int argc, char** argv, const std::set<std::string_view>& known);

    std::string text(std::string_view name, std::string_view otherwise) const;
    std::uint64_t number(std::string_view name, std::uint64_t otherwise) const;
    const std::vector<std::string>& command() const { return command_; }

 private:
    std::map<std::string, std::string, std::less<>> values_;
    std::vector<std::string> command_;
};

}  // namespace router::bench
