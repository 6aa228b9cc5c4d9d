#include "progress.hpp"

#include <unistd.h>

#include <iostream>

namespace mznode::app {

Progress::Progress() : is_terminal_(::isatty(STDERR_FILENO) == 1) {}

void Progress::show(const std::string& text) {
  if (is_terminal_) std::cerr << "\r\033[K" << text << std::flush;
}

}  // namespace mznode::app
