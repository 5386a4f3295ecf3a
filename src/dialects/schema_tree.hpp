#pragma once

#include <string_view>

#include "wire/json_tree.hpp"

namespace router::dialects {

// The steps that turning a JSON schema into another form is made of.

// It has the type object, alone or among others, or properties.
bool is_object_schema(const wire::JsonTree& node);

// Tells the reader in the description what the schema cannot say: "minimum: 3".
void note(wire::JsonTree& node, std::string_view word, const wire::JsonTree& value);

// What "#/$defs/name" means in the document `root`; nothing when it leads nowhere or out of it.
const wire::JsonTree* resolve(const wire::JsonTree& root, const wire::JsonTree& node);

}  // namespace router::dialects
