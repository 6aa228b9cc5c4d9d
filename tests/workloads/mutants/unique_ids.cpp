#include "unique_ids/unique_ids.hpp"

#include "tests/workloads/mutants/mutants.hpp"

namespace mznode::mutants {

using unique_ids::GenerateOk;

Installed ids_without_node(Node& node) {
  auto count = std::make_shared<int>(0);
  node.on("generate", [count] { return GenerateOk{Json(++*count)}; });
  return nullptr;
}

Installed ids_from_time(Node& node) {
  struct Last {
    std::int64_t ms = 0;
    std::int64_t count = 0;
  };
  auto last = std::make_shared<Last>();
  node.on("generate", [&node, last] {
    const std::int64_t ms = node.wall_time_ns() / 1'000'000;
    last->count = ms == last->ms ? last->count + 1 : 0;
    last->ms = ms;
    return GenerateOk{Json(node.id() + "-" + std::to_string(ms) + "-" + std::to_string(last->count))};
  });
  return nullptr;
}

Installed ids_without_incarnation(Node& node) {
  auto count = std::make_shared<int>(0);
  node.on("generate", [&node, count] { return GenerateOk{Json(node.id() + "-" + std::to_string(++*count))}; });
  return nullptr;
}

}  // namespace mznode::mutants
