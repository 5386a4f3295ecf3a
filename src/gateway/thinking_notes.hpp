#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "canonical/answer.hpp"
#include "canonical/request.hpp"
#include "storage/signature_store.hpp"

namespace router::gateway {

// What a model thought before it called a tool, noted as its answer passes, and kept by caller and
// the call's id: many clients send calls back without the thoughts that providers insist on.
//
//   store   null: nothing is kept
//   caller  the name of the key: some providers' ids are not unique ("call_0")
class ThinkingNotes {
 public:
    ThinkingNotes(storage::SignatureStore* store, std::string caller, std::string issuer)
        : store_(store), caller_(std::move(caller)), issuer_(std::move(issuer)) {}

    void take(const canonical::Event& event);
    void take(const canonical::Answer& answer);

 private:
    struct Open {
        canonical::BlockKind kind;
        std::string call_id;
        std::string text;
        std::string signature;
        canonical::Signature proof{};  // its value is in `signature`
        bool is_redacted = false;
    };
    using Place = std::pair<int, int>;  // choice, block

    void begin(const canonical::BlockStarted& started);
    void end(const canonical::BlockEnded& ended);
    void keep(int choice, const std::string& call_id, const canonical::Signature& proof);

    storage::SignatureStore* store_;
    std::string caller_;
    std::string issuer_;
    std::map<Place, Open> open_;
    std::map<int, std::string> before_;  // by choice: the seals of the thoughts since the last call
};

// Puts back what the store knows of a request's calls: thoughts before those turns that have none,
// signatures of calls without.
void restore_thinking(canonical::Request& request, std::string_view caller,
                      storage::SignatureStore& store);

}  // namespace router::gateway
