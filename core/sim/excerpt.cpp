#include "mznode/sim/excerpt.hpp"

#include "mznode/json/printable.hpp"
#include "mznode/json/scanner.hpp"

namespace mznode::sim {

std::string excerpt(std::string_view text, std::size_t limit) {
  const std::string_view shown = whole_characters(text, limit);
  std::string result = printable(shown);
  if (shown.size() < text.size()) result += " … (" + std::to_string(text.size()) + " bytes)";
  return result;
}

}  // namespace mznode::sim
