// The layer is plain structs; this file has the compiler look at each header alone.
#include "canonical/answer.hpp"
#include "canonical/request.hpp"
