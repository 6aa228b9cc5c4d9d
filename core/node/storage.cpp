#include "mznode/node/storage.hpp"

#include <utility>

#include "mznode/node/invariant.hpp"

namespace mznode {

SimulatedStorage::SimulatedStorage(Disk& disk, Delay delay) : disk_(disk), delay_(std::move(delay)) {}

void SimulatedStorage::sync(std::function<void()> done) {
  // Syncs end in the order in which they began, so what is unsynced then begins with what was unsynced now.
  const auto before = under_way_;
  under_way_ = unsynced_.size();
  delay_([this, count = under_way_ - before, done = std::move(done)] {
    make_durable(count);
    done();
  });
}

void SimulatedStorage::make_durable(std::size_t count) {
  invariant(count <= under_way_ && under_way_ <= unsynced_.size(), "a sync is of what was given before",
            {count, under_way_, unsynced_.size()});
  for (std::size_t i = 0; i < count; ++i) {
    Write& write = unsynced_.front();
    if (write.replaces) disk_.clear();
    disk_.push_back(std::move(write.record));
    unsynced_.pop_front();
  }
  under_way_ -= count;
}

}  // namespace mznode
