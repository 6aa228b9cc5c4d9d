#pragma once

#include <linux/filter.h>

#include <vector>

namespace mznode::trace {

/// The program that the kernel asks at each call of the system of a node: it lets most calls through at full speed,
/// stops those that wait, tell the time or draw chance for the supervisor, and refuses those that could not be
/// supervised.
std::vector<sock_filter> call_filter();

}  // namespace mznode::trace
