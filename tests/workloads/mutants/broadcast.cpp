#include "broadcast/broadcast.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "dissemination/replicator.hpp"
#include "tests/workloads/mutants/mutants.hpp"

namespace mznode::mutants {
namespace {

using broadcast::Broadcast;
using broadcast::ReadOk;
using dissemination::Disseminator;
using dissemination::Replicator;

/// Quick enough to refill a process before the next one dies.
constexpr Disseminator::Config quick = {
    .relay = true, .flush_delay = 0ms, .ack_delay = 20ms, .resend_after = 500ms, .announce_delay = 0ms};

/// A correct node, with the two places where some mutants differ.
struct Correct {
  explicit Correct(Node& node) : replicator(node, quick, [&node] { return node.peers(); }) {
    node.on("topology", [](broadcast::TopologyMessage) {});
  }
  Replicator replicator;
};

/// A node that keeps a list; the base of those that do their own sending.
struct Lister {
  explicit Lister(Node& owner) : node(owner) {
    node.on("topology", [](broadcast::TopologyMessage) {});
    node.on("read", [this] { return ReadOk{to_json(list)}; });
  }
  bool knows(const Json& element) const { return std::find(list.begin(), list.end(), element) != list.end(); }

  Node& node;
  std::vector<Json> list;
};

struct Forward {
  Json message;
  std::int64_t number = 0;
  MZNODE_FIELDS(message, number)
};

struct Forwarded {
  std::int64_t number = 0;
  MZNODE_FIELDS(number)
};

struct NeverResends : Lister {
  explicit NeverResends(Node& owner) : Lister(owner) {
    node.on("broadcast", [this](Broadcast request) {
      list.push_back(request.message);
      for (const auto& peer : node.peers()) node.send(peer, "forward", Forward{request.message, 0});
    });
    node.on("forward", [this](Forward forward) {
      if (!knows(forward.message)) list.push_back(forward.message);
    });
  }
};

struct ResendsWithoutDedupe : Lister {
  explicit ResendsWithoutDedupe(Node& owner) : Lister(owner) {
    node.on("broadcast", [this](Broadcast request) {
      list.push_back(request.message);
      for (const auto& peer : node.peers()) pending[++last] = {peer, request.message};
    });
    node.on("forward", [this](Forward forward, Request request) {
      list.push_back(forward.message);
      node.send(request.src, "forwarded", Forwarded{forward.number});
    });
    node.on("forwarded", [this](Forwarded forwarded) { pending.erase(forwarded.number); });
    node.every(500ms, [this] {
      for (const auto& [number, to] : pending) node.send(to.first, "forward", Forward{to.second, number});
    });
  }
  std::int64_t last = 0;
  std::map<std::int64_t, std::pair<std::string, Json>> pending;
};

struct Stretch {
  std::uint64_t from = 0;
  std::vector<Json> elements;
  MZNODE_FIELDS(from, elements)
};

struct Upto {
  std::uint64_t upto = 0;
  MZNODE_FIELDS(upto)
};

struct AcksWithoutIncarnation : Lister {
  explicit AcksWithoutIncarnation(Node& owner) : Lister(owner) {
    node.on("broadcast", [this](Broadcast request) { list.push_back(request.message); });
    node.on("stretch", [this](Stretch stretch, Request request) {
      std::uint64_t& upto = received[request.src];
      const std::uint64_t to = stretch.from + stretch.elements.size();
      for (std::uint64_t i = std::max(upto, stretch.from); i < to; ++i) {
        if (const Json& element = stretch.elements[i - stretch.from]; !knows(element)) list.push_back(element);
      }
      upto = std::max(upto, to);
      node.send(request.src, "upto", Upto{upto});
    });
    node.on("upto", [this](Upto ack, Request request) {
      acked[request.src] = std::max(acked[request.src], std::min<std::uint64_t>(ack.upto, list.size()));
    });
    node.every(100ms, [this] {
      for (const auto& peer : node.peers()) {
        const auto from = static_cast<std::ptrdiff_t>(acked[peer]);
        if (acked[peer] < list.size()) {
          node.send(peer, "stretch", Stretch{acked[peer], {list.begin() + from, list.end()}});
        }
      }
    });
  }
  std::map<std::string, std::uint64_t> received;
  std::map<std::string, std::uint64_t> acked;
};

struct Overwrites : Lister {
  explicit Overwrites(Node& owner) : Lister(owner) {
    node.on("broadcast", [this](Broadcast request) { list.push_back(request.message); });
    node.on("state", [this](Stretch stretch) { list = stretch.elements; });
    node.every(200ms, [this] {
      for (const auto& peer : node.peers()) node.send(peer, "state", Stretch{0, list});
    });
  }
};

struct StarWithoutFailover {
  explicit StarWithoutFailover(Node& owner)
      : node(owner), replicator(node, {.ack_delay = 500ms, .resend_after = 1s, .announce_delay = 500ms}, [this] {
          const std::string& hub = node.node_ids().front();
          return hub == node.id() ? node.peers() : std::vector{hub};
        }) {
    node.on("broadcast", [this](Broadcast request) { replicator.add(request.message); });
    node.on("read", [this] { return ReadOk{replicator.elements().to_json()}; });
  }
  Node& node;
  Replicator replicator;
};

}  // namespace

Installed broadcast_star_without_failover(Node& node) {
  return std::make_shared<StarWithoutFailover>(node);
}

Installed broadcast_relay(Node& node) {
  auto correct = std::make_shared<Correct>(node);
  Replicator& replicator = correct->replicator;
  node.on("broadcast", [&replicator](Broadcast request) { replicator.add(request.message); });
  node.on("read", [&replicator] { return ReadOk{replicator.elements().to_json()}; });
  return correct;
}

Installed broadcast_never_acks(Node& node) {
  auto correct = std::make_shared<Correct>(node);
  Replicator& replicator = correct->replicator;
  node.on("broadcast", [&node, &replicator](Broadcast request) {
    replicator.add(request.message);
    return node.sleep(1h);
  });
  node.on("read", [&replicator] { return ReadOk{replicator.elements().to_json()}; });
  return correct;
}

Installed broadcast_drops(Node& node) {
  auto correct = std::make_shared<Correct>(node);
  Replicator& replicator = correct->replicator;
  node.on("broadcast", [&replicator, count = 0](Broadcast request) mutable {
    if (++count % 10 != 0) replicator.add(request.message);
  });
  node.on("read", [&replicator] { return ReadOk{replicator.elements().to_json()}; });
  return correct;
}

Installed broadcast_duplicates(Node& node) {
  auto correct = std::make_shared<Correct>(node);
  Replicator& replicator = correct->replicator;
  node.on("broadcast", [&replicator](Broadcast request) { replicator.add(request.message); });
  node.on("read", [&replicator] {
    auto elements = from_json<std::vector<Json>>(replicator.elements().to_json());
    if (!elements.empty()) elements.push_back(elements.front());
    return ReadOk{to_json(elements)};
  });
  return correct;
}

Installed broadcast_acks_before_storing(Node& node) {
  auto correct = std::make_shared<Correct>(node);
  Replicator& replicator = correct->replicator;
  node.on("broadcast", [&node, &replicator](Broadcast request) {
    node.after(500ms, [&replicator, element = request.message] { replicator.add(element); });
  });
  node.on("read", [&replicator] { return ReadOk{replicator.elements().to_json()}; });
  return correct;
}

Installed broadcast_never_resends(Node& node) {
  return std::make_shared<NeverResends>(node);
}
Installed broadcast_resends_without_dedupe(Node& node) {
  return std::make_shared<ResendsWithoutDedupe>(node);
}
Installed broadcast_acks_without_incarnation(Node& node) {
  return std::make_shared<AcksWithoutIncarnation>(node);
}
Installed broadcast_overwrites(Node& node) {
  return std::make_shared<Overwrites>(node);
}

}  // namespace mznode::mutants
