#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mznode/json/codec.hpp"
#include "report/evidence_data.hpp"
#include "report/log_data.hpp"
#include "report/message_data.hpp"
#include "report/run_data.hpp"
#include "report/story_data.hpp"
#include "report/value_data.hpp"

namespace mznode::app {

/// A text with its name.
struct Labelled {
  std::string label;
  std::string text;
  MZNODE_FIELDS(label, text)
};

/// The head of a page about a test or a history.
struct PageHead {
  std::string title;
  /// "yes", "no" or "unknown".
  std::string valid;
  /// What the checker demands.
  std::string demand;
  std::vector<Labelled> reasons;
  std::vector<Labelled> figures;
  std::vector<Labelled> settings;
  std::string replay;
  /// Empty for a history, which knows none; then `lanes` names the processes of each worker.
  std::vector<std::string> nodes;
  std::vector<std::string> lanes;
  std::int64_t workers = 0;
  std::int64_t duration = 0;
  MZNODE_FIELDS(title, valid, demand, reasons, figures, settings, replay, nodes, lanes, workers, duration)
};

struct PageData {
  PageHead head;
  EvidenceDrawings evidence;
  std::vector<FaultBand> faults;
  OperationColumns operations;
  Rates rates;
  SetColumns set;
  MessageColumns messages;
  MessageFates fates;
  std::vector<StoryColumns> stories;
  ValueColumns values;
  FinalReads reads;
  LogColumns logs;
  MZNODE_FIELDS(head, evidence, faults, operations, rates, set, messages, fates, stories, values, reads, logs)

  std::string page() const;
};

/// "yes", "no" or "unknown".
std::string valid_word(check::Valid valid);

}  // namespace mznode::app
