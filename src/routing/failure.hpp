#pragma once

#include <chrono>

#include "base/error.hpp"

// What a failure says of those that were not asked yet.
namespace router::routing {

// Whether another target may succeed where one failed with this: not when the fault is the
// caller's.
bool may_another_do_better(const Error& error);

// Whether the same target may succeed in a moment.
bool may_pass(const Error& error);

// How long the upstream asks to be let alone; 0: it says nothing of that, a day at most.
std::chrono::seconds asked_wait(const Error& error);

// The conversation is longer than the model's context.
bool is_too_long(const Error& error);

// The provider objects to what is said or asked for.
bool is_objection(const Error& error);

}  // namespace router::routing
