#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "mznode/check/history.hpp"

namespace mznode::check {

/// Jepsen's `:valid?`.
enum class Valid : std::uint8_t { yes, unknown, no };

/// The verdict that counts when both are given, as Jepsen's merge-valid: no before unknown before yes.
Valid worst(Valid a, Valid b);

/// What a checker found. `details` has the keys of Jepsen's and Maelstrom's results, `"valid?"` first.
struct Verdict {
  Valid valid = Valid::yes;
  nlohmann::ordered_json details = nlohmann::ordered_json::object();

  /// With the details' `"valid?"` set.
  explicit Verdict(Valid judged);
  /// A verdict of unknown, and why nothing can be said.
  static Verdict unknown(const std::string& error);
};

/// Verdicts under their names, and the worst of them under `"valid?"` (Jepsen, checker/compose).
Verdict compose(const std::vector<std::pair<std::string, Verdict>>& verdicts);

/// true, false or "unknown".
nlohmann::ordered_json to_details(Valid valid);
/// As it stands in the history; an integer beyond 64 bits and what is nested too deep for a tree become their text.
nlohmann::ordered_json to_details(const Json& value);
nlohmann::ordered_json to_details(const Operation& operation);

/// A key of a JSON object for any value: the characters of a string, the text of everything else.
std::string details_key(const Json& value);

}  // namespace mznode::check
