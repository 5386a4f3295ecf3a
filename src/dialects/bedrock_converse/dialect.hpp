#pragma once

#include "dialects/dialect.hpp"

namespace router::dialects::bedrock_converse {

// Amazon Bedrock's Converse and ConverseStream, which all its models understand. Spoken to
// upstreams alone: nobody's requests are read, no answers are written in it. Its streams come as
// providers::EventReader hands them over: the event's type as its name, its payload as its data.
//
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
// (read 2026-11-22)
const Dialect& dialect();

}  // namespace router::dialects::bedrock_converse
