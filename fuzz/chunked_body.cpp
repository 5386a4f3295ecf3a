#include <string>

#include "http/body.hpp"
#include "input.hpp"

namespace {

using namespace router::http;

struct Taken {
    std::string body, rest;
    bool is_complete = false, is_malformed = false;
    bool operator==(const Taken&) const = default;
};

// Takes what a piece holds. False: it is malformed, and nothing more is asked of the reader.
bool take(BodyReader& reader, std::string_view piece, Taken& taken) {
    const fuzz::Copy copy(piece);
    auto input = copy.view();
    while (!input.empty() && !reader.is_complete()) {
        const auto next = reader.next(input);
        if (!next) {
            taken.is_malformed = true;
            return false;
        }
        taken.body += *next;
    }
    taken.rest += input;
    taken.is_complete = reader.is_complete();
    return true;
}

template <class Cut>
Taken take_all(BodyReader reader, std::string_view text, Cut cut) {
    Taken taken;
    while (!text.empty()) {
        const auto piece = text.substr(0, cut(text));
        if (!take(reader, piece, taken)) return taken;
        text.remove_prefix(piece.size());
    }
    return taken;
}

}  // namespace

// Any bytes as a body: cut at any place, or into bytes, it is the same body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Input input(bytes, size);
    const auto choice = input.byte();
    const auto at = input.below(1 << 16);
    const auto text = input.rest();
    const auto framing = choice % 8 == 0 ? Framing::length : Framing::chunked;
    const auto fault =
        choice & 8 ? router::ErrorKind::bad_request : router::ErrorKind::upstream_broken;
    const BodyReader reader(framing, at, fault);

    const auto whole = take_all(reader, text, [](auto left) { return left.size(); });
    const auto in_bytes = take_all(reader, text, [](auto) { return std::size_t{1}; });
    bool is_cut = false;
    const auto in_two = take_all(reader, text, [&](auto left) {
        if (is_cut) return left.size();
        is_cut = true;
        return 1 + at % left.size();
    });
    fuzz::require(whole == in_bytes && whole == in_two);
    fuzz::require(whole.body.size() + whole.rest.size() <= text.size());
    return 0;
}
