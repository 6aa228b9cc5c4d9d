// The shortest bench of your own: mznode with one strategy in it.
//
//     bench_echo test -w echo -s mine --nemesis swarm --seeds 1..200
#include <mznode/bench.hpp>

using namespace mznode;

struct Echo {
  Json echo;
  MZNODE_FIELDS(echo)
};

class Mine {
 public:
  explicit Mine(Node& node) {
    node.on("echo", [](Echo request) { return request; });
  }
};

int main(int argc, char** argv) {
  // What it promises, and under which faults. An echo that is late is wrong to Maelstrom, so nothing may pause the
  // node.
  const Guarantees promised{.model = "every reply is its request",
                            .survives = {Fault::partition, Fault::loss, Fault::duplicate, Fault::reorder, Fault::skew}};
  return bench::main(argc, argv, {bench::strategy<Mine>("echo", "mine", "answers with what it was sent", promised)});
}
