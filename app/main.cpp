#include <string>
#include <vector>

#include "commands.hpp"

int main(int argc, char** argv) {
  return mznode::app::run(std::vector<std::string>(argv + 1, argv + argc));
}
