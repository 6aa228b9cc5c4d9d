#pragma once

#include <string>
#include <vector>

#include "mznode/check/verdict.hpp"

/// What `mznode check` says of a history, and the forms in which it says it.
namespace mznode::app {

struct Judged {
  /// As the user named it.
  std::string file;
  check::Valid valid = check::Valid::unknown;
  /// What is wrong, or why nothing can be said, in a line; may be empty.
  std::string reason = {};
  /// What is wrong in words, lines that end with a line break.
  std::string explanation = {};
  /// The result as results.json holds it (check::to_details), as JSON text.
  std::string details = {};
  /// What a verdict of true rests on, where that is less than all.
  std::string reservation = {};
  /// A page about the history; empty where none was asked for.
  std::string page = {};
  /// Whether nothing that is added to the history can change the verdict: it is violated, and not for lack of time, or
  /// it cannot be read. Not packed.
  bool is_final = false;
};

/// As one text, for a pipe, and back.
std::string packed(const Judged& judged);
Judged unpacked(const std::string& text);

/// A history that cannot be judged, and why.
Judged not_judged(const std::string& file, const std::string& why);

/// "true", "false" or "unknown".
std::string judged_word(check::Valid valid);

/// FILE<TAB>true|false|unknown, a line; with `verbose` what it rests on follows.
std::string as_line(const Judged& judged, bool verbose);
/// A JSON object in a line: the file, the checker, and the result as results.json holds it.
std::string as_json(const Judged& judged, const std::string& checker);
/// JUnit's XML, as CI servers read it: a case a history; what is false failed, what is unknown is an error.
std::string as_junit(const std::vector<Judged>& all, const std::string& checker);
/// The Test Anything Protocol, version 13: a case a history; what is wrong stands below it as YAML.
std::string as_tap(const std::vector<Judged>& all);

}  // namespace mznode::app
