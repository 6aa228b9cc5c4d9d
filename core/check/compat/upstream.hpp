#pragma once

#include "mznode/check/options.hpp"

namespace mznode::check {

/// Where upstream judges otherwise than this project, which is stricter on purpose: one question a difference, so that
/// a checker asks by its name, and all that there are stand here. Each is answered yes when the user wants upstream's
/// verdict: that of Jepsen 0.3.7 to 0.3.13 and Maelstrom (CheckOptions::compat_jepsen), or of Elle alone, 0.2.2
/// (compat_elle_0_2_2), which Jepsen 0.3.7 uses, or 0.2.7, which 0.3.12 does.
class Upstream {
 public:
  explicit Upstream(const CheckOptions& options)
      : jepsen_(options.compat_jepsen),
        elle_0_2_7_(options.compat_elle_0_2_7),
        elle_0_2_2_(options.compat_elle_0_2_2 || (options.compat_jepsen && !options.compat_elle_0_2_7)) {}

  // Any workload.
  /// A reply is believed to answer what was asked; and a write that is acknowledged with null, to have written null.
  bool believes_replies() const { return jepsen_; }
  /// Where nothing was to be judged, all of it was right; and all of no operations succeeded.
  bool accepts_nothing() const { return jepsen_; }
  /// Operations that a checker does not know are passed over.
  bool passes_over_functions() const { return jepsen_; }
  /// An operation that never succeeded is wrong even if each time it was right to fail, and however few there were.
  bool demands_success() const { return jepsen_; }
  /// The availability is rounded to a float.
  bool rounds_to_float() const { return jepsen_; }

  // Sets, queues, and what is judged by a rule of its own.
  /// What is shown or dequeued may be there twice, and may have been put in later, by what failed or, but for sets and
  /// queues, by nobody. A dequeue of null is one of an element.
  bool ignores_impossible_elements() const { return jepsen_; }

  // Counters.
  /// An add of a pn-counter that was never completed has not happened.
  bool forgets_open_adds() const { return jepsen_; }
  /// A counter's read that is no integer makes the history unreadable, not wrong.
  bool refuses_other_than_integers() const { return jepsen_; }

  // Logs.
  /// A poll that shows nothing lets its process begin anew with the key.
  bool forgets_at_empty_polls() const { return jepsen_; }

  // Transactions.
  /// Models behind which nothing is checked hold for every history.
  bool accepts_unchecked_models() const { return jepsen_; }
  /// A transaction that reads what only it writes, and later, is seen as a part of a larger cycle only.
  bool misses_lone_reads_ahead() const { return jepsen_; }
  /// txn-rw-register: a value that nobody wrote tells nothing.
  bool ignores_unwritten_values() const { return jepsen_; }
  /// There is no check beside the inference of Elle.
  bool has_no_complete_checks() const { return elle_0_2_2_ || elle_0_2_7_; }
  /// A read of nil says nothing about what its transaction reads next.
  bool forgets_reads_of_nil() const { return elle_0_2_2_; }
  /// With linearizable-keys, a version comes before those of the transactions that come next on the key, on each way
  /// of the realtime order, and not before all that begin later (see elle_followers.hpp).
  bool orders_next_versions_only() const { return elle_0_2_2_ || elle_0_2_7_; }
  /// Some of these ways are mixed up, so that versions are cyclic that were not.
  bool mixes_up_followers() const { return elle_0_2_2_; }

 private:
  bool jepsen_;
  bool elle_0_2_7_;
  bool elle_0_2_2_;
};

}  // namespace mznode::check
