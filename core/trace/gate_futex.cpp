#include <linux/futex.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>

#include "gates.hpp"
#include "memory.hpp"

// Futexes are played by the supervisor: the kernel never sees one of these waits. A word is compared, and a thread put
// in the queue, while all other threads stand still, so no wake is lost. Those with priority inheritance are let
// through.
namespace mznode::trace {
namespace {

/// A place that several memories share: the file behind it, and where in it.
std::optional<std::string> shared_place(pid_t process, Address word) {
  std::ifstream maps("/proc/" + std::to_string(process) + "/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream parts(line);
    Address begin = 0;
    Address end = 0;
    Address offset = 0;
    char dash = 0;
    std::string rights;
    std::string device;
    std::string inode;
    parts >> std::hex >> begin >> dash >> end >> rights >> offset >> device >> inode;
    if (word < begin || word >= end) continue;
    if (rights.size() < 4 || rights[3] != 's') return std::nullopt;
    return device + " " + inode + " " + std::to_string(offset + (word - begin));
  }
  return std::nullopt;
}

/// Who is looked for among those that wait.
struct Call {
  const Process& process;
  Address word;
  bool is_private;
  std::uint32_t bits = FUTEX_BITSET_MATCH_ANY;
};

bool is_same_word(const Call& call, const Thread& waiting) {
  const Hold& hold = waiting.hold;
  if (waiting.process->memory == call.process.memory) return hold.word == call.word;
  if (call.is_private || hold.is_private) return false;
  const auto wanted = shared_place(call.process.pid, call.word);
  return wanted && shared_place(waiting.process->pid, hold.word) == wanted;
}

/// Those that wait for this word, longest first.
std::vector<Thread*> waiting_for(const Tree& tree, const Call& call) {
  std::vector<Thread*> found;
  for (const auto& thread : tree.threads()) {
    const bool waits = thread->state == Thread::State::held && thread->hold.on == Hold::On::futex;
    if (waits && (thread->hold.bits & call.bits) != 0 && is_same_word(call, *thread)) found.push_back(thread.get());
  }
  std::sort(found.begin(), found.end(), [](const Thread* a, const Thread* b) { return a->held_since < b->held_since; });
  return found;
}

std::int64_t wake(Tree& tree, const Call& call, std::int64_t count) {
  std::int64_t woken = 0;
  for (Thread* thread : waiting_for(tree, call)) {
    if (woken >= std::max<std::int64_t>(count, 1)) break;  // the kernel wakes one for 0, too
    tree.release(*thread, 0);
    ++woken;
  }
  return woken;
}

Outcome wait(Tree& tree, Thread& thread, int operation, bool is_private) {
  const Registers& call = thread.registers;
  const auto word = read_value<std::uint32_t>(thread.tid, call.argument(0));
  if (!word) return Outcome::result(-EFAULT);
  const auto expected = static_cast<std::uint32_t>(call.argument(2));
  if (*word != expected) return Outcome::result(-EAGAIN);
  Hold hold(Hold::On::futex);
  hold.at_deadline = -ETIMEDOUT;
  hold.word = call.argument(0);
  hold.expected = expected;
  hold.is_private = is_private;
  const bool has_bits = (operation & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET;
  hold.bits = has_bits ? static_cast<std::uint32_t>(call.argument(5)) : FUTEX_BITSET_MATCH_ANY;
  if (hold.bits == 0) return Outcome::result(-EINVAL);
  if (const Address limit_at = call.argument(3); limit_at != 0) {
    const auto limit = read_time(thread.tid, limit_at);
    if (!limit) return Outcome::result(-EINVAL);
    if (!has_bits) {
      hold.deadline = later(tree.clock.now(), *limit);
    } else if ((operation & FUTEX_CLOCK_REALTIME) != 0 && *limit != never) {
      hold.deadline = *limit - tree.clock.wall_offset();
    } else {
      hold.deadline = *limit;
    }
  }
  return Outcome::wait(std::move(hold));
}

/// Wakes some, and lets the others wait for another word.
Outcome requeue(Tree& tree, Thread& thread, bool compares, bool is_private) {
  const Registers& call = thread.registers;
  if (compares) {
    const auto word = read_value<std::uint32_t>(thread.tid, call.argument(0));
    if (!word) return Outcome::result(-EFAULT);
    if (*word != static_cast<std::uint32_t>(call.argument(5))) return Outcome::result(-EAGAIN);
  }
  const Call from{*thread.process, call.argument(0), is_private};
  const auto to_wake = static_cast<std::int32_t>(call.argument(2));
  const auto to_move = static_cast<std::int32_t>(call.argument(3));
  std::int64_t woken = 0;
  std::int64_t moved = 0;
  for (Thread* waiting : waiting_for(tree, from)) {
    if (woken < to_wake) {
      tree.release(*waiting, 0);
      ++woken;
    } else if (moved < to_move) {
      waiting->hold.word = call.argument(4);
      ++moved;
    }
  }
  return Outcome::result(woken + (compares ? moved : 0));
}

std::uint32_t changed_word(std::uint32_t word, unsigned operation, std::uint32_t argument) {
  switch (operation) {
    case FUTEX_OP_SET: return argument;
    case FUTEX_OP_ADD: return word + argument;
    case FUTEX_OP_OR: return word | argument;
    case FUTEX_OP_ANDN: return word & ~argument;
    default: return word ^ argument;
  }
}

bool compare_word(std::uint32_t word, unsigned comparison, std::uint32_t argument) {
  const auto a = static_cast<std::int32_t>(word);
  const auto b = static_cast<std::int32_t>(argument);
  switch (comparison) {
    case FUTEX_OP_CMP_EQ: return a == b;
    case FUTEX_OP_CMP_NE: return a != b;
    case FUTEX_OP_CMP_LT: return a < b;
    case FUTEX_OP_CMP_LE: return a <= b;
    case FUTEX_OP_CMP_GT: return a > b;
    default: return a >= b;
  }
}

Outcome wake_and_change(Tree& tree, Thread& thread, bool is_private) {
  const Registers& call = thread.registers;
  const auto code = static_cast<std::uint32_t>(call.argument(5));
  const auto word = read_value<std::uint32_t>(thread.tid, call.argument(4));
  if (!word) return Outcome::result(-EFAULT);
  const auto sign_extended = [](std::uint32_t twelve_bits) {
    return (twelve_bits & 0x800) != 0 ? twelve_bits | 0xFFFF'F000 : twelve_bits;
  };
  std::uint32_t argument = sign_extended(code >> 12 & 0xFFF);
  if ((code >> 31) != 0) argument = 1U << (argument & 31);
  if (!write_value(thread.tid, call.argument(4), changed_word(*word, code >> 28 & 7, argument))) {
    return Outcome::result(-EFAULT);
  }
  std::int64_t woken = wake(tree, {*thread.process, call.argument(0), is_private}, static_cast<int>(call.argument(2)));
  if (compare_word(*word, code >> 24 & 15, sign_extended(code & 0xFFF))) {
    woken += wake(tree, {*thread.process, call.argument(4), is_private}, static_cast<int>(call.argument(3)));
  }
  return Outcome::result(woken);
}

}  // namespace

Outcome futex_call(Tree& tree, Thread& thread) {
  const Registers& call = thread.registers;
  const auto operation = static_cast<int>(call.argument(1));
  const bool is_private = (operation & FUTEX_PRIVATE_FLAG) != 0;
  const Call here{*thread.process, call.argument(0), is_private};
  const auto count = static_cast<int>(call.argument(2));
  switch (operation & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET: return wait(tree, thread, operation, is_private);
    case FUTEX_WAKE: return Outcome::result(wake(tree, here, count));
    case FUTEX_WAKE_BITSET: {
      Call some = here;
      some.bits = static_cast<std::uint32_t>(call.argument(5));
      return some.bits == 0 ? Outcome::result(-EINVAL) : Outcome::result(wake(tree, some, count));
    }
    case FUTEX_REQUEUE: return requeue(tree, thread, false, is_private);
    case FUTEX_CMP_REQUEUE: return requeue(tree, thread, true, is_private);
    case FUTEX_WAKE_OP: return wake_and_change(tree, thread, is_private);
    default: return Outcome::allow();
  }
}

}  // namespace mznode::trace
