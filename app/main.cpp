#include "mznode/bench.hpp"

int main(int argc, char** argv) {
  return mznode::bench::main(argc, argv, {});
}
