#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "linearizability/linearization.hpp"
#include "mznode/check/history.hpp"

namespace mznode::check {

/// What happened to one register in a history.
struct RegisterHistory {
  /// The key that names it, when the history is of more than one.
  std::optional<Json> key;
  /// In the order of their invocations, which are positions in the history.
  std::vector<RegisterOperation> operations;
  /// The values by their numbers; values[no_value] is what the register held in the beginning.
  std::vector<Json> values = {Json()};
  /// How many operations clients invoked, those among them that tell nothing, too.
  std::size_t invoked = 0;
};

/// Whether every value of the history is a pair of a key and what concerns the register of that key.
enum class Keyed : bool { no, yes };
/// What a read of null says: nothing, as to Knossos, or that the register holds no value.
enum class NullRead : bool { tells_nothing, finds_no_value };

/// Sorts the operations `read`, `write` and `cas` of a history by register, in the order in which the keys appear.
///
/// An operation that failed had no effect and is left out, and so is a read that was not answered. A write or cas that
/// did not complete, or of which only `info` is known, is indefinite. What an operation returned counts before what it
/// was invoked with. Every register begins with `initial`. Throws HistoryError for other operations and for values of
/// another form.
std::vector<RegisterHistory> read_registers(const History& history, Keyed keyed, NullRead null_read,
                                            const Json& initial = Json());

}  // namespace mznode::check
