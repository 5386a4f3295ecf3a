#pragma once

#include <string>
#include <utility>

#include "base/error.hpp"
#include "dialects/gemini/error.hpp"

namespace router::dialects::gemini {

// How the responses of a stream follow each other: as server-sent events, of which Google's SDKs
// bear nothing but `data: ` and empty lines, or without alt=sse as the elements of one array.
class Framing {
 public:
    explicit Framing(bool is_array) : is_array_(is_array) {}

    void begin(std::string& out) {
        if (is_array_) {
            out += std::exchange(has_any_, true) ? ",\r\n" : "[";
        } else {
            out += "data: ";
        }
    }
    void end(std::string& out) const {
        if (!is_array_) out += "\n\n";
    }
    void finish(std::string& out) {
        if (!is_array_ || std::exchange(is_closed_, true)) return;
        out += has_any_ ? "]" : "[]";
    }
    void fail(const Error& error, std::string& out) {
        if (is_closed_) return;
        begin(out);
        out += encode_error(error);
        end(out);
        finish(out);
    }
    static void heartbeat(std::string& out) { out += '\n'; }

 private:
    bool is_array_;
    bool has_any_ = false;
    bool is_closed_ = false;
};

}  // namespace router::dialects::gemini
