#include "mznode/workloads/reach.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "mznode/json/codec.hpp"

namespace mznode {
namespace {

/// Numbers of hops from each node to each other.
using Hops = std::vector<std::vector<std::size_t>>;

constexpr std::size_t out_of_reach = std::numeric_limits<std::size_t>::max() / 4;

bool cuts_off(const sim::FaultSpan& span) {
  return !span.unheard.empty() || info_of(span.fault).strikes_processes();
}

std::set<std::string> victims(const sim::FaultSpan& span) {
  if (!info_of(span.fault).strikes_processes()) return {};
  const auto names = from_json<std::vector<std::string>>(span.value);
  return {names.begin(), names.end()};
}

bool kills(const sim::FaultSpan& span) {
  return info_of(span.fault).harm == FaultInfo::Harm::memory;
}

/// A fault that is on, and whom it keeps from doing anything.
struct FaultNow {
  const sim::FaultSpan* span;
  std::set<std::string> down;
};

/// The faults that are on at a moment. Who was killed while it was paused, or was dead then, is not paused: another
/// process starts.
std::vector<FaultNow> faults_at(const sim::RunResult& run, Duration moment) {
  std::vector<FaultNow> faults;
  for (const sim::FaultSpan& span : run.fault_spans) {
    if (!cuts_off(span) || span.from > moment || (span.to && moment >= *span.to)) continue;
    FaultNow now{.span = &span, .down = victims(span)};
    for (const sim::FaultSpan& other : run.fault_spans) {
      const bool is_before = other.to && *other.to <= span.from;
      if (kills(span) || !kills(other) || is_before || other.from > moment) continue;
      for (const std::string& killed : victims(other)) now.down.erase(killed);
    }
    faults.push_back(std::move(now));
  }
  return faults;
}

/// Whether the requests that a node has are lost.
bool loses_requests(const std::vector<FaultNow>& faults, const std::string& node) {
  return std::any_of(faults.begin(), faults.end(),
                     [&](const FaultNow& fault) { return kills(*fault.span) && fault.down.contains(node); });
}

/// Hops along the links that are left while these faults are on; nobody reaches a node that is down, itself included.
Hops hops_under(const std::vector<FaultNow>& faults, const std::vector<std::string>& nodes) {
  const std::size_t count = nodes.size();
  Hops hops(count, std::vector<std::size_t>(count, 1));
  for (std::size_t i = 0; i < count; ++i) hops[i][i] = 0;
  for (const auto& [fault, down] : faults) {
    for (std::size_t to = 0; to < count; ++to) {
      const auto unheard = fault->unheard.find(nodes[to]);
      for (std::size_t from = 0; from < count; ++from) {
        const bool is_cut = unheard != fault->unheard.end() && unheard->second.contains(nodes[from]);
        if (is_cut || down.contains(nodes[from]) || down.contains(nodes[to])) hops[from][to] = out_of_reach;
      }
    }
  }
  for (std::size_t over = 0; over < count; ++over) {
    for (std::size_t from = 0; from < count; ++from) {
      for (std::size_t to = 0; to < count; ++to) {
        hops[from][to] = std::min(hops[from][to], hops[from][over] + hops[over][to]);
      }
    }
  }
  return hops;
}

/// The hops of a round trip from a node to the nearest majority that it is part of; nothing when there is none.
std::optional<std::size_t> round_trip(const Hops& hops, std::size_t node) {
  std::vector<std::size_t> trips;
  for (std::size_t other = 0; other < hops.size(); ++other) trips.push_back(hops[node][other] + hops[other][node]);
  const auto last = trips.begin() + static_cast<std::ptrdiff_t>(trips.size() / 2);
  std::nth_element(trips.begin(), last, trips.end());
  return *last < out_of_reach ? std::optional(*last) : std::nullopt;
}

/// The hops of a round trip from a node to the farthest of these; nothing when one is out of reach.
std::optional<std::size_t> round_trip(const Hops& hops, std::size_t node, const std::vector<std::size_t>& others) {
  std::size_t longest = hops[node][node];
  for (const std::size_t other : others) longest = std::max(longest, hops[node][other] + hops[other][node]);
  return longest < out_of_reach ? std::optional(longest) : std::nullopt;
}

/// A time in which the links stay as they are.
struct Segment {
  Duration from{0};
  Hops hops = {};
  /// For each node, the hops of a round trip to a majority; nothing where none can be reached.
  std::vector<std::optional<std::size_t>> to_majority = {};
  /// For each node, whether it is dead.
  std::vector<bool> is_dead = {};
};

std::vector<Segment> segments_of(const sim::RunResult& run, const ReachSettings& settings) {
  std::set<Duration> moments = {Duration::min()};
  for (const sim::FaultSpan& span : run.fault_spans) {
    if (!cuts_off(span)) continue;
    moments.insert(span.from);
    if (span.to) moments.insert(*span.to);
  }
  std::vector<Segment> segments;
  for (const Duration moment : moments) {
    const std::vector<FaultNow> faults = faults_at(run, moment);
    Segment segment{.from = moment, .hops = hops_under(faults, settings.nodes)};
    for (std::size_t node = 0; node < settings.nodes.size(); ++node) {
      segment.to_majority.push_back(round_trip(segment.hops, node));
      segment.is_dead.push_back(loses_requests(faults, settings.nodes[node]));
    }
    segments.push_back(std::move(segment));
  }
  return segments;
}

/// Whether a round trip fits in between: segments that follow one another add up, a break undoes what was done, and
/// with its node a request dies. `needed_in` is how long one takes in a segment, nothing where there is none.
template <class Needed>
bool could_answer(const std::vector<Segment>& segments, std::size_t node, Duration from, Duration to,
                  const Needed& needed_in) {
  const auto after = std::upper_bound(segments.begin(), segments.end(), from,
                                      [](Duration moment, const Segment& each) { return moment < each.from; });
  double done = 0;
  for (auto each = after - 1; each != segments.end() && each->from <= to; ++each) {
    if (each->is_dead[node]) return false;
    const std::optional<Duration> needed = needed_in(*each);
    if (!needed) {
      done = 0;
      continue;
    }
    if (*needed == Duration::zero()) return true;
    const Duration end = each + 1 == segments.end() ? to : std::min(to, (each + 1)->from);
    done += static_cast<double>((end - std::max(from, each->from)).count()) / static_cast<double>(needed->count());
    if (done >= 1) return true;
  }
  return false;
}

}  // namespace

void ReachFinding::write_to(nlohmann::ordered_json& details) const {
  details["bound"] = bound;
}

std::optional<double> reach_bound(const sim::RunResult& run, const ReachSettings& settings) {
  if (std::none_of(run.fault_spans.begin(), run.fault_spans.end(), cuts_off)) return std::nullopt;
  const std::vector<Segment> segments = segments_of(run, settings);
  std::size_t begun = 0;
  std::size_t possible = 0;
  for (const check::Operation& operation : run.history) {
    if (!operation.is_client() || operation.type != check::Type::invoke) continue;
    const std::size_t node = static_cast<std::size_t>(operation.process) % settings.workers % settings.nodes.size();
    const Duration at(operation.time_ns);
    ++begun;
    const auto others = settings.needed_for ? settings.needed_for(operation) : std::vector<std::size_t>();
    const auto needed = [&](const Segment& segment) -> std::optional<Duration> {
      const auto trip = settings.needed_for ? round_trip(segment.hops, node, others) : segment.to_majority[node];
      if (!trip) return std::nullopt;
      return settings.latency * static_cast<std::int64_t>(*trip);
    };
    if (could_answer(segments, node, at, at + settings.patience, needed)) ++possible;
  }
  if (begun == 0) return std::nullopt;
  return static_cast<double>(possible) / static_cast<double>(begun);
}

}  // namespace mznode
