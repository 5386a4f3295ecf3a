#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialects/gemini/part.hpp"

namespace router::dialects::gemini {

// Puts the arguments of a call together from the pieces that Vertex streams. Paths are of the kind
// $.a.b[0]['c d']; a string that comes again at the same path goes on.
//
//   source
//   https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1beta1/FunctionCall
//           (read 2026-11-22)
class PartialArgs {
 public:
    void add(const ArgumentPiece& piece);
    std::string json() const;  // an object, {} when nothing came

 private:
    struct Node {
        enum class Kind : std::uint8_t { none, object, array, text, value };
        Kind kind = Kind::none;
        std::string content{};            // the inside of a string, or a value as JSON
        std::vector<std::string> keys{};  // of an object's members: escaped
        std::vector<Node> members{};
    };
    static Node* step(Node& from, std::string_view& path);
    static void write(const Node& node, std::string& out);
    Node root_;
};

}  // namespace router::dialects::gemini
