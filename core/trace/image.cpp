#include "image.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <initializer_list>

#include "leaks.hpp"
#include "memory.hpp"

namespace mznode::trace {
namespace {

/// Lets a process go on until its next stop; false when it has died.
bool step(pid_t pid, int request, int& status) {
  if (::ptrace(static_cast<__ptrace_request>(request), pid, nullptr, 0) != 0) return false;
  while (::waitpid(pid, &status, __WALL) != pid) {
    if (errno != EINTR) return false;
  }
  return WIFSTOPPED(status);
}

/// Makes a process do calls of the system that its program knows nothing of.
class RemoteCalls {
 public:
  /// The process stands at the end of a call.
  explicit RemoteCalls(pid_t pid) : pid_(pid) {
    const std::string_view code = call_and_trap();
    is_good_ = before_.load(pid) && read_memory(pid, before_.instruction(), saved_.data(), code.size()) &&
               write_code(pid, before_.instruction(), code);
  }
  RemoteCalls(const RemoteCalls&) = delete;
  RemoteCalls& operator=(const RemoteCalls&) = delete;
  ~RemoteCalls() {
    write_code(pid_, before_.instruction(), {saved_.data(), call_and_trap().size()});
    before_.store(pid_);
  }

  Address scratch() const { return before_.scratch(); }

  std::int64_t call(long number, std::initializer_list<std::uint64_t> arguments) {
    if (!is_good_) return -ESRCH;
    Registers registers = before_;
    registers.skip(number);  // the number goes where a result does
    int index = 0;
    for (const std::uint64_t argument : arguments) registers.set_argument(index++, argument);
    if (!registers.store(pid_)) return -ESRCH;
    int status = 0;
    do {
      if (!step(pid_, PTRACE_CONT, status)) return -ESRCH;
    } while (status >> 16 == PTRACE_EVENT_SECCOMP);
    if (WSTOPSIG(status) != SIGTRAP || !registers.load(pid_)) return -ESRCH;
    return registers.result();
  }

 private:
  pid_t pid_;
  Registers before_;
  std::array<char, 16> saved_ = {};
  bool is_good_ = false;
};

bool map_clock(pid_t pid, int clock_file) {
  RemoteCalls remote(pid);
  const std::string path = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(clock_file);
  const Address scratch = remote.scratch();
  if (!write_memory(pid, scratch, path.c_str(), path.size() + 1)) return false;
  const std::int64_t file =
      remote.call(SYS_openat, {static_cast<std::uint64_t>(AT_FDCWD), scratch, O_RDWR | O_CLOEXEC, 0});
  if (file < 0) return false;
  const auto descriptor = static_cast<std::uint64_t>(file);
  const auto is_at = [](std::int64_t result, Address wanted) { return static_cast<Address>(result) == wanted; };
  const bool is_mapped = is_at(remote.call(SYS_mmap, {page_address, Clock::page_bytes, PROT_READ | PROT_WRITE,
                                                      MAP_SHARED | MAP_FIXED, descriptor, 0}),
                               page_address) &&
                         is_at(remote.call(SYS_mmap, {code_address, Clock::page_bytes, PROT_READ | PROT_EXEC,
                                                      MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, ~std::uint64_t{0}, 0}),
                               code_address);
  remote.call(SYS_close, {descriptor});
  return is_mapped;
}

struct Auxiliary {
  Address random = 0;
  Address vdso = 0;
  Address entry = 0;
};

/// What the kernel tells a new program about itself.
bool read_auxiliary(pid_t pid, Auxiliary& result) {
  const std::string path = "/proc/" + std::to_string(pid) + "/auxv";
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<Elf64_auxv_t, 64> entries = {};
  const ssize_t bytes = file.is_open() ? ::read(file.get(), entries.data(), sizeof entries) : -1;
  if (bytes <= 0) return false;
  for (std::size_t i = 0; i < static_cast<std::size_t>(bytes) / sizeof entries[0]; ++i) {
    const auto value = entries[i].a_un.a_val;
    switch (entries[i].a_type) {
      case AT_RANDOM: result.random = value; break;
      case AT_SYSINFO_EHDR: result.vdso = value; break;
      case AT_ENTRY: result.entry = value; break;
      default: break;
    }
  }
  return true;
}

void set_trap(pid_t pid, Address at, const Leak& leak, AddressSpace& memory) {
  const char trap = static_cast<char>(trap_byte);
  if (write_code(pid, at, {&trap, 1})) memory.traps[at] = leak;
}

}  // namespace

bool prepare_image(pid_t pid, int clock_file, Entropy& entropy, AddressSpace& memory) {
  int status = 0;
  // To the end of the call of exec, whose result would overwrite a register.
  if (!step(pid, PTRACE_SYSCALL, status)) return false;
  Auxiliary auxiliary;
  if (!read_auxiliary(pid, auxiliary)) return false;
  constexpr std::size_t random_bytes = 16;
  const std::string random = entropy.bytes(random_bytes);
  if (auxiliary.random != 0 && !write_memory(pid, auxiliary.random, random.data(), random.size())) return false;
  if (!map_clock(pid, clock_file) || !write_code(pid, code_address, clock_code())) return false;
  if (auxiliary.vdso != 0) {
    for (const VdsoPatch& patch : vdso_patches()) {
      if (!write_code(pid, auxiliary.vdso + patch.offset, patch.jump)) return false;
    }
  }
  const auto leaks = leaks_of_file("/proc/" + std::to_string(pid) + "/exe");
  for (const FileLeaks::Place& place : leaks->places) {
    set_trap(pid, auxiliary.entry - leaks->entry + place.address, place.leak, memory);
  }
  return true;
}

void catch_leaks(pid_t pid, int descriptor, Address at, std::uint64_t bytes, std::uint64_t offset,
                 AddressSpace& memory) {
  memory.traps.erase(memory.traps.lower_bound(at), memory.traps.lower_bound(at + bytes));
  const auto leaks = leaks_of_file("/proc/" + std::to_string(pid) + "/fd/" + std::to_string(descriptor));
  for (const FileLeaks::Place& place : leaks->places) {
    if (place.offset < offset || place.offset - offset >= bytes) continue;
    set_trap(pid, at + (place.offset - offset), place.leak, memory);
  }
}

}  // namespace mznode::trace
