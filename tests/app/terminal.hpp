#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace mznode::testing_support {

/// The built `mznode` in a terminal of its own, which shows its output and its errors alike. Reading waits until what
/// is asked for is there.
class Terminal {
 public:
  /// `environment` are settings such as NO_COLOR=1, beside those of the test.
  Terminal(const std::vector<std::string>& arguments, unsigned short columns,
           const std::vector<std::string>& environment = {});
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal();

  /// Reads until `part` is shown; returns false when the program ends without it.
  bool wait_for(std::string_view part);
  /// What the key does in a terminal: it interrupts the program.
  void press_ctrl_c();
  /// Reads all that comes, and waits for the program. Returns its exit code; -1 when a signal ended it.
  int finish();
  const std::string& shown() const { return shown_; }

 private:
  bool pump();

  pid_t pid_ = -1;
  int master_ = -1;
  std::string shown_;
};

}  // namespace mznode::testing_support
