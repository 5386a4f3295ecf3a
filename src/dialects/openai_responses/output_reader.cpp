#include "dialects/openai_responses/output_reader.hpp"

#include <string>
#include <utility>

#include "dialects/openai_responses/tools.hpp"

namespace router::dialects::openai_responses {
namespace {

using canonical::Block;
using canonical::MediaBlock;
using canonical::MediaKind;
using canonical::Origin;
using canonical::RefusalBlock;
using canonical::Text;
using canonical::TextBlock;
using canonical::ThinkingBlock;
using canonical::ToolCallBlock;
using canonical::ToolKind;

void add_message(const Item& item, std::vector<Block>& blocks) {
    if (item.content) {
        blocks.emplace_back(TextBlock{.text = {*item.content}, .phase = std::string(item.phase)});
    }
    for (const auto& part : item.parts) {
        if (part.type == "refusal") {
            blocks.emplace_back(RefusalBlock{.text = part.text});
        } else if (auto media = media_of(part)) {
            blocks.emplace_back(std::move(*media));
        } else {
            blocks.emplace_back(TextBlock{
                .text = part.text, .citations = part.citations, .phase = std::string(item.phase)});
        }
    }
}

}  // namespace

Text thoughts_of(const Item& item, canonical::Arena& arena) {
    if (!item.summary.empty()) return joined(item.summary, arena);
    std::vector<Text> texts;
    if (item.content) texts.push_back({*item.content});
    for (const auto& part : item.parts)
        if (!part.text.is_empty()) texts.push_back(part.text);
    return joined(texts, arena);
}

std::vector<canonical::Citation> sources_of(const Item& item) {
    if (item.type != "search_results") return {};
    auto sources = item.sources;
    std::erase_if(sources, [](const auto& source) { return source.url.is_empty(); });
    return sources;
}

bool is_call(const Item& item) {
    // xAI tells what it looks up on X as calls of tools that nobody declared.
    if (item.type == "custom_tool_call") return !item.call_id.starts_with("xs_call_");
    return item.type == "function_call" ||
           (item.type == "tool_search_call" && item.execution == "client");
}

ToolCallBlock call_of(const Item& item, canonical::Arena& arena) {
    ToolCallBlock call{.id = std::string(item.call_id.empty() ? item.id.escaped : item.call_id),
                       .name = std::string(item.name),
                       .name_space = std::string(item.name_space),
                       .item_id = std::string(item.id.escaped)};
    if (item.type == "custom_tool_call") {
        call.kind = ToolKind::custom;
        call.arguments = item.input.escaped;
    } else {
        call.arguments = arguments_of(item, arena);
    }
    if (item.type == "tool_search_call") call.name = tool_search_name;
    return call;
}

Block whole_block(const Item& item) {
    if (item.type == "image_generation_call" && !item.result.is_empty()) {
        const auto format =
            item.output_format.empty() ? std::string_view("png") : item.output_format;
        return MediaBlock{
            .kind = MediaKind::image, .mime = "image/" + std::string(format), .data = item.result};
    }
    return canonical::OpaqueBlock{
        .type = std::string(item.type), .json = item.whole, .origin = Origin::openai};
}

std::vector<Block> blocks_of(const Item& item, canonical::Arena& arena) {
    std::vector<Block> blocks;
    if (item.type == "message") {
        add_message(item, blocks);
    } else if (is_call(item)) {
        blocks.emplace_back(call_of(item, arena));
    } else if (item.type == "reasoning") {
        ThinkingBlock thinking{.text = thoughts_of(item, arena),
                               .id = std::string(item.id.escaped)};
        if (!item.encrypted.is_empty()) {
            thinking.signature = {.origin = Origin::openai,
                                  .value = item.encrypted,
                                  .item_id = std::string(item.id.escaped)};
        }
        if (!thinking.text.is_empty() || thinking.signature.is_present())
            blocks.emplace_back(std::move(thinking));
    } else {
        blocks.push_back(whole_block(item));
    }
    return blocks;
}

}  // namespace router::dialects::openai_responses
