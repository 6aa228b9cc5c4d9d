#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mznode/check/history.hpp"
#include "mznode/json/codec.hpp"
#include "report/clients.hpp"
#include "report/message_data.hpp"
#include "report/run_data.hpp"

namespace mznode::app {

/// What a reader may follow through a run: the elements of a set, the ids, or the keys; a place in each column is one.
struct ValueColumns {
  /// "element", "id" or "key"; empty where there is nothing to follow.
  std::string kind;
  std::vector<std::string> value;
  /// The places of the messages that carried it, each as the distance from the one before. What clients were answered
  /// is told by the operations.
  std::vector<std::vector<std::int64_t>> messages;
  /// The places of the operations about it, and of the reads with which a node begins to show it; of those with which
  /// it begins to miss what it had shown, -1 and their place below zero.
  std::vector<std::vector<std::int64_t>> operations;
  /// Behind this message, not all that carried a value is here, because it is too much; -1 for none.
  std::int64_t followed_until = -1;
  MZNODE_FIELDS(kind, value, messages, operations, followed_until)
};

/// What the last read of each node lacks of the elements that were known when it began.
struct FinalReads {
  /// The nodes, or the processes of a history that knows no nodes.
  std::vector<std::string> name;
  /// The place of the last read that each of them answered; -1 for none, and for one that the page does not have.
  std::vector<std::int64_t> operation;
  /// How many elements were known when it began.
  std::vector<std::int64_t> known;
  /// The places of the elements among the values that it misses, as pairs: how many are between, how many are missing.
  /// Of very many pairs the first.
  std::vector<std::vector<std::int64_t>> missing;
  /// How many it misses.
  std::vector<std::int64_t> missing_count;
  MZNODE_FIELDS(name, operation, known, missing, missing_count)
};

/// The values of a run (or, where `run` is null, of a history without messages), and what the last reads lack.
struct Followed {
  ValueColumns values;
  FinalReads reads;
};
Followed follow_values(const check::Checker* checker, const check::History& history, const Clients& clients,
                       const OperationColumns& operations, const sim::RunResult* run, const MessageColumns& messages);

}  // namespace mznode::app
