#include <algorithm>
#include <utility>

#include "dialects/gemini/decode_request.hpp"
#include "dialects/gemini/members.hpp"
#include "dialects/gemini/words.hpp"
#include "dialects/seal.hpp"

namespace router::dialects::gemini {

using canonical::Block;
using canonical::Role;
using canonical::TextBlock;
using canonical::ThinkingBlock;
using canonical::ToolCallBlock;
using canonical::ToolResultBlock;
using canonical::Turn;

namespace json = wire::json;

namespace {

Role role_from(std::string_view role) {
    if (role == "model" || role == "assistant") return Role::assistant;
    if (role == "system") return Role::system;
    return Role::user;  // "user", "function", none
}

bool is_signed_thinking(const Block& block) {
    const auto* thinking = std::get_if<ThinkingBlock>(&block);
    return thinking != nullptr && thinking->signature.is_present();
}

}  // namespace

// An object with parts; proto JSON knows no other, but a string or bare parts say what they mean.
void Conversation::read_system(json::value& instruction) {
    Turn turn{.role = Role::system};
    const auto take_part = [&](json::value& element) {
        if (json::type_of(element) == json::json_type::string) {
            turn.blocks.emplace_back(TextBlock{.text = text_of(element)});
            return;
        }
        const auto part = read_part(element);
        if (part.kind == PartKind::text && !part.text.is_empty())
            turn.blocks.emplace_back(TextBlock{.text = part.text});
    };
    const auto type = json::type_of(instruction);
    if (type == json::json_type::array) {
        json::each_element(instruction, take_part);
    } else if (type == json::json_type::string) {
        take_part(instruction);
    } else {
        each_field(instruction, [&](std::string_view key, json::value& value) {
            if (key == "text") turn.blocks.emplace_back(TextBlock{.text = text_of(value)});
            if (key != "parts") return;
            if (json::type_of(value) == json::json_type::array) {
                json::each_element(value, take_part);
            } else {
                take_part(value);
            }
        });
    }
    if (!turn.blocks.empty()) request_.turns.insert(request_.turns.begin(), std::move(turn));
}

void Conversation::read_contents(json::value& contents) {
    if (json::type_of(contents) == json::json_type::array) {
        json::each_element(contents, [&](json::value& content) { read_content(content); });
    } else {
        read_content(contents);
    }
}

void Conversation::read_content(json::value& content) {
    Sides sides;
    last_seal_.clear();
    part_ = 0;
    if (json::type_of(content) == json::json_type::string)
        sides.said.blocks.emplace_back(TextBlock{.text = text_of(content)});
    const auto take_element = [&](json::value& element) {
        const auto part = read_part(element);
        take(part, sides);
        for (const auto& name : part.unsaid) {
            request_.extras.emplace_back("contents[" + std::to_string(content_) + "].parts[" +
                                             std::to_string(part_) + "]." + name,
                                         canonical::Json());
        }
        ++part_;
    };
    each_field(content, [&](std::string_view key, json::value& value) {
        if (key == "role") sides.said.role = role_from(json::text_or_empty(value));
        if (key != "parts") return;
        if (json::type_of(value) == json::json_type::array) {
            json::each_element(value, take_element);
        } else {
            take_element(value);
        }
    });
    ++content_;
    const bool has_results = !sides.results.blocks.empty();
    if (has_results) request_.turns.push_back(std::move(sides.results));
    if (!sides.said.blocks.empty()) request_.turns.push_back(std::move(sides.said));
}

void Conversation::take(const Part& part, Sides& sides) {
    auto& turn = sides.said;
    if (part.kind == PartKind::function_call) return take_call(part, sides);
    if (part.kind == PartKind::function_response) return take_result(part, sides);
    auto signature = signature_of(part, turn);
    switch (part.kind) {
        case PartKind::inline_data:
        case PartKind::file_data:
            turn.blocks.emplace_back(media_block(part.media, *request_.arena));
            if (signature.is_present())
                turn.blocks.emplace_back(TextBlock{.text = {}, .signature = std::move(signature)});
            break;
        case PartKind::other:
            turn.blocks.emplace_back(
                canonical::OpaqueBlock{.type = part.other,
                                       .json = part.raw,
                                       .as_text = {request_.arena->keep(part.as_text)}});
            break;
        default:
            if (part.is_thought) {
                if (part.text.is_empty() && !signature.is_present()) break;
                turn.blocks.emplace_back(
                    ThinkingBlock{.text = part.text, .signature = std::move(signature)});
            } else if (!part.text.is_empty() || signature.is_present()) {
                turn.blocks.emplace_back(
                    TextBlock{.text = part.text, .signature = std::move(signature)});
            }
    }
}

// What a part proves. A seal of ours holds thoughts of another provider: they become a block of
// their own, before what was said of them.
canonical::Signature Conversation::signature_of(const Part& part, Turn& turn) {
    if (part.signature.empty() || part.signature == no_signature) return {};
    const bool is_escaped = part.signature.find('\\') != std::string_view::npos;
    const auto plain = is_escaped ? wire::unescaped(part.signature) : std::string(part.signature);
    auto thinking = open_seal(plain, *request_.arena);
    if (!thinking) return {.origin = canonical::Origin::gemini, .value = {part.signature}};
    if (thinking->signature.origin == canonical::Origin::gemini) return thinking->signature;
    if (plain == last_seal_) return {};
    last_seal_ = plain;
    unseal(std::move(*thinking), part.kind == PartKind::function_call, turn);
    return {};
}

void Conversation::unseal(ThinkingBlock thinking, bool is_of_call, Turn& turn) {
    auto* before = turn.blocks.empty() ? nullptr : std::get_if<ThinkingBlock>(&turn.blocks.back());
    if (before != nullptr && !before->signature.is_present()) {
        *before = std::move(thinking);
        return;
    }
    // Clients that keep the signatures of calls alone lose the place of what came before a text.
    const bool has_calls = std::ranges::any_of(turn.blocks, [](const Block& block) {
        return std::holds_alternative<ToolCallBlock>(block);
    });
    const bool is_first = !has_calls && std::ranges::none_of(turn.blocks, is_signed_thinking);
    const auto at = is_of_call && is_first ? turn.blocks.begin() : turn.blocks.end();
    turn.blocks.insert(at, std::move(thinking));
}

void Conversation::take_call(const Part& part, Sides& sides) {
    if (part.name.empty()) return;
    auto signature = signature_of(part, sides.said);
    ToolCallBlock call{.id = part.id, .name = part.name};
    if (call.id.empty()) call.id = "call_" + std::to_string(content_) + "_" + std::to_string(part_);
    call.arguments = part.args.empty() ? "{}" : compact(part.args, *request_.arena);
    call.signature = std::move(signature);
    unanswered_.push_back({call.id, call.name});
    sides.said.blocks.emplace_back(std::move(call));
}

// The call that a result belongs to: the one it names, else the first of that name that waits.
std::string Conversation::id_of_answered(const Part& part) {
    auto found = std::ranges::find_if(
        unanswered_, [&](const Call& call) { return !part.id.empty() && call.id == part.id; });
    if (found == unanswered_.end()) found = std::ranges::find(unanswered_, part.name, &Call::name);
    if (found != unanswered_.end()) {
        auto id = found->id;
        unanswered_.erase(found);
        return id;
    }
    if (!part.id.empty()) return part.id;
    return "call_" + std::to_string(content_) + "_" + std::to_string(part_);
}

void Conversation::take_result(const Part& part, Sides& sides) {
    ToolResultBlock result{.call_id = id_of_answered(part), .name = part.name};
    result.object = part.args;  // looked into by settle_results()
    for (const auto& media : part.media_parts)
        result.parts.emplace_back(media_block(media, *request_.arena));
    sides.results.blocks.emplace_back(std::move(result));
}

namespace {

// What `response` says: its `output`, its `error`, else all of it, as Google documents it.
struct Response {
    canonical::Json output{}, error{};
    canonical::Text output_text{}, error_text{};
    bool has_more = false;
};

Response read_response(canonical::Json object) {
    Response said;
    auto document = json::read(object);
    json::value value;
    if (document.get_value().get(value) != simdjson::SUCCESS) return said;
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "output") {
            said.output = json::raw(member);
            said.output_text = text_of(member);
        } else if (key == "error" && !json::is_null(member)) {
            said.error = json::raw(member);
            said.error_text = text_of(member);
        } else {
            said.has_more = true;
        }
    });
    return said;
}

void settle(ToolResultBlock& result, canonical::Arena& arena) {
    auto whole = result.object;
    if (whole.empty()) return;
    canonical::Text text;
    const auto text_of_json = [&](canonical::Json raw, canonical::Text inside) {
        if (raw.starts_with('"')) return inside;
        return arena.keep_escaped(compact(raw, arena));
    };
    if (!whole.starts_with('{')) {  // no object: Google would refuse it
        const auto inside = whole.starts_with('"') ? whole.substr(1, whole.size() - 2) : whole;
        text = text_of_json(whole, {inside});
        result.object = {};
    } else {
        result.object = compact(whole, arena);
        const auto said = read_response(whole);
        result.is_error = !said.error.empty() && said.output.empty();
        if (!said.has_more && !said.output.empty() && said.error.empty()) {
            text = text_of_json(said.output, said.output_text);
        } else if (!said.has_more && result.is_error) {
            text = text_of_json(said.error, said.error_text);
        } else {
            text = text_of_json(whole, {});
        }
    }
    if (!text.is_empty()) result.parts.insert(result.parts.begin(), TextBlock{.text = text});
}

}  // namespace

void settle_results(canonical::Request& request) {
    for (auto& turn : request.turns) {
        if (turn.role != Role::tool) continue;
        for (auto& block : turn.blocks) settle(std::get<ToolResultBlock>(block), *request.arena);
    }
}

}  // namespace router::dialects::gemini
