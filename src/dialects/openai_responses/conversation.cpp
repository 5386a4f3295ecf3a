#include "dialects/openai_responses/conversation.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "dialects/openai_responses/tools.hpp"
#include "dialects/seal.hpp"

namespace router::dialects::openai_responses {
namespace {

using canonical::OpaqueBlock;
using canonical::Origin;
using canonical::RefusalBlock;
using canonical::Role;
using canonical::Text;
using canonical::TextBlock;
using canonical::ThinkingBlock;
using canonical::ToolCallBlock;
using canonical::ToolKind;
using canonical::ToolResultBlock;
using canonical::Turn;

std::string place(std::size_t index, std::string_view member = {}) {
    auto path = "input[" + std::to_string(index) + "]";
    if (!member.empty()) path.append(".").append(member);
    return path;
}

std::unexpected<Error> lacks(std::size_t index, std::string_view member) {
    return fail(ErrorKind::bad_request,
                "Missing required parameter: '" + place(index, member) + "'.", place(index, member),
                "missing_required_parameter");
}

std::optional<Role> role_of(std::string_view word) {
    if (word == "user") return Role::user;
    if (word == "assistant") return Role::assistant;
    if (word == "system") return Role::system;
    if (word == "developer") return Role::developer;
    return std::nullopt;
}

template <class Kind>
bool holds(const Turn& turn) {
    return std::ranges::any_of(turn.blocks, [](const canonical::Block& block) {
        return std::holds_alternative<Kind>(block);
    });
}

bool has_spoken(const Turn& turn) { return holds<TextBlock>(turn) || holds<RefusalBlock>(turn); }

bool is_text(const Part& part) {
    return part.type.empty() || part.type == "input_text" || part.type == "output_text" ||
           part.type == "text" || part.type == "summary_text" || part.type == "reasoning_text";
}

canonical::ResultPart result_part(const Part& part) {
    if (is_text(part)) return TextBlock{.text = part.text, .cache = part.cache};
    if (auto media = media_of(part)) return std::move(*media);
    return OpaqueBlock{.type = std::string(part.type), .json = part.whole};
}

// What a search found, for models that only read.
std::string found_tools(const std::vector<canonical::Tool>& tools) {
    std::string names;
    for (const auto& tool : tools) {
        if (!names.empty()) names += ", ";
        if (!tool.name_space.empty()) names += tool.name_space + ".";
        names += tool.name;
    }
    return names.empty() ? "No tools were found." : "These tools can be called now: " + names;
}

bool is_result(std::string_view type) { return type.ends_with("_output"); }

}  // namespace

Turn& Conversation::assistant() {
    auto& turns = request_.turns;
    if (turns.empty() || turns.back().role != Role::assistant)
        turns.push_back({.role = Role::assistant});
    return turns.back();
}

Turn& Conversation::results() {
    place_signature();
    auto& turns = request_.turns;
    if (turns.empty() || turns.back().role != Role::tool) turns.push_back({.role = Role::tool});
    return turns.back();
}

void Conversation::add_text(Role role, Text text) {
    auto& turn = request_.turns.emplace_back(Turn{.role = role});
    if (!text.is_empty()) turn.blocks.emplace_back(TextBlock{.text = text});
}

Result<> Conversation::add(Item& item, std::size_t index) {
    const auto type = item.type;
    const bool is_client_search = item.execution == "client";
    if (type == "message" || (type.empty() && !item.role.empty())) return add_message(item, index);
    if (type == "function_call" || type == "custom_tool_call") return add_call(item, index);
    if (type == "function_call_output" || type == "custom_tool_call_output")
        return add_result(item, index);
    if (type == "tool_search_call" && is_client_search) return add_call(item, index);
    if (type == "tool_search_output") {
        auto tools = item.tools;
        join_tools(request_.tools, std::move(tools));
        if (is_client_search && !item.call_id.empty()) return add_result(item, index);
    } else if (type == "additional_tools") {
        join_tools(request_.tools, std::move(item.tools));
        return {};
    } else if (type == "reasoning") {
        add_reasoning(item);
        return {};
    } else if (type.empty() && item.id.is_empty()) {
        return lacks(index, "type");
    }
    add_opaque(item);
    return {};
}

void Conversation::finish() { place_signature(); }

Result<> Conversation::add_message(const Item& item, std::size_t index) {
    const auto role = role_of(item.role);
    if (!role) {
        return fail(ErrorKind::bad_request,
                    "Invalid value: '" + std::string(item.role) +
                        "'. Supported values are: 'assistant', 'system', 'developer', and 'user'.",
                    place(index, "role"), "invalid_value");
    }
    if (*role != Role::assistant) {
        place_signature();
        add_parts(item, request_.turns.emplace_back(Turn{.role = *role}));
        return {};
    }
    // A message behind another one is a turn of its own, but never between calls and their results.
    if (has_spoken(assistant()) && !holds<ToolCallBlock>(assistant())) {
        place_signature();
        request_.turns.push_back({.role = Role::assistant});
    }
    auto& turn = assistant();
    if (turn.phase.empty()) turn.phase = item.phase;
    add_parts(item, turn);
    return {};
}

void Conversation::add_parts(const Item& item, Turn& turn) {
    if (item.content && !item.content->empty())
        turn.blocks.emplace_back(TextBlock{.text = {*item.content}});
    for (const auto& part : item.parts) {
        if (part.type == "refusal") {
            turn.blocks.emplace_back(RefusalBlock{.text = part.text});
        } else if (is_text(part)) {
            if (part.text.is_empty()) continue;
            turn.blocks.emplace_back(
                TextBlock{.text = part.text, .cache = part.cache, .citations = part.citations});
        } else if (auto media = media_of(part)) {
            turn.blocks.emplace_back(std::move(*media));
        } else {
            turn.blocks.emplace_back(
                OpaqueBlock{.type = std::string(part.type), .json = part.whole});
        }
    }
}

Result<> Conversation::add_call(const Item& item, std::size_t index) {
    if (item.call_id.empty()) return lacks(index, "call_id");
    const bool is_search = item.type == "tool_search_call";
    if (item.name.empty() && !is_search) return lacks(index, "name");
    ToolCallBlock call{.id = std::string(item.call_id),
                       .name = std::string(is_search ? tool_search_name : item.name),
                       .name_space = std::string(item.name_space),
                       .item_id = std::string(item.id.escaped)};
    if (item.type == "custom_tool_call") {
        call.kind = ToolKind::custom;
        call.arguments = item.input.escaped;
    } else {
        call.arguments = arguments_of(item, *request_.arena);
    }
    if (loose_signature_) call.signature = *std::exchange(loose_signature_, std::nullopt);
    assistant().blocks.emplace_back(std::move(call));
    return {};
}

Result<> Conversation::add_result(Item& item, std::size_t index) {
    if (item.call_id.empty()) return lacks(index, "call_id");
    ToolResultBlock result{.call_id = std::string(item.call_id), .name = std::string(item.name)};
    if (item.type == "custom_tool_call_output") result.kind = ToolKind::custom;
    if (item.type == "tool_search_output") {
        result.name = tool_search_name;
        result.parts.emplace_back(
            TextBlock{.text = request_.arena->keep_escaped(found_tools(item.tools))});
    }
    if (item.output && !item.output->empty())
        result.parts.emplace_back(TextBlock{.text = {*item.output}});
    for (const auto& part : item.output_parts) result.parts.push_back(result_part(part));
    if (!item.output_json.empty())
        result.parts.emplace_back(
            TextBlock{.text = request_.arena->keep_escaped(item.output_json)});
    results().blocks.emplace_back(std::move(result));
    return {};
}

void Conversation::add_reasoning(const Item& item) {
    std::vector<Text> texts = item.summary;
    if (texts.empty()) {
        for (const auto& part : item.parts)
            if (!part.text.is_empty()) texts.push_back(part.text);
    }
    ThinkingBlock thinking{.text = joined(texts, *request_.arena),
                           .id = std::string(item.id.escaped)};
    if (auto opened = open_seal(item.encrypted.escaped, *request_.arena)) {
        if (opened->is_redacted && opened->signature.origin == Origin::gemini) {
            place_signature();
            loose_signature_ = std::move(opened->signature);
            return;
        }
        opened->id = std::move(thinking.id);
        if (opened->text.is_empty() && !opened->is_redacted &&
            opened->signature.origin != Origin::anthropic) {
            opened->text = thinking.text;
        }
        thinking = std::move(*opened);
    } else if (!item.encrypted.is_empty()) {
        thinking.signature = {.origin = Origin::openai,
                              .value = item.encrypted,
                              .item_id = std::string(item.id.escaped)};
    }
    if (thinking.text.is_empty() && !thinking.signature.is_present()) return;
    assistant().blocks.emplace_back(std::move(thinking));
}

void Conversation::add_opaque(const Item& item) {
    OpaqueBlock block{.type = std::string(item.type.empty() ? "item_reference" : item.type),
                      .json = item.whole};
    if (is_result(item.type) || item.type == "mcp_approval_response") {
        results().blocks.emplace_back(std::move(block));
    } else if (item.type == "compaction_trigger" || item.type == "configuration_update") {
        place_signature();
        request_.turns.push_back({.role = Role::user});
        request_.turns.back().blocks.emplace_back(std::move(block));
    } else {
        assistant().blocks.emplace_back(std::move(block));
    }
}

// A proof that no call followed is that of the text before it, or of an empty one.
void Conversation::place_signature() {
    if (!loose_signature_) return;
    auto& blocks = assistant().blocks;
    auto* call = blocks.empty() ? nullptr : std::get_if<ToolCallBlock>(&blocks.back());
    if (call != nullptr && !call->signature.is_present()) {
        call->signature = std::move(*loose_signature_);
    } else {
        blocks.emplace_back(TextBlock{.text = {}, .signature = std::move(*loose_signature_)});
    }
    loose_signature_.reset();
}

}  // namespace router::dialects::openai_responses
