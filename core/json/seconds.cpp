#include "mznode/json/seconds.hpp"

namespace mznode {

std::string seconds_text(std::int64_t ns) {
  constexpr std::int64_t ns_per_ms = 1'000'000;
  const std::int64_t ms = (ns + ns_per_ms / 2) / ns_per_ms;
  return std::to_string(ms / 1000) + "." + std::to_string(1000 + ms % 1000).substr(1) + " s";
}

}  // namespace mznode
