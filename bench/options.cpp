#include "options.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace router::bench {
namespace {

[[noreturn]] void refuse(std::string_view complaint, std::string_view name) {
    std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(complaint.size()), complaint.data(),
                 static_cast<int>(name.size()), name.data());
    std::exit(2);
}

}  // namespace

Options::Options(int argc, char** argv, const std::set<std::string_view>& known) {
    for (int at = 1; at < argc; ++at) {
        std::string_view word = argv[at];
        if (word == "--") {
            command_.assign(argv + at + 1, argv + argc);
            return;
        }
        if (!word.starts_with("--") || !known.contains(word.substr(2)))
            refuse("unknown option", word);
        if (++at == argc) refuse("no value", word);
        values_.insert_or_assign(std::string(word.substr(2)), argv[at]);
    }
}

std::string Options::text(std::string_view name, std::string_view otherwise) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::string(otherwise) : found->second;
}

std::uint64_t Options::number(std::string_view name, std::uint64_t otherwise) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return otherwise;
    const std::string& value = found->second;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size()) refuse("not a number", name);
    return number;
}

}  // namespace router::bench
