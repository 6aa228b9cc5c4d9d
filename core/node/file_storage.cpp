#include "file_storage.hpp"

#include <exception>
#include <utility>

#include "data_directory.hpp"
#include "mznode/node/invariant.hpp"

namespace mznode {

FileStorage::FileStorage(const std::string& directory, StorageOwner owner, World world)
    : world_(std::move(world)),
      directory_(std::make_shared<DataDirectory>(directory, std::move(owner), world_.files, world_.on_warning)) {}

FileStorage::~FileStorage() = default;

std::vector<std::string> FileStorage::read() {
  try {
    return directory_->open();
  } catch (...) {
    has_failed_ = true;
    world_.on_refusal();
    throw;
  }
}

void FileStorage::append(std::string_view record) {
  add(record);
}

void FileStorage::replace(std::string_view record) {
  next_.replaces = true;
  next_.frame.clear();
  add(record);
}

/// A record that is too large is a disk that refuses: whoever gave it counts on its being kept.
void FileStorage::add(std::string_view record) {
  if (has_failed_) return;
  try {
    next_.frame.add(record);
  } catch (const std::exception& cause) {
    give_up(cause.what());
  }
}

void FileStorage::sync(std::function<void()> done) {
  if (has_failed_) return;
  next_.waiting.push_back(std::move(done));
  if (!is_syncing_) begin_sync();
}

/// Writes all that came since the last one began; what comes until it is done shares the next.
void FileStorage::begin_sync() {
  invariant(!is_syncing_ && !has_failed_, "one sync at a time, and none after one that failed");
  is_syncing_ = true;
  auto batch = std::make_shared<Batch>(std::exchange(next_, {}));
  auto error = std::make_shared<std::string>();
  const auto work = [directory = directory_, batch, error] {
    try {
      directory->write(batch->replaces, batch->frame);
    } catch (const std::exception& cause) {
      *error = cause.what();
    }
  };
  const auto end = [this, batch, error, exists = std::weak_ptr<void>(exists_)] {
    if (exists.expired()) return;
    is_syncing_ = false;
    if (!error->empty()) give_up(*error);
    if (has_failed_) return;  // since this sync began, it may be
    for (const auto& done : batch->waiting) done();
    if (!is_syncing_ && !next_.waiting.empty()) begin_sync();
  };
  try {
    world_.offload(work, end);
  } catch (const std::exception& cause) {
    give_up(cause.what());
  }
}

void FileStorage::give_up(const std::string& why) {
  if (has_failed_) return;
  has_failed_ = true;
  next_ = {};
  world_.on_error(why);
}

}  // namespace mznode
