#include <mznode/mznode.hpp>

struct Echo {
  mznode::Json echo;
  MZNODE_FIELDS(echo)
};

int main() {
  return mznode::run([](mznode::Node& node) { node.on("echo", [](Echo request) { return request; }); });
}
