#include "linearizability/linearization.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "linearizability/configurations.hpp"
#include "linearizability/timeline.hpp"

// What the search knows of registers
//
// A configuration is a point on the way: a position p (the operations of ranks below p have completed), the value that
// the register holds, and two sets of operations:
//
//   owed   definite operations that were invoked and are not linearized yet;
//   used   writes and compare-and-sets that went, or were given up, and cannot go any more.
//
// An indefinite operation is one that is never owed. A step linearizes one write or cas. A rest of a configuration is a
// sequence of operations that explains all that is owed or will be. The rules leave out most steps, but from where
// there is a rest they leave a step to where there is a shorter one.
//
// 0. Nothing is gained by going early. Between two completions nothing goes, or what goes last is the operation that
//    completes next: what went behind it could as well go later. (Lowe calls it just-in-time linearization.) When the
//    operation at p is not owed, it may be given up instead.
// 1. Nothing is gained by waiting with a read of the present value, or with cas(v, v). It goes at once.
// 2. A write need not show. Right before another write (be it of the present value), or while the register holds its
//    own value, it can go without a trace. So at these moments an open write ceases to be owed; it may still go visibly
//    later.
// 3. A write steps only if some open operation can find its value next, and so does an indefinite cas. If a write came
//    next instead, the former would go without a trace before it by rule 2 or, being indefinite, not at all. Only what
//    completes at p may step with nobody to find its value, as by rule 0 something goes behind every other operation.
// 4. Of the open writes of one value the one that completes first steps: the others cease to be owed by rule 2, and can
//    be used for longer. Of the definite open cas(a, b), too, because two of them can change places; and so can they
//    with one that is indefinite and without an end, so that one steps only if there is none that is definite.
// 5. Of two configurations with the same position and value, the one whose owed and used are both subsets of the
//    other's is at least as good: a rest of the other, without the reads that it does not owe, is one of its own.
//
// So it is enough to go where the rules allow, and to skip a configuration when one that is at least as good was
// visited before. For suppose that all was in vain although there is a linearization. Then configurations with a rest
// were visited. Take the one with the shortest rest: it has a step to one with a shorter rest, and that was visited, or
// skipped for the sake of a visited one with a rest as short.

namespace mznode::check {
namespace {

using Kind = RegisterOperation::Kind;

class Search {
 public:
  Search(std::span<const RegisterOperation> operations, const SearchLimits& limits)
      : timeline_(operations, limits.bytes),
        limits_(limits),
        words_(timeline_.bits() / 64 + 1),
        visited_(words_),
        is_considered_(operations.size(), false) {
    RegisterValue largest = no_value;
    for (const RegisterOperation& operation : operations) largest = std::max({largest, operation.from, operation.to});
    notes_.of_value.resize(largest + 1);
  }

  Linearization run() {
    if (timeline_.is_too_large()) return result(Linearization::Outcome::gave_up);
    bits_.assign(words_, 0);
    frames_.push_back({.state = no_value, .position = 0, .trail = 0, .candidates = 0, .next = 0});
    if (!at_end()) open_new_operations();
    for (bool is_first = true; !frames_.empty(); is_first = false) {
      if (!is_first && !step()) continue;
      settle();
      if (at_end()) return result(Linearization::Outcome::found);
      if (!visited_.insert(here().position, here().state, kind(), bits())) {
        leave();
        continue;
      }
      if (steps() > limits_.steps || bytes() > limits_.bytes) return result(Linearization::Outcome::gave_up);
      find_candidates();
    }
    return result(Linearization::Outcome::none);
  }

 private:
  /// A configuration on the way from the beginning to the present one, and what is left to try from it.
  struct Frame {
    RegisterValue state;
    Rank position;
    /// How long the trail and the list of candidates were before it.
    std::size_t trail;
    std::size_t candidates;
    /// The first candidate that was not tried.
    std::size_t next;
  };

  /// What is known of the values in the configuration at hand.
  struct Notes {
    /// Each entry holds where it equals `stamp`.
    struct Entry {
      std::uint64_t can_be_found = 0;
      std::uint64_t has_write = 0;
      std::uint64_t has_definite_cas = 0;
      std::uint64_t has_indefinite_cas = 0;
    };
    std::vector<Entry> of_value;
    std::uint64_t stamp = 0;
  };
  /// The last position that was left, and what went up to there.
  struct Furthest {
    std::optional<Rank> position;
    std::vector<Rank> trail;
  };

  /// Among the candidates: let the operation at the position complete without going.
  static constexpr Rank give_up = static_cast<Rank>(-1);

  std::uint64_t steps() const { return steps_ + visited_.comparisons(); }
  std::size_t bytes() const { return timeline_.bytes() + visited_.bytes() + bits_.capacity() * sizeof(std::uint64_t); }

  Frame& here() { return frames_.back(); }
  bool at_end() { return here().position == timeline_.ends(); }
  std::uint64_t* bits() { return bits_.data() + bits_.size() - words_; }

  bool has(std::size_t bit) { return (bits()[bit / 64] >> (bit % 64)) & 1; }
  void set(std::size_t bit) { bits()[bit / 64] |= std::uint64_t{1} << (bit % 64); }
  void clear(std::size_t bit) { bits()[bit / 64] &= ~(std::uint64_t{1} << (bit % 64)); }
  bool is_owed(Rank rank) { return rank < timeline_.ends() && has(timeline_.owed_bit(rank)); }
  bool is_used(Rank rank) { return has(timeline_.used_bit(rank)); }

  /// Whether it neither has to go nor can go any more.
  bool is_done(Rank rank) { return !is_owed(rank) && (is_used(rank) || timeline_[rank].kind == Kind::read); }

  void linearize(Rank rank) {
    if (rank < timeline_.ends()) clear(timeline_.owed_bit(rank));
    trail_.push_back(rank);
  }

  /// Owes the definite operations that were invoked since the completion before the present one.
  void open_new_operations() {
    const Rank position = here().position;
    for (const Rank rank : timeline_.open(position)) {
      const bool is_new = position == 0 || timeline_[rank].invocation > timeline_[position - 1].completion;
      if (is_new && timeline_[rank].is_definite) set(timeline_.owed_bit(rank));
    }
  }

  /// Rules 1 and 2 for the present value, and the completions that are explained by now.
  void settle() {
    while (!at_end()) {
      steps_ += timeline_.open(here().position).size();
      for (const Rank rank : timeline_.open(here().position)) {
        const RegisterOperation& operation = timeline_[rank];
        const bool is_trivial = operation.to == here().state && operation.kind != Kind::cas;
        if (is_trivial && is_owed(rank)) linearize(rank);
      }
      const Rank before = here().position;
      while (!at_end() && is_done(here().position)) {
        clear(timeline_.used_bit(here().position));  // the bit will be another operation's
        ++here().position;
        if (!at_end()) open_new_operations();
      }
      if (here().position == before) return;
    }
  }

  /// A number that is the same for configurations of which rule 5 may prefer one: a definite cas is owed until it is
  /// used, so of these both must have used the same.
  std::uint64_t kind() {
    std::uint64_t kind = 0;
    for (const Rank rank : timeline_.open(here().position)) {
      const RegisterOperation& operation = timeline_[rank];
      const bool counts = operation.kind == Kind::cas && operation.is_definite && is_used(rank);
      if (counts) kind = (kind ^ rank) * 0x9E3779B97F4A7C15;
    }
    return kind;
  }

  template <class Each>
  void for_each_open(Each&& each) {
    steps_ += timeline_.open(here().position).size() + timeline_.endless_open(here().position) - timeline_.ends();
    for (const Rank rank : timeline_.open(here().position)) each(rank, timeline_[rank]);
    for (Rank rank = timeline_.ends(); rank < timeline_.endless_open(here().position); ++rank) {
      each(rank, timeline_[rank]);
    }
  }

  void find_candidates() {
    if (!is_owed(here().position)) candidates_.push_back(give_up);
    ++notes_.stamp;
    for_each_open([this](Rank rank, const RegisterOperation& operation) {
      const bool can_find =
          operation.kind == Kind::read ? is_owed(rank) : operation.kind == Kind::cas && !is_used(rank);
      if (can_find) notes_.of_value[operation.from].can_be_found = notes_.stamp;
    });
    for_each_open([this](Rank rank, const RegisterOperation& operation) {
      if (operation.kind != Kind::read && !is_used(rank) && may_step(rank, operation)) candidates_.push_back(rank);
    });
  }

  /// Rules 3 and 4. The operations must be asked in the order of their completions.
  bool may_step(Rank rank, const RegisterOperation& operation) {
    Notes::Entry& notes = notes_.of_value[operation.to];
    const bool can_show = notes.can_be_found == notes_.stamp || rank == here().position;
    const auto is_first = [this](std::uint64_t& note) { return std::exchange(note, notes_.stamp) != notes_.stamp; };
    if (operation.kind == Kind::write) return is_first(notes.has_write) && can_show;
    if (operation.from != here().state) return false;
    if (operation.is_definite) return is_first(notes.has_definite_cas);
    const bool has_better = notes.has_definite_cas == notes_.stamp && operation.completion == RegisterOperation::never;
    return !has_better && is_first(notes.has_indefinite_cas) && can_show;
  }

  /// Goes to where the next candidate leads; false, going back, when none is left.
  bool step() {
    if (here().next == candidates_.size()) {
      leave();
      return false;
    }
    const Rank rank = candidates_[here().next++];
    Frame next = here();
    next.trail = trail_.size();
    next.candidates = next.next = candidates_.size();
    frames_.push_back(next);
    bits_.resize(bits_.size() + words_);
    std::copy_n(bits() - words_, words_, bits());
    go(rank);
    return true;
  }

  void go(Rank rank) {
    if (rank == give_up) return set(timeline_.used_bit(here().position));
    const RegisterOperation& operation = timeline_[rank];
    if (operation.kind == Kind::write) {
      for (const Rank other : timeline_.open(here().position)) {
        if (other != rank && timeline_[other].kind == Kind::write && is_owed(other)) linearize(other);
      }
    }
    linearize(rank);
    set(timeline_.used_bit(rank));
    here().state = operation.to;
    if (!operation.is_definite) is_considered_[rank] = true;
  }

  void leave() {
    if (!furthest_.position || here().position > *furthest_.position) {
      furthest_.position = here().position;
      furthest_.trail = trail_;
    }
    trail_.resize(here().trail);
    candidates_.resize(here().candidates);
    bits_.resize(bits_.size() - words_);
    frames_.pop_back();
  }

  Linearization result(Linearization::Outcome outcome) {
    Linearization result{.outcome = outcome,
                         .order = order(outcome == Linearization::Outcome::found ? trail_ : furthest_.trail),
                         .stuck = 0,
                         .considered = {},
                         .configurations = visited_.size(),
                         .steps = steps(),
                         .bytes = bytes()};
    if (outcome != Linearization::Outcome::none) return result;
    result.stuck = timeline_.operation(*furthest_.position);
    for (Rank rank = 0; rank < is_considered_.size(); ++rank) {
      if (is_considered_[rank]) result.considered.push_back(timeline_.operation(rank));
    }
    return result;
  }

  /// A write that went without a trace and was used later counts where it was used.
  std::vector<std::size_t> order(const std::vector<Rank>& trail) const {
    std::vector<std::size_t> order;
    std::vector<bool> is_known(is_considered_.size(), false);
    for (auto rank = trail.rbegin(); rank != trail.rend(); ++rank) {
      if (!is_known[*rank]) order.push_back(timeline_.operation(*rank));
      is_known[*rank] = true;
    }
    std::reverse(order.begin(), order.end());
    return order;
  }

  const Timeline timeline_;
  const SearchLimits limits_;
  const std::size_t words_;
  Configurations visited_;
  std::vector<bool> is_considered_;

  std::vector<Frame> frames_;
  std::vector<std::uint64_t> bits_;  // of every frame, one after the other
  std::vector<Rank> candidates_;     // of every frame, one after the other
  std::vector<Rank> trail_;

  Notes notes_;
  std::uint64_t steps_ = 0;
  Furthest furthest_;
};

}  // namespace

Linearization linearize(std::span<const RegisterOperation> operations, const SearchLimits& limits) {
  return Search(operations, limits).run();
}

}  // namespace mznode::check
