#include "dialects/openai_chat/reasoning_details.hpp"

#include <algorithm>

#include "dialects/openai_chat/reading.hpp"

namespace router::dialects::openai_chat {
namespace {

namespace json = wire::json;
using canonical::Origin;
using canonical::Signature;
using canonical::ThinkingBlock;

std::string_view format_of(Origin origin) {
    switch (origin) {
        case Origin::anthropic:
            return "anthropic-claude-v1";
        case Origin::gemini:
            return "google-gemini-v1";
        case Origin::openai:
            return "openai-responses-v1";
        case Origin::none:
        case Origin::openrouter:
            break;
    }
    return "unknown";
}

// Begins an entry; its own members follow.
void begin_entry(wire::JsonWriter& json, std::string_view type) {
    json.begin_object().text("type", type);
}

void end_entry(wire::JsonWriter& json, const Signature& proof, std::string_view id, int& index) {
    if (!id.empty()) json.text("id", id);
    if (!proof.issuer.empty()) json.text("issuer", proof.issuer);
    json.text("format", format_of(proof.origin)).number("index", index++).end_object();
}

void write_encrypted(wire::JsonWriter& json, const Signature& proof, std::string_view id,
                     int& index) {
    begin_entry(json, "reasoning.encrypted");
    json.escaped("data", proof.value.escaped);
    end_entry(json, proof, id, index);
}

}  // namespace

Origin Detail::origin() const {
    if (signature.is_empty()) return Origin::none;
    const std::string_view name = format;
    if (name.starts_with("anthropic-")) return Origin::anthropic;
    if (name.starts_with("google-")) return Origin::gemini;
    if (name.starts_with("openai-") || name.starts_with("azure-openai-")) return Origin::openai;
    return Origin::openrouter;
}

Signature Detail::proof(canonical::Arena& arena) const {
    Signature made{.origin = origin(), .issuer = issuer, .value = signature};
    if (made.origin == Origin::openai) made.item_id = id;
    if (made.origin == Origin::openrouter) made.value = arena.keep_escaped(raw);
    return made;
}

Detail read_detail(json::value& element) {
    Detail detail;
    json::object object;
    if (element.get_object().get(object) != simdjson::SUCCESS) return detail;
    std::string_view raw;
    if (object.raw_json().get(raw) != simdjson::SUCCESS) return detail;
    if (object.reset().error() != simdjson::SUCCESS) return detail;
    detail.raw = raw;
    for (auto member : object) {
        std::string_view key;
        json::value value;
        if (member.unescaped_key().get(key) != simdjson::SUCCESS) break;
        if (member.value().get(value) != simdjson::SUCCESS) break;
        if (key == "type") {
            detail.type = json::text_or_empty(value);
        } else if (key == "text" || key == "summary") {
            detail.text = text_of(value);
        } else if (key == "signature" || key == "data") {
            detail.signature = text_of(value);
        } else if (key == "format") {
            detail.format = json::text_or_empty(value);
        } else if (key == "id") {
            detail.id = json::text_or_empty(value);
        } else if (key == "issuer") {
            detail.issuer = json::text_or_empty(value);
        } else if (key == "index") {
            detail.index = json::integer(value);
        }
    }
    return detail;
}

Detail read_thinking_block(json::value& element) {
    Detail detail{.type = "reasoning.text", .format = std::string(format_of(Origin::anthropic))};
    json::each_member(element, [&](std::string_view key, json::value& value) {
        if (key == "type" && json::text_or_empty(value) == "redacted_thinking")
            detail.type = "reasoning.encrypted";
        if (key == "thinking") detail.text = text_of(value);
        if (key == "signature" || key == "data") detail.signature = text_of(value);
    });
    return detail;
}

bool Thoughts::have_text() const {
    return std::ranges::any_of(blocks, [](const auto& block) { return !block.text.is_empty(); });
}

// Whether the entry is more of the one before: a piece that the client did not join, the proof that
// came behind its thought.
bool Thoughts::join(const Detail& detail) {
    if (blocks.empty() || blocks.back().signature.is_present() || detail.type.empty()) return false;
    if (!detail.id.empty() && !last_.id.empty() && detail.id != last_.id) return false;
    auto& block = blocks.back();
    if (detail.is_encrypted()) {
        if (detail.origin() != Origin::openai) return false;
        block.signature = detail.proof(*arena_);
        if (block.id.empty()) block.id = detail.id;
        return true;
    }
    const bool is_piece = detail.index.has_value() && detail.index == last_.index &&
                          detail.type == last_.type && detail.format == last_.format;
    const bool is_proof_alone = detail.text.is_empty() && !detail.signature.is_empty();
    if (!is_piece && !is_proof_alone) return false;
    if (!detail.text.is_empty())
        block.text = {
            arena_->keep(std::string(block.text.escaped) + std::string(detail.text.escaped))};
    block.signature = detail.proof(*arena_);
    return true;
}

void Thoughts::add(const Detail& detail) {
    const auto origin = detail.origin();
    if (detail.text.is_empty() && detail.signature.is_empty()) return;
    if (detail.is_encrypted() && origin == Origin::gemini) {
        elsewhere.emplace_back(detail.id, detail.proof(*arena_));
        return;
    }
    if (!join(detail)) {
        blocks.push_back({.text = detail.text,
                          .signature = detail.proof(*arena_),
                          .is_redacted = detail.is_encrypted() && origin != Origin::openai,
                          .id = origin == Origin::anthropic ? std::string() : detail.id});
    }
    last_ = detail;
}

void Thoughts::forget_passed_on() {
    const auto is_passed_on = [](const Signature& proof) {
        return proof.origin == Origin::gemini && proof.issuer.empty();
    };
    std::erase_if(elsewhere, [&](const auto& kept) { return is_passed_on(kept.second); });
    for (auto& block : blocks) {
        if (is_passed_on(block.signature)) block.signature = {};
    }
}

void write_details(wire::JsonWriter& json, const ThinkingBlock& thought, int& index) {
    const auto& proof = thought.signature;
    if (proof.origin == Origin::none) return;
    if (proof.origin == Origin::openrouter) {
        auto entry = proof.value.plain();
        std::ranges::replace(entry, '\n', ' ');  // between its tokens: none stands in a string
        json.raw(entry);
        ++index;
        return;
    }
    const std::string_view id = proof.item_id.empty() ? thought.id : proof.item_id;
    if (thought.is_redacted) {
        write_encrypted(json, proof, id, index);
        return;
    }
    if (proof.origin != Origin::openai) {
        begin_entry(json, "reasoning.text");
        json.escaped("text", thought.text.escaped).escaped("signature", proof.value.escaped);
        end_entry(json, proof, id, index);
        return;
    }
    if (!thought.text.is_empty()) {
        begin_entry(json, "reasoning.summary");
        json.escaped("summary", thought.text.escaped);
        end_entry(json, proof, id, index);
    }
    write_encrypted(json, proof, id, index);
}

void write_proof(wire::JsonWriter& json, const Signature& proof, std::string_view id, int& index) {
    if (proof.origin == Origin::gemini) write_encrypted(json, proof, id, index);
}

}  // namespace router::dialects::openai_chat
