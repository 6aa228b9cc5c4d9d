#pragma once

#include <poll.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clock.hpp"
#include "machine.hpp"
#include "mznode/node/descriptor.hpp"

namespace mznode::trace {

/// A memory that threads share; a process has one from its birth or its exec on.
struct AddressSpace {
  /// The instructions whose place a trap has taken.
  std::map<Address, Leak> traps;
};

/// A process of a node.
struct Process {
  pid_t pid = 0;
  /// The number that its programs see.
  pid_t shown_pid = 0;
  Process* parent = nullptr;
  Descriptor handle;  // a pidfd
  std::shared_ptr<AddressSpace> memory;
  bool is_ending = false;
  /// The processor time that it has used and that was charged to the node's clock.
  std::int64_t charged_ns = 0;
};

/// Why a thread stands still, before a call that it has not begun: a member for each thing that it may wait for.
struct Hold {
  enum class On : std::uint8_t { time, futex, descriptors, signal, child };
  explicit Hold(On what = On::time) : on(what) {}

  On on;
  LocalTime deadline = never;
  /// What the call returns when the deadline has come; nothing: it is let go on as it was decided before.
  std::optional<std::int64_t> at_deadline;
  /// Parts of its memory that are set to 0 then: what poll and select say about descriptors.
  std::vector<std::pair<Address, std::size_t>> cleared;
  /// One of these must be ready, on any of the events that poll knows.
  std::vector<pollfd> descriptors;
  /// None was when so much had happened (Tree::happenings).
  std::uint64_t none_ready_at = 0;
  /// A word, what it must still be, and the bits that a wake must have one of.
  Address word = 0;
  std::uint32_t expected = 0;
  std::uint32_t bits = 0;
  bool is_private = true;
  /// The child that is waited for, as it is shown; -1 for any.
  pid_t child = -1;
  /// The signals that are blocked in this call only.
  std::optional<std::uint64_t> blocked;
  /// The signals that this call takes although they are blocked.
  std::uint64_t awaited = 0;
};

/// A thread of a node; all but one of them stand still at any time. It has a member for each thing that a thread may be
/// in the middle of when it is stopped, as the kernel's own record of a thread has.
struct Thread {
  enum class State : std::uint8_t {
    runnable,   ///< goes on when it is its turn
    running,    ///< the one that runs
    held,       ///< waits, and its call has not begun
    in_kernel,  ///< waits in a call that was let go on, unforeseen
    vfork,      ///< its child uses its memory
    stopped,    ///< by a signal such as SIGSTOP
    dead,
  };

  pid_t tid = 0;
  Process* process = nullptr;
  State state = State::runnable;
  Registers registers;
  /// The registers are to be written before it goes on.
  bool changed = false;
  Hold hold;
  /// Orders those that wait for the same word.
  std::uint64_t held_since = 0;
  /// The signal that it meets when it goes on.
  int signal = 0;
  /// Called when its present call has ended.
  std::function<void()> at_exit;
  /// A call that was interrupted by a signal, while the kernel believes in another one.
  std::optional<long> interrupted;
  /// Its deadline, in case it is begun anew.
  struct Restart {
    Address instruction;
    long number;
    LocalTime deadline;
  };
  std::optional<Restart> restart;
  /// It stands before a call of which it is not decided yet what becomes of it...
  bool is_undecided = false;
  /// ... unless no thread has run since this one of the tree's executions, when it was found that it need not wait.
  std::uint64_t ready_at = 0;
  /// The thread that stands still while this one, its child, uses its memory.
  Thread* uses_memory_of = nullptr;
  bool is_in_exec = false;
  /// It is its process's first, and ends before the others.
  bool leaves_others = false;
  /// How often in a row it has yielded.
  unsigned yields = 0;
  /// How often in a row it has looked for something that was not there.
  unsigned vain_looks = 0;
  /// How many stops are left of its turn.
  unsigned turn = 0;
};

}  // namespace mznode::trace
