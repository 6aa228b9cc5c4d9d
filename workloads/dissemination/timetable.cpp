#include "dissemination/timetable.hpp"

#include <algorithm>

namespace mznode::dissemination {

void HoldBack::learn(std::uint64_t position, Duration slack) {
  while (!sent_.empty() && sent_.front().position < position) sent_.pop_front();
  if (sent_.empty() || sent_.front().position != position) return;
  const Time sent_at = sent_.front().at;
  sent_.pop_front();
  slack = std::clamp(slack, Duration::zero(), period_);  // the other node may have another period
  if (is_measured_ && period_ > Duration::zero()) {
    // The margin grows with the mean deviation, as a retransmission time-out does (Jacobson, Congestion Avoidance and
    // Control, 1988, appendix A), but by two of them instead of four: a message that is late costs one more departure.
    const Duration expected = timetable_->next(sent_at) - sent_at + margin_;
    const Duration difference = std::max(slack - expected, expected - slack) % period_;
    const Duration deviation = std::min(difference, period_ - difference);
    jitter_ += (deviation - jitter_) / 4;
    // What is early for hiccups is early for the jitter as well, so the two do not add up: a margin that grew at every
    // hiccup would delay all that comes up until it has shrunk again.
    margin_ = std::clamp(std::min(least_margin_, usual_margin) + 2 * jitter_, least_margin_,
                         std::max(least_margin_, period_ / 4));
  }
  invariant(margin_ >= least_margin_, "a message is never to come later than the least margin allows");
  is_measured_ = true;
  timetable_ = Timetable{sent_at + slack - margin_, period_};
}

}  // namespace mznode::dissemination
