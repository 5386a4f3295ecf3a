// The canonical form is plain structs; this file makes the layer a library.
#include "canonical/usage.hpp"
