#include "linearizability/monitors.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>

#include "linearizability/stack_monitor.hpp"

namespace mznode::check {
namespace {

using Lifetimes = std::span<const Lifetime>;

std::vector<std::size_t> sorted_by(Lifetimes elements, Moment Lifetime::*moment) {
  std::vector<std::size_t> order(elements.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(elements[a].*moment, a) < std::pair(elements[b].*moment, b);
  });
  return order;
}

std::optional<ContainerViolation> find_early(Lifetimes elements) {
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (elements[i].take_end < elements[i].put_begin)
      return ContainerViolation{.kind = ContainerViolation::Kind::early, .elements = {i}};
  }
  return std::nullopt;
}

/// Of a queue: one element was in it before another one was put in, and began to be taken out behind it.
std::optional<ContainerViolation> find_overtaken(Lifetimes elements) {
  const auto by_end = sorted_by(elements, &Lifetime::put_end);
  std::size_t next = 0;
  std::optional<std::size_t> last;  // of those in it already, the one that is taken out last
  for (const std::size_t later : sorted_by(elements, &Lifetime::put_begin)) {
    while (next < by_end.size() && elements[by_end[next]].put_end < elements[later].put_begin) {
      if (!last || elements[by_end[next]].take_begin > elements[*last].take_begin) last = by_end[next];
      ++next;
    }
    if (last && elements[*last].take_begin > elements[later].take_end) {
      return ContainerViolation{.kind = ContainerViolation::Kind::overtaken, .elements = {*last, later}};
    }
  }
  return std::nullopt;
}

/// Lets open takes take out what has to be gone: the element that has to be gone first by the take that began first.
std::vector<Lifetime> with_open_takes(const ContainerHistory& history) {
  std::vector<Lifetime> elements = history.elements;
  const auto by_begin = sorted_by(elements, &Lifetime::put_begin);
  std::vector<std::pair<Moment, std::size_t>> deadlines;
  std::size_t behind = by_begin.size();
  Moment earliest = forever;  // when the first of those that were put in later was gone
  const auto by_end = sorted_by(elements, &Lifetime::put_end);
  for (auto element = by_end.rbegin(); element != by_end.rend(); ++element) {
    while (behind > 0 && elements[by_begin[behind - 1]].put_begin > elements[*element].put_end) {
      earliest = std::min(earliest, elements[by_begin[--behind]].take_end);
    }
    const bool stays = elements[*element].take_begin == forever;
    if (stays && earliest != forever) deadlines.emplace_back(earliest, *element);
  }
  std::sort(deadlines.begin(), deadlines.end());
  std::vector<Moment> takes = history.open_takes;
  std::sort(takes.begin(), takes.end());
  for (std::size_t i = 0; i < std::min(takes.size(), deadlines.size()); ++i) {
    elements[deadlines[i].second].take_begin = takes[i];
  }
  return elements;
}

/// The spans in which some element was certainly there, apart from each other, with one of the elements that last
/// longest behind each place.
class Occupied {
 public:
  explicit Occupied(Lifetimes elements) : elements_(elements) {
    for (const std::size_t i : sorted_by(elements, &Lifetime::put_end)) {
      const Lifetime& each = elements[i];
      if (each.put_end >= each.take_begin) continue;
      if (!spans_.empty() && each.put_end < spans_.back().end) {
        spans_.back().end = std::max(spans_.back().end, each.take_begin);
      } else {
        spans_.push_back({each.put_end, each.take_begin});
      }
    }
  }

  bool covers(const Span& span) const {
    const auto after = std::upper_bound(spans_.begin(), spans_.end(), span.begin,
                                        [](Moment moment, const Span& each) { return moment < each.begin; });
    return after != spans_.begin() && std::prev(after)->end > span.end;
  }

  /// As few elements as cover it.
  std::vector<std::size_t> elements_over(const Span& span) const {
    std::vector<std::size_t> chain;
    Moment reached = span.begin;
    for (bool goes_on = true; goes_on && reached <= span.end;) {
      goes_on = false;
      std::size_t best = 0;
      Moment furthest = reached;
      for (std::size_t i = 0; i < elements_.size(); ++i) {
        const Lifetime& each = elements_[i];
        if (each.put_end > reached || each.take_begin <= furthest) continue;
        best = i;
        furthest = each.take_begin;
        goes_on = true;
      }
      if (!goes_on) break;
      chain.push_back(best);
      reached = furthest;
    }
    return chain;
  }

 private:
  Lifetimes elements_;
  std::vector<Span> spans_;
};

std::optional<ContainerViolation> find_occupied(Lifetimes elements, std::span<const Span> empties) {
  if (empties.empty()) return std::nullopt;
  const Occupied occupied(elements);
  for (std::size_t i = 0; i < empties.size(); ++i) {
    if (!occupied.covers(empties[i])) continue;
    return ContainerViolation{
        .kind = ContainerViolation::Kind::occupied, .elements = occupied.elements_over(empties[i]), .empty = i};
  }
  return std::nullopt;
}

/// Spans that grow together where they touch.
class GrowingSpans {
 public:
  void add(Span span) {
    auto next = ends_.upper_bound(span.begin);
    if (next != ends_.begin() && std::prev(next)->second >= span.begin) {
      --next;
      span.begin = next->first;
    }
    while (next != ends_.end() && next->first <= span.end) {
      span.end = std::max(span.end, next->second);
      next = ends_.erase(next);
    }
    ends_.emplace(span.begin, span.end);
  }

  bool cover(const Span& span) const {
    const auto after = ends_.upper_bound(span.begin);
    return after != ends_.begin() && std::prev(after)->second >= span.end;
  }

 private:
  std::map<Moment, Moment> ends_;  // by the begin of a span
};

/// Of a queue that gives out the first of these: an element for which those before it leave no place to be taken out.
std::optional<ContainerViolation> find_outranked(Lifetimes elements) {
  GrowingSpans occupied;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const Lifetime& each = elements[i];
    const Span take{std::max(each.take_begin, each.put_begin), each.take_end};
    if (each.take_begin != forever && occupied.cover(take)) {
      ContainerViolation violation{.kind = ContainerViolation::Kind::outranked, .elements = {i}};
      const auto before = Occupied(elements.first(i)).elements_over(take);
      violation.elements.insert(violation.elements.end(), before.begin(), before.end());
      return violation;
    }
    if (each.put_end < each.take_begin) occupied.add({each.put_end, each.take_begin});
  }
  return std::nullopt;
}

}  // namespace

bool decides_open_takes(const ContainerHistory& history, TakeOrder order) {
  if (history.open_takes.empty()) return true;
  const bool counts_only = order == TakeOrder::any || order == TakeOrder::first_in_first_out;
  return counts_only && history.empties.empty();
}

std::optional<ContainerViolation> find_violation(const ContainerHistory& history, TakeOrder order) {
  if (auto early = find_early(history.elements)) return early;
  if (order == TakeOrder::first_in_first_out) {
    const bool takes_more = !history.open_takes.empty() && history.empties.empty();
    auto overtaken = takes_more ? find_overtaken(with_open_takes(history)) : find_overtaken(history.elements);
    if (overtaken) return overtaken;
  }
  if (order == TakeOrder::least_first) {
    if (auto outranked = find_outranked(history.elements)) return outranked;
  }
  if (auto occupied = find_occupied(history.elements, history.empties)) return occupied;
  if (order == TakeOrder::last_in_first_out) {
    if (auto entangled = find_entangled(history.elements); !entangled.empty()) {
      return ContainerViolation{.kind = ContainerViolation::Kind::entangled, .elements = std::move(entangled)};
    }
  }
  return std::nullopt;
}

}  // namespace mznode::check
