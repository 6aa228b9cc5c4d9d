#include "machine.hpp"

// The functions that take the place of the vDSO's. They run in the node, at a fixed address, so they are written
// without a compiler: whatever instruments ours (sanitizers, coverage) must not end up in a node.
//
// Page: +0 monotonic ns, +8 calendar offset ns, +16 tick ns, +24 reads. Every 1,024th read makes a real call of
// sched_yield, which the supervisor sees: there it can switch threads, and lengthen the ticks.
asm(R"(
  .pushsection .rodata.mznode_clock, "a", @progbits
  .balign 64
mznode_clock_code:
mznode_read_clock:
  movabs $0x200000001000, %r8
  mov $1, %eax
  lock xaddq %rax, 24(%r8)
  inc %rax
  test $1023, %eax
  jnz 1f
  mov $24, %eax
  syscall
1:
  mov 16(%r8), %rax
  mov %rax, %r9
  lock xaddq %rax, (%r8)
  add %r9, %rax
  ret

  .balign 16
mznode_clock_gettime:
  cmp $15, %edi
  ja 2f
  cmp $11, %edi
  ja 3f
  cmp $10, %edi
  je 3f
2:
  call mznode_read_clock
  cmp $0, %edi
  je 4f
  cmp $5, %edi
  je 4f
  cmp $8, %edi
  je 4f
  cmp $11, %edi
  jne 5f
4:
  add 8(%r8), %rax
5:
  xor %edx, %edx
  mov $1000000000, %ecx
  div %rcx
  mov %rax, (%rsi)
  mov %rdx, 8(%rsi)
  xor %eax, %eax
  ret
3:
  mov $-22, %rax
  ret

  .balign 16
mznode_gettimeofday:
  test %rdi, %rdi
  jz 1f
  call mznode_read_clock
  add 8(%r8), %rax
  xor %edx, %edx
  mov $1000000000, %ecx
  div %rcx
  mov %rax, (%rdi)
  mov %rdx, %rax
  xor %edx, %edx
  mov $1000, %ecx
  div %rcx
  mov %rax, 8(%rdi)
1:
  test %rsi, %rsi
  jz 2f
  movq $0, (%rsi)
2:
  xor %eax, %eax
  ret

  .balign 16
mznode_time:
  call mznode_read_clock
  add 8(%r8), %rax
  xor %edx, %edx
  mov $1000000000, %ecx
  div %rcx
  test %rdi, %rdi
  jz 1f
  mov %rax, (%rdi)
1:
  ret

  .balign 16
mznode_clock_getres:
  test %rsi, %rsi
  jz 1f
  movq $0, (%rsi)
  movq $1, 8(%rsi)
1:
  xor %eax, %eax
  ret

  .balign 16
mznode_getcpu:
  test %rdi, %rdi
  jz 1f
  movl $0, (%rdi)
1:
  test %rsi, %rsi
  jz 2f
  movl $0, (%rsi)
2:
  xor %eax, %eax
  ret

  .balign 16
mznode_getrandom:
  mov $-38, %rax
  ret
mznode_clock_code_end:
  .popsection
)");

extern "C" {
extern const char mznode_clock_code[];
extern const char mznode_clock_code_end[];
extern const char mznode_clock_gettime[];
extern const char mznode_gettimeofday[];
extern const char mznode_time[];
extern const char mznode_clock_getres[];
extern const char mznode_getcpu[];
extern const char mznode_getrandom[];
}

namespace mznode::trace {

std::string_view clock_code() {
  return {mznode_clock_code, static_cast<std::size_t>(mznode_clock_code_end - mznode_clock_code)};
}

/// Where a function of the vDSO is answered; 0 for one that is left alone.
Address clock_code_of(std::string_view vdso_function) {
  struct Answer {
    std::string_view name;
    const char* code;
  };
  static const Answer answers[] = {
      {"clock_gettime", mznode_clock_gettime},
      {"gettimeofday", mznode_gettimeofday},
      {"time", mznode_time},
      {"clock_getres", mznode_clock_getres},
      {"getcpu", mznode_getcpu},
      {"getrandom", mznode_getrandom},
  };
  for (const Answer& answer : answers) {
    if (vdso_function == answer.name) return code_address + static_cast<Address>(answer.code - mznode_clock_code);
  }
  return 0;
}

}  // namespace mznode::trace
