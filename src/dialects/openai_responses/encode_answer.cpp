#include <string>
#include <utility>

#include "dialects/failure_words.hpp"
#include "dialects/media_text.hpp"
#include "dialects/openai_responses/answer.hpp"
#include "dialects/openai_responses/ending.hpp"
#include "dialects/openai_responses/response_object.hpp"
#include "dialects/openai_responses/write_output.hpp"
#include "wire/json.hpp"

namespace router::dialects::openai_responses {
namespace {

namespace json = wire::json;
using canonical::Choice;
using canonical::MediaBlock;
using canonical::OpaqueBlock;
using canonical::RefusalBlock;
using canonical::TextBlock;
using canonical::ThinkingBlock;
using canonical::ToolCallBlock;

// The list that Chat's logprobs keep of a text's tokens, without its brackets.
std::string token_logprobs(canonical::Json logprobs) {
    std::string padded;
    padded.reserve(logprobs.size() + json::padding);
    padded = logprobs;
    std::string tokens;
    auto document = json::read(padded);
    json::value root;
    if (document.get_value().get(root) != simdjson::SUCCESS) return tokens;
    json::each_member(root, [&](std::string_view key, json::value& value) {
        if (key != "content" || json::type_of(value) != json::json_type::array) return;
        const auto list = json::raw(value);
        tokens = list.substr(1, list.size() - 2);
    });
    return tokens;
}

// Puts the blocks of a choice into items; texts and refusals that stand together are one message.
class OutputWriter {
 public:
    OutputWriter(const ResponseObject& response, const Choice& choice)
        : response_(response), choice_(choice) {
        if (!choice.logprobs.empty()) logprobs_ = token_logprobs(choice.logprobs);
    }

    void write() {
        for (const auto& block : choice_.blocks) add(block);
        const auto refusal = untold_refusal(choice_.ending, has_refusal_);
        if (!refusal.is_empty()) write_refusal_part(part(phase_), refusal.escaped);
        close_message(message_status(choice_.ending));
    }
    const std::string& items() const { return items_; }
    bool has_refusal() const { return has_refusal_; }

 private:
    void add(const canonical::Block& block);
    void add_text(const TextBlock& text);
    void add_call(const ToolCallBlock& call);
    void add_proof(const canonical::Signature& signature);
    void add_opaque(const OpaqueBlock& block);
    std::string& part(std::string_view phase);
    std::string& item();
    void close_message(std::string_view status = "completed");
    std::string id(std::string_view kind) { return response_.item_id(kind, count_++); }

    const ResponseObject& response_;
    const Choice& choice_;
    std::string items_;
    std::string parts_;  // of the open message
    std::string phase_;
    std::string logprobs_;
    std::size_t count_ = 0;
    bool has_refusal_ = false;
};

std::string& OutputWriter::part(std::string_view phase) {
    if (phase != phase_) close_message();
    phase_ = phase;
    if (!parts_.empty()) parts_ += ',';
    return parts_;
}

std::string& OutputWriter::item() {
    if (!items_.empty()) items_ += ',';
    return items_;
}

void OutputWriter::close_message(std::string_view status) {
    if (parts_.empty()) return;
    write_message(item(), id("msg"), status, phase_, parts_);
    parts_.clear();
}

void OutputWriter::add(const canonical::Block& block) {
    if (const auto* text = std::get_if<TextBlock>(&block)) return add_text(*text);
    if (const auto* refusal = std::get_if<RefusalBlock>(&block)) {
        has_refusal_ = true;
        write_refusal_part(part(phase_), refusal->text.escaped);
        return;
    }
    if (const auto* opaque = std::get_if<OpaqueBlock>(&block)) return add_opaque(*opaque);
    const auto* media = std::get_if<MediaBlock>(&block);
    if (media != nullptr && !is_output_image(*media))
        return write_text_part(part(phase_), media_text(*media), {}, {});
    close_message();
    if (const auto* thinking = std::get_if<ThinkingBlock>(&block)) {
        const auto encrypted = encrypted_of(*thinking);
        if (encrypted.empty() && thinking->text.is_empty()) return;
        const auto& own = thinking->signature.item_id;
        write_reasoning(item(), own.empty() ? id("rs") : own, thinking->text.escaped, encrypted);
    } else if (const auto* call = std::get_if<ToolCallBlock>(&block)) {
        add_call(*call);
    } else if (media != nullptr) {
        write_image(item(), id("ig"), *media);
    }
}

void OutputWriter::add_text(const TextBlock& text) {
    if (!text.text.is_empty()) {
        std::string annotations;
        for (const auto& citation : text.citations) {
            const auto before = annotations.size();
            if (before > 0) annotations += ',';
            if (!write_annotation(annotations, citation, text.text.escaped))
                annotations.resize(before);
        }
        write_text_part(part(text.phase), text.text.escaped, annotations,
                        std::exchange(logprobs_, {}));
    }
    if (!text.signature.is_present()) return;
    close_message();
    add_proof(text.signature);
}

void OutputWriter::add_proof(const canonical::Signature& signature) {
    write_reasoning(item(), id("rs"), {}, encrypted_of(signature));
}

void OutputWriter::add_call(const ToolCallBlock& call) {
    if (call.signature.is_present()) add_proof(call.signature);
    const bool is_custom = call.kind == canonical::ToolKind::custom;
    const bool is_search = call.name_space.empty() && response_.is_tool_search(call.name);
    const auto item_id = id(is_search ? "tsc" : is_custom ? "ctc" : "fc");
    const auto call_id = call.id.empty() ? "call_" + item_id : wire::escaped(call.id);
    const auto name = wire::escaped(call.name);
    const auto name_space = wire::escaped(call.name_space);
    const CallItem written{.id = item_id,
                           .call_id = call_id,
                           .name = name,
                           .name_space = name_space,
                           .is_custom = is_custom,
                           .is_search = is_search};
    auto arguments = is_custom ? std::string(call.arguments) : wire::escaped(call.arguments);
    if (arguments.empty() && !is_custom) arguments = "{}";
    write_call(item(), written, call_status(written, arguments), arguments);
}

void OutputWriter::add_opaque(const OpaqueBlock& block) {
    if (is_output_item(block) && !block.json.empty()) {
        close_message();
        item() += one_line(std::string(block.json));
        ++count_;
    } else if (const auto query = query_of(block)) {
        close_message();
        const auto search_id = id("ws");
        write_search(item(), search_id, *query);
    } else if (!block.as_text.is_empty()) {
        write_text_part(part(phase_), block.as_text.escaped, {}, {});
    }
}

}  // namespace

std::string encode_answer(const canonical::Answer& answer, const AnswerContext& context) {
    AnswerContext named = context;
    if (named.created == 0) named.created = answer.created;
    const ResponseObject response(named);
    const Choice nothing;
    const auto& choice = answer.choices.empty() ? nothing : answer.choices.front();
    OutputWriter output(response, choice);
    output.write();
    const auto status = final_status(choice.ending, output.has_refusal(), output.items().empty());
    const Error failed{.kind = ErrorKind::upstream_broken,
                       .message = failure_words(choice.ending),
                       .code = "server_error"};
    std::string body;
    response.append(body, {.status = status.status,
                           .incomplete = status.incomplete,
                           .error = status.status == "failed" ? &failed : nullptr,
                           .usage = &answer.usage,
                           .output = output.items(),
                           .service_tier = answer.service_tier,
                           .completed = named.created});
    return body;
}

}  // namespace router::dialects::openai_responses
