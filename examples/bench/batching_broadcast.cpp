// A broadcast that collects what is new for a while and tells it in one message; with an option, and with a broken
// sister that does not ask whether she was heard.
//
//     bench_batching_broadcast test -w broadcast -s batching --window-ms 200 --nemesis swarm --seeds 1..200
//     bench_batching_broadcast test -w broadcast -s forgetful --nemesis partition --seeds 1..20 --shrink
#include <map>
#include <mznode/bench.hpp>
#include <set>

using namespace mznode;

struct Broadcast {
  Json message;
  MZNODE_FIELDS(message)
};
struct ReadOk {
  std::vector<Json> messages;
  MZNODE_FIELDS(messages)
};
struct News {
  std::vector<Json> messages;
  MZNODE_FIELDS(messages)
};

/// Each node tells all others what its own clients said, and keeps for each of them what it has not confirmed.
class Batching {
 public:
  Batching(Node& node, const OptionValues& options) : node_(node), window_(options.milliseconds("window-ms")) {
    node.on("topology", [] {});  // everybody talks to everybody
    node.on("read", [this] { return ReadOk{{seen_.begin(), seen_.end()}}; });
    node.on("broadcast", this, &Batching::broadcast);
    node.on_peer("news", [this](News news) { seen_.insert(news.messages.begin(), news.messages.end()); });
    node.on_init([this] {
      for (const std::string& peer : node_.peers()) node_.spawn(keep_informed(peer));
    });
  }
  virtual ~Batching() = default;

 protected:
  /// Returns when the peer has the news; throws Error when that is not certain.
  virtual Task<> tell(std::string peer, News news) { co_await node_.rpc(peer, "news", news); }

  Node& node_;

 private:
  void broadcast(Broadcast request) {
    seen_.insert(request.message);
    for (const std::string& peer : node_.peers()) untold_[peer].insert(request.message);
  }

  Task<> keep_informed(std::string peer) {
    std::set<Json>& untold = untold_[peer];
    while (true) {
      co_await node_.sleep(window_);
      if (untold.empty()) continue;
      const News news{{untold.begin(), untold.end()}};
      try {
        co_await tell(peer, news);
        for (const Json& message : news.messages) untold.erase(message);
      } catch (const Error&) {
        // All of it is still untold, and goes out again with the next window.
      }
    }
  }

  Duration window_;
  std::set<Json> seen_;
  std::map<std::string, std::set<Json>> untold_;
};

/// Broken: takes for granted that what it sends arrives.
class Forgetful final : public Batching {
 public:
  using Batching::Batching;

 private:
  Task<> tell(std::string peer, News news) override {
    node_.send(peer, "news", news);
    co_return;
  }
};

int main(int argc, char** argv) {
  const Guarantees promised{.model = "eventually everywhere", .survives = message_faults({Fault::skew})};
  const std::vector<Option> options = {{.name = "window-ms",
                                        .default_value = 100,
                                        .min = 1,
                                        .max = 10'000,
                                        .summary = "how long a node collects before it tells the others"}};
  return bench::main(
      argc, argv,
      {bench::strategy<Batching>("broadcast", "batching", "what is new goes out in batches", promised, options),
       bench::strategy<Forgetful>("broadcast", "forgetful", "the same, told once (broken)", {}, options)});
}
