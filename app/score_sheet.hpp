#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "challenges.hpp"
#include "mznode/check/verdict.hpp"
#include "seeds.hpp"
#include "test_options.hpp"

namespace mznode::app {

/// What one test of a challenge gave.
struct Attempt {
  check::Valid valid = check::Valid::unknown;
  std::vector<LimitsFinding::Measured> limits = {};
  std::optional<double> ok_fraction = {};
  double messages_per_op = 0;
  /// Median and maximum until elements are stable; nothing where nothing becomes stable.
  std::optional<double> stable_p50_ms = {};
  std::optional<double> stable_max_ms = {};
  /// What the test prints by itself, and where it is stored.
  std::string summary = {};
  std::string stored = {};
  /// When it is not valid: why, and the command that runs it again.
  std::string reasons = {};
  std::string replay = {};
  /// Why it ran in real time; empty in virtual time.
  std::string why_real = {};
  bool interrupted = false;
};

/// A challenge and what its tests gave, of each figure the worst.
struct Score {
  const Challenge* challenge = nullptr;
  /// The commands that it consists of, without their seeds.
  std::vector<std::string> commands;
  std::vector<std::uint64_t> seeds;
  /// The worst of all tests that were finished.
  Attempt worst = {.valid = check::Valid::yes};
  std::size_t finished = 0;
  /// Whether all tests of it were carried out to their ends.
  bool is_complete() const { return finished == commands.size() * seeds.size(); }
  /// yes when it is passed, unknown when that could not be judged.
  check::Valid passed() const;
};

/// Adds a test to a score: of each figure the worse one stays, of what explains a failure the first.
void add(Score& score, Attempt attempt);

/// "passed", "NOT PASSED" or "unknown", coloured on a terminal.
std::string passed_word(check::Valid passed);

/// A table of challenges for a person: passed or not, what was measured, how much of the narrowest limit is used, and
/// what others reached.
std::string score_sheet(const std::vector<Score>& scores);

/// One line for programs.
nlohmann::ordered_json score_json(const Score& score);

}  // namespace mznode::app
