#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mznode::sim {

/// A line that a node wrote, taken apart.
struct OutputLine {
  std::string src;
  std::string dest;
  /// The text of an object; a view into the line.
  std::string_view body;
};

/// Takes a node's line apart as strictly as Maelstrom does (net.clj, Message): one JSON object with the strings src and
/// dest, an object as body, optionally an integer id, and nothing else. Returns what is wrong with it, if anything is.
/// The byte behind the line must be readable and a newline or NUL.
std::optional<std::string> parse_output(std::string_view line, OutputLine& result);

}  // namespace mznode::sim
