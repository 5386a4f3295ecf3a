#include "http/head.hpp"

#include "input.hpp"

namespace {

using namespace router::http;

bool lies_in(std::string_view part, std::string_view whole) {
    return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

// What a strict reader must never let through.
void check(const RequestHead& head, std::string_view bytes) {
    const auto text = bytes.substr(0, head.size);
    fuzz::require(head.size <= bytes.size() && text.ends_with("\r\n\r\n"));
    fuzz::require(text.find('\0') == std::string_view::npos);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n') fuzz::require(i > 0 && text[i - 1] == '\r');
        if (text[i] == '\r') fuzz::require(i + 1 < text.size() && text[i + 1] == '\n');
    }
    int hosts = 0, lengths = 0, codings = 0;
    for (const auto& [name, value] : head.headers) {
        fuzz::require(lies_in(name, text) && (value.empty() || lies_in(value, text)));
        fuzz::require(!name.empty() && name.find_first_of(" \t:") == std::string_view::npos);
        hosts += is_same_name(name, "host") ? 1 : 0;
        lengths += is_same_name(name, "content-length") ? 1 : 0;
        codings += is_same_name(name, "transfer-encoding") ? 1 : 0;
    }
    fuzz::require(hosts == 1 || (hosts == 0 && head.is_http_1_0));
    fuzz::require(lengths + codings <= 1);
    fuzz::require((head.framing == Framing::chunked) == (codings == 1));
    fuzz::require((head.framing == Framing::length) == (head.content_length > 0));
    fuzz::require(lies_in(head.path, text) || head.path == "/");
}

void read_request(std::string_view text, std::size_t cut) {
    const fuzz::Copy bytes(text);
    const auto head = read_request_head(bytes.view(), {});
    if (!head || !*head) return;
    check(**head, bytes.view());
    // A part of a good head is waited for, and what follows it does not matter.
    const auto size = (*head)->size;
    const fuzz::Copy start(text.substr(0, 2 + cut % (size - 2)));
    const auto part = read_request_head(start.view(), {});
    fuzz::require(part && !*part);
    const fuzz::Copy alone(text.substr(0, size));
    const auto again = read_request_head(alone.view(), {});
    fuzz::require(again && *again && (*again)->size == size);
}

void read_response(std::string_view text, std::size_t cut) {
    const fuzz::Copy bytes(text);
    const auto head = read_response_head(bytes.view(), {});
    if (!head || !*head) return;
    const auto size = (*head)->size;
    fuzz::require(size <= text.size() && text[size - 1] == '\n');
    fuzz::require((*head)->status >= 100 && (*head)->status <= 999);
    fuzz::require((*head)->framing != Framing::until_close || !(*head)->keeps_alive);
    const fuzz::Copy start(text.substr(0, cut % size));
    const auto part = read_response_head(start.view(), {});
    fuzz::require(!part || !*part);
}

}  // namespace

// Any bytes as the head of a request and of a response.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Input input(bytes, size);
    const auto cut = input.below(1 << 16);
    read_request(input.rest(), cut);
    read_response(input.rest(), cut);
    return 0;
}
