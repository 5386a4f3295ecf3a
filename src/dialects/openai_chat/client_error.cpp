#include "dialects/openai_chat/error.hpp"
#include "dialects/openai_words.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::openai_chat {
namespace {

void write_or_null(wire::JsonWriter& json, std::string_view key, std::string_view text) {
    if (text.empty()) {
        json.null(key);
    } else {
        json.text(key, text);
    }
}

}  // namespace

std::string encode_error(const Error& error) {
    std::string out;
    wire::JsonWriter json(out);
    json.begin_object().begin_object("error");
    json.text("message", error.message);
    json.text("type", openai_type_of(error));
    write_or_null(json, "param", error.param);
    write_or_null(json, "code", openai_code_of(error));
    json.end_object().end_object();
    return out;
}

int error_status(const Error& error) {
    const auto* const word = openai_word_of(error);
    return word != nullptr && word->status != 0 ? word->status : error.http_status();
}

}  // namespace router::dialects::openai_chat
