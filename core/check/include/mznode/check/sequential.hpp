#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

/// Linearizability of any object that a small program can describe: a queue, a lock, an election.
namespace mznode::check {

/// An operation as a sequential model sees it.
struct Call {
  std::string f;
  /// What it was invoked with.
  Json argument;
  /// What it was answered; nothing where no answer came, so that any would do.
  std::optional<Json> result;
};

/// An object that does one operation after the other. It is a value: `step` says what becomes of it by a call, or
/// nothing when it would not have given this result. A call without a result must be possible in every state in which
/// the object would have answered it at all.
///
///     struct Counter {
///       std::int64_t total = 0;
///       std::optional<Counter> step(const Call& call) const {
///         if (call.f == "add") return Counter{total + *call.argument.as_int()};
///         if (call.result && *call.result != Json(total)) return std::nullopt;
///         return *this;
///       }
///       bool operator==(const Counter&) const = default;
///     };
///
/// A member `text()` that gives a std::string is shown in explanations; one `bytes()`, what it keeps behind pointers,
/// counts for the limit of memory.
template <class Model>
concept SequentialModel = std::copyable<Model> && std::equality_comparable<Model> &&
    requires(const Model& model, const Call& call) {
  { model.step(call) } -> std::same_as<std::optional<Model>>;
};

/// A call, and the positions in the history between which it took effect.
struct TimedCall {
  static constexpr std::size_t never = static_cast<std::size_t>(-1);

  Call call;
  std::int64_t process = 0;
  std::size_t invocation = 0;
  /// `never` for a call of which it is not known that it took effect: it did so later than its invocation, or not at
  /// all.
  std::size_t completion = never;
};

/// The calls of the clients in the order of their invocations, without those that certainly had no effect.
/// Throws HistoryError when the history has no form that can be judged (see Pairing).
std::vector<TimedCall> calls_of(const History& history);

/// What a search over a model came to.
struct ModelSearch {
  enum class Outcome : std::uint8_t { found, none, gave_up };

  Outcome outcome = Outcome::gave_up;
  /// An order that explains as many completions as any that was tried.
  std::vector<std::size_t> order;
  /// When there is none: the call whose completion no order explains, although all before it have one.
  std::size_t stuck = 0;
  std::uint64_t steps = 0;
  /// The state behind each call of `order`, in words; empty for a model without `text()`.
  std::vector<std::string> states;
};

/// The verdict that a search gives of a history's calls. Details: `op-count`; when it is invalid `op`, the completion
/// that no order explains, `previous-ok`, the last completion before it, and `explanation`.
Verdict judge_search(const History& history, std::span<const TimedCall> calls, const ModelSearch& search);

namespace detail {

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

/// For each call of which no answer is known the last one before that asks the same, also unanswered; TimedCall::never
/// where there is none. Nobody can tell such two apart, so that the earlier one may as well go first.
std::vector<std::size_t> twins_of(std::span<const TimedCall> calls);

/// A set of calls, and its hash, kept up to date.
class CallSet {
 public:
  explicit CallSet(std::size_t calls) : words_((calls + 63) / 64) {}
  void toggle(std::size_t call);
  bool contains(std::size_t call) const { return words_[call / 64] >> (call % 64) & 1; }
  std::uint64_t hash() const { return hash_; }
  std::size_t bytes() const { return words_.size() * sizeof(std::uint64_t); }
  bool operator==(const CallSet&) const = default;

 private:
  std::vector<std::uint64_t> words_;
  std::uint64_t hash_ = 0;
};

template <class Model>
std::string text_of(const Model& model) {
  if constexpr (requires { std::string(model.text()); }) {
    return model.text();
  } else {
    return {};
  }
}

/// The search of Wing and Gong with the memory of Lowe ("Testing for linearizability", 2017): before each completion
/// linearize what must come first, undo what leads nowhere, and never go on from a set of calls and a state where one
/// has been. What completes next is tried first, and what need not have happened last.
template <SequentialModel Model>
class Linearizer {
 public:
  Linearizer(std::span<const TimedCall> calls, const SearchLimits& limits)
      : calls_(calls), limits_(limits), list_(calls), twins_(twins_of(calls)), done_(calls.size()) {}

  ModelSearch run(const Model& initial) {
    open_frame(initial);
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
    Model state;
    std::vector<std::size_t> candidates;
    std::size_t next = 0;
  };

  void open_frame(Model state) {
    Frame frame{std::move(state), list_.open_calls(), 0};
    std::erase_if(frame.candidates, [this](std::size_t call) {
      return twins_[call] != TimedCall::never && !done_.contains(twins_[call]);
    });
    std::sort(frame.candidates.begin(), frame.candidates.end(), [this](std::size_t a, std::size_t b) {
      const auto rank = [this](std::size_t call) { return std::pair(calls_[call].completion, call); };
      return rank(a) < rank(b);
    });
    frames_.push_back(std::move(frame));
  }

  void linearize(std::size_t call) {
    ++search_.steps;
    const Model& state = frames_.back().state;
    std::optional<Model> next = state.step(calls_[call].call);
    if (!next) return;
    const bool is_in_vain = calls_[call].completion == TimedCall::never && *next == state;
    if (is_in_vain) return;
    done_.toggle(call);
    if (!remember(*next)) return done_.toggle(call);
    list_.take_out(call);
    path_.push_back(call);
    open_frame(*std::move(next));
  }

  void undo() {
    const std::size_t call = path_.back();
    path_.pop_back();
    frames_.pop_back();
    done_.toggle(call);
    list_.put_back(call);
  }

  /// False when it has been here.
  bool remember(const Model& state) {
    auto& known = visited_[done_.hash()];
    for (const auto& [calls, visited] : known) {
      ++search_.steps;
      if (visited == state && calls == done_) return false;
    }
    known.emplace_back(done_, state);
    bytes_ += done_.bytes() + bytes_of(state) + sizeof(CallSet);
    return true;
  }

  /// Whoever keeps much behind pointers says so by a member `bytes()`.
  static std::size_t bytes_of(const Model& state) {
    if constexpr (requires { std::size_t(state.bytes()); }) {
      return sizeof(Model) + state.bytes();
    } else {
      return sizeof(Model);
    }
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
    for (std::size_t i = 1; i < frames_.size(); ++i) search_.states.push_back(text_of(frames_[i].state));
  }

  ModelSearch result(ModelSearch::Outcome outcome) {
    search_.outcome = outcome;
    return std::move(search_);
  }

  std::span<const TimedCall> calls_;
  const SearchLimits limits_;
  CallList list_;
  const std::vector<std::size_t> twins_;
  CallSet done_;
  /// The calls that are linearized, in their order; a frame before each, and one behind the last.
  std::vector<std::size_t> path_;
  std::vector<Frame> frames_;
  std::unordered_map<std::uint64_t, std::vector<std::pair<CallSet, Model>>> visited_;
  std::size_t bytes_ = 0;
  bool has_stuck_ = false;
  ModelSearch search_;
};

}  // namespace detail

/// Looks for an order of the calls that respects real time and that the model explains from `initial` on (Herlihy and
/// Wing 1990). Exact unless a limit makes it give up.
template <SequentialModel Model>
ModelSearch linearize(std::span<const TimedCall> calls, const Model& initial, const SearchLimits& limits = {}) {
  return detail::Linearizer<Model>(calls, limits).run(initial);
}

/// A checker: whether the history of one such object, which begins as `Model()`, is linearizable.
///
/// The search gives up after a fiftieth of the steps of options.limits, since each copies and compares whole states.
/// With many operations that were not answered it may not suffice.
template <SequentialModel Model>
Verdict check_linearizable(const History& history, const CheckOptions& options) {
  const std::vector<TimedCall> calls = calls_of(history);
  const SearchLimits limits{.steps = options.limits.steps / 50, .bytes = options.limits.bytes};
  return judge_search(history, calls, linearize(std::span(calls), Model(), limits));
}

}  // namespace mznode::check
