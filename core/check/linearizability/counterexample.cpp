#include "linearizability/counterexample.hpp"

#include <algorithm>
#include <bit>
#include <optional>

namespace mznode::check {
namespace {

using Kind = RegisterOperation::Kind;
using Outcome = Linearization::Outcome;
using Obstacle = Counterexample::Obstacle;

/// How far one search of minimizing may go: at least so far, as far as twice the search that failed, but not further
/// than a second takes; and so many times that in all.
constexpr std::uint64_t least_steps = 2'000'000;
constexpr std::uint64_t most_steps = 50'000'000;
constexpr std::uint64_t searches_in_all = 10;
constexpr std::size_t max_bytes = std::size_t{1} << 26;

/// Nobody reads more, and what follows takes the cube of it.
constexpr std::size_t max_members = 500;

/// Leaves out what it can. Definite operations are allowed, one after the other, not to have happened: a read then says
/// nothing, and a write or cas may take effect within its span or not. That is to know less, so if there is no
/// linearization then, the history has none.
class Minimizer {
 public:
  Minimizer(const RegisterHistory& failed, const Linearization& failure)
      : operations_(failed.operations),
        limits_{.steps = std::clamp(2 * failure.steps, least_steps, most_steps), .bytes = max_bytes},
        proof_(failure),
        searched_(operations_.size()) {
    const std::size_t end = operations_[failure.stuck].completion;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      searched_[i] = i;
      RegisterOperation& operation = operations_[i];
      // What was open at the end had told nothing yet.
      if (operation.completion > end) operation.is_definite = false;
      is_left_out_.push_back(operation.invocation > end || is_idle(operation));
      if (operation.is_definite) definite_.push_back(i);
    }
    std::sort(definite_.begin(), definite_.end(),
              [this](std::size_t a, std::size_t b) { return operations_[a].completion < operations_[b].completion; });
  }

  void run() {
    search();
    // Mostly the last few operations are to blame. Knowing less and less never helps, so halving finds how many of the
    // first are not needed, and none need be tried twice.
    std::size_t relaxed = 0;
    for (std::size_t more = std::bit_floor(definite_.size()); more > 0; more /= 2) {
      if (relaxed + more <= definite_.size() && relax(relaxed, relaxed + more)) relaxed += more;
    }
    for (std::size_t i = relaxed + 1; i < definite_.size(); ++i) relax(i, i + 1);
  }

  Counterexample result() const {
    const std::vector<bool> is_member = find_members();
    Counterexample example;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (is_member[i]) example.members.push_back({i, operations_[i].is_definite});
    }
    for (const std::size_t place : proof_.order) {
      const std::size_t operation = searched_[place];
      if (is_member[operation]) example.linearization.push_back({operation, operations_[operation].to});
    }
    example.stuck = searched_[proof_.stuck];
    return example;
  }

 private:
  static bool is_idle(const RegisterOperation& operation) {
    return operation.kind == Kind::read && !operation.is_definite;
  }

  /// The required operations, and those of the others that came into consideration and whose values a member finds.
  std::vector<bool> find_members() const {
    std::vector<bool> is_member(operations_.size(), false);
    RegisterValue largest = no_value;
    for (const RegisterOperation& operation : operations_) largest = std::max({largest, operation.from, operation.to});
    std::vector<bool> is_found(largest + 1, false);  // by value
    const auto add = [&](std::size_t operation) {
      is_member[operation] = true;
      if (operations_[operation].kind != Kind::write) is_found[operations_[operation].from] = true;
    };
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (operations_[i].is_definite) add(i);
    }
    std::vector<std::size_t> others = proof_.considered;
    others.insert(others.end(), proof_.order.begin(), proof_.order.end());
    for (bool has_grown = true; has_grown;) {
      has_grown = false;
      for (const std::size_t place : others) {
        const std::size_t operation = searched_[place];
        if (is_member[operation] || !is_found[operations_[operation].to]) continue;
        add(operation);
        has_grown = true;
      }
    }
    return is_member;
  }

  /// Tries not to require the definite operations from `first` up to `last`.
  bool relax(std::size_t first, std::size_t last) {
    const auto set = [&](bool is_definite) {
      for (std::size_t i = first; i < last; ++i) operations_[definite_[i]].is_definite = is_definite;
    };
    set(false);
    const bool holds = steps_ < searches_in_all * limits_.steps && search();
    if (!holds) set(true);
    return holds;
  }

  bool search() {
    std::vector<RegisterOperation> operations;
    std::vector<std::size_t> searched;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (is_left_out_[i] || is_idle(operations_[i])) continue;
      operations.push_back(operations_[i]);
      searched.push_back(i);
    }
    Linearization result = linearize(operations, limits_);
    steps_ += result.steps;
    if (result.outcome != Outcome::none) return false;
    proof_ = std::move(result);
    searched_ = std::move(searched);
    return true;
  }

  std::vector<RegisterOperation> operations_;
  const SearchLimits limits_;
  std::vector<bool> is_left_out_;
  std::vector<std::size_t> definite_;  // by completion
  /// The last search without a result, and which operations it was over.
  Linearization proof_;
  std::vector<std::size_t> searched_;
  std::uint64_t steps_ = 0;
};

/// Puts at the end of the linearization what can go there, and says of the rest why it cannot.
class Refutation {
 public:
  Refutation(Counterexample& example, const std::vector<RegisterOperation>& operations)
      : example_(example), operations_(operations) {}

  void run() {
    if (!example_.linearization.empty()) example_.value = example_.linearization.back().value;
    while (const std::optional<std::size_t> next = find_next()) {
      example_.value = operations_[*next].to;
      example_.linearization.push_back({*next, example_.value});
    }
    // What need not go and had its time before all this is no part of the story.
    std::erase_if(example_.members, [this](const Counterexample::Member& member) {
      return !member.is_required && !went(member.operation) && obstacle_of(member).obstacle == Obstacle::too_late;
    });
    for (const Counterexample::Member& member : example_.members) {
      if (!went(member.operation)) example_.blocked.push_back(obstacle_of(member));
    }
  }

 private:
  bool went(std::size_t operation) const {
    return std::any_of(example_.linearization.begin(), example_.linearization.end(),
                       [operation](const auto& step) { return step.operation == operation; });
  }

  std::optional<std::size_t> find_next() const {
    for (const Counterexample::Member& member : example_.members) {
      const bool can_go = !went(member.operation) && obstacle_of(member).obstacle == Obstacle::no_help;
      if (can_go && member.is_required) return member.operation;
    }
    return std::nullopt;
  }

  Counterexample::Blocked obstacle_of(const Counterexample::Member& member) const {
    const RegisterOperation& operation = operations_[member.operation];
    for (const auto& step : example_.linearization) {
      if (operation.completion < operations_[step.operation].invocation) {
        return {member.operation, Obstacle::too_late, step.operation};
      }
    }
    for (const Counterexample::Member& other : example_.members) {
      const bool goes_first = operations_[other.operation].completion < operation.invocation;
      if (other.is_required && goes_first && !went(other.operation)) {
        return {member.operation, Obstacle::must_wait, other.operation};
      }
    }
    const bool finds = operation.kind == Kind::write || operation.from == example_.value;
    return {member.operation, finds ? Obstacle::no_help : Obstacle::value};
  }

  Counterexample& example_;
  const std::vector<RegisterOperation>& operations_;
};

/// Writes a counterexample in words.
class Words {
 public:
  Words(const RegisterHistory& failed, const History& history) : register_(failed), history_(history) {}

  std::int64_t index(std::size_t operation) const { return invocation(operation).index; }
  const Operation& invocation(std::size_t operation) const {
    return history_[register_.operations[operation].invocation];
  }
  const std::string& value(RegisterValue number) const { return register_.values[number].text(); }

  /// "write 2"; a cas(2, 2), which is searched for as a read, in its own words.
  std::string what(std::size_t operation) const {
    const RegisterOperation& searched = register_.operations[operation];
    const std::string& f = invocation(operation).f;
    return f == "cas" ? "cas from " + value(searched.from) + " to " + value(searched.to) : f + " " + value(searched.to);
  }
  std::string name(std::size_t operation) const {
    return what(operation) + " (" + std::to_string(index(operation)) + ")";
  }
  std::string span(std::size_t operation) const {
    const std::size_t completion = register_.operations[operation].completion;
    const bool has_end = completion != RegisterOperation::never;
    return std::to_string(index(operation)) + ".." + (has_end ? std::to_string(history_[completion].index) : "");
  }

  std::string reason(const Counterexample::Blocked& blocked, RegisterValue held) const {
    switch (blocked.obstacle) {
      case Obstacle::value:
        return "finds " + value(register_.operations[blocked.operation].from) + ", but the register holds " +
               value(held);
      case Obstacle::must_wait: return "began after the end of " + name(blocked.other) + ", which has to go first";
      case Obstacle::too_late: return "ended before the begin of " + name(blocked.other) + ", which went";
      case Obstacle::no_help: return "can go, and need not: nothing that is left gets further by it";
    }
    return "";
  }

  /// Who left the value that the stuck operation finds last, when that is none of the members.
  std::string origin(const Counterexample& example) const {
    const RegisterOperation& stuck = register_.operations[example.stuck];
    if (stuck.kind == Kind::write || stuck.from == no_value) return "";
    std::optional<std::size_t> last;
    for (std::size_t i = 0; i < register_.operations.size(); ++i) {
      const RegisterOperation& operation = register_.operations[i];
      if (operation.kind == Kind::read || operation.to != stuck.from || operation.invocation > stuck.completion)
        continue;
      if (!last || operation.completion > register_.operations[*last].completion) last = i;
    }
    if (!last) return "no operation leaves " + value(stuck.from);
    const bool is_member = std::any_of(example.members.begin(), example.members.end(),
                                       [&](const auto& member) { return member.operation == *last; });
    return is_member ? "" : "the last to leave " + value(stuck.from) + " was " + what(*last) + " (" + span(*last) + ")";
  }

 private:
  const RegisterHistory& register_;
  const History& history_;
};

}  // namespace

std::optional<Counterexample> find_counterexample(const RegisterHistory& failed, const Linearization& failure) {
  Minimizer minimizer(failed, failure);
  minimizer.run();
  Counterexample example = minimizer.result();
  if (example.members.size() > max_members) return std::nullopt;
  Refutation(example, failed.operations).run();
  return example;
}

Contradiction contradiction(const Counterexample& example, const RegisterHistory& failed, const History& history) {
  const Words words(failed, history);
  Contradiction told;
  for (const Counterexample::Member& member : example.members) {
    const std::size_t completion = failed.operations[member.operation].completion;
    const bool has_end = completion != RegisterOperation::never;
    told.operations.push_back({.operation = words.index(member.operation),
                               .completion = has_end ? std::optional(history[completion].index) : std::nullopt,
                               .process = words.invocation(member.operation).process,
                               .text = words.what(member.operation),
                               .is_required = member.is_required});
  }
  for (const Counterexample::Step& step : example.linearization) {
    told.linearization.push_back({words.index(step.operation), failed.values[step.value]});
  }
  told.value = failed.values[example.value];
  told.stuck = words.index(example.stuck);
  for (const Counterexample::Blocked& blocked : example.blocked) {
    told.blocked.push_back({words.index(blocked.operation), words.reason(blocked, example.value)});
  }
  return told;
}

std::vector<std::string> explain(const Counterexample& example, const RegisterHistory& failed, const History& history) {
  const Words words(failed, history);
  std::vector<std::string> lines;
  const std::size_t count = example.members.size();
  lines.push_back((failed.key ? "key " + failed.key->text() : std::string("the register")) + ": no order explains " +
                  (count == 1 ? "this operation" : "these operations") + " (" + std::to_string(count) + " of " +
                  std::to_string(failed.invoked) + "), whatever the others did");
  for (const Counterexample::Member& member : example.members) {
    lines.push_back("  " + words.span(member.operation) + "  process " +
                    std::to_string(words.invocation(member.operation).process) + "  " + words.what(member.operation) +
                    (member.is_required ? "" : "  (may have taken effect or not)"));
  }
  lines.emplace_back("  the longest order, and what the register holds:");
  lines.push_back("    " + words.value(no_value));
  for (const Counterexample::Step& step : example.linearization) {
    lines.push_back("    " + words.value(step.value) + " after " + words.name(step.operation));
  }
  lines.emplace_back("  then none of the others can go next:");
  for (const Counterexample::Blocked& blocked : example.blocked) {
    lines.push_back("    " + words.name(blocked.operation) + " " + words.reason(blocked, example.value));
  }
  if (std::string origin = words.origin(example); !origin.empty()) lines.push_back("  " + std::move(origin));
  return lines;
}

}  // namespace mznode::check
