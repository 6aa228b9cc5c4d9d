// mznode_lint FILE…: prints every finding as FILE:LINE: text; exits 1 when there is one, 2 when a file cannot be read.

#include <fstream>
#include <iostream>
#include <sstream>

#include "mznode_lint.hpp"

int main(int argc, char** argv) {
  int code = 0;
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i]);
    if (!file) {
      std::cerr << argv[i] << ": cannot be read\n";
      return 2;
    }
    std::ostringstream text;
    text << file.rdbuf();
    for (const auto& finding : mznode::lint::check_coroutines(text.str())) {
      std::cerr << argv[i] << ':' << finding.line << ": " << finding.text << '\n';
      code = 1;
    }
  }
  return code;
}
