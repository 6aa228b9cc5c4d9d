#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>

#include "linearizability/counterexample.hpp"
#include "mznode/sim/random.hpp"

namespace mznode::check {
namespace {

using Kind = RegisterOperation::Kind;
using Operations = std::vector<RegisterOperation>;
using Outcome = Linearization::Outcome;
using sim::Random;

std::string describe(const Operations& operations) {
  static constexpr const char* names[] = {"read", "write", "cas"};
  std::string text;
  for (const RegisterOperation& operation : operations) {
    text += std::string(operation.is_definite ? "" : "perhaps ") + names[static_cast<int>(operation.kind)] + " " +
            std::to_string(operation.from) + " " + std::to_string(operation.to) + " [" +
            std::to_string(operation.invocation) + ", " +
            (operation.completion == RegisterOperation::never ? "never" : std::to_string(operation.completion)) + "]\n";
  }
  return text;
}

/// What the register holds after the operation; nothing when it cannot go.
std::optional<RegisterValue> apply(const RegisterOperation& operation, RegisterValue value) {
  if (operation.kind != Kind::write && operation.from != value) return std::nullopt;
  return operation.to;
}

/// By the definition: tries every order of the operations, with every choice of the indefinite ones.
bool has_linearization(Operations left, RegisterValue value) {
  const bool is_done = std::none_of(left.begin(), left.end(), [](const auto& each) { return each.is_definite; });
  if (is_done) return true;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const RegisterOperation next = left[i];
    const bool is_late = std::any_of(left.begin(), left.end(), [&](const RegisterOperation& other) {
      return other.is_definite && other.completion < next.invocation;
    });
    const std::optional<RegisterValue> after = apply(next, value);
    if (is_late || !after) continue;
    Operations others = left;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    // What completed before the one that goes now was invoked cannot go behind it.
    std::erase_if(others, [&](const auto& other) { return other.completion < next.invocation; });
    if (has_linearization(others, *after)) return true;
  }
  return false;
}

/// Whether the order explains the operations: all definite ones when it is `complete`.
void expect_linearization(const Operations& operations, const std::vector<std::size_t>& order, bool complete) {
  RegisterValue value = no_value;
  std::vector<bool> went(operations.size(), false);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const RegisterOperation& operation = operations[order[i]];
    EXPECT_FALSE(went[order[i]]) << "twice";
    went[order[i]] = true;
    const std::optional<RegisterValue> after = apply(operation, value);
    ASSERT_TRUE(after) << "operation " << order[i] << " finds " << value;
    value = *after;
    for (std::size_t later = i + 1; later < order.size(); ++later) {
      EXPECT_GT(operations[order[later]].completion, operation.invocation) << order[later] << " behind " << order[i];
    }
  }
  if (!complete) return;
  for (std::size_t i = 0; i < operations.size(); ++i) EXPECT_TRUE(went[i] || !operations[i].is_definite) << i;
}

struct Shape {
  std::uint64_t operations;
  std::uint64_t processes;
  std::uint64_t values;
  std::uint64_t indefinite_percent;
  /// How often what a read or cas finds is made up.
  std::uint64_t wrong_percent;
};

/// Clients of a register that really is one, at random moments, and some answers made up.
class Clients {
 public:
  Clients(const Shape& shape, std::uint64_t seed) : shape_(shape), random_(seed, 0), running_(shape.processes) {}

  Operations run() {
    while (operations_.size() < shape_.operations || any_running()) {
      std::optional<Run>& run = running_[random_.below(shape_.processes)];
      ++now_;
      if (!run) {
        if (operations_.size() < shape_.operations) run = begin();
      } else if (!run->went && random_.chance(60)) {
        go(*run);
      } else if (run->went) {
        operations_[run->operation].completion = now_;
        run.reset();
      }
    }
    // What a client does not know the outcome of has no end; in a sub-history it may have one (see Counterexample).
    for (RegisterOperation& operation : operations_) {
      if (operation.kind == Kind::read || !random_.chance(shape_.indefinite_percent)) continue;
      operation.is_definite = false;
      if (random_.chance(80)) operation.completion = RegisterOperation::never;
    }
    for (const std::size_t unanswered : failed_) operations_[unanswered].invocation = RegisterOperation::never;
    std::erase_if(operations_, [](const auto& each) { return each.invocation == RegisterOperation::never; });
    return std::move(operations_);
  }

 private:
  struct Run {
    std::size_t operation;
    bool went = false;
  };

  bool any_running() const {
    return std::any_of(running_.begin(), running_.end(), [](const auto& run) { return run.has_value(); });
  }

  RegisterValue any_value() { return static_cast<RegisterValue>(1 + random_.below(shape_.values)); }

  Run begin() {
    const RegisterValue from = any_value();
    RegisterValue to = any_value();
    const std::uint64_t draw = random_.below(3);
    const Kind kind = draw == 0 ? Kind::read : draw == 1 ? Kind::write : Kind::cas;
    if (kind == Kind::cas && to == from) to = from % static_cast<RegisterValue>(shape_.values) + 1;
    operations_.push_back({.kind = kind, .from = kind == Kind::write ? to : from, .to = to, .invocation = now_});
    return {operations_.size() - 1};
  }

  void go(Run& run) {
    run.went = true;
    RegisterOperation& operation = operations_[run.operation];
    const bool wrong = random_.chance(shape_.wrong_percent);
    if (operation.kind == Kind::read) {
      if (!wrong) operation.from = value_;
      operation.to = operation.from;
    } else if (operation.kind == Kind::write || operation.from == value_ || wrong) {
      value_ = operation.to;
    } else {
      failed_.push_back(run.operation);
    }
  }

  const Shape shape_;
  Random random_;
  std::size_t now_ = 0;
  RegisterValue value_ = no_value;
  Operations operations_;
  std::vector<std::optional<Run>> running_;
  std::vector<std::size_t> failed_;
};

constexpr Shape shapes[] = {
    {.operations = 6, .processes = 3, .values = 2, .indefinite_percent = 25, .wrong_percent = 25},
    {.operations = 7, .processes = 4, .values = 3, .indefinite_percent = 10, .wrong_percent = 12},
    {.operations = 7, .processes = 6, .values = 2, .indefinite_percent = 20, .wrong_percent = 20},
    {.operations = 8, .processes = 3, .values = 3, .indefinite_percent = 40, .wrong_percent = 25},
};

/// A larger number of histories can be asked for by hand.
std::uint64_t histories_per_shape() {
  const char* given = std::getenv("MZNODE_LINEARIZATION_HISTORIES");
  return given == nullptr ? 5'000 : std::stoull(given);
}

TEST(Linearization, AgreesWithTheDefinition) {
  std::size_t found = 0;
  std::size_t none = 0;
  for (const Shape& shape : shapes) {
    for (std::uint64_t seed = 0; seed < histories_per_shape(); ++seed) {
      const Operations operations = Clients(shape, seed).run();
      const Linearization result = linearize(operations, {});
      const bool expected = has_linearization(operations, no_value);
      ASSERT_EQ(result.outcome == Outcome::found, expected) << "seed " << seed << "\n" << describe(operations);
      (expected ? found : none) += 1;
      expect_linearization(operations, result.order, expected);
      if (HasFailure()) FAIL() << "seed " << seed << "\n" << describe(operations);
      if (expected) continue;

      ASSERT_TRUE(operations[result.stuck].is_definite) << "seed " << seed;
      // Up to before the completion that is stuck there is a linearization, and up to it there is none.
      Operations before;
      Operations proof;
      const std::size_t stuck = operations[result.stuck].completion;
      for (std::size_t i = 0; i < operations.size(); ++i) {
        RegisterOperation operation = operations[i];
        const auto& considered = result.considered;
        if (operation.is_definite || std::find(considered.begin(), considered.end(), i) != considered.end()) {
          proof.push_back(operation);
        }
        if (operation.invocation > stuck || (operation.kind == Kind::read && operation.completion >= stuck)) continue;
        if (operation.completion >= stuck) operation.is_definite = false;
        before.push_back(operation);
      }
      ASSERT_TRUE(has_linearization(before, no_value)) << "seed " << seed << "\n" << describe(operations);
      ASSERT_FALSE(has_linearization(proof, no_value)) << "seed " << seed << "\n" << describe(operations);
    }
  }
  // Neither outcome may be rare, or the comparison would say little.
  EXPECT_GT(found, (found + none) / 4);
  EXPECT_GT(none, (found + none) / 4);
}

/// What the counterexample says to be all that is needed: the rest may have happened or not.
Operations known_to(const Counterexample& example, const Operations& operations, std::size_t but) {
  Operations known = operations;
  for (RegisterOperation& operation : known) operation.is_definite = false;
  for (const auto& member : example.members) {
    known[member.operation].is_definite = member.is_required && member.operation != but;
  }
  std::erase_if(known, [](const auto& each) { return each.kind == Kind::read && !each.is_definite; });
  return known;
}

TEST(Counterexample, NothingRequiredCouldBeLeftOut) {
  constexpr std::size_t nothing = static_cast<std::size_t>(-1);
  std::size_t examples = 0;
  for (const Shape& shape : shapes) {
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
      RegisterHistory failed;
      failed.operations = Clients(shape, seed).run();
      const Linearization search = linearize(failed.operations, {});
      if (search.outcome != Outcome::none) continue;
      ++examples;
      SCOPED_TRACE(testing::Message() << "seed " << seed << "\n" << describe(failed.operations));
      const std::optional<Counterexample> found = find_counterexample(failed, search);
      ASSERT_TRUE(found);
      const Counterexample& example = *found;
      EXPECT_FALSE(has_linearization(known_to(example, failed.operations, nothing), no_value));
      for (const auto& member : example.members) {
        if (!member.is_required) continue;
        EXPECT_TRUE(has_linearization(known_to(example, failed.operations, member.operation), no_value))
            << member.operation;
      }
      std::vector<std::size_t> order;
      for (const auto& step : example.linearization) order.push_back(step.operation);
      expect_linearization(failed.operations, order, false);
      EXPECT_EQ(order.size() + example.blocked.size(), example.members.size());
      for (const auto& blocked : example.blocked) {
        const bool is_required = std::any_of(example.members.begin(), example.members.end(), [&](const auto& member) {
          return member.operation == blocked.operation && member.is_required;
        });
        EXPECT_FALSE(is_required && blocked.obstacle == Counterexample::Obstacle::no_help);
      }
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(examples, 500u);
}

}  // namespace
}  // namespace mznode::check
