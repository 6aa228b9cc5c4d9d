#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mznode/check/stats.hpp"
#include "mznode/check/verdict.hpp"
#include "mznode/sim/runner.hpp"

namespace mznode {

/// Messages, as Maelstrom's net.checker counts them: distinct ones, reads included.
struct NetworkFinding final : check::Finding {
  sim::Network::Stats stats;
  /// Operations that clients began.
  std::size_t operations = 0;

  /// Between servers, an operation; nothing when no operation was begun.
  std::optional<double> messages_per_op() const;
  std::optional<double> bytes_per_op() const;

  void write_to(nlohmann::ordered_json& details) const override;
};

/// What the bench itself did.
struct BenchFinding final : check::Finding {
  /// Operations a second that it was to begin and did begin; nothing when it was to begin none.
  struct Rate {
    double asked = 0;
    double reached = 0;
  };
  std::optional<Rate> rate = {};
  /// How late it was; nothing in virtual time.
  std::optional<sim::Lag> lag = {};

  void write_to(nlohmann::ordered_json& details) const override;
};

/// Nodes that Maelstrom would have stopped listening to, and replies that it would not have taken.
struct NodesFinding final : check::Finding {
  bool is_interrupted = false;
  std::vector<sim::NodeFailure> failures = {};
  /// The first of them.
  std::vector<std::string> malformed_replies = {};

  void write_to(nlohmann::ordered_json& details) const override;
  std::string reason() const override;
};

/// What is said of a test: each checker's verdict.
struct TestVerdict {
  check::Verdict perf{check::Valid::unknown};
  check::Verdict stats{check::Valid::unknown};
  check::Verdict availability{check::Valid::unknown};
  check::Verdict nodes{check::Valid::unknown};
  check::Verdict net{check::Valid::unknown};
  check::Verdict bench{check::Valid::unknown};
  /// That of the workload's own checker.
  check::Verdict workload{check::Valid::unknown};
  /// On the limits that the user has set, where there are any.
  std::optional<check::Verdict> expect = {};
  /// What is striking about a test that is not valid, a line each.
  std::vector<std::string> symptoms = {};
  /// What else was seen, which explains nothing where a story does: error replies, that Maelstrom lets it pass, and
  /// what a workload remarks even of a test that is valid. They stand behind the symptoms in results.json.
  std::vector<std::string> remarks = {};

  /// The worst of them.
  check::Valid valid() const;
  /// Each with the name that it has in results.json, in its order.
  std::vector<std::pair<std::string, const check::Verdict*>> parts() const;
  /// As results.json has it: with the keys of Maelstrom's results.edn.
  nlohmann::ordered_json to_details() const;

  /// What was found by the checkers that judge every test; of an interrupted one, too.
  const check::StatsFinding& stats_found() const;
  const check::AvailabilityFinding& availability_found() const;
  const check::PerfFinding& perf_found() const;
  const NetworkFinding& net_found() const;
  const BenchFinding& bench_found() const;
};

}  // namespace mznode
