#include "progress.hpp"

#include <unistd.h>

#include <iostream>

namespace mznode::app {

ProgressLine::ProgressLine() : is_terminal_(::isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(const std::string& text) {
  if (is_terminal_) std::cerr << "\r\033[K" << text << std::flush;
}

}  // namespace mznode::app
