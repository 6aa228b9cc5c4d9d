#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <exception>
#include <string>

#include "mznode/node/descriptor.hpp"
#include "mznode/trace/traced_process.hpp"

namespace mznode::trace {
namespace {

/// Sleeps for an hour, and ends with status 0: `nanosleep({3600, 0}, 0); exit_group(0);`
constexpr unsigned char sleeper[] = {
    0x6A, 0x00,                                // push 0
    0x68, 0x10, 0x0E, 0x00, 0x00,              // push 3600
    0x48, 0x89, 0xE7,                          // mov %rsp, %rdi
    0x31, 0xF6,                                // xor %esi, %esi
    0xB8, 0x23, 0x00, 0x00, 0x00, 0x0F, 0x05,  // mov $35, %eax; syscall
    0x31, 0xFF,                                // xor %edi, %edi
    0xB8, 0xE7, 0x00, 0x00, 0x00, 0x0F, 0x05,  // mov $231, %eax; syscall
};

/// The smallest program file that the kernel takes.
std::string sleeper_file() {
  constexpr Elf64_Addr base = 0x400000;
  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_EXEC;
  header.e_machine = EM_X86_64;
  header.e_version = EV_CURRENT;
  header.e_entry = base + sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr);
  header.e_phoff = sizeof(Elf64_Ehdr);
  header.e_ehsize = sizeof(Elf64_Ehdr);
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 1;
  Elf64_Phdr segment = {};
  segment.p_type = PT_LOAD;
  segment.p_flags = PF_R | PF_X;
  segment.p_vaddr = segment.p_paddr = base;
  segment.p_filesz = segment.p_memsz = sizeof header + sizeof segment + sizeof sleeper;
  segment.p_align = 0x1000;
  std::string file;
  file.append(reinterpret_cast<const char*>(&header), sizeof header);
  file.append(reinterpret_cast<const char*>(&segment), sizeof segment);
  file.append(reinterpret_cast<const char*>(sleeper), sizeof sleeper);
  return file;
}

std::optional<std::string> try_it_out() {
  const Descriptor file(::memfd_create("mznode-probe", MFD_CLOEXEC));
  const std::string program = sleeper_file();
  if (!file.is_open() || ::write(file.get(), program.data(), program.size()) != static_cast<ssize_t>(program.size())) {
    return "the system gives no anonymous files (memfd_create)";
  }
  const std::string path = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(file.get());
  try {
    Tracer tracer;
    TraceLimits limits;
    limits.stall = 2s;
    TracedProcess probe(tracer, {.path = path, .arguments = {}, .environment = {}, .directory = "/"},
                        {.seed = 0, .schedule = Schedule::plain, .shown_pid = 1000}, limits, Time(),
                        {.output = [](std::string_view, Time) { return true; }, .log = [](std::string_view) {}});
    probe.run(Time());
    constexpr Time in_an_hour = Time(std::chrono::hours(1));
    if (probe.ending() || probe.next_deadline() != in_an_hour) return "a process that sleeps is not held here";
    probe.run(in_an_hour);
    if (probe.ending() != "exited with status 0") return "a process that was held does not go on here";
  } catch (const std::exception& error) {
    return error.what();
  }
  return std::nullopt;
}

}  // namespace

const std::optional<std::string>& unavailable() {
  static const std::optional<std::string> reason = try_it_out();
  return reason;
}

}  // namespace mznode::trace
