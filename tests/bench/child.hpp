#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mznode::bench {

/// Seconds on the monotonic clock.
double seconds();

/// A node as a child process, with pipes on its standard input and output. Throws std::runtime_error when it dies.
class Child {
 public:
  /// Starts `command` and waits for its init_ok.
  explicit Child(const std::vector<std::string>& command);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Ends it, by the end of its input or, when that does not help, by force.
  ~Child();

  void write(std::string_view text) const;
  /// At least one byte, or 0 at the end of its output.
  std::size_t read(std::span<char> to) const;
  /// Up to and with the next newline, provided that no further message can follow it.
  std::string read_line() const;

  /// From before the start of the process to its init_ok.
  double startup_seconds() const { return startup_seconds_; }
  double cpu_seconds() const;
  /// The most memory that it ever had resident.
  long peak_rss_kb() const;

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  double startup_seconds_ = 0;
};

}  // namespace mznode::bench
