#pragma once

#include <memory>

#include "dialects/dialect.hpp"

namespace router::dialects::gemini {

std::unique_ptr<StreamDecoder> stream_decoder();
std::unique_ptr<StreamEncoder> stream_encoder(const AnswerContext& context);
std::unique_ptr<StreamRelay> stream_relay(const AnswerContext& context);

}  // namespace router::dialects::gemini
