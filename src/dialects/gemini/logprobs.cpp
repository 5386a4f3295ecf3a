#include "dialects/gemini/logprobs.hpp"

#include <string_view>
#include <vector>

#include "dialects/gemini/members.hpp"

namespace router::dialects::gemini {
namespace {

namespace json = wire::json;

struct Token {
    canonical::Text token{};
    std::string_view logprob{};  // as it stands
};

void write_token(wire::JsonWriter& out, const Token& token) {
    out.escaped("token", token.token.escaped);
    out.raw("logprob", token.logprob.empty() ? "0" : token.logprob).null("bytes");
}

Token read_token(json::value& candidate, std::string_view logprob_name) {
    Token token;
    each_field(candidate, [&](std::string_view key, json::value& value) {
        if (key == "token") token.token = text_of(value);
        if (key == logprob_name && json::type_of(value) == json::json_type::number)
            token.logprob = valid_json(value);
    });
    return token;
}

std::vector<Token> read_tokens(json::value& list) {
    std::vector<Token> tokens;
    json::each_element(
        list, [&](json::value& one) { tokens.push_back(read_token(one, "logProbability")); });
    return tokens;
}

void append_element(std::string& list, std::string_view element) {
    if (!list.empty()) list += ',';
    list += element;
}

std::string gemini_token(const Token& token) {
    std::string text;
    wire::JsonWriter out(text);
    out.begin_object().escaped("token", token.token.escaped);
    out.raw("logProbability", token.logprob.empty() ? "0" : token.logprob).end_object();
    return text;
}

}  // namespace

std::string logprobs_content(json::value& result) {
    std::vector<Token> chosen;
    std::vector<std::vector<Token>> top;
    each_field(result, [&](std::string_view key, json::value& value) {
        if (key == "chosenCandidates") chosen = read_tokens(value);
        if (key != "topCandidates") return;
        json::each_element(value, [&](json::value& one) {
            auto& tokens = top.emplace_back();
            each_field(one, [&](std::string_view name, json::value& list) {
                if (name == "candidates") tokens = read_tokens(list);
            });
        });
    });
    if (chosen.empty()) return {};
    std::string text;
    wire::JsonWriter out(text);
    out.begin_array();
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        write_token(out.begin_object(), chosen[i]);
        out.begin_array("top_logprobs");
        if (i < top.size()) {
            for (const auto& one : top[i]) {
                write_token(out.begin_object(), one);
                out.end_object();
            }
        }
        out.end_array().end_object();
    }
    out.end_array();
    return text;
}

void LogprobsResult::add(canonical::Json content) {
    const auto copy = padded_copy(content);
    auto document = json::read_inner(copy);  // the event that it came in is read meanwhile
    json::value list;
    if (document.get_value().get(list) != simdjson::SUCCESS) return;
    json::each_element(list, [&](json::value& entry) {
        Token token;
        std::string top;
        json::each_member(entry, [&](std::string_view key, json::value& value) {
            if (key == "token") token.token = text_of(value);
            if (key == "logprob" && json::type_of(value) == json::json_type::number)
                token.logprob = valid_json(value);
            if (key != "top_logprobs") return;
            json::each_element(value, [&](json::value& one) {
                append_element(top, gemini_token(read_token(one, "logprob")));
            });
        });
        append_element(chosen_, gemini_token(token));
        append_element(top_, "{\"candidates\":[" + top + "]}");
    });
}

void LogprobsResult::write(wire::JsonWriter& out) const {
    if (chosen_.empty()) return;
    out.begin_object("logprobsResult").raw("chosenCandidates", "[" + chosen_ + "]");
    out.raw("topCandidates", "[" + top_ + "]").end_object();
}

}  // namespace router::dialects::gemini
