#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mznode/check/history.hpp"
#include "mznode/sim/runner.hpp"

namespace mznode {

/// What became of the operations that began when nothing of a fault had been left for two seconds, those left out
/// during which another began. Behind a fault messages are left that were sent before it ended: they may be late by
/// seconds, when `slow` makes what `reorder` holds back take ten times as long, and each of them lets its receiver
/// sleep, where messages are delivered as Maelstrom does.
struct CalmOperations {
  /// Without an answer that is certain.
  std::vector<check::Operation> unanswered;
  std::size_t answered = 0;
};

/// True for an answer that tells what has happened, not just that something did not happen for want of somebody.
inline bool is_certain_answer(const check::Operation& completion) {
  if (completion.type == check::Type::ok) return true;
  if (completion.type != check::Type::fail || !completion.error) return false;
  const std::string_view why = completion.error->text();
  return why.find("temporarily") == std::string_view::npos && why.find("timeout") == std::string_view::npos;
}

/// True when each kind of operation was carried out at least once, or was told by the register what it holds instead. A
/// compare-and-set is answered as well when it finds another value; which it does is the clients' chance.
inline bool answers_every_kind(const check::History& history) {
  std::map<std::string, bool> is_answered;
  for (const check::Operation& event : history) {
    if (!event.is_client()) continue;
    bool& answered = is_answered[event.f];
    const std::string_view why = event.error ? event.error->text() : std::string_view();
    const bool is_refusal =
        event.type == check::Type::fail && (why.find("precondition-failed") != std::string_view::npos ||
                                            why.find("key-does-not-exist") != std::string_view::npos);
    answered = answered || event.type == check::Type::ok || is_refusal;
  }
  return std::all_of(is_answered.begin(), is_answered.end(), [](const auto& kind) { return kind.second; });
}

/// When the last of the messages came that were sent before a moment, for any moment.
class Arrivals {
 public:
  /// Of a run that has kept its journal. Throws std::invalid_argument for another.
  explicit Arrivals(const sim::RunResult& run) {
    if (run.journal.empty()) throw std::invalid_argument("when messages came is known of runs that keep a journal");
    std::map<std::uint64_t, std::int64_t> sent;
    for (const sim::JournalEntry& entry : run.journal) {
      const std::int64_t at_ns = (entry.at - run.started).count();
      if (entry.event == sim::JournalEntry::Event::send) sent[entry.packet] = at_ns;
      if (entry.event == sim::JournalEntry::Event::receive) last_.emplace_back(sent.at(entry.packet), at_ns);
    }
    std::sort(last_.begin(), last_.end());
    for (std::size_t i = 1; i < last_.size(); ++i) last_[i].second = std::max(last_[i].second, last_[i - 1].second);
  }

  /// Times are those of the history. `before_ns` where none was on its way.
  std::int64_t last_of_those_sent(std::int64_t before_ns) const {
    const auto behind = std::lower_bound(last_.begin(), last_.end(), std::pair(before_ns, INT64_MIN));
    return behind == last_.begin() ? before_ns : std::max(before_ns, std::prev(behind)->second);
  }

 private:
  /// When a message was sent, and when the last came of those that were sent until then.
  std::vector<std::pair<std::int64_t, std::int64_t>> last_;
};

/// The run must have kept its journal.
inline CalmOperations find_calm_operations(const sim::RunResult& run) {
  constexpr std::int64_t recovery_ns = 2'000'000'000;
  CalmOperations found;
  const check::Pairing pairing(run.history);
  const Arrivals arrivals(run);
  int faults = 0;
  std::int64_t calm_from_ns = recovery_ns;
  for (std::size_t i = 0; i < run.history.size(); ++i) {
    const check::Operation& event = run.history[i];
    if (!event.is_client()) {
      if (event.f.starts_with("start-")) ++faults;
      if (event.f.starts_with("stop-")) --faults;
      calm_from_ns = arrivals.last_of_those_sent(event.time_ns) + recovery_ns;
    } else if (event.type != check::Type::invoke && faults == 0 &&
               run.history[pairing.invocation(i)].time_ns >= calm_from_ns) {
      if (is_certain_answer(event)) {
        ++found.answered;
      } else {
        found.unanswered.push_back(event);
      }
    }
  }
  return found;
}

}  // namespace mznode
