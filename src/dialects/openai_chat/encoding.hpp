#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "canonical/request.hpp"
#include "dialects/dialect.hpp"
#include "dialects/fit_steps.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::openai_chat {

// A request on its way into a body: what the steps of encode_request() write to.
struct Encoding {
    const canonical::Request& request;
    const Variant& variant;
    wire::JsonWriter& json;
    std::vector<canonical::Loss>& losses;
    std::optional<Error> error{};

    bool is_from_chat() const { return request.dialect == canonical::DialectId::openai_chat; }
    // OpenAI itself, which knows fields that compatible servers refuse.
    bool is_for_openai() const { return variant.max_tokens_field == "max_completion_tokens"; }

    std::string_view name(Field field) const { return field_name(request.dialect, field); }
    // Once for each field.
    void lose(std::string_view field, std::string_view reason) {
        if (std::ranges::find(losses, field, &canonical::Loss::field) == losses.end())
            losses.push_back({std::string(field), std::string(reason)});
    }
    void refuse(std::string_view field, std::string message) {
        if (error) return;
        error = Error{.kind = ErrorKind::bad_request, .message = std::move(message)};
        error->param = field;
        error->code = "unsupported_value";
    }
};

void write_messages(Encoding& to);
void write_tools(Encoding& to);

}  // namespace router::dialects::openai_chat
