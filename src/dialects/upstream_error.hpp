#pragma once

#include <string_view>

#include "base/error.hpp"
#include "wire/json.hpp"

namespace router::dialects {

// What an upstream's error says. Which shape it has says little of the dialect that the upstream
// speaks: proxies stand before it, and compatible servers have shapes of their own. So all are read
// for every dialect:
//
//   OpenAI, Groq, vLLM   {"error":{"message","type","param","code"}}
//   Anthropic            {"type":"error","error":{"type","message","details":{"error_code"}}}
//   Google               {"error":{"code","message","status","details":[ErrorInfo, RetryInfo,
//                        BadRequest]}}, also in a list; OAuth's {"error","error_description"}
//   Amazon               {"message"}, {"Message"}, {"__type":"a.b#ThrottlingException","message"}
//   xAI, Ollama          {"code":"…","error":"…"}
//   Mistral, FastAPI     {"object":"error","message","type","code"}, {"detail":[{"loc","msg"}]}
//   OpenRouter           metadata.raw, in which its provider says more; the error of one choice
//   anyone               a bare string, plain text, an HTML page, nothing at all
//
// The kind is upstream_refused, the message never empty. `type` and `code` are the upstream's own
// words; a number that is a status is no word. `retry_after`, in whole seconds, is read from the
// members and from the text; of an error that waiting does not mend it is empty.
//
//   status    the answer's own. Of one that came with success, as in a stream, it is what the
//             error's code or words stand for, else 502. A key that Google refuses has 401
//   provider  named where the upstream said nothing readable
Error decode_upstream_error(int status, std::string_view body, std::string_view provider);

// The same of a value that stands in a document: an event's error, a response that failed.
Error upstream_error_in(wire::json::value& value);

// Whether the money is spent: waiting does not help.
bool is_spent(const Error& error);

}  // namespace router::dialects
