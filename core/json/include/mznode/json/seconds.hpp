#pragma once

#include <cstdint>
#include <string>

namespace mznode {

/// A time in nanoseconds, from 0 on, as sentences tell it: "1.410 s".
std::string seconds_text(std::int64_t ns);

}  // namespace mznode
