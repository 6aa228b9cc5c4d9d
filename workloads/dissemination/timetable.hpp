#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "mznode/node/invariant.hpp"
#include "mznode/node/runtime.hpp"

namespace mznode::dissemination {

/// Departures at regular intervals, without beginning or end.
struct Timetable {
  /// One of the departures; any.
  Time departure;
  Duration period{0};

  /// The first departure after `now`. Without a period everything leaves at once.
  Time next(Time now) const {
    if (period == Duration::zero()) return now;
    const Duration since = (now - departure) % period;  // negative before the departure that is known
    return since < Duration::zero() ? now - since : now - since + period;
  }
};

/// Tells a node when to send what is to catch a departure of another node: as late as is safe, so that what comes up in
/// the meantime shares the message. Neither the clocks nor the latency need be known: the other node says how early a
/// message came ("slack"), and the next is sent that much later.
class HoldBack {
 public:
  /// The other node departs every `period`. Messages are to arrive `least_margin` early, and more when their latency
  /// varies by more than that covers.
  HoldBack(Duration period, Duration least_margin)
      : period_(period), least_margin_(least_margin), margin_(least_margin) {}

  /// When to send what came up at `now`: at once as long as nothing is known of the other node's departures.
  Time departure(Time now) const { return timetable_ ? timetable_->next(now) : now; }

  /// Whether windows are so long that a guess is worth its risk. Where they are short, sending at once costs less than
  /// a wrong one.
  static bool is_worth_guessing(Duration period) { return period > 4 * usual_round_trip; }
  /// Whether the departures of the other node are known, and not guessed.
  bool is_measured() const { return is_measured_; }
  /// The other node was heard. As long as nothing is known of its departures, that was one, and the next is met by what
  /// leaves a usual round trip before it will be heard.
  void hear(Time now) {
    if (!is_measured_ && is_worth_guessing(period_)) timetable_ = Timetable{now - usual_round_trip, period_};
  }
  /// A message that ends at `position` of a stream was sent.
  void sent(std::uint64_t position, Time now) {
    invariant(sent_.empty() || sent_.back().position <= position, "positions of a stream only grow", {position});
    sent_.push_back({position, now});
  }
  /// Part of what was sent is repeated. Which of several copies came in so early, nobody can tell (Karn and Partridge,
  /// Improving Round-Trip Time Estimates in Reliable Transport Protocols, 1987).
  void forget() { sent_.clear(); }
  /// The message that ends at `position` arrived `slack` before a departure.
  void learn(std::uint64_t position, Duration slack);

 private:
  /// Longer than most. Who is late once knows better from then on.
  static constexpr Duration usual_round_trip = 250ms;
  /// Enough beside the jitter where the machine does not stall.
  static constexpr Duration usual_margin = 12ms;

  struct Sent {
    std::uint64_t position;
    Time at;
  };

  Duration period_;
  Duration least_margin_;
  Duration margin_;
  Duration jitter_{0};
  std::deque<Sent> sent_;
  /// When to send; a guess until it is measured.
  std::optional<Timetable> timetable_;
  bool is_measured_ = false;
};

}  // namespace mznode::dissemination
