#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands.hpp"

namespace mznode::app {

/// One of Fly.io's challenges (https://fly.io/dist-sys), as its page has it.
struct Challenge {
  std::string name;
  /// What it is about, in a few words.
  std::string task;
  std::string workload;
  /// The flags of each command line of the page, of which the node must pass all.
  std::vector<std::string> flags;
  /// The limits that the page sets, as --expect takes them; empty for none.
  std::string limits = {};
  /// The options by which this program's own nodes solve it; empty for the workload's first strategy.
  std::string own_options = {};
  /// The fewest messages between servers an operation that we found reported; nothing where nobody counts.
  std::optional<double> elsewhere = std::nullopt;
};

/// All of them, in their order.
const std::vector<Challenge>& challenges();

/// Throws std::invalid_argument, naming the nearest and all that exist.
const Challenge& find_challenge(std::string_view name);

/// The nodes that a file names for challenges: the program and its arguments, by the challenge.
struct ChallengeNode {
  const Challenge* challenge = nullptr;
  std::string program;
  Arguments arguments;
};

/// Reads a file of lines such as `3d,3e ./my-node --flag "two words"`: the challenges, separated by commas, the
/// program, and its arguments. Empty lines and what stands behind # are passed over. `name` is that of the file, for
/// errors. Throws std::invalid_argument with the number of the line: for a challenge that does not exist or is named
/// twice, for one without a program, for a quotation mark without its partner, and for a file without any.
std::vector<ChallengeNode> parse_challenge_nodes(const std::string& name, const std::string& text);

/// The words of a line, as a shell reads them: separated by blanks, with "…", '…' and \ for blanks in them, # before a
/// remark. Throws std::invalid_argument when a quotation mark has no partner.
Arguments words_of(std::string_view line);

}  // namespace mznode::app
