#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "mznode/node/runtime.hpp"

namespace mznode {

/// Waits for what a loop waits for: its input, its output, and somebody who wakes it. The descriptors are registered
/// once (epoll), so a wait that also watches for a closed output costs no more than one for the input alone.
class Poller {
 public:
  enum Source : std::uint8_t { input, output, waker };
  /// Nothing: not even errors. `errors`: that the other end is gone, which every other interest includes.
  enum class Interest : std::uint8_t { nothing, errors, readable, writable };

  /// Throws std::system_error when the system has no descriptors left.
  Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  ~Poller();

  /// Watches `descriptor` as `source` from now on. One that cannot be watched, such as a file, is always ready.
  void watch(Source source, int descriptor, Interest interest);

  /// Waits until a source is ready, a signal arrives, or `timeout` is over, rounded up to milliseconds; without a
  /// timeout for as long as that takes.
  void wait(std::optional<Duration> timeout);
  /// Whether the last wait found what `source` is watched for, or an error of it.
  bool is_ready(Source source) const { return sources_[source].is_ready; }
  /// Whether the last wait found that the other end of `source` is gone.
  bool has_error(Source source) const { return sources_[source].has_error; }

 private:
  struct State {
    Interest interest = Interest::nothing;
    bool is_watchable = true;
    bool is_ready = false;
    bool has_error = false;
  };
  void change(Source source, int descriptor, Interest interest);

  int epoll_;
  std::array<State, 3> sources_;
};

}  // namespace mznode
