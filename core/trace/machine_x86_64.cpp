#include <elf.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>

#include <csignal>
#include <cstring>
#include <mutex>

#include "machine.hpp"

namespace mznode::trace {

Address clock_code_of(std::string_view vdso_function);

// ---- Registers

bool Registers::load(pid_t thread) {
  return ::ptrace(PTRACE_GETREGS, thread, nullptr, &raw_) == 0;
}

bool Registers::store(pid_t thread) const {
  return ::ptrace(PTRACE_SETREGS, thread, nullptr, const_cast<user_regs_struct*>(&raw_)) == 0;
}

std::uint64_t Registers::argument(int index) const {
  const unsigned long long* in_order[] = {&raw_.rdi, &raw_.rsi, &raw_.rdx, &raw_.r10, &raw_.r8, &raw_.r9};
  return *in_order[index];
}

void Registers::set_argument(int index, std::uint64_t value) {
  unsigned long long* in_order[] = {&raw_.rdi, &raw_.rsi, &raw_.rdx, &raw_.r10, &raw_.r8, &raw_.r9};
  *in_order[index] = value;
}

void Registers::set_numbered(unsigned index, std::uint64_t value, bool is_wide) {
  unsigned long long* in_order[] = {&raw_.rax, &raw_.rcx, &raw_.rdx, &raw_.rbx, &raw_.rsp, &raw_.rbp,
                                    &raw_.rsi, &raw_.rdi, &raw_.r8,  &raw_.r9,  &raw_.r10, &raw_.r11,
                                    &raw_.r12, &raw_.r13, &raw_.r14, &raw_.r15};
  *in_order[index & 15] = is_wide ? value : value & 0xFFFF'FFFF;
}

void Registers::set_carry_only() {
  constexpr std::uint64_t carry = 1;
  constexpr std::uint64_t others = 0x8D4;  // overflow, sign, zero, adjust, parity
  raw_.eflags = (raw_.eflags & ~others) | carry;
}

void Registers::set_counter(std::uint64_t value) {
  raw_.rax = value & 0xFFFF'FFFF;
  raw_.rdx = value >> 32;
}

// ---- The vDSO

namespace {

/// `movabs $to, %rax; jmp *%rax`
std::string jump_to(Address to) {
  std::string code = "\x48\xB8";
  code.append(reinterpret_cast<const char*>(&to), sizeof to);
  return code + "\xFF\xE0";
}

struct Dynamic {
  const Elf64_Sym* symbols = nullptr;
  const char* names = nullptr;
  std::size_t count = 0;
};

Dynamic dynamic_symbols(const char* image) {
  const auto* header = reinterpret_cast<const Elf64_Ehdr*>(image);
  const auto* sections = reinterpret_cast<const Elf64_Shdr*>(image + header->e_shoff);
  Dynamic found;
  for (int i = 0; i < header->e_shnum; ++i) {
    if (sections[i].sh_type != SHT_DYNSYM) continue;
    found.symbols = reinterpret_cast<const Elf64_Sym*>(image + sections[i].sh_offset);
    found.count = sections[i].sh_size / sizeof(Elf64_Sym);
    found.names = image + sections[sections[i].sh_link].sh_offset;
  }
  return found;
}

std::vector<VdsoPatch> find_vdso_patches() {
  std::vector<VdsoPatch> patches;
  // Our own: the kernel maps the same image into every process.
  const auto* image = reinterpret_cast<const char*>(::getauxval(AT_SYSINFO_EHDR));
  if (image == nullptr) return patches;
  const Dynamic dynamic = dynamic_symbols(image);
  for (std::size_t i = 0; i < dynamic.count; ++i) {
    const std::string_view name = dynamic.names + dynamic.symbols[i].st_name;
    constexpr std::string_view prefix = "__vdso_";
    if (!name.starts_with(prefix)) continue;
    if (const Address to = clock_code_of(name.substr(prefix.size())); to != 0) {
      patches.push_back({dynamic.symbols[i].st_value, jump_to(to)});
    }
  }
  return patches;
}

}  // namespace

const std::vector<VdsoPatch>& vdso_patches() {
  static const std::vector<VdsoPatch> patches = find_vdso_patches();
  return patches;
}

std::string_view call_and_trap() {
  return "\x0F\x05\xCC";
}

// ---- Instructions that must not reach the machine

namespace {

using Code = std::span<const unsigned char>;

bool has_at(Code code, std::size_t at, std::initializer_list<unsigned char> bytes) {
  if (at + bytes.size() > code.size()) return false;
  return std::equal(bytes.begin(), bytes.end(), code.begin() + static_cast<std::ptrdiff_t>(at));
}

/// RDRAND and RDSEED say by the carry whether they succeeded, so whoever uses them tests it at once.
bool tests_carry_soon(Code code, std::size_t at) {
  constexpr std::size_t soon = 14;
  for (std::size_t i = at; i < at + soon && i + 1 < code.size(); ++i) {
    const unsigned char first = code[i];
    const unsigned char second = code[i + 1];
    if (first == 0x72 || first == 0x73) return true;                       // jc, jnc
    if (first == 0x0F && (second == 0x82 || second == 0x83)) return true;  // jc, jnc, far
    if (first == 0x0F && (second == 0x92 || second == 0x93)) return true;  // setc, setnc
    if (first == 0x0F && (second == 0x42 || second == 0x43)) return true;  // cmovc, cmovnc
    if ((first == 0x19 || first == 0x1B || first == 0x11 || first == 0x13) && second >= 0xC0) return true;  // sbb, adc
  }
  return false;
}

/// The counter comes in two halves, which are put together at once, or is read behind a fence.
bool is_used_as_counter(Code code, std::size_t at, std::size_t behind) {
  constexpr std::size_t soon = 12;
  for (std::size_t i = behind; i < behind + soon; ++i) {
    if (has_at(code, i, {0x48, 0xC1, 0xE2, 0x20})) return true;
  }
  return at >= 3 && (has_at(code, at - 3, {0x0F, 0xAE, 0xE8}) || has_at(code, at - 3, {0x0F, 0xAE, 0xF0}));
}

}  // namespace

void find_leaks(Code code, const std::function<void(std::size_t, const Leak&)>& found) {
  for (std::size_t at = 0; at + 3 < code.size(); ++at) {
    const void* next = std::memchr(code.data() + at, 0x0F, code.size() - 3 - at);
    if (next == nullptr) return;
    at = static_cast<std::size_t>(static_cast<const unsigned char*>(next) - code.data());
    const unsigned char second = code[at + 1];
    if (second == 0xC7 && code[at + 2] >= 0xF0) {
      if (!tests_carry_soon(code, at + 3)) continue;
      const unsigned char before = at > 0 ? code[at - 1] : 0;
      const bool has_rex = before >= 0x40 && before <= 0x4F;
      Leak leak{.kind = Leak::Kind::random, .bytes = 3, .target = code[at + 2] & 7U, .width_bytes = 4};
      if (has_rex && (before & 1) != 0) leak.target += 8;
      if (has_rex && (before & 8) != 0) leak.width_bytes = 8;
      found(at, leak);
    } else if (second == 0x31 && is_used_as_counter(code, at, at + 2)) {
      found(at, {.kind = Leak::Kind::counter, .bytes = 2});
    } else if (second == 0x01 && code[at + 2] == 0xF9 && is_used_as_counter(code, at, at + 3)) {
      found(at, {.kind = Leak::Kind::counter, .bytes = 3});
    }
  }
}

// ---- The counter of the supervisor's own thread

namespace {

thread_local bool has_given_up_counter = false;
struct sigaction other_faults = {};

void on_fault(int signal, siginfo_t* info, void* context) {
  int mode = PR_TSC_ENABLE;
  // Who reads the counter gets it: the instruction is done again. Any other fault comes here a second time.
  if (info->si_code == SI_KERNEL && ::prctl(PR_GET_TSC, &mode, 0, 0, 0) == 0 && mode == PR_TSC_SIGSEGV) {
    take_back_counter();
  } else if ((other_faults.sa_flags & SA_SIGINFO) != 0) {
    other_faults.sa_sigaction(signal, info, context);
  } else if (other_faults.sa_handler != SIG_DFL && other_faults.sa_handler != SIG_IGN) {
    other_faults.sa_handler(signal);
  } else {
    ::signal(signal, SIG_DFL);
    ::raise(signal);  // the program ends of it
  }
}

void watch_faults() {
  struct sigaction action = {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  ::sigaction(SIGSEGV, &action, &other_faults);
}

}  // namespace

void give_up_counter() {
  if (has_given_up_counter) return;
  static std::once_flag watched;
  std::call_once(watched, watch_faults);
  has_given_up_counter = ::prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0) == 0;
}

void take_back_counter() {
  ::prctl(PR_SET_TSC, PR_TSC_ENABLE, 0, 0, 0);
  has_given_up_counter = false;
}

bool is_counter_read(Code code, Leak& leak) {
  leak.kind = Leak::Kind::counter;
  if (has_at(code, 0, {0x0F, 0x31})) {
    leak.bytes = 2;
    return true;
  }
  leak.bytes = 3;
  return has_at(code, 0, {0x0F, 0x01, 0xF9});
}

}  // namespace mznode::trace
