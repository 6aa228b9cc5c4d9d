#pragma once

#include <sys/types.h>

#include "mznode/node/descriptor.hpp"
#include "mznode/trace/traced_process.hpp"

namespace mznode::trace {

/// A process that is about to run a program, and our ends of its standard streams, which do not block.
struct Spawned {
  pid_t pid = -1;
  Descriptor input;
  Descriptor output;
  Descriptor log;
};

/// Makes a process with the filter of calls, seized by the calling thread, and brings it to the event of its exec.
/// Throws std::invalid_argument when the program cannot be run, std::system_error when the system refuses the rest.
Spawned spawn_traced(const Program& program);

}  // namespace mznode::trace
