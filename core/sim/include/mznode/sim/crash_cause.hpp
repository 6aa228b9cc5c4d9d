#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mznode::sim {

/// Reads a node's log for what ended it: the words with which the runtimes of languages tell of an exception that
/// nobody caught, a panic, a failed assertion, or what a sanitizer found (C++, Go, Java, JavaScript, .NET, Python,
/// Ruby, Rust). What is logged of exceptions that were caught has the same form, so the last one counts.
class CrashCause {
 public:
  void take(std::string_view line);

  /// "RuntimeError: no handler, caused by KeyError: 'read'"; empty when nothing was found.
  std::string words() const;
  /// The lines from the one on that tells of it, the first of them.
  const std::vector<std::string>& lines() const { return lines_; }
  /// How many lines were taken from there on; 0 when nothing was found.
  std::size_t age() const { return age_; }

 private:
  void begin(std::string words);
  void caused_by(std::string_view words);
  bool takes_details(std::string_view line);

  /// What the next line adds to what was said.
  enum class Expected { nothing, message, what };
  Expected expected_ = Expected::nothing;
  /// What was thrown last, and what was the cause of that at the bottom.
  std::string thrown_, cause_;
  std::vector<std::string> lines_;
  std::size_t age_ = 0;
  /// The next exception is thrown because of the one before.
  bool is_chained_ = false;
  /// What follows is a dump of everything, in which nothing more is told.
  bool is_dump_ = false;
  bool is_traceback_ = false;
  bool is_backtrace_ = false;
};

}  // namespace mznode::sim
