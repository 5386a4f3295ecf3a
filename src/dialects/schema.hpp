#pragma once

#include <string>

#include "canonical/text.hpp"

namespace router::dialects {

// JSON schemas as the dialects want them. What a schema says and its new form cannot goes into
// the description, for the model to read. A text that is no JSON object comes back as {}.
//
//   source  the documents of the dialects and the types of their SDKs (read 2026-11-22)

// For Anthropic's structured output and strict tools: every object closed, oneOf as anyOf, no
// bounds, no pattern, known formats only; $defs and $ref stay.
std::string anthropic_schema(canonical::Json schema);

// For Anthropic's input_schema, which takes all of JSON schema but must be of type object.
std::string object_schema(canonical::Json schema);

// The part of OpenAPI that Gemini's `parameters` and `responseSchema` take: $ref written out,
// const as enum, oneOf as anyOf, allOf merged, null as nullable.
std::string gemini_schema(canonical::Json schema);

// From Gemini's `parameters` and `responseSchema`: types in small letters, nullable as a type.
std::string json_schema_from_gemini(canonical::Json schema);

// Whether OpenAI takes the schema as a strict one: every object is closed and requires all of its
// properties.
bool is_strict_ready(canonical::Json schema);

}  // namespace router::dialects
