#include <vector>

#include "tests/workloads/mutants/mutants.hpp"
#include "workloads/counter/counter.hpp"
#include "workloads/g_set/g_set.hpp"

namespace mznode::mutants {

Installed set_drops(Node& node) {
  auto elements = std::make_shared<std::vector<Json>>();
  node.on("add", [elements, count = 0](g_set::Add request) mutable {
    if (++count % 10 != 0) elements->push_back(request.element);
  });
  node.on("read", [elements] { return g_set::ReadOk{*elements}; });
  return nullptr;
}

Installed counter_counts_twice(Node& node) {
  auto sum = std::make_shared<std::int64_t>(0);
  node.on("add", [sum, count = 0](counter::Add request) mutable {
    *sum += ++count % 10 == 0 ? 2 * request.delta : request.delta;
  });
  node.on("read", [sum] { return counter::ReadOk{*sum}; });
  return nullptr;
}

Installed counter_reads_wrong(Node& node) {
  auto sum = std::make_shared<std::int64_t>(0);
  node.on("add", [sum](counter::Add request) { *sum += request.delta; });
  node.on("read", [sum, count = 0]() mutable { return counter::ReadOk{*sum + ++count % 2}; });
  return nullptr;
}

}  // namespace mznode::mutants
