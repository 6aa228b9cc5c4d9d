#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/descriptor.hpp"
#include "core/line_buffer.hpp"

namespace mznode::sim {

/// A child process that leads a process group of its own, at the other end of three pipes. Nothing here blocks, except
/// for the moment that a killed process needs to die.
class Child {
 public:
  /// Starts `program` in the directory for temporary files, as Maelstrom does. Throws std::invalid_argument when the
  /// system cannot run it.
  Child(const std::string& program, const std::vector<std::string>& arguments);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Kills it with all of its group and reaps it.
  ~Child();

  /// Sends a signal to the whole group: what the child has forked must not outlive it.
  void signal(int number);
  /// How the child ended, in words, if it did by itself; what is left of its group is killed then.
  std::optional<std::string> ending();

  Descriptor input;
  Descriptor output;
  Descriptor log;

 private:
  pid_t pid_ = -1;  // -1 once reaped: the number may be another process's from then on
};

enum class Read { some, nothing_yet, closed };
/// Reads once, as much as is there, up to the room of the buffer.
Read read_some(const Descriptor& from, LineBuffer& into, std::size_t& bytes);

enum class Write { some, full, closed };
/// Writes once what the pipe takes. No SIGPIPE comes of it.
Write write_some(const Descriptor& to, std::string_view text, std::size_t& bytes);

}  // namespace mznode::sim
