#include "dialects/failure_words.hpp"

#include "wire/json_text.hpp"

namespace router::dialects {

std::string failure_words(const canonical::Ending& ending) {
    auto words = "The model's answer failed: " + ending.detail + ".";
    if (!ending.explanation.is_empty()) words += " " + wire::unescaped(ending.explanation.escaped);
    return words;
}

}  // namespace router::dialects
