#include "mznode/node/invariant.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace mznode::detail {

void end_for_broken_invariant(const char* what, std::initializer_list<std::uint64_t> values, const char* file,
                              int line) {
  std::string text = std::string("mznode: broken invariant: ") + what;
  for (const std::uint64_t* value = values.begin(); value != values.end(); ++value) {
    text += (value == values.begin() ? " (" : ", ") + std::to_string(*value);
  }
  if (values.size() > 0) text += ")";
  const std::string_view path = file;
  text += ", at " + std::string(path.substr(path.rfind('/') + 1)) + ":" + std::to_string(line) + "\n";
  // In one piece, past all that is buffered; there is nobody left to tell when it fails.
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text.data(), text.size());
  std::abort();
}

}  // namespace mznode::detail
