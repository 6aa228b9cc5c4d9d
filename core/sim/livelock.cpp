#include "livelock.hpp"

#include <algorithm>
#include <vector>

namespace mznode::sim {
namespace {

/// Programs let their clocks go on a little each time that they read them, so it is not one instant to the nanosecond.
constexpr Duration window = 100ms;

std::string milliseconds(Duration duration) {
  const std::string thousandths = std::to_string(1'000 + duration / 1us % 1'000);
  return std::to_string(duration / 1ms) + '.' + thousandths.substr(1) + " ms";
}

}  // namespace

Livelock::Livelock(Network& network, std::size_t nodes, std::uint64_t patience)
    // Everybody tells everybody, who tells everybody, and all of it is acknowledged: more does not come of one cause.
    : network_(network), patience_(patience), share_(200 * std::uint64_t{nodes} * nodes) {
  begin(Time(), 0);
}

void Livelock::begin(Time now, std::size_t operations) {
  began_ = now_ = now;
  events_ = 0;
  limit_ = patience_ + share_;
  sent_before_ = network_.stats().all.sent;
  operations_before_ = operations;
  network_.traffic().count_links(false);
}

bool Livelock::sets_in(Time now, std::size_t operations) {
  now_ = now;
  if (++events_ < limit_) return false;
  if (now - began_ >= window) {
    begin(now, operations);
    return false;
  }
  if (network_.traffic().counts_links()) return true;
  // Operations of this window have had their share as well; from here on it is noted who sends to whom.
  limit_ += limit_ / 2 + share_ * (operations - operations_before_);
  network_.traffic().count_links(true);
  return false;
}

std::string Livelock::describe() const {
  const std::uint64_t sent = network_.stats().all.sent - sent_before_;
  std::string text = "virtual time does not get on: " + std::to_string(events_) + " events within " +
                     milliseconds(now_ - began_) + ", " + std::to_string(sent) + " of them messages";
  std::vector<std::pair<std::uint64_t, std::string>> links;
  for (const auto& [link, count] : network_.traffic().links())
    links.emplace_back(count, link.first + " to " + link.second);
  if (sent == 0 || links.empty()) return text + "; does a node set a timer again and again that needs no time?";
  constexpr std::size_t shown = 3;
  std::stable_sort(links.begin(), links.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  links.resize(std::min(shown, links.size()));
  text += ", most of them";
  for (const auto& [count, link] : links) text += (text.ends_with("them") ? " from " : ", from ") + link;
  return text +
         ". Without latency such a round takes no time: give it one (--latency 1), or find out what the nodes "
         "have to tell each other so often";
}

}  // namespace mznode::sim
