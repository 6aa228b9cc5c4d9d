#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "linearizability/registers.hpp"
#include "mznode/check/linearizable.hpp"

namespace mznode::check {

/// Why a register is not linearizable, in few operations. They are named by their place in RegisterHistory::operations.
struct Counterexample {
  struct Member {
    std::size_t operation = 0;
    /// Whether it is known to have taken effect, and that is needed for the contradiction. The other members may have
    /// taken effect or not, just as all operations that are no members; they are here because they could still go.
    bool is_required = false;
  };
  struct Step {
    std::size_t operation = 0;
    /// What the register holds then.
    RegisterValue value = no_value;
  };
  /// Why an operation cannot go next.
  enum class Obstacle : std::uint8_t {
    /// It finds another value than the register holds.
    value,
    /// `other`, which has to go, had ended before it began.
    must_wait,
    /// It had ended before `other`, which went, began.
    too_late,
    /// It can go next, and need not; it leads no further.
    no_help,
  };
  struct Blocked {
    std::size_t operation = 0;
    Obstacle obstacle = Obstacle::value;
    /// Of meaning for must_wait and too_late.
    std::size_t other = 0;
  };

  /// In the order of their invocations.
  std::vector<Member> members;
  /// As long an order as was found, and what the register holds at its end.
  std::vector<Step> linearization;
  RegisterValue value = no_value;
  /// All other members.
  std::vector<Blocked> blocked;
  /// The required member whose completion cannot be explained.
  std::size_t stuck = 0;
};

/// Takes what is not needed out of the beginning of the history that `failure`, an outcome of `none`, says to have no
/// linearization. Of the required members none could be left out, unless minimizing took too long; nothing when more
/// are left then than a person would read.
std::optional<Counterexample> find_counterexample(const RegisterHistory& failed, const Linearization& failure);

/// By itself, without the register and the history that it is about.
Contradiction contradiction(const Counterexample& example, const RegisterHistory& failed, const History& history);
/// For a person, a line an element.
std::vector<std::string> explain(const Counterexample& example, const RegisterHistory& failed, const History& history);

}  // namespace mznode::check
