#include "linearizability/stack_monitor.hpp"

#include <algorithm>

#include "linearizability/range_tree.hpp"

namespace mznode::check {
namespace {

/// The largest numbers, found by the tree of the least ones.
std::uint64_t inverted(Moment moment) {
  return forever - moment;
}

/// Takes elements out from the bottom up. A part is a run of moments at each of which some element is certainly there:
/// the stack is never empty then, so that one element lies below all others of the part, from before the first of them
/// is certainly there until behind all of them. Whichever element can do that may: leaving it out leaves an order of
/// the others, and it goes below any. An element that can lie at the bottom of a part can do so in any part of that.
class Stack {
 public:
  /// `elements` are those that are certainly there at some time, in the order of that.
  explicit Stack(std::span<const Lifetime> elements)
      : elements_(elements),
        moments_(moments_of(elements)),
        begins_late_(elements.size()),
        ends_early_(elements.size()),
        ready_(elements.size()),
        misses_(elements.size(), both),
        coverage_(moments_.size()) {
    for (std::size_t i = 0; i < elements.size(); ++i) {
      begins_late_.set(i, elements[i].put_begin);
      ends_early_.set(i, inverted(elements[i].take_end));
      coverage_.add(place(elements[i].put_end), place(elements[i].take_begin), 1);
      is_left_.push_back(true);
    }
  }

  /// The elements of a part that has no bottom; none where all could be taken out.
  std::vector<std::size_t> run() {
    split({0, moments_.size()});
    while (!parts_.empty()) {
      const Part part = parts_.back();
      parts_.pop_back();
      const Part members = members_of(part);
      const auto bottom = find_bottom(part, members);
      if (!bottom) return left_of(members);
      ready_.set(*bottom, LeastInRange::none);
      is_left_[*bottom] = false;
      coverage_.add(place(elements_[*bottom].put_end), place(elements_[*bottom].take_begin), -1);
      split(part);
    }
    return {};
  }

 private:
  /// From a place to before another: of moments, or of elements.
  struct Part {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  static std::vector<Moment> moments_of(std::span<const Lifetime> elements) {
    std::vector<Moment> moments;
    for (const Lifetime& each : elements) {
      moments.push_back(each.put_end);
      moments.push_back(each.take_begin);
    }
    std::sort(moments.begin(), moments.end());
    moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
    return moments;
  }

  std::size_t place(Moment moment) const {
    return static_cast<std::size_t>(std::lower_bound(moments_.begin(), moments_.end(), moment) - moments_.begin());
  }

  Part members_of(const Part& part) const {
    const auto first_from = [&](Moment moment) {
      return static_cast<std::size_t>(
          std::lower_bound(elements_.begin(), elements_.end(), moment,
                           [](const Lifetime& each, Moment wanted) { return each.put_end < wanted; }) -
          elements_.begin());
    };
    return {first_from(moments_[part.begin]), first_from(moments_[part.end])};
  }

  std::optional<std::size_t> find_bottom(const Part& part, const Part& members) {
    const Moment first = moments_[part.begin];
    const Moment last = moments_[part.end];
    while (const auto element = begins_late_.find_below(members.begin, members.end, first)) {
      begins_late_.set(*element, LeastInRange::none);
      if (--misses_[*element] == 0) ready_.set(*element, 0);
    }
    // What stays is taken out behind everything.
    const std::uint64_t bound = last == forever ? 1 : inverted(last);
    while (const auto element = ends_early_.find_below(members.begin, members.end, bound)) {
      ends_early_.set(*element, LeastInRange::none);
      if (--misses_[*element] == 0) ready_.set(*element, 0);
    }
    return ready_.find_below(members.begin, members.end, 1);
  }

  void split(const Part& part) {
    std::size_t begin = coverage_.next(part.begin, part.end, true);
    while (begin < part.end) {
      const std::size_t end = coverage_.next(begin, part.end, false);
      parts_.push_back({begin, end});
      begin = coverage_.next(end, part.end, true);
    }
  }

  std::vector<std::size_t> left_of(const Part& members) const {
    std::vector<std::size_t> left;
    for (std::size_t i = members.begin; i < members.end; ++i) {
      if (is_left_[i]) left.push_back(i);
    }
    return left;
  }

  static constexpr std::uint8_t both = 2;

  std::span<const Lifetime> elements_;
  /// When elements begin and cease to be certainly there.
  std::vector<Moment> moments_;
  /// Of elements that began to be put in after the first moment of their part, as far as is known, when that was; and
  /// that ended to be taken out before its last one.
  LeastInRange begins_late_;
  LeastInRange ends_early_;
  /// 0 for those that do neither.
  LeastInRange ready_;
  std::vector<std::uint8_t> misses_;
  std::vector<bool> is_left_;
  Coverage coverage_;
  std::vector<Part> parts_;
};

std::vector<std::size_t> find_part(std::span<const Lifetime> elements) {
  return Stack(elements).run();
}

/// Leaves out what is not needed. Any part of the elements of a stack that has an order has one.
std::vector<Lifetime> minimized(std::vector<Lifetime> elements) {
  constexpr std::size_t work_each = 64;
  constexpr std::size_t least_work = 200'000;
  std::size_t work = least_work + work_each * elements.size();
  for (std::size_t size = (elements.size() + 1) / 2; size > 0; size /= 2) {
    for (std::size_t begin = 0; begin < elements.size();) {
      std::vector<Lifetime> rest = elements;
      const auto from = rest.begin() + static_cast<std::ptrdiff_t>(begin);
      rest.erase(from, from + static_cast<std::ptrdiff_t>(std::min(size, rest.size() - begin)));
      if (work < rest.size() + 1) return elements;
      work -= rest.size() + 1;
      const std::vector<std::size_t> part = find_part(rest);
      if (part.empty()) {
        begin += size;
        continue;
      }
      elements.clear();
      for (const std::size_t each : part) elements.push_back(rest[each]);
      begin = 0;
    }
  }
  return elements;
}

}  // namespace

std::vector<std::size_t> find_entangled(std::span<const Lifetime> elements) {
  std::vector<Lifetime> certain;
  for (const Lifetime& each : elements) {
    if (each.put_end < each.take_begin) certain.push_back(each);
  }
  const auto by_put_end = [](const Lifetime& a, const Lifetime& b) { return a.put_end < b.put_end; };
  std::sort(certain.begin(), certain.end(), by_put_end);
  const std::vector<std::size_t> part = find_part(certain);
  if (part.empty()) return {};
  std::vector<Lifetime> failed;
  for (const std::size_t each : part) failed.push_back(certain[each]);
  failed = minimized(std::move(failed));
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const auto same = std::lower_bound(failed.begin(), failed.end(), elements[i], by_put_end);
    const bool is_in =
        same != failed.end() && same->put_end == elements[i].put_end && elements[i].put_end < elements[i].take_begin;
    if (is_in) found.push_back(i);
  }
  return found;
}

}  // namespace mznode::check
