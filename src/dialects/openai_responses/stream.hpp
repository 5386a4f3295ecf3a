#pragma once

#include <memory>

#include "dialects/dialect.hpp"

namespace router::dialects::openai_responses {

std::unique_ptr<StreamDecoder> make_stream_decoder();
std::unique_ptr<StreamEncoder> make_stream_encoder(const AnswerContext& context);
std::unique_ptr<StreamRelay> make_stream_relay(const AnswerContext& context);

}  // namespace router::dialects::openai_responses
