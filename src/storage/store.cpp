#include "storage/store.hpp"

#include <utility>

#include "storage/state_file.hpp"

namespace router::storage {
namespace {

Write writer(StateFile* file, Table table) {
    if (file == nullptr) return nullptr;
    return [file, table](RecordPointer record) {
        file->write({.table = table, .record = std::move(record)});
    };
}

Remove remover(StateFile* file, Table table) {
    if (file == nullptr) return nullptr;
    return
        [file, table](std::string id) { file->write({.table = table, .removed = std::move(id)}); };
}

template <class Records>
void restore(StateFile& file, Table table, std::int64_t now, Records& into) {
    file.bound(table, Records::limits);
    for (auto& record : file.newest(table, Records::limits, now)) into.restore(std::move(record));
}

}  // namespace

Store::Store(const config::StorageSettings& settings, Warn warn, Now now)
    : file_(settings.state_file.empty()
                ? nullptr
                : std::make_unique<StateFile>(settings.state_file, std::move(warn))),
      signatures_(now, writer(file_.get(), Table::signatures)),
      responses_(now, writer(file_.get(), Table::responses),
                 remover(file_.get(), Table::responses)) {
    if (!file_) return;
    restore(*file_, Table::signatures, now(), signatures_);
    restore(*file_, Table::responses, now(), responses_);
    file_->start();
}

Store::~Store() = default;

void Store::flush() {
    if (file_) file_->flush();
}

}  // namespace router::storage
