#include <algorithm>
#include <vector>

#include "counter/counter.hpp"
#include "g_set/g_set.hpp"
#include "tests/workloads/mutants/mutants.hpp"

namespace mznode::mutants {
namespace {

/// A set that is sent to all peers every 200 ms or not at all.
struct Set {
  explicit Set(Node& owner) : node(owner) {
    node.on("read", [this] { return g_set::ReadOk{elements}; });
  }
  void insert(const Json& element) {
    if (std::find(elements.begin(), elements.end(), element) == elements.end()) elements.push_back(element);
  }
  Node& node;
  std::vector<Json> elements;
};

}  // namespace

Installed set_overwrites(Node& node) {
  auto set = std::make_shared<Set>(node);
  node.on("add", [set = set.get()](g_set::Add request) { set->insert(request.element); });
  node.on("state", [set = set.get()](g_set::ReadOk state) { set->elements = state.value; });
  node.every(200ms, [set = set.get()] {
    for (const auto& peer : set->node.peers()) set->node.send(peer, "state", g_set::ReadOk{set->elements});
  });
  return set;
}

Installed set_never_resends(Node& node) {
  auto set = std::make_shared<Set>(node);
  node.on("add", [set = set.get()](g_set::Add request) {
    set->insert(request.element);
    for (const auto& peer : set->node.peers()) set->node.send(peer, "added", request);
  });
  node.on("added", [set = set.get()](g_set::Add added) { set->insert(added.element); });
  return set;
}

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
