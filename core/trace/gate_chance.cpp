#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "gates.hpp"
#include "image.hpp"
#include "memory.hpp"
#include "process_files.hpp"

namespace mznode::trace {
namespace {

Outcome give_random(Tree& tree, const Thread& thread) {
  constexpr std::uint64_t most = 1 << 20;  // a call may give fewer than it was asked for
  const std::size_t count = std::min(thread.registers.argument(1), most);
  const std::string bytes = tree.entropy.bytes(count);
  const bool is_written = count == 0 || write_memory(thread.tid, thread.registers.argument(0), bytes.data(), count);
  return Outcome::result(is_written ? static_cast<std::int64_t>(count) : -EFAULT);
}

/// Opening the machine's source of chance opens a file of ours.
Outcome open_call(Tree& tree, Thread& thread) {
  const int path_at = thread.registers.number() == SYS_open ? 0 : 1;
  constexpr std::size_t longest = 16;  // nothing longer matters
  const auto path = read_text(thread.tid, thread.registers.argument(path_at), longest);
  if (!path || (*path != "/dev/urandom" && *path != "/dev/random")) return Outcome::allow();
  const int file = tree.entropy.file();
  if (file < 0) return Outcome::allow();
  const std::string ours = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(file);
  const Address scratch = thread.registers.scratch();
  if (!write_memory(thread.tid, scratch, ours.c_str(), ours.size() + 1)) return Outcome::allow();
  const std::uint64_t before = thread.registers.argument(path_at);
  thread.registers.set_argument(path_at, scratch);
  thread.changed = true;
  return Outcome::allow_then([&thread, path_at, before] {
    thread.registers.set_argument(path_at, before);
    thread.changed = true;
  });
}

/// Memory that a file of this path gives is the node's alone: it has no name, the name is a semaphore's of the C
/// library, or it lies in the node's own directory.
bool is_private(const Tree& tree, const std::string& path) {
  return !path.starts_with('/') || path.starts_with("/memfd:") || path.ends_with(" (deleted)") ||
         path.starts_with("/dev/shm/sem.") || path.starts_with("/dev/zero") || path.starts_with(tree.directory() + "/");
}

/// A library's code is looked through once it is there.
Outcome map_call(Tree& tree, Thread& thread) {
  if ((thread.registers.argument(2) & PROT_WRITE) != 0 && (thread.registers.argument(3) & MAP_SHARED) != 0) {
    const std::string path = path_of(thread.process->pid, static_cast<int>(thread.registers.argument(4)));
    if (!is_private(tree, path)) tree.escape("shares memory with whoever maps " + path);
  }
  if ((thread.registers.argument(2) & PROT_EXEC) == 0) return Outcome::allow();
  const std::uint64_t bytes = thread.registers.argument(1);
  const auto descriptor = static_cast<int>(thread.registers.argument(4));
  const std::uint64_t offset = thread.registers.argument(5);
  return Outcome::allow_then([&thread, bytes, descriptor, offset] {
    const std::int64_t at = thread.registers.result();
    constexpr std::int64_t largest_error = -4095;
    if (at < 0 && at >= largest_error) return;
    catch_leaks(thread.process->pid, descriptor, static_cast<Address>(at), bytes, offset, *thread.process->memory);
  });
}

}  // namespace

Outcome chance_call(Tree& tree, Thread& thread) {
  switch (thread.registers.number()) {
    case SYS_getrandom: return give_random(tree, thread);
    case SYS_mmap: return map_call(tree, thread);
    default: return open_call(tree, thread);
  }
}

/// What leads out of the node is let through, and written down.
Outcome escape_call(Tree& tree, Thread& thread) {
  const Registers& call = thread.registers;
  if (call.number() == SYS_signalfd || call.number() == SYS_signalfd4) {
    tree.escape("reads signals from a descriptor (signalfd)");
    return Outcome::allow();
  }
  if (call.number() == SYS_shmget) {
    tree.escape("shares memory with whoever knows its number (shmget)");
    return Outcome::allow();
  }
  const bool sends = call.number() == SYS_sendto;
  const auto family = read_value<sa_family_t>(thread.tid, call.argument(sends ? 4 : 1));
  if (!family) return Outcome::allow();
  if (sends) {
    if (*family == AF_INET || *family == AF_INET6) tree.escape("sent something to the network");
    if (*family == AF_UNIX) tree.escape("sent something to a socket of the machine");
    return Outcome::allow();
  }
  const bool binds = call.number() == SYS_bind;
  if (*family == AF_INET || *family == AF_INET6) {
    tree.escape(binds ? "opened a socket to listen on" : "connected to the network");
  } else if (*family == AF_UNIX && !binds) {
    sockaddr_un address = {};
    const std::size_t bytes = std::min<std::size_t>(call.argument(2), sizeof address - 1);
    read_memory(thread.tid, call.argument(1), &address, bytes);
    const std::string path = address.sun_path;
    // The cache of user names, which every C library asks first, and which is hardly ever there.
    if (path.find("nscd") == std::string::npos) tree.escape("connected to a socket of the machine");
  }
  return Outcome::allow();
}

}  // namespace mznode::trace
