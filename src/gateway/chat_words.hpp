#pragma once

#include "config/model_facts.hpp"
#include "config/snapshot.hpp"
#include "dialects/client_body.hpp"
#include "providers/ask.hpp"

namespace router::gateway {

// Whether a Chat request says something that a Chat target may call otherwise or refuse: only then
// chat_words() is worth asking.
bool may_need_other_words(const dialects::ClientBody& body, const config::Target& target);

// Whether a message is a developer's and the target's provider knows no such role: it is told deep
// in the body, so that the call is converted. An unknown server is told what the client said.
bool has_unknown_role(const dialects::ClientBody& body, const config::Target& target);

// What becomes of a Chat request whose bytes go through: what the target calls otherwise is said in
// its words, and with drop_params what its model refuses is left out. Without drop_params that goes
// on as it came, and the provider's own refusal is the answer.
//
//   max_tokens      is max_completion_tokens for models that think by effort; the other way round
//                   for providers that know max_tokens alone
//   seed            under the target's name for it
//   tool_choice     "required" in the target's word
//   stream_options  left out where the row says that they are refused
//   drop_params     stop, the penalties, temperature and top_p, by models.yml
providers::BodyEdits chat_words(const dialects::ClientBody& body, const config::Target& target,
                                const config::ModelFacts& facts);

}  // namespace router::gateway
