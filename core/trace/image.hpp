#pragma once

#include <sys/types.h>

#include "entropy.hpp"
#include "thread.hpp"

namespace mznode::trace {

/// Prepares a process that stands at the event of its exec, before its program's first instruction: maps the clock code
/// and the clock page, leads the vDSO to them, replaces the random bytes that the kernel gave it, and catches
/// instructions that draw chance. False when it could not be done, which happens when the process is being killed.
bool prepare_image(pid_t pid, int clock_file, Entropy& entropy, AddressSpace& memory);

/// Does the last of that for code of a library that was mapped; `descriptor` is the process's, open on the file.
void catch_leaks(pid_t pid, int descriptor, Address at, std::uint64_t bytes, std::uint64_t offset,
                 AddressSpace& memory);

}  // namespace mznode::trace
