#include <algorithm>
#include <array>
#include <variant>

#include "dialects/fit_steps.hpp"
#include "dialects/media_types.hpp"

namespace router::dialects {

using canonical::Block;
using canonical::DialectId;
using canonical::MediaBlock;
using canonical::MediaKind;
using canonical::MediaSource;
using canonical::Origin;
using canonical::Role;
using canonical::Signature;
using canonical::TextBlock;
using canonical::ThinkingBlock;
using canonical::Turn;

namespace {

Origin origin_of(const Fitting& fitting) {
    switch (fitting.target) {
        case DialectId::anthropic_messages:
        case DialectId::bedrock_converse:
            return Origin::anthropic;
        case DialectId::gemini:
            return Origin::gemini;
        case DialectId::openai_responses:
            return Origin::openai;
        case DialectId::openai_chat:
            break;
    }
    if (fitting.facts.wants_call_signatures) return Origin::gemini;  // Google's compatible endpoint
    return fitting.facts.thoughts_field == "reasoning_details" ? Origin::openrouter : Origin::none;
}

// Whether a proof that names no issuer may be one of `own`: an answer that went on to its client as
// it came. So it is of the client's own dialect; in Chat's also Google's, who has a field there.
bool is_passed_on(DialectId client, Origin own) {
    switch (client) {
        case DialectId::anthropic_messages:
        case DialectId::bedrock_converse:
            return own == Origin::anthropic;
        case DialectId::gemini:
            return own == Origin::gemini;
        case DialectId::openai_responses:
            return own == Origin::openai;
        case DialectId::openai_chat:
            break;
    }
    return own == Origin::openrouter || own == Origin::gemini;
}

// A proof goes back to the account that issued it, and to no other. One that sells the models of
// others hands on their proofs, and takes back what it gave.
void keep_own(Signature& signature, Origin own, const Fitting& fitting) {
    const bool is_of_seller = own == Origin::openrouter && !signature.issuer.empty() &&
                              signature.issuer == fitting.issuer;
    const bool is_own_kind = signature.origin == own || is_of_seller;
    const bool is_own_issue = signature.issuer.empty()
                                  ? is_passed_on(fitting.request.dialect, own)
                                  : fitting.issuer.empty() || signature.issuer == fitting.issuer;
    if (!is_own_kind || !is_own_issue) signature = {};
}

bool is_empty_thought(const Block& block) {
    const auto* thinking = std::get_if<ThinkingBlock>(&block);
    return thinking != nullptr && !thinking->signature.is_present() &&
           (thinking->is_redacted || thinking->text.is_empty());
}

bool is_system(const Turn& turn) {
    return turn.role == Role::system || turn.role == Role::developer;
}

bool is_blank(canonical::Text text) {
    auto rest = text.escaped;
    while (!rest.empty()) {
        const auto length =
            rest[0] == ' '                                                                  ? 1U
            : rest.starts_with("\\n") || rest.starts_with("\\t") || rest.starts_with("\\r") ? 2U
                                                                                            : 0U;
        if (length == 0) return false;
        rest.remove_prefix(length);
    }
    return true;
}

// A text that says nothing is refused by Anthropic, and by others where it is alone.
void drop_empty_texts(Fitting& fitting, Turn& turn) {
    std::erase_if(turn.blocks, [&](const Block& block) {
        const auto* text = std::get_if<TextBlock>(&block);
        if (text == nullptr || text->signature.is_present()) return false;
        return fitting.is_for_claude() ? is_blank(text->text) : text->text.is_empty();
    });
}

// A system's word in the user's mouth, marked as what it is.
void make_users(Fitting& fitting, Turn& turn) {
    turn.role = Role::user;
    auto& arena = *fitting.request.arena;
    for (auto& block : turn.blocks) {
        auto* text = std::get_if<TextBlock>(&block);
        if (text == nullptr) continue;
        text->text = {arena.keep("<system>\\n" + std::string(text->text.escaped) + "\\n</system>")};
    }
}

// Anthropic takes a later system message behind the user's and before the assistant's word only.
bool may_stand(const Fitting& fitting, std::size_t at) {
    if (!fitting.facts.takes_later_system) return false;
    if (fitting.is_for_openai()) return true;
    if (!fitting.is_for(DialectId::anthropic_messages)) return false;
    const auto& turns = fitting.request.turns;
    std::size_t before = at;
    while (before > 0 && is_system(turns[before - 1])) --before;
    std::size_t behind = at;
    while (behind < turns.size() && is_system(turns[behind])) ++behind;
    const bool follows_user = before > 0 && turns[before - 1].role != Role::assistant;
    return follows_user && (behind == turns.size() || turns[behind].role == Role::assistant);
}

void fit_system(Fitting& fitting) {
    auto& turns = fitting.request.turns;
    bool is_leading = true;
    std::vector<std::size_t> users;
    for (std::size_t at = 0; at < turns.size(); ++at) {
        is_leading = is_leading && is_system(turns[at]);
        if (!is_system(turns[at])) continue;
        const bool is_taken =
            fitting.facts.takes_system_role && (is_leading || may_stand(fitting, at));
        if (!is_taken) users.push_back(at);
    }
    for (const auto at : users) make_users(fitting, turns[at]);
    if (!users.empty())
        fitting.lose(field_name(fitting, Field::system),
                     fitting.facts.takes_system_role
                         ? "a system message in mid-conversation goes as marked user's text"
                         : "the model takes no system message; it goes as marked user's text");
}

Turn said_by_user(Fitting& fitting, std::string_view text) {
    Turn turn{.role = Role::user};
    turn.blocks.emplace_back(TextBlock{.text = fitting.request.arena->keep_escaped(text)});
    return turn;
}

// Anthropic and Gemini want the user's word first.
void fit_first(Fitting& fitting) {
    if (fitting.is_for_openai()) return;
    auto& turns = fitting.request.turns;
    const auto first = std::ranges::find_if_not(turns, is_system);
    if (first == turns.end() || first->role == Role::assistant)
        turns.insert(first, said_by_user(fitting, "."));
}

std::string kind_of(const MediaBlock& media) {
    switch (media.kind) {
        case MediaKind::image:
            return "an image";
        case MediaKind::audio:
            return "audio";
        case MediaKind::video:
            return "a video";
        case MediaKind::document:
            break;
    }
    return "a document";
}

bool is_taken(const Fitting& fitting, const MediaBlock& media) {
    const auto& facts = fitting.facts;
    switch (media.kind) {
        case MediaKind::image:
            return facts.takes_images;
        case MediaKind::audio:
            return facts.takes_audio;
        case MediaKind::video:
            return facts.takes_video;
        case MediaKind::document:
            return facts.takes_documents || media.source == MediaSource::text;
    }
    return true;
}

// A picture is called what it is.
void name_truly(MediaBlock& media) {
    if (media.kind != MediaKind::image || media.source != MediaSource::base64) return;
    if (const auto type = media_type_of(media.data.escaped); type.starts_with("image/"))
        media.mime = type;
}

// Why a part cannot go; empty: it can.
std::string problem_of(const Fitting& fitting, const MediaBlock& media) {
    if (!is_taken(fitting, media)) return "The model does not take " + kind_of(media);
    const bool is_openais = fitting.is_for_openai() &&
                            fitting.request.dialect != DialectId::anthropic_messages &&
                            fitting.request.dialect != DialectId::gemini;
    if (media.source == MediaSource::file_id && !fitting.is_same_dialect() && !is_openais)
        return "A file that one provider keeps cannot be sent to another: " + kind_of(media);
    constexpr std::array<std::string_view, 4> types{"image/jpeg", "image/png", "image/gif",
                                                    "image/webp"};
    if (fitting.is_for_claude() && media.kind == MediaKind::image &&
        media.source == MediaSource::base64 && !media.mime.empty() && media.mime != "image/jpg" &&
        std::ranges::find(types, media.mime) == types.end())
        return "The model takes images as JPEG, PNG, GIF and WebP, not " + media.mime;
    return {};
}

// The problem of the first part that cannot go; with drop_params such parts are taken out instead.
template <class Part>
std::string check_media(Fitting& fitting, std::vector<Part>& parts) {
    std::string problem;
    std::erase_if(parts, [&](Part& part) {
        auto* media = std::get_if<MediaBlock>(&part);
        if (media != nullptr) name_truly(*media);
        const auto found = media == nullptr ? std::string() : problem_of(fitting, *media);
        if (found.empty()) return false;
        if (problem.empty()) problem = found;
        return fitting.settings.drop_params;
    });
    return problem;
}

}  // namespace

Turn* last_assistant_turn(canonical::Request& request) {
    for (auto turn = request.turns.rbegin(); turn != request.turns.rend(); ++turn) {
        if (turn->role == Role::assistant) return &*turn;
    }
    return nullptr;
}

void fit_signatures(Fitting& fitting) {
    const auto own = origin_of(fitting);
    for (auto& turn : fitting.request.turns) {
        for (auto& block : turn.blocks) {
            if (auto* text = std::get_if<TextBlock>(&block))
                keep_own(text->signature, own, fitting);
            if (auto* thinking = std::get_if<ThinkingBlock>(&block))
                keep_own(thinking->signature, own, fitting);
            if (auto* call = std::get_if<canonical::ToolCallBlock>(&block))
                keep_own(call->signature, own, fitting);
        }
        std::erase_if(turn.blocks, is_empty_thought);
    }
}

Result<> fit_media(Fitting& fitting) {
    std::size_t at = 0;
    for (auto& turn : fitting.request.turns) {
        auto problem = check_media(fitting, turn.blocks);
        for (auto& block : turn.blocks) {
            auto* result = std::get_if<canonical::ToolResultBlock>(&block);
            if (result != nullptr && problem.empty()) problem = check_media(fitting, result->parts);
        }
        const auto field =
            std::string(field_name(fitting, Field::messages)) + '[' + std::to_string(at++) + ']';
        if (problem.empty()) continue;
        if (!fitting.settings.drop_params)
            return fail(ErrorKind::bad_request, problem + '.', field);
        fitting.lose(field, problem);
    }
    return {};
}

void fit_turns(Fitting& fitting) {
    auto& turns = fitting.request.turns;
    for (auto& turn : turns) drop_empty_texts(fitting, turn);
    std::erase_if(turns, [](const Turn& turn) { return turn.blocks.empty(); });
    fit_system(fitting);
    fit_first(fitting);
}

Result<> fit_last_turn(Fitting& fitting) {
    auto& turns = fitting.request.turns;
    if (turns.empty() || turns.back().role != Role::assistant || turns.back().blocks.empty())
        return {};
    auto& blocks = turns.back().blocks;
    // The provider's own tools are still at work: the turn goes on.
    if (fitting.is_same_dialect() && std::holds_alternative<canonical::OpaqueBlock>(blocks.back()))
        return {};
    const bool thinks = fitting.is_for_claude() &&
                        fitting.request.reasoning.mode == canonical::ThinkingMode::budget;
    if (!fitting.facts.takes_prefill || thinks) {
        turns.push_back(said_by_user(fitting, "Continue."));
        fitting.lose(field_name(fitting, Field::messages),
                     "the model cannot go on with the assistant's words; it is asked to continue");
        return {};
    }
    auto* text = std::get_if<TextBlock>(&blocks.back());
    if (text == nullptr || !fitting.is_for_claude()) return {};
    auto& rest = text->text.escaped;  // Anthropic refuses a white end
    while (!rest.empty()) {
        const bool is_escape =
            rest.ends_with("\\n") || rest.ends_with("\\t") || rest.ends_with("\\r");
        if (is_escape && !rest.ends_with("\\\\n") && !rest.ends_with("\\\\t") &&
            !rest.ends_with("\\\\r")) {
            rest.remove_suffix(2);
        } else if (rest.ends_with(' ')) {
            rest.remove_suffix(1);
        } else {
            break;
        }
    }
    return {};
}

}  // namespace router::dialects
