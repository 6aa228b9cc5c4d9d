#pragma once

#include <algorithm>
#include <optional>

#include "core/runtime.hpp"

namespace mznode::dissemination {

/// Departures at regular intervals, without beginning or end.
struct Timetable {
  /// One of the departures; any.
  Time departure;
  Duration period{0};

  /// The first departure at `now` or after it. Without a period everything leaves at once.
  Time next(Time now) const {
    if (period == Duration::zero()) return now;
    const Duration since = (now - departure) % period;  // negative before the departure that is known
    return since > Duration::zero() ? now - since + period : now - since;
  }
};

/// Tells a node when to send what is to catch a departure of another node: as late as is safe, so that what comes up in
/// the meantime shares the message. Neither the clocks nor the latency need be known: the other node says how early a
/// message came ("slack"), and the next is sent that much later.
class HoldBack {
 public:
  /// The other node departs every `period`. Messages are to arrive `least_margin` early, and more when their latency
  /// varies.
  HoldBack(Duration period, Duration least_margin) : period_(period), least_margin_(least_margin), margin_(least_margin) {}

  /// When to send what came up at `now`: at once as long as nothing is known of the other node's departures.
  Time departure(Time now) const { return timetable_ ? timetable_->next(now) : now; }

  /// A message that was sent at `sent_at` arrived `slack` before a departure.
  void learn(Time sent_at, Duration slack) {
    slack = std::clamp(slack, Duration::zero(), period_);  // the other node may have another period
    if (timetable_ && period_ > Duration::zero()) {
      // The margin is four mean deviations, as in a retransmission time-out (Jacobson, Congestion Avoidance and Control,
      // 1988, appendix A): a message that is late waits for a whole period.
      const Duration expected = timetable_->next(sent_at) - sent_at + margin_;
      const Duration difference = std::max(slack - expected, expected - slack) % period_;
      const Duration deviation = std::min(difference, period_ - difference);
      jitter_ += (deviation - jitter_) / 4;
      margin_ = std::min(least_margin_ + 4 * jitter_, std::max(least_margin_, period_ / 4));
    }
    timetable_ = Timetable{sent_at + slack - margin_, period_};
  }

 private:
  Duration period_;
  Duration least_margin_;
  Duration margin_;
  Duration jitter_{0};
  std::optional<Timetable> timetable_;
};

}  // namespace mznode::dissemination
