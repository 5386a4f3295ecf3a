#include "dialects/anthropic_messages/encoding.hpp"

#include <algorithm>
#include <variant>

namespace router::dialects::anthropic_messages {

using canonical::Block;
using canonical::CacheMark;
using canonical::DialectId;
using canonical::Request;

namespace {

constexpr int most_marks = 4;

int count_marks(const Block& block) {
    return std::visit(
        [](const auto& one) {
            if constexpr (requires { one.cache; }) return one.cache != CacheMark::none ? 1 : 0;
            return 0;
        },
        block);
}

int count_marks(const Request& request) {
    int count = 0;
    for (const auto& tool : request.tools) count += tool.cache != CacheMark::none ? 1 : 0;
    for (const auto& turn : request.turns) {
        for (const auto& block : turn.blocks) count += count_marks(block);
    }
    for (const auto& [name, value] : request.extras) count += name == "cache_control" ? 1 : 0;
    return count;
}

}  // namespace

Encoding::Encoding(const Request& request, EncodedRequest& out)
    : request_(request),
      out_(out),
      writer_(out.body, &out.left_out),
      marks_to_skip_(std::max(0, count_marks(request) - most_marks)) {}

bool Encoding::is_own() const { return request_.dialect == DialectId::anthropic_messages; }

void Encoding::write_cache(CacheMark mark) {
    if (mark == CacheMark::none) return;
    if (marks_to_skip_ > 0) {
        --marks_to_skip_;
        return;
    }
    writer_.begin_object("cache_control").text("type", "ephemeral");
    if (mark == CacheMark::one_hour) writer_.text("ttl", "1h");
    writer_.end_object();
}

void Encoding::lose(std::string_view field, std::string_view reason) {
    const auto name = client_field(request_.dialect, field);
    const auto is_known = [&](const canonical::Loss& loss) { return loss.field == name; };
    if (std::ranges::any_of(out_.losses, is_known)) return;
    out_.losses.push_back({std::string(name), std::string(reason)});
}

void Encoding::need_beta(std::string_view name) {
    if (betas_.contains(name)) return;
    if (!betas_.empty()) betas_ += ',';
    betas_ += name;
}

void Encoding::finish() {
    if (!betas_.empty()) out_.headers.push_back("anthropic-beta: " + betas_);
}

}  // namespace router::dialects::anthropic_messages
