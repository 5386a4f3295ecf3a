#pragma once

#include "dialects/dialect.hpp"

namespace router::dialects::gemini {

// Google's generateContent, as the Gemini API and Vertex AI speak it.
const Dialect& dialect();

}  // namespace router::dialects::gemini
