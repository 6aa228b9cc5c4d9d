#include "report/clients.hpp"

#include <algorithm>

namespace mznode::app {
namespace {

/// More would be taller than anybody looks at; the others share the last.
constexpr std::size_t most_lanes = 200;

}  // namespace

Clients::Clients(std::vector<std::string> nodes, std::size_t workers) : nodes_(std::move(nodes)), workers_(workers) {}

Clients::Clients(const check::History& history) {
  std::unordered_map<std::int64_t, std::size_t> last_entry;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (history[i].is_client()) last_entry[history[i].process] = i;
  }
  std::vector<std::size_t> free_from;  // by lane
  for (std::size_t i = 0; i < history.size(); ++i) {
    const std::int64_t process = history[i].process;
    if (!history[i].is_client() || place_of_.contains(process)) continue;
    const auto found = std::find_if(free_from.begin(), free_from.end(), [i](std::size_t free) { return free <= i; });
    auto lane = static_cast<std::size_t>(found - free_from.begin());
    const bool is_new = found == free_from.end() && lane < most_lanes;
    if (is_new) {
      free_from.push_back(0);
      lanes_.push_back(std::to_string(process));
    } else {
      lane = std::min(lane, most_lanes - 1);
      if (!lanes_[lane].ends_with("…")) lanes_[lane] += " …";
    }
    free_from[lane] = std::max(free_from[lane], last_entry[process] + 1);
    const Place place{.number = place_of_.size(), .lane = lane};
    place_of_.emplace(process, place);
  }
  workers_ = std::max<std::size_t>(lanes_.size(), 1);
}

std::size_t Clients::worker_of(std::int64_t process) const {
  return nodes_.empty() ? place_of_.at(process).lane : static_cast<std::size_t>(process) % workers_;
}

std::size_t Clients::place_of(std::int64_t process) const {
  return nodes_.empty() ? place_of_.at(process).number : worker_of(process) % nodes_.size();
}

}  // namespace mznode::app
