#include "dialects/registry.hpp"

#include "dialects/anthropic_messages/dialect.hpp"
#include "dialects/bedrock_converse/dialect.hpp"
#include "dialects/gemini/dialect.hpp"
#include "dialects/openai_chat/dialect.hpp"
#include "dialects/openai_responses/dialect.hpp"

namespace router::dialects {

const Dialect& dialect(canonical::DialectId id) {
    switch (id) {
        case canonical::DialectId::openai_responses:
            return openai_responses::dialect();
        case canonical::DialectId::anthropic_messages:
            return anthropic_messages::dialect();
        case canonical::DialectId::gemini:
            return gemini::dialect();
        case canonical::DialectId::bedrock_converse:
            return bedrock_converse::dialect();
        default:
            return openai_chat::dialect();
    }
}

std::string_view name_of(canonical::DialectId id) {
    switch (id) {
        case canonical::DialectId::openai_responses:
            return "openai_responses";
        case canonical::DialectId::anthropic_messages:
            return "anthropic_messages";
        case canonical::DialectId::gemini:
            return "gemini";
        case canonical::DialectId::bedrock_converse:
            return "bedrock_converse";
        default:
            return "openai_chat";
    }
}

}  // namespace router::dialects
