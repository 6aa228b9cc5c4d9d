#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "mznode/check/history.hpp"

namespace mznode::check {

/// Jepsen's `:valid?`.
enum class Valid : std::uint8_t { yes, unknown, no };

/// The verdict that counts when both are given, as Jepsen's merge-valid: no before unknown before yes.
Valid worst(Valid a, Valid b);

/// What a checker found, as data of its own type: a class derived from this one, which is also the only one that knows
/// how its data are written. Whoever wants one of the data asks Verdict::found for the class and reads the member.
class Finding {
 public:
  Finding() = default;
  Finding(const Finding&) = default;
  Finding& operator=(const Finding&) = default;
  virtual ~Finding() = default;

  /// Adds its members to a result, under the keys of Jepsen's and Maelstrom's results.
  virtual void write_to(nlohmann::ordered_json& details) const = 0;
  /// What is wrong, in one line for a person, such as "lost [1,2]"; empty where the verdict's error says it.
  virtual std::string reason() const { return {}; }
};

/// What a checker says of a history.
struct Verdict {
  Valid valid = Valid::yes;
  /// What is wrong, or why nothing can be said, in one line; may be empty where findings tell it.
  std::string error = {};
  /// What is wrong in words, a line each.
  std::vector<std::string> explanation = {};
  /// Whether all that is wrong may be for lack of time: something was not seen, or not answered, yet. Not so when
  /// anything is wrong however long one waits.
  bool may_lack_time = false;
  /// What was found, whoever found it.
  std::vector<std::shared_ptr<const Finding>> findings = {};

  explicit Verdict(Valid judged) : valid(judged) {}
  /// A verdict of unknown, and why nothing can be said.
  static Verdict unknown(std::string error);

  /// Adds what was found.
  template <class Kind>
  void add(Kind finding) {
    findings.push_back(std::make_shared<Kind>(std::move(finding)));
  }
  /// The finding of this kind; null when there is none.
  template <class Kind>
  const Kind* found() const {
    for (const auto& finding : findings) {
      if (const auto* wanted = dynamic_cast<const Kind*>(finding.get())) return wanted;
    }
    return nullptr;
  }
};

/// A result as it is stored: `"valid?"`, `error`, `may-lack-time`, what was found, and `explanation`; what is empty is
/// left out.
nlohmann::ordered_json to_details(const Verdict& verdict);
/// Why a verdict is not yes, in one line: its error, and the reasons of what was found.
std::string reason(const Verdict& verdict);

/// true, false or "unknown".
nlohmann::ordered_json to_details(Valid valid);
/// As it stands in the history; an integer beyond 64 bits and what is nested too deep for a tree become their text.
nlohmann::ordered_json to_details(const Json& value);
nlohmann::ordered_json to_details(const Operation& operation);
nlohmann::ordered_json to_details(const std::vector<Json>& values);
/// By value, how often it was there.
nlohmann::ordered_json to_details(const std::vector<std::pair<Json, std::size_t>>& counts);

/// The first of many values, and how many there are: "[1,2,3,…] (42)"; all of a few.
std::string few_of(const std::vector<Json>& values);

/// A key of a JSON object for any value: the characters of a string, the text of everything else.
std::string details_key(const Json& value);

}  // namespace mznode::check
