#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mznode/node/descriptor.hpp"
#include "mznode/node/line_buffer.hpp"
#include "process_keeper.hpp"

namespace mznode::sim {

/// A child process at the other end of three pipes, with all that descends from it. Nothing here blocks, except for the
/// moments that a process needs to be born or, when it is killed, to die.
class Child {
 public:
  /// Starts `program` in the directory for temporary files, as Maelstrom does. Throws std::invalid_argument when the
  /// system cannot run it.
  Child(const std::string& program, const std::vector<std::string>& arguments);
  /// Sends a signal to it and all that descends from it.
  void signal(int number) { keeper_->signal(number); }
  /// How the child ended, in words, if it did by itself; whatever it has left behind is killed then.
  std::optional<std::string> ending();
  /// Whether it has ended; ending() may tell how a moment later.
  bool has_ended() const { return keeper_->program_has_ended(); }
  /// The process from which the child and all that it starts descend.
  pid_t root() const { return keeper_->pid(); }

  Descriptor input;
  Descriptor output;
  Descriptor log;

 private:
  /// Kills them all in the end.
  std::optional<Keeper> keeper_;
};

enum class ReadOutcome { some, nothing_yet, closed };
/// Reads once, as much as is there, up to the room of the buffer.
ReadOutcome read_some(const Descriptor& from, LineBuffer& into, std::size_t& bytes);

enum class WriteOutcome { some, full, closed };
/// Writes once what the pipe takes. No SIGPIPE comes of it.
WriteOutcome write_some(const Descriptor& to, std::string_view text, std::size_t& bytes);

}  // namespace mznode::sim
