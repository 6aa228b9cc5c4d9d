#include "linearizability/model_search.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

namespace mznode::check {
namespace {

/// 2^64 / phi: numbers that differ little get hashes that differ much.
constexpr std::uint64_t spread = 0x9e3779b97f4a7c15;

using StatePointer = std::shared_ptr<const detail::State>;

/// The invocations and completions of calls in the order of the history, as a list from which a call can be taken out
/// and put back in constant time (Lowe 2017, section 3).
class CallList {
 public:
  static constexpr std::size_t end = static_cast<std::size_t>(-1);

  explicit CallList(std::span<const TimedCall> calls);

  /// The calls that were invoked before the first completion that is left, in the order of their invocations.
  std::vector<std::size_t> open_calls() const;
  /// The call of that completion; there must be one.
  std::size_t next_to_complete() const;
  void take_out(std::size_t call);
  /// Puts back what was taken out last.
  void put_back(std::size_t call);
  /// Completions that are still in the list.
  std::size_t completions() const { return completions_; }

 private:
  void unlink(std::size_t event);
  void link(std::size_t event);

  std::size_t calls_;
  std::size_t completions_ = 0;
  /// By event: that of an invocation is its call's number, that of a completion the number plus `calls_`. The last
  /// entry stands before the first event.
  std::vector<std::size_t> next_;
  std::vector<std::size_t> previous_;
  std::vector<bool> has_completion_;
};

CallList::CallList(std::span<const TimedCall> calls)
    : calls_(calls.size()), next_(2 * calls_ + 1, end), previous_(2 * calls_ + 1, end), has_completion_(calls_) {
  std::vector<std::pair<std::size_t, std::size_t>> events;  // the position of each, and what it is
  for (std::size_t i = 0; i < calls_; ++i) {
    events.emplace_back(calls[i].invocation, i);
    has_completion_[i] = calls[i].completion != TimedCall::never;
    if (has_completion_[i]) events.emplace_back(calls[i].completion, calls_ + i);
    completions_ += has_completion_[i];
  }
  std::sort(events.begin(), events.end());
  std::size_t before = 2 * calls_;
  for (const auto& [position, event] : events) {
    next_[before] = event;
    previous_[event] = before;
    before = event;
  }
}

std::vector<std::size_t> CallList::open_calls() const {
  std::vector<std::size_t> calls;
  for (std::size_t event = next_.back(); event < calls_; event = next_[event]) calls.push_back(event);
  return calls;
}

std::size_t CallList::next_to_complete() const {
  std::size_t event = next_.back();
  while (event < calls_) event = next_[event];
  return event - calls_;
}

void CallList::unlink(std::size_t event) {
  next_[previous_[event]] = next_[event];
  if (next_[event] != end) previous_[next_[event]] = previous_[event];
}

void CallList::link(std::size_t event) {
  next_[previous_[event]] = event;
  if (next_[event] != end) previous_[next_[event]] = event;
}

void CallList::take_out(std::size_t call) {
  unlink(call);
  if (!has_completion_[call]) return;
  unlink(call + calls_);
  --completions_;
}

void CallList::put_back(std::size_t call) {
  if (has_completion_[call]) {
    link(call + calls_);
    ++completions_;
  }
  link(call);
}

/// For each call of which no answer is known the last one before that asks the same, also unanswered; TimedCall::never
/// where there is none. Nobody can tell such two apart, so that the earlier one may as well go first.
std::vector<std::size_t> twins_of(std::span<const TimedCall> calls) {
  std::vector<std::size_t> twins(calls.size(), TimedCall::never);
  std::map<std::pair<std::string, std::string>, std::size_t> latest;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (calls[i].completion != TimedCall::never) continue;
    const auto [known, is_first] = latest.emplace(std::pair(calls[i].call.f, calls[i].call.argument.canonical()), i);
    if (!is_first) twins[i] = std::exchange(known->second, i);
  }
  return twins;
}

/// What a set of calls is, without the words at the beginning that are full and those at the end that are empty.
struct PackedCalls {
  std::size_t full = 0;
  std::vector<std::uint64_t> words = {};

  std::uint64_t word(std::size_t i) const {
    if (i < full) return ~std::uint64_t{0};
    return i - full < words.size() ? words[i - full] : 0;
  }
  /// Whether all of these are in the other, too.
  bool is_part_of(const PackedCalls& other) const {
    for (std::size_t i = std::min(full, other.full); i < full + words.size(); ++i) {
      if ((word(i) & ~other.word(i)) != 0) return false;
    }
    return true;
  }
  std::size_t bytes() const { return words.size() * sizeof(std::uint64_t); }
  bool operator==(const PackedCalls&) const = default;
};

/// A set of calls by their ranks, and its hash, kept up to date. Who goes through a history in its order has all calls
/// of low ranks, and none of high ones.
class CallSet {
 public:
  explicit CallSet(std::size_t calls) : words_((calls + 63) / 64) {}
  void toggle(std::size_t rank);
  bool contains(std::size_t rank) const { return words_[rank / 64] >> (rank % 64) & 1; }
  std::uint64_t hash() const { return hash_; }
  PackedCalls packed() const {
    const auto begin = words_.begin() + static_cast<std::ptrdiff_t>(full_);
    return {.full = full_, .words = {begin, words_.begin() + static_cast<std::ptrdiff_t>(std::max(full_, end_))}};
  }

 private:
  std::vector<std::uint64_t> words_;
  /// How many words at the beginning are full, and the place behind the last one that is not empty.
  std::size_t full_ = 0;
  std::size_t end_ = 0;
  std::uint64_t hash_ = 0;
};

void CallSet::toggle(std::size_t rank) {
  const std::size_t place = rank / 64;
  words_[place] ^= std::uint64_t{1} << (rank % 64);
  full_ = std::min(full_, place);
  while (full_ < words_.size() && words_[full_] == ~std::uint64_t{0}) ++full_;
  end_ = std::max(end_, place + 1);
  while (end_ > 0 && words_[end_ - 1] == 0) --end_;
  std::uint64_t own = (rank + 1) * spread;
  own = (own ^ (own >> 32)) * spread;
  hash_ ^= own ^ (own >> 29);
}

/// The ranks of the calls that were answered, in the order of their answers, and of those that were not.
std::vector<std::size_t> ranks_of(std::span<const TimedCall> calls) {
  std::vector<std::size_t> order;
  std::vector<std::size_t> ranks(calls.size());
  std::size_t unanswered = 0;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (calls[i].completion == TimedCall::never) {
      ranks[i] = unanswered++;
    } else {
      order.push_back(i);
    }
  }
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return calls[a].completion < calls[b].completion; });
  for (std::size_t rank = 0; rank < order.size(); ++rank) ranks[order[rank]] = rank;
  return ranks;
}

class ModelSearcher {
 public:
  ModelSearcher(std::span<const TimedCall> calls, const SearchLimits& limits)
      : calls_(calls),
        limits_(limits),
        list_(calls),
        twins_(twins_of(calls)),
        ranks_(ranks_of(calls)),
        done_{CallSet(calls.size()), CallSet(calls.size())} {}

  ModelSearch run(StatePointer initial) {
    open_frame(std::move(initial));
    while (list_.completions() > 0) {
      if (search_.steps > limits_.steps || bytes_ > limits_.bytes) return result(ModelSearch::Outcome::gave_up);
      Frame& frame = frames_.back();
      if (frame.next < frame.candidates.size()) {
        linearize(frame.candidates[frame.next++]);
        continue;
      }
      note_stuck();
      if (path_.empty()) return result(ModelSearch::Outcome::none);
      undo();
    }
    keep_best();
    return result(ModelSearch::Outcome::found);
  }

 private:
  /// A state on the way from the beginning to the present one, and what may come next, of which `next` is untried.
  struct Frame {
    StatePointer state;
    std::vector<std::size_t> candidates;
    std::size_t next = 0;
  };

  /// The calls that are linearized. Those that were answered must be, all others may.
  struct Done {
    CallSet answered;
    CallSet unanswered;
  };
  struct Visited {
    PackedCalls answered;
    PackedCalls unanswered;
    StatePointer state;
  };

  bool is_answered(std::size_t call) const { return calls_[call].completion != TimedCall::never; }
  void toggle(std::size_t call) { (is_answered(call) ? done_.answered : done_.unanswered).toggle(ranks_[call]); }

  void open_frame(StatePointer state) {
    Frame frame{std::move(state), list_.open_calls(), 0};
    std::erase_if(frame.candidates, [this](std::size_t call) {
      return twins_[call] != TimedCall::never && !done_.unanswered.contains(ranks_[twins_[call]]);
    });
    std::sort(frame.candidates.begin(), frame.candidates.end(), [this](std::size_t a, std::size_t b) {
      const auto rank = [this](std::size_t call) { return std::pair(calls_[call].completion, call); };
      return rank(a) < rank(b);
    });
    frames_.push_back(std::move(frame));
  }

  void linearize(std::size_t call) {
    ++search_.steps;
    const detail::State& state = *frames_.back().state;
    StatePointer next = state.step(calls_[call].call);
    if (next == nullptr) return;
    const bool is_in_vain = !is_answered(call) && next->equals(state);
    if (is_in_vain) return;
    toggle(call);
    if (!remember(next)) return toggle(call);
    list_.take_out(call);
    path_.push_back(call);
    open_frame(std::move(next));
  }

  void undo() {
    const std::size_t call = path_.back();
    path_.pop_back();
    frames_.pop_back();
    toggle(call);
    list_.put_back(call);
  }

  /// False when it has been here, or here with as much as this to spare.
  bool remember(const StatePointer& state) {
    const detail::Fingerprint print = state->fingerprint();
    Visited here{.answered = done_.answered.packed(), .unanswered = done_.unanswered.packed(), .state = state};
    std::vector<Visited>& known = visited_[done_.answered.hash() ^ print.hash];
    for (const Visited& each : known) {
      ++search_.steps;
      const bool spares_as_much = each.unanswered.is_part_of(here.unanswered);
      if (spares_as_much && each.answered == here.answered && each.state->equals(*state)) return false;
    }
    bytes_ += sizeof(Visited) + here.answered.bytes() + here.unanswered.bytes() + print.bytes;
    known.push_back(std::move(here));
    return true;
  }

  /// The completion that is next in the history cannot be explained here.
  void note_stuck() {
    const std::size_t call = list_.next_to_complete();
    if (has_stuck_ && calls_[call].completion <= calls_[search_.stuck].completion) return;
    has_stuck_ = true;
    search_.stuck = call;
    keep_best();
  }

  void keep_best() {
    search_.order = path_;
    search_.states.clear();
    for (std::size_t i = 1; i < frames_.size(); ++i) search_.states.push_back(frames_[i].state);
  }

  ModelSearch result(ModelSearch::Outcome outcome) {
    search_.outcome = outcome;
    return std::move(search_);
  }

  std::span<const TimedCall> calls_;
  const SearchLimits limits_;
  CallList list_;
  const std::vector<std::size_t> twins_;
  const std::vector<std::size_t> ranks_;
  Done done_;
  /// The calls that are linearized, in their order; a frame before each, and one behind the last.
  std::vector<std::size_t> path_;
  std::vector<Frame> frames_;
  /// By the hashes of what was answered and of the state.
  std::unordered_map<std::uint64_t, std::vector<Visited>> visited_;
  std::size_t bytes_ = 0;
  bool has_stuck_ = false;
  ModelSearch search_;
};

}  // namespace

ModelSearch search_orders(std::span<const TimedCall> calls, std::shared_ptr<const detail::State> initial,
                          const SearchLimits& limits) {
  return ModelSearcher(calls, limits).run(std::move(initial));
}

}  // namespace mznode::check
