#include "storage/signature_store.hpp"

#include <memory>
#include <utility>

namespace router::storage {

void SignatureStore::put(std::string_view call_id, std::string note) {
    const auto now = now_();
    auto record = std::make_shared<const Record>(Record{.id = std::string(call_id),
                                                        .body = std::move(note),
                                                        .written = now,
                                                        .expires = now + lifetime_seconds});
    if (recent_.put(record) && write_) write_(std::move(record));
}

std::optional<std::string> SignatureStore::get(std::string_view call_id) {
    const auto record = recent_.get(call_id, now_());
    return record ? std::optional(record->body) : std::nullopt;
}

void SignatureStore::restore(Record record) {
    recent_.put(std::make_shared<const Record>(std::move(record)));
}

}  // namespace router::storage
