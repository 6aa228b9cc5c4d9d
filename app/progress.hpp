#pragma once

#include <string>

namespace mznode::app {

/// A line on standard error that tells how far long work has come; nothing where that is no terminal.
class ProgressLine {
 public:
  ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  /// Takes the line away.
  ~ProgressLine() { show(""); }

  bool is_shown() const { return is_terminal_; }
  /// Replaces the line.
  void show(const std::string& text);

 private:
  bool is_terminal_;
};

}  // namespace mznode::app
