#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mznode/check/verdict.hpp"
#include "mznode/json/codec.hpp"
#include "report/run_data.hpp"

/// What a page draws of why a run is invalid. Times are in microseconds from the first operation.
namespace mznode::app {

/// Transactions of which each comes before the next one, and the last before the first.
struct CycleDrawing {
  std::string anomaly;
  /// What the anomaly is, in plain words.
  std::string gloss;
  /// Of each transaction: its process, the index of its operation, the place of that in the page (-1 for none), and
  /// what it did, shortened.
  std::vector<std::int64_t> process;
  std::vector<std::int64_t> operation;
  std::vector<std::int64_t> place;
  std::vector<std::string> text;
  /// Why it comes before the next one: "ww", "wr", "rw", "process" or "realtime"; the key, if there is one; a sentence.
  std::vector<std::string> relation;
  std::vector<std::string> key;
  std::vector<std::string> words;
  MZNODE_FIELDS(anomaly, gloss, process, operation, place, text, relation, key, words)
};

/// Operations on a register which no order explains; a place in each column is one operation.
struct CounterexampleDrawing {
  /// The register's key, empty when there is only one register.
  std::string key;
  std::vector<std::int64_t> operation;
  std::vector<std::int64_t> place;
  std::vector<std::int64_t> process;
  std::vector<std::int64_t> start;
  /// -1 for one that never completed.
  std::vector<std::int64_t> end;
  std::vector<std::string> text;
  /// 1 for one that is known to have taken effect.
  std::vector<std::int64_t> required;
  /// Its place in the longest order, from 1; 0 for one that cannot go.
  std::vector<std::int64_t> order;
  /// What the register holds after it, or why it cannot go.
  std::vector<std::string> note;
  /// What the register holds at the end of that order.
  std::string value;
  /// The place of the operation that cannot be explained.
  std::int64_t stuck = -1;
  MZNODE_FIELDS(key, operation, place, process, start, end, text, required, order, note, value, stuck)
};

/// An anomaly that no cycle shows.
struct CaseDrawing {
  std::string anomaly;
  std::string gloss;
  /// What its first example shows.
  std::string text;
  /// The indexes of the operations that it is about, and their places in the page (-1 for none).
  std::vector<std::int64_t> operation;
  std::vector<std::int64_t> place;
  MZNODE_FIELDS(anomaly, gloss, text, operation, place)
};

struct EvidenceDrawings {
  std::vector<CycleDrawing> cycles;
  std::vector<CounterexampleDrawing> counterexamples;
  std::vector<CaseDrawing> cases;
  MZNODE_FIELDS(cycles, counterexamples, cases)
};

/// Some of what the checker of a workload found: a cycle of each kind, the registers that it explains, and an example
/// of each other anomaly. `operations` are those of the page.
EvidenceDrawings evidence(const check::Verdict& workload, const check::History& history,
                          const OperationColumns& operations);
/// When the operations of the evidence began, in microseconds.
std::vector<std::int64_t> evidence_moments(const check::Verdict& workload, const check::History& history);

}  // namespace mznode::app
