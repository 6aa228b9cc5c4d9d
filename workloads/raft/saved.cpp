#include "raft/saved.hpp"

namespace mznode::raft {

void Saved::add(const Unsaved& unsaved) {
  if (unsaved.rewrite) *this = *unsaved.rewrite;
  if (unsaved.hard_state) hard_state = *unsaved.hard_state;
  if (!unsaved.append) return;
  const Append& append = *unsaved.append;
  demand(append.first > snapshot.index && append.first <= snapshot.index + entries.size() + 1,
         "entries are saved behind those that were saved before");
  entries.resize(append.first - snapshot.index - 1);
  entries.insert(entries.end(), append.entries.begin(), append.entries.end());
}

void Saved::validate() const {
  Term last = snapshot.term;
  for (const Entry& entry : entries) {
    demand(entry.term >= last, "terms do not fall along a log");
    last = entry.term;
  }
  demand(last <= hard_state.term, "no entry is of a later term than its server");
}

}  // namespace mznode::raft
