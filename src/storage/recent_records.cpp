#include "storage/recent_records.hpp"

#include <utility>

namespace router::storage {

std::size_t size_of(const Record& record) {
    constexpr std::size_t for_itself = 200;  // what list, map and strings need besides
    return for_itself + record.id.size() + record.owner.size() + record.input.size() +
           record.body.size();
}

bool RecentRecords::put(RecordPointer record) {
    const auto size = size_of(*record);
    if (size > limits_.record_bytes) return false;
    const std::scoped_lock lock(mutex_);
    if (const auto known = by_id_.find(record->id); known != by_id_.end()) forget(known->second);
    order_.push_front(std::move(record));
    by_id_.emplace(order_.front()->id, order_.begin());
    bytes_ += size;
    while (order_.size() > limits_.count || bytes_ > limits_.bytes) {
        forget(std::prev(order_.end()));
    }
    return true;
}

RecordPointer RecentRecords::get(std::string_view id, std::int64_t now) {
    const std::scoped_lock lock(mutex_);
    const auto known = by_id_.find(id);
    if (known == by_id_.end()) return nullptr;
    if ((*known->second)->expires <= now) {
        forget(known->second);
        return nullptr;
    }
    order_.splice(order_.begin(), order_, known->second);
    return order_.front();
}

void RecentRecords::remove(std::string_view id) {
    const std::scoped_lock lock(mutex_);
    if (const auto known = by_id_.find(id); known != by_id_.end()) forget(known->second);
}

std::size_t RecentRecords::count() const {
    const std::scoped_lock lock(mutex_);
    return order_.size();
}

void RecentRecords::forget(Order::iterator record) {
    bytes_ -= size_of(**record);
    by_id_.erase((*record)->id);
    order_.erase(record);
}

}  // namespace router::storage
