#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "mznode/json/codec.hpp"
#include "mznode/workloads/harness.hpp"
#include "report/clients.hpp"
#include "report/selection.hpp"

/// What a page shows of one run, in the form in which its script reads it: columns of numbers. Times are in
/// microseconds from the first operation.
namespace mznode::app {

/// A span during which a fault was on.
struct FaultBand {
  std::string name;
  std::int64_t from = 0;
  std::int64_t to = 0;
  /// What the nemesis said: for pause and kill the nodes, for partitions whom each node does not hear.
  Json value;
  /// Of a partition, the groups that hear one another, or who does not hear whom; empty for other faults.
  std::string unheard;
  MZNODE_FIELDS(name, from, to, value, unheard)
};

/// Operations in the order of their beginnings; a place in each column is one operation. There is a member for each
/// column, and for what the page says beside them.
struct OperationColumns {
  std::vector<std::string> names;
  std::vector<std::int64_t> worker;
  std::vector<std::int64_t> process;
  /// A place in `names`.
  std::vector<std::int64_t> name;
  std::vector<std::int64_t> start;
  /// Until its completion; -1 when there was none.
  std::vector<std::int64_t> took;
  /// 0 ok, 1 fail, 2 info or never completed.
  std::vector<std::int64_t> outcome;
  /// What was asked, what came back when that is something else, and why it failed; shortened.
  std::vector<std::string> asked;
  std::vector<std::string> answered;
  std::vector<std::string> error;
  /// How many there were, and the spans of which all are here.
  std::size_t total = 0;
  Spans kept;
  /// The indexes of their invocations and completions (-1 for none), which the page does not need.
  std::vector<std::int64_t> invocations;
  std::vector<std::int64_t> completions;
  MZNODE_FIELDS(names, worker, process, name, start, took, outcome, asked, answered, error, total, kept)
};

/// The places of operations in the page, by the index of their invocation or of their completion.
class OperationPlaces {
 public:
  explicit OperationPlaces(const OperationColumns& operations);
  /// -1 for one that the page does not have.
  std::int64_t of(std::int64_t index) const;

 private:
  std::unordered_map<std::int64_t, std::int64_t> places_;
};

/// Counts for each of the equal intervals that a run is cut into.
struct Rates {
  std::int64_t interval = 0;
  std::vector<std::int64_t> ok;
  std::vector<std::int64_t> fail;
  std::vector<std::int64_t> info;
  /// Messages between servers.
  std::vector<std::int64_t> sent;
  std::vector<std::int64_t> lost;
  MZNODE_FIELDS(interval, ok, fail, info, sent, lost)
};

/// Elements of a set: when each was known, and how many milliseconds later it was stable, or lost.
struct SetColumns {
  std::vector<std::int64_t> known;
  std::vector<std::int64_t> latency_ms;
  /// Places of those that were lost.
  std::vector<std::int64_t> lost;
  std::vector<std::string> element;
  MZNODE_FIELDS(known, latency_ms, lost, element)
};

std::vector<FaultBand> fault_spans(const TestReport& report, const std::vector<std::string>& nodes);
SetColumns set_columns(const check::History& history, const check::Checker* checker);
OperationColumns operation_columns(const check::History& history, const Clients& clients,
                                   const std::vector<std::int64_t>& moments);
/// `run` may be null: then nothing is known of messages.
Rates rates(const check::History& history, Duration duration, const sim::RunResult* run);

/// Where the eye should go first: the beginning, the changes of faults, what stories and evidence are about, the last
/// reads, some of the operations that failed and of the elements that were lost.
std::vector<std::int64_t> moments_of_interest(const check::History& history, const check::Verdict& workload,
                                              const std::vector<Story>& stories, const std::vector<FaultBand>& faults,
                                              const SetColumns& set);

}  // namespace mznode::app
