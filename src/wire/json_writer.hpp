#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "wire/json_text.hpp"

namespace router::wire {

// Long texts that a JsonWriter did not copy: each belongs into what it wrote, at its place.
struct LeftOut {
    struct Text {
        std::size_t at = 0;
        std::string_view text{};
    };
    static constexpr std::size_t shortest = 32 << 10;  // bytes; a copy of less costs little
    std::array<Text, 2> texts{};                       // in order; more of them are copied
    std::size_t count = 0;
};

// Appends JSON to a text, and sees to the commas. Whoever writes sees to the brackets: what is
// begun must be ended, and in an object each value follows its key.
//
//   key      a name of ours: letters, digits, '_' and '-', not escaped
//   text     plain text, escaped here; escaped: the inside of a JSON string; raw: JSON as it stands
//   lasting  the inside of a JSON string that outlives what is written: a long one is left out,
//   where
//            there is a place to note it
class JsonWriter {
 public:
    explicit JsonWriter(std::string& out, LeftOut* left_out = nullptr)
        : out_(&out), left_out_(left_out) {}

    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }

    JsonWriter& key(std::string_view name) {
        const auto from = out_->size();
        const bool has_comma = needs_comma_;
        out_->resize_and_overwrite(from + has_comma + 3 + name.size(),
                                   [&](char* text, std::size_t) {
                                       auto* at = text + from;
                                       if (has_comma) *at++ = ',';
                                       *at++ = '"';
                                       at = std::copy(name.begin(), name.end(), at);
                                       *at++ = '"';
                                       *at++ = ':';
                                       return static_cast<std::size_t>(at - text);
                                   });
        needs_comma_ = false;
        return *this;
    }

    JsonWriter& text(std::string_view plain) {
        comma();
        append_quoted(*out_, plain);
        return *this;
    }
    JsonWriter& escaped(std::string_view inside) {
        comma();
        *out_ += '"';
        *out_ += inside;
        *out_ += '"';
        return *this;
    }
    JsonWriter& lasting(std::string_view name, std::string_view inside) {
        if (left_out_ == nullptr || inside.size() < LeftOut::shortest ||
            left_out_->count == left_out_->texts.size())
            return escaped(name, inside);
        key(name).escaped({});
        left_out_->texts[left_out_->count++] = {.at = out_->size() - 1, .text = inside};
        return *this;
    }
    JsonWriter& raw(std::string_view json) {
        comma();
        *out_ += json;
        return *this;
    }
    JsonWriter& null() { return raw("null"); }
    JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
    template <class Number>
        requires std::integral<Number> || std::floating_point<Number>
    JsonWriter& number(Number value) {  // a double as the shortest text that reads back the same
        char digits[32];
        const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
        return raw({digits, static_cast<std::size_t>(end - digits)});
    }

    // key and value in one.
    JsonWriter& text(std::string_view name, std::string_view plain) {
        return key(name).text(plain);
    }
    JsonWriter& escaped(std::string_view name, std::string_view inside) {
        return key(name).escaped(inside);
    }
    JsonWriter& raw(std::string_view name, std::string_view json) { return key(name).raw(json); }
    JsonWriter& null(std::string_view name) { return key(name).null(); }
    JsonWriter& boolean(std::string_view name, bool value) { return key(name).boolean(value); }
    template <class Number>
    JsonWriter& number(std::string_view name, Number value) {
        return key(name).number(value);
    }
    JsonWriter& begin_object(std::string_view name) { return key(name).begin_object(); }
    JsonWriter& begin_array(std::string_view name) { return key(name).begin_array(); }

    std::string& out() { return *out_; }

 private:
    void comma() {
        if (needs_comma_) *out_ += ',';
        needs_comma_ = true;
    }
    JsonWriter& open(char bracket) {
        comma();
        *out_ += bracket;
        needs_comma_ = false;
        return *this;
    }
    JsonWriter& close(char bracket) {
        *out_ += bracket;
        needs_comma_ = true;
        return *this;
    }

    std::string* out_;
    LeftOut* left_out_;
    bool needs_comma_ = false;
};

}  // namespace router::wire
