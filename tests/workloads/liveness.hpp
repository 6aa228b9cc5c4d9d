#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/check/history.hpp"

namespace mznode {

/// What became of the operations that began when there had been no fault for two seconds, those left out during which
/// another began.
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

inline CalmOperations find_calm_operations(const check::History& history) {
  constexpr std::int64_t recovery_ns = 2'000'000'000;
  CalmOperations found;
  const check::Pairing pairing(history);
  int faults = 0;
  std::int64_t calm_from_ns = recovery_ns;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const check::Operation& event = history[i];
    if (!event.is_client()) {
      if (event.f.starts_with("start-")) ++faults;
      if (event.f.starts_with("stop-")) --faults;
      calm_from_ns = event.time_ns + recovery_ns;
    } else if (event.type != check::Type::invoke && faults == 0 &&
               history[pairing.invocation(i)].time_ns >= calm_from_ns) {
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
