#pragma once

#include <sys/types.h>
#include <sys/user.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Everything that knows the processor: how a call of the system lies in registers, which instructions must not reach
/// the machine, and the code that answers for its clocks. Another processor is another file beside machine_x86_64.cpp.
namespace mznode::trace {

using Address = std::uint64_t;

/// The registers of a thread that stands at a call of the system.
class Registers {
 public:
  /// False when the thread is gone.
  bool load(pid_t thread);
  bool store(pid_t thread) const;

  long number() const { return static_cast<long>(raw_.orig_rax); }
  void set_number(long number) { raw_.orig_rax = static_cast<std::uint64_t>(number); }
  std::uint64_t argument(int index) const;
  void set_argument(int index, std::uint64_t value);
  std::int64_t result() const { return static_cast<std::int64_t>(raw_.rax); }
  void set_result(std::int64_t value) { raw_.rax = static_cast<std::uint64_t>(value); }
  Address instruction() const { return raw_.rip; }
  void set_instruction(Address at) { raw_.rip = at; }
  Address stack() const { return raw_.rsp; }

  /// Makes the call not happen and return this.
  void skip(std::int64_t value) {
    set_number(-1);
    set_result(value);
  }
  /// Makes a thread that stands before a call, or behind it, come to it again.
  void begin_anew() {
    constexpr Address call_bytes = 2;
    raw_.rip -= call_bytes;
    raw_.rax = raw_.orig_rax;
    raw_.orig_rax = ~0ULL;  // else the kernel might believe in a call that was interrupted
  }
  /// Below what the thread may still use of its stack.
  Address scratch() const { return (raw_.rsp - 1024) & ~Address{63}; }

  /// The register that an instruction names by its number, 0 to 15.
  void set_numbered(unsigned index, std::uint64_t value, bool is_wide);
  void set_carry_only();
  void set_counter(std::uint64_t value);

 private:
  user_regs_struct raw_ = {};
};

/// Where the code and the clock page lie in every process of a node.
inline constexpr Address code_address = 0x2000'0000'0000;
inline constexpr Address page_address = code_address + 0x1000;

/// The code that answers for the clocks, to be copied to `code_address`.
std::string_view clock_code();
/// True for an instruction of that code.
inline bool is_clock_code(Address at) {
  return at >= code_address && at < page_address;
}

/// A jump that overwrites the beginning of a function of the vDSO, `offset` bytes into it.
struct VdsoPatch {
  Address offset;
  std::string jump;
};
/// The patches that lead this kernel's vDSO to the clock code; the same for all processes.
const std::vector<VdsoPatch>& vdso_patches();

/// `syscall` and a trap behind it.
std::string_view call_and_trap();

/// An instruction that gives chance or the machine's time and cannot be caught otherwise.
struct Leak {
  enum class Kind : std::uint8_t { random, counter } kind;
  unsigned bytes = 0;
  unsigned target = 0;
  unsigned width_bytes = 8;
};
/// Looks for such instructions in code: calls back with the offset of each. What only looks like one is left alone, so
/// each must be followed by what compilers write behind it.
void find_leaks(std::span<const unsigned char> code, const std::function<void(std::size_t, const Leak&)>& found);
/// Finds out whether the instruction that a thread failed at reads the machine's counter.
bool is_counter_read(std::span<const unsigned char> code, Leak& leak);
/// The trap that takes the place of its first byte.
inline constexpr unsigned char trap_byte = 0xCC;

/// Takes the processor's counter from the calling thread too, as it is taken from the threads that it traces: a switch
/// between one that may read it and one that may not writes a control register, which costs a virtual machine as much
/// as all the rest of a stop. A read gives it back, so nothing of the program's own has to do without.
void give_up_counter();
/// Gives it back.
void take_back_counter();

}  // namespace mznode::trace
