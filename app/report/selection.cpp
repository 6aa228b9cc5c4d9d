#include "report/selection.hpp"

#include <algorithm>
#include <limits>

namespace mznode::app {

Selection::Selection(const std::vector<std::int64_t>& times, std::vector<std::int64_t> moments, std::size_t limit)
    : moments_(std::move(moments)), keeps_all_(times.size() <= limit) {
  std::sort(moments_.begin(), moments_.end());
  if (keeps_all_) return;
  std::vector<std::int64_t> distances;
  distances.reserve(times.size());
  for (const std::int64_t time : times) distances.push_back(distance(time));
  const auto last = distances.begin() + static_cast<std::ptrdiff_t>(limit);
  std::nth_element(distances.begin(), last, distances.end());
  // Those at the very distance of the first that is left out go, too: a moment is shown as a whole or not at all. But
  // not everything goes when it all happened at once.
  reach_ = std::max<std::int64_t>(*last - 1, 0);
}

std::int64_t Selection::distance(std::int64_t time) const {
  const auto next = std::lower_bound(moments_.begin(), moments_.end(), time);
  std::int64_t nearest = std::numeric_limits<std::int64_t>::max();
  if (next != moments_.end()) nearest = *next - time;
  if (next != moments_.begin()) nearest = std::min(nearest, time - *std::prev(next));
  return nearest;
}

Spans Selection::spans() const {
  Spans spans;
  if (keeps_all_) return spans;
  for (const std::int64_t moment : moments_) {
    if (!spans.empty() && moment - reach_ <= spans.back().second) {
      spans.back().second = moment + reach_;
    } else {
      spans.emplace_back(moment - reach_, moment + reach_);
    }
  }
  return spans;
}

}  // namespace mznode::app
