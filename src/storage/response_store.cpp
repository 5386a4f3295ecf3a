#include "storage/response_store.hpp"

#include <memory>
#include <utility>

namespace router::storage {

bool ResponseStore::put(std::string_view id, std::string_view owner, std::string input,
                        std::string response) {
    const auto now = now_();
    auto record = std::make_shared<const Record>(Record{.id = std::string(id),
                                                        .owner = std::string(owner),
                                                        .input = std::move(input),
                                                        .body = std::move(response),
                                                        .written = now,
                                                        .expires = now + lifetime_seconds});
    if (!recent_.put(record)) return false;
    if (write_) write_(std::move(record));
    return true;
}

RecordPointer ResponseStore::get(std::string_view id, std::string_view owner) {
    auto record = recent_.get(id, now_());
    return record && record->owner == owner ? record : nullptr;
}

bool ResponseStore::remove(std::string_view id, std::string_view owner) {
    if (!get(id, owner)) return false;
    recent_.remove(id);
    if (remove_) remove_(std::string(id));
    return true;
}

void ResponseStore::restore(Record record) {
    recent_.put(std::make_shared<const Record>(std::move(record)));
}

}  // namespace router::storage
