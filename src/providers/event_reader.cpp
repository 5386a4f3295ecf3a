#include "providers/event_reader.hpp"

#include <array>
#include <utility>

#include "wire/base64.hpp"
#include "wire/json.hpp"
#include "wire/json_writer.hpp"

namespace router::providers {
namespace {

namespace json = wire::json;

// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
// (read 2026-11-22)
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> exceptions{{
    {"throttlingException", "rate_limit_error"},
    {"serviceUnavailableException", "overloaded_error"},
    {"internalServerException", "api_error"},
    {"modelStreamErrorException", "api_error"},
    {"modelTimeoutException", "timeout_error"},
    {"validationException", "invalid_request_error"},
}};

std::string_view error_type(std::string_view exception) {
    for (const auto& [name, type] : exceptions) {
        if (name == exception) return type;
    }
    return "api_error";
}

// The text of a member of the object that `text`, which is padded, holds.
std::string text_member(std::string_view text, std::string_view name) {
    std::string out;
    auto document = json::read(text);
    json::value root;
    if (document.error() != simdjson::SUCCESS ||
        document.get_value().get(root) != simdjson::SUCCESS)
        return out;
    json::each_member(root, [&](std::string_view key, json::value& value) {
        if (key != name) return true;
        out = json::text_or_empty(value);
        return false;
    });
    return out;
}

}  // namespace

EventReader::EventReader(Framing framing, std::size_t limit) : reader_(wire::SseReader(limit)) {
    if (framing == Framing::aws_event_stream) reader_.emplace<wire::AwsEventReader>(limit);
}

void EventReader::feed(std::string_view bytes) {
    std::visit([&](auto& reader) { reader.feed(bytes); }, reader_);
}

std::optional<wire::SseEvent> EventReader::next() {
    if (auto* sse = std::get_if<wire::SseReader>(&reader_)) return sse->next();
    auto& aws = std::get<wire::AwsEventReader>(reader_);
    if (const auto event = aws.next()) return translated(*event);
    return std::nullopt;
}

std::optional<wire::SseEvent> EventReader::rest() {
    if (auto* sse = std::get_if<wire::SseReader>(&reader_)) return sse->rest();
    return std::nullopt;
}

bool EventReader::is_overfull() const {
    if (const auto* sse = std::get_if<wire::SseReader>(&reader_)) return sse->is_overfull();
    return std::get<wire::AwsEventReader>(reader_).is_broken();
}

std::optional<wire::SseEvent> EventReader::translated(const wire::AwsEvent& event) {
    const bool is_error = event.message_type == "exception" || event.message_type == "error";
    name_ = is_error ? std::string_view("error") : event.name;
    data_.clear();
    if (is_error) {
        auto message = std::string(event.message);
        if (message.empty()) message = text_member(event.payload, "message");
        if (message.empty()) message = event.name;
        wire::JsonWriter(data_)
            .begin_object()
            .text("type", "error")
            .begin_object("error")
            .text("type", error_type(event.name))
            .text("message", message)
            .end_object()
            .end_object();
    } else if (event.name == "chunk") {
        data_ = wire::from_base64(text_member(event.payload, "bytes")).value_or(std::string());
        data_.append(json::padding, '\0');
        name_ =
            text_member(std::string_view(data_).substr(0, data_.size() - json::padding), "type");
        data_.resize(data_.size() - json::padding);
    } else {
        data_ = event.payload;
    }
    const auto size = data_.size();
    data_.append(json::padding, '\0');
    return wire::SseEvent{
        .name = name_, .data = std::string_view(data_).substr(0, size), .has_data = true};
}

}  // namespace router::providers
