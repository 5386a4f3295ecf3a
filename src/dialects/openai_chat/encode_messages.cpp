#include <string>
#include <utility>
#include <vector>

#include "dialects/openai_chat/answer_parts.hpp"
#include "dialects/openai_chat/encoding.hpp"
#include "dialects/openai_chat/reasoning_details.hpp"
#include "wire/base64.hpp"
#include "wire/json_text.hpp"

namespace router::dialects::openai_chat {
namespace {

using namespace canonical;

// A piece of a content: a text, or media.
struct Piece {
    Text text{};
    const MediaBlock* media = nullptr;
    CacheMark cache = CacheMark::none;
};

std::string_view extension(std::string_view mime) {
    return mime == "application/pdf" ? "document.pdf" : "document";
}

class MessageWriter {
 public:
    explicit MessageWriter(Encoding& to) : to_(to), json_(to.json) {}

    void write(const Turn& turn) {
        switch (turn.role) {
            case Role::system:
                return write_spoken(turn, "system", "\\n\\n");
            case Role::developer:
                return write_spoken(turn, to_.variant.takes_developer_role ? "developer" : "system",
                                    "\\n\\n");
            case Role::assistant:
                return write_assistant(turn);
            case Role::user:
            case Role::tool:
                break;
        }
        write_results(turn);
        const bool is_said = std::ranges::any_of(turn.blocks, [](const Block& block) {
            return !std::holds_alternative<ToolResultBlock>(block);
        });
        if (is_said || (turn.role == Role::user && turn.blocks.empty()))
            write_spoken(turn, "user", "\\n\\n");
    }

 private:
    // A document of plain text is a text; files are for PDFs.
    Text text_of_document(const MediaBlock& media) {
        if (media.source == MediaSource::text) return media.data;
        const bool is_text = media.source == MediaSource::base64 && media.mime.starts_with("text/");
        if (!is_text) return {};
        const auto bytes = wire::from_base64(media.data.plain());
        return bytes ? to_.request.arena->keep_escaped(*bytes) : Text();
    }

    void add_piece(const MediaBlock& media, std::vector<Piece>& pieces) {
        if (const auto text = text_of_document(media); !text.is_empty()) {
            pieces.push_back({.text = text, .cache = media.cache});
        } else {
            pieces.push_back({.media = &media, .cache = media.cache});
        }
    }
    void add_piece(const OpaqueBlock& opaque, std::vector<Piece>& pieces) {
        if (!opaque.as_text.is_empty()) {
            pieces.push_back({.text = opaque.as_text});
        } else {
            to_.lose(opaque.type, "Chat Completions has no such part");
        }
    }

    void write_media(const MediaBlock& media) {
        const auto field = to_.name(Field::messages);
        if (media.source == MediaSource::file_id && !to_.is_from_chat())
            return to_.refuse(field, "The file is kept by another provider.");
        if (media.kind == MediaKind::image && media.source != MediaSource::file_id) {
            json_.begin_object().text("type", "image_url").begin_object("image_url");
            openai_chat::write_url(json_, "url", media);
            if (!media.detail.empty()) json_.text("detail", media.detail);
            json_.end_object().end_object();
        } else if (media.kind == MediaKind::video) {  // OpenRouter, vLLM
            json_.begin_object().text("type", "video_url").begin_object("video_url");
            openai_chat::write_url(json_, "url", media);
            json_.end_object().end_object();
        } else if (media.kind == MediaKind::audio && media.source == MediaSource::base64) {
            auto format = media.mime.substr(media.mime.find('/') + 1);
            if (format == "mpeg") format = "mp3";
            if (format == "x-wav" || format == "wave") format = "wav";
            json_.begin_object().text("type", "input_audio").begin_object("input_audio");
            json_.escaped("data", media.data.escaped).text("format", format);
            json_.end_object().end_object();
        } else if (media.kind == MediaKind::audio) {
            to_.refuse(field, "Chat Completions takes audio in the request, not by its URL.");
        } else {
            write_file(media);
        }
    }

    void write_file(const MediaBlock& media) {
        if (media.source == MediaSource::url && !to_.is_from_chat())
            return to_.refuse(to_.name(Field::messages),
                              "Chat Completions takes documents in the request, not by their URL.");
        json_.begin_object().text("type", "file").begin_object("file");
        if (media.source == MediaSource::file_id) {
            json_.escaped("file_id", media.data.escaped);
        } else {
            if (media.name.is_empty()) {
                json_.text("filename", extension(media.mime));
            } else {
                json_.escaped("filename", media.name.escaped);
            }
            openai_chat::write_url(json_, "file_data", media);
        }
        json_.end_object().end_object();
    }

    void write_text_part(const Piece& piece) {
        json_.begin_object().text("type", "text").lasting("text", piece.text.escaped);
        write_cache_mark(piece.cache);
        json_.end_object();
    }

    bool writes(CacheMark cache) const {
        return cache != CacheMark::none && !to_.variant.cache_mark_field.empty();
    }

    // Anthropic's form, which OpenRouter hands on, or OpenAI's.
    // Source: https://openrouter.ai/docs/guides/best-practices/prompt-caching and the types of
    // OpenAI's SDK (read 2026-11-22)
    void write_cache_mark(CacheMark cache) {
        if (!writes(cache)) return;
        const bool is_openais = to_.variant.cache_mark_field == "prompt_cache_breakpoint";
        json_.begin_object(to_.variant.cache_mark_field);
        if (is_openais) {
            json_.text("mode", "explicit");
        } else {
            json_.text("type", "ephemeral");
            if (cache == CacheMark::one_hour) json_.text("ttl", "1h");
        }
        json_.end_object();
    }

    // The member `content`: a string as far as that is possible. `between` stands between texts,
    // escaped.
    void write_content(const std::vector<Piece>& pieces, std::string_view between) {
        const bool is_text = std::ranges::all_of(pieces, [&](const Piece& piece) {
            return piece.media == nullptr && !writes(piece.cache);
        });
        if (!is_text) {
            json_.begin_array("content");
            for (const auto& piece : pieces) {
                if (piece.media != nullptr) {
                    write_media(*piece.media);
                } else {
                    write_text_part(piece);
                }
            }
            json_.end_array();
            return;
        }
        json_.escaped("content", {});
        auto& out = json_.out();
        out.pop_back();
        bool is_first = true;
        for (const auto& piece : pieces) {
            if (!std::exchange(is_first, false)) out += between;
            out += piece.text.escaped;
        }
        out += '"';
    }

    std::vector<Piece> pieces_of(const Turn& turn) {
        std::vector<Piece> pieces;
        for (const auto& block : turn.blocks) {
            if (const auto* text = std::get_if<TextBlock>(&block)) {
                if (!text->text.is_empty())
                    pieces.push_back({.text = text->text, .cache = text->cache});
            } else if (const auto* media = std::get_if<MediaBlock>(&block)) {
                add_piece(*media, pieces);
            } else if (const auto* opaque = std::get_if<OpaqueBlock>(&block)) {
                if (opaque->type != "audio" || !to_.is_from_chat()) add_piece(*opaque, pieces);
            } else if (const auto* refusal = std::get_if<RefusalBlock>(&block)) {
                if (turn.role != Role::assistant) pieces.push_back({.text = refusal->text});
            }
        }
        return pieces;
    }

    void write_spoken(const Turn& turn, std::string_view role, std::string_view between) {
        json_.begin_object().text("role", role);
        write_content(pieces_of(turn), between);
        if (!turn.name.empty()) json_.text("name", turn.name);
        json_.end_object();
    }

    // --- the assistant's turns

    template <class Kind>
    static std::vector<const Kind*> blocks_of(const Turn& turn) {
        std::vector<const Kind*> found;
        for (const auto& block : turn.blocks) {
            if (const auto* one = std::get_if<Kind>(&block)) found.push_back(one);
        }
        return found;
    }

    void write_assistant(const Turn& turn) {
        const auto calls = blocks_of<ToolCallBlock>(turn);
        const auto refusals = blocks_of<RefusalBlock>(turn);
        auto pieces = pieces_of(turn);
        const auto media =
            std::erase_if(pieces, [](const Piece& piece) { return piece.media != nullptr; });
        if (media > 0)
            to_.lose(to_.name(Field::messages), "Chat Completions takes no media of the assistant");
        json_.begin_object().text("role", "assistant");
        if (pieces.empty() && (!calls.empty() || !refusals.empty())) {
            json_.null("content");
        } else {
            write_content(pieces, {});
        }
        if (!refusals.empty()) json_.escaped("refusal", refusals.front()->text.escaped);
        write_thoughts(turn, !calls.empty());
        if (!calls.empty()) {
            json_.begin_array("tool_calls");
            for (const auto* call : calls) write_call(*call);
            json_.end_array();
        }
        write_audio(turn);
        if (!turn.name.empty()) json_.text("name", turn.name);
        json_.end_object();
    }

    void write_audio(const Turn& turn) {
        if (!to_.is_from_chat()) return;
        for (const auto* opaque : blocks_of<OpaqueBlock>(turn)) {
            if (opaque->type == "audio") json_.raw("audio", opaque->json);
        }
    }

    void write_thoughts(const Turn& turn, bool has_calls) {
        const auto field = to_.variant.reasoning_field;
        const auto thoughts = blocks_of<ThinkingBlock>(turn);
        if (field.empty()) {
            if (!thoughts.empty())
                to_.lose("thinking", "the provider takes no earlier thoughts back");
            return;
        }
        if (field == "reasoning_details") return write_details_of(turn);
        std::string all;
        for (const auto* thought : thoughts) all += thought->text.escaped;
        if (!all.empty()) {
            json_.escaped(field, all);
        } else if (has_calls && field == "reasoning_content") {
            // DeepSeek and Moonshot refuse a call without the thought before it, and an empty one.
            json_.text(field, " ");
        }
    }

    // As OpenRouter wants it, calls' proofs as well.
    void write_details_of(const Turn& turn) {
        std::string unproved;
        bool has_proof = false;
        for (const auto* thought : blocks_of<ThinkingBlock>(turn)) {
            if (!thought->signature.is_present()) unproved += thought->text.escaped;
            has_proof = has_proof || thought->signature.is_present();
        }
        for (const auto* call : blocks_of<ToolCallBlock>(turn))
            has_proof = has_proof || call->signature.is_present();
        for (const auto* text : blocks_of<TextBlock>(turn))
            has_proof = has_proof || text->signature.is_present();
        if (!unproved.empty()) json_.escaped("reasoning", unproved);
        if (!has_proof) return;
        json_.begin_array("reasoning_details");
        int index = 0;
        for (const auto* thought : blocks_of<ThinkingBlock>(turn))
            write_details(json_, *thought, index);
        for (const auto* call : blocks_of<ToolCallBlock>(turn))
            write_proof(json_, call->signature, call->id, index);
        for (const auto* text : blocks_of<TextBlock>(turn))
            write_proof(json_, text->signature, {}, index);
        json_.end_array();
    }

    void write_call(const ToolCallBlock& call) {
        json_.begin_object().text("id", call.id);
        if (call.kind == ToolKind::custom) {
            json_.text("type", "custom").begin_object("custom").text("name", call.name);
            json_.escaped("input", call.arguments).end_object();
        } else {
            json_.text("type", "function").begin_object("function").text("name", call.name);
            json_.text("arguments", call.arguments.empty() ? "{}" : call.arguments).end_object();
        }
        if (to_.variant.reasoning_field != "reasoning_details")
            write_call_proof(json_, call.signature);
        json_.end_object();
    }

    // --- results of tools

    void write_results(const Turn& turn) {
        std::vector<std::pair<std::string_view, const MediaBlock*>> left_over;
        for (const auto* result : blocks_of<ToolResultBlock>(turn))
            write_result(*result, left_over);
        if (left_over.empty()) return;
        json_.begin_object().text("role", "user").begin_array("content");
        std::string_view last;
        for (const auto& [id, media] : left_over) {
            if (id != last) {
                const auto title = "From the result of the tool call " + std::string(id) + ":";
                json_.begin_object().text("type", "text").text("text", title).end_object();
            }
            last = id;
            write_media(*media);
        }
        json_.end_array().end_object();
    }

    void write_result(const ToolResultBlock& result,
                      std::vector<std::pair<std::string_view, const MediaBlock*>>& left_over) {
        std::vector<Piece> pieces;
        if (result.is_error) pieces.push_back({.text = {"Error:"}});
        for (const auto& part : result.parts) {
            if (const auto* text = std::get_if<TextBlock>(&part)) {
                pieces.push_back({.text = text->text});
            } else if (const auto* media = std::get_if<MediaBlock>(&part)) {
                add_piece(*media, pieces);
            } else if (const auto* opaque = std::get_if<OpaqueBlock>(&part)) {
                add_piece(*opaque, pieces);
            }
        }
        if (result.parts.empty() && !result.object.empty())
            pieces.push_back({.text = to_.request.arena->keep_escaped(result.object)});
        std::erase_if(pieces, [&](const Piece& piece) {
            const bool may_stay =
                piece.media == nullptr ||
                (to_.variant.takes_images_in_tool_results && piece.media->kind == MediaKind::image);
            if (!may_stay) left_over.emplace_back(result.call_id, piece.media);
            return !may_stay;
        });
        if (!pieces.empty() && result.cache != CacheMark::none) pieces.back().cache = result.cache;
        json_.begin_object().text("role", "tool").text("tool_call_id", result.call_id);
        write_content(pieces, result.is_error && pieces.size() == 2 ? " " : "\\n");
        json_.end_object();
    }

    Encoding& to_;
    wire::JsonWriter& json_;
};

}  // namespace

void write_messages(Encoding& to) {
    to.json.begin_array("messages");
    MessageWriter writer(to);
    for (const auto& turn : to.request.turns) writer.write(turn);
    to.json.end_array();
}

}  // namespace router::dialects::openai_chat
