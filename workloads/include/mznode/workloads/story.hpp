#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mznode/sim/runner.hpp"
#include "mznode/workloads/test_verdict.hpp"

/// Why a test failed, as the few events that explain it. A story is derived from what was recorded, the history and the
/// messages, by cause and effect; where the cause is not known, it says what was seen last.
namespace mznode {

struct StoryEvent {
  /// Since the first operation; nothing for what belongs to no moment.
  std::optional<Duration> at = {};
  /// A sentence.
  std::string text = {};
  /// The index of the operation (its invocation or its completion) that it is about.
  std::optional<std::int64_t> operation = {};
  /// The id of the message that it is about.
  std::optional<std::uint64_t> message = {};
};

struct Story {
  /// What went wrong, in one line.
  std::string title;
  /// In the order in which they are told, which is that of time.
  std::vector<StoryEvent> events = {};
};

/// The stories of what the checker of the workload found, the plainest first; none of a test that is not invalid.
/// `nodes` are the names of the nodes, `workers` is the number of clients, each of which works on one node, in turn.
/// Without the messages of the run (RunOptions::keep_journal) they tell what the history alone tells.
std::vector<Story> stories(const sim::RunResult& run, const TestVerdict& verdict, const std::vector<std::string>& nodes,
                           std::size_t workers);

/// As results.json has them: `title` and `events`, each with `time-ms`, `text`, `operation` and `message`, where it has
/// them.
nlohmann::ordered_json to_details(const std::vector<Story>& stories);

}  // namespace mznode
