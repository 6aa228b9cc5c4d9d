#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mznode/json/json.hpp"

namespace mznode::check {

/// A history that cannot be read or judged. The text says where: line and column for a reader, the operation's index
/// for a checker. It never names a file.
class HistoryError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What an entry of a history tells about its operation, in Jepsen's terms: begun, done, certainly not done, or
/// unclear.
enum class Type : std::uint8_t { invoke, ok, fail, info };

/// "invoke", "ok", "fail" or "info".
std::string_view type_name(Type type);

/// The number that stands for Jepsen's process `:nemesis`, and for every other process that is not a client.
inline constexpr std::int64_t nemesis_process = -1;

/// One entry of a history (Jepsen, jepsen.history): an invocation or a completion.
struct Operation {
  std::int64_t index = 0;
  std::int64_t time_ns = 0;
  std::int64_t process = nemesis_process;
  Type type = Type::invoke;
  /// Marks the reads of the final phase, `final?` in the written forms.
  bool is_final = false;
  std::string f;
  Json value;
  /// Why it failed or is indefinite; informal.
  std::optional<Json> error;
  /// Fields that only some workloads know, such as kafka's `seek-to-beginning?`, in the order of the text.
  std::vector<std::pair<std::string, Json>> other_fields;

  bool is_client() const { return process >= 0; }
};

/// Entries in the order in which they happened.
using History = std::vector<Operation>;

/// Reads a history in any form that is known, told apart by its content, of one that tells the order in which things
/// happened (see read_recorded for all). Throws HistoryError, such as
/// "line 3, column 17: expected …". An empty text is an empty history.
///
/// `type` is required, and `process`, unless no operation has one: then all are those of process 0, and transactions
/// are acknowledged. Transactions that are told by their completions alone get invocations that say nothing of their
/// order in time. A missing `f` is empty, which only checkers of transactions take. A missing `index` becomes the
/// position in the history, a missing `time` that of the entry before, a missing `value` null.
History read_history(const std::string& text);

/// Which entries belong together.
class Pairing {
 public:
  /// Throws HistoryError when a process invokes an operation before its previous one has ended, or completes what it
  /// has not invoked (as jepsen.history does). The nemesis is not paired.
  explicit Pairing(const History& history);

  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  /// The position of the completion of the invocation at `position`; none when it never completed.
  std::size_t completion(std::size_t position) const { return partner_[position]; }
  /// The position of the invocation of the completion at `position`; none for the nemesis.
  std::size_t invocation(std::size_t position) const { return partner_[position]; }

 private:
  std::vector<std::size_t> partner_;
};

}  // namespace mznode::check
