#include "kept_memory.hpp"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace mznode::app {

void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int largest = 1 << 30;
  constexpr int taken_at_a_time = 64 << 20;
  ::mallopt(M_MMAP_THRESHOLD, largest);
  ::mallopt(M_TRIM_THRESHOLD, largest);
  ::mallopt(M_TOP_PAD, taken_at_a_time);
#endif
}

}  // namespace mznode::app
