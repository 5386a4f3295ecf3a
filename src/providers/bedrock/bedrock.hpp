#pragma once

#include <memory>

#include "providers/provider.hpp"

namespace router::providers::bedrock {

// Amazon Bedrock: Claude by InvokeModel in Anthropic's own format, all others by Converse.
// "converse/" or "invoke/" before a model says which. Requests are signed with the account's key,
// or carry a bearer key.
std::unique_ptr<const Provider> make(const config::Target& target);

}  // namespace router::providers::bedrock
