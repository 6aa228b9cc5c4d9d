#include "raft/backlog.hpp"

#include "mznode/node/invariant.hpp"

namespace mznode::raft {

bool Backlog::add(Term term, const SessionCommand& command) {
  // Whether what another leader has proposed will be committed is open.
  if (std::exchange(proposed_in_, term) != term) proposed_.clear();
  return proposed_.insert(command.id()).second;
}

ReadId Backlog::add(Waiting waiting) {
  waiting_.emplace(++last_read_, std::move(waiting));
  return last_read_;
}

Backlog::Waiting Backlog::take(ReadId id) {
  auto found = waiting_.extract(id);
  invariant(!found.empty(), "a read is answered once", {id});
  return std::move(found.mapped());
}

}  // namespace mznode::raft
