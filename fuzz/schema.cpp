#include "dialects/schema.hpp"

#include "dialects/tool_names.hpp"
#include "input.hpp"
#include "wire/json.hpp"
#include "wire/json_tree.hpp"

// Whatever a schema is, what becomes of it is JSON; and JSON taken apart is the same once written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace router;
    const fuzz::Copy copy({reinterpret_cast<const char*>(bytes), size});
    const auto text = copy.view();
    for (const auto& made :
         {dialects::object_schema(text), dialects::anthropic_schema(text),
          dialects::gemini_schema(text), dialects::json_schema_from_gemini(text)}) {
        fuzz::require(wire::parse_json(made).has_value());
    }
    dialects::is_strict_ready(text);
    if (const auto tree = wire::parse_json(text)) {
        const auto again = wire::parse_json(wire::json_text(*tree));
        fuzz::require(again && again->equals(*tree));
    }
    canonical::Arena arena;
    const auto inside = dialects::custom_text(text, arena);
    fuzz::require(wire::has_good_escapes(inside));
    return 0;
}
