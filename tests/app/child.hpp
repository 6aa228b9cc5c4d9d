#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mznode::testing_support {

/// How a child process ended.
struct Exit {
  std::optional<int> code;
  std::optional<int> signal;
};

/// What a process came to, and what it wrote to its two streams.
struct Said {
  int code;
  std::string output;
  std::string log;
};

/// A child process with pipes for its three streams. Reading waits until what is asked for is there; nothing sleeps,
/// and a child that hangs is ended by the time-out of the test runner. What the test does not read is read by the end.
class Child {
 public:
  /// Runs the built `mznode`.
  explicit Child(const std::vector<std::string>& arguments) : Child(arguments, -1) {}
  /// The same with its output on a descriptor of the caller's.
  Child(const std::vector<std::string>& arguments, int output);
  /// Runs another program, named by its path.
  Child(const std::string& program, const std::vector<std::string>& arguments) : Child(program, arguments, -1) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  /// Writes everything; output is read meanwhile unless `read_output` is false, so that neither side waits for the
  /// other.
  void write(std::string_view bytes, bool read_output = true);
  /// Writes as much as the pipes take without the child's output being read; returns how much that was.
  std::size_t write_until_blocked(std::string_view bytes);
  void close_input();
  void close_output();
  void kill(int signal);
  /// The next line of its output without the line break; nothing at the end of the output.
  std::optional<std::string> read_line();
  /// Reads until a line of its log contains `part`; returns false at the end of the log.
  bool wait_for_log(std::string_view part);
  /// Closes the input, reads both streams to their ends and waits for the process.
  Exit finish();
  /// The same, and what it has written; -1 for the code of one that a signal has ended.
  Said said() {
    const Exit exit = finish();
    return {exit.code.value_or(-1), output(), log()};
  }

  /// The output that was read and not returned by read_line().
  const std::string& output() const { return output_; }
  const std::string& log() const { return log_; }
  /// The most memory that it has held so far, in KiB.
  long peak_resident_kib() const;
  pid_t pid() const { return pid_; }

 private:
  Child(const std::string& program, const std::vector<std::string>& arguments, int output);

  /// Reads what is there, waiting for at least something; returns false when both streams have ended.
  bool pump();

  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
  int err_ = -1;
  std::string output_;
  std::string log_;
  std::optional<Exit> exit_;
};

/// Splits into lines; the last one needs no line break.
std::vector<std::string> lines_of(std::string_view text);

/// The line that Maelstrom would write for a message to n1.
std::string line(std::string_view src, std::string_view body);

/// An `init` for node n1 among n1 and n2, msg_id 1.
std::string init_line();

/// An `echo` request of a client for the JSON text `payload`.
std::string echo_line(std::string_view payload, int msg_id = 2);

/// What the program is told so that it is an echo node.
inline const std::vector<std::string> echo_node = {"--workload", "echo"};

}  // namespace mznode::testing_support
