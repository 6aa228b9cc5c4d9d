#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mznode/check/history.hpp"
#include "mznode/check/options.hpp"
#include "mznode/check/verdict.hpp"

namespace mznode::check {

/// Why no order explains the operations on a register, in few of them. Operations are named by the index of their
/// invocations.
struct Contradiction {
  struct Member {
    std::int64_t operation = 0;
    /// Nothing for one that never completed.
    std::optional<std::int64_t> completion;
    std::int64_t process = 0;
    /// "write 2".
    std::string text;
    /// Whether it is known to have taken effect, and that is needed for the contradiction.
    bool is_required = false;
  };
  struct Step {
    std::int64_t operation = 0;
    /// What the register holds then.
    Json value;
  };
  struct Blocked {
    std::int64_t operation = 0;
    std::string reason;
  };

  /// In the order of their invocations.
  std::vector<Member> operations = {};
  /// As long an order as was found, and what the register holds at its end.
  std::vector<Step> linearization = {};
  Json value = {};
  /// The required member whose completion cannot be explained.
  std::int64_t stuck = 0;
  /// All other members.
  std::vector<Blocked> blocked = {};
};

/// Of one register, or of another object that was searched as a whole.
struct RegisterFinding final : Finding {
  std::size_t op_count = 0;
  /// When it is invalid: the completion that no order explains although there is one for all that is before it, and the
  /// last completion before.
  std::optional<Operation> op = {};
  std::optional<Operation> previous_ok = {};
  /// Where few operations tell it.
  std::optional<Contradiction> contradiction = {};

  void write_to(nlohmann::ordered_json& details) const override;
};

/// Of the registers of a map.
struct RegistersFinding final : Finding {
  struct Register {
    Json key;
    Verdict verdict;
  };
  std::vector<Register> registers = {};

  void write_to(nlohmann::ordered_json& details) const override;
};

/// Judges whether one register with `read`, `write` and `cas` of [from, to] is linearizable (Jepsen's
/// checker/linearizable with Knossos' model cas-register, which holds null in the beginning). Knossos believes every
/// read of null; with `strict_null_reads` such a read finds that the register holds nothing.
///
/// Finds a RegisterFinding, which explains a contradiction where `options.explain` is set. Unknown when the search came
/// to one of `options.limits`.
Verdict check_cas_register(const History& history, const CheckOptions& options);

/// The same for each key of a map, where every value is [key, value of the register] (Jepsen's independent/checker).
/// The map is linearizable if and only if every register is (Herlihy and Wing 1990, theorem 1).
/// Finds a RegistersFinding; the first few of the registers that are invalid are explained.
Verdict check_lin_kv(const History& history, const CheckOptions& options);

}  // namespace mznode::check
