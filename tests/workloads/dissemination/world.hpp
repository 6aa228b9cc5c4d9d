#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "mznode/sim/network.hpp"
#include "mznode/sim/sim_host.hpp"
#include "tests/sim/simulate.hpp"

namespace mznode::dissemination {

/// Nodes that answer `broadcast` and `read` on a network whose links a test cuts by hand.
class World {
 public:
  World(std::size_t size, sim::Installer install, std::int64_t latency_ms = 10)
      : names_(sim::node_names(size)),
        network_(
            timers_, [this] { return host_.now(); }, {.mean_ms = latency_ms}, sim::Delivery::ideal, 1),
        host_(timers_, 1, std::move(install), LogLevel::warn) {
    host_.attach(network_);
    network_.add("c1", sim::Endpoint::client,
                 [this](const sim::Packet& packet) { reply_ = nlohmann::json::parse(packet.body); });
    for (const auto& name : names_) host_.start(name);
    for (const auto& name : names_) ask(name, {{"type", "init"}, {"node_id", name}, {"node_ids", names_}});
    run_for(5s);
  }

  void broadcast(std::size_t node, int element) { ask(names_[node], {{"type", "broadcast"}, {"message", element}}); }
  std::set<int> read(std::size_t node) {
    ask(names_[node], {{"type", "read"}});
    return reply_["messages"].get<std::set<int>>();
  }
  /// True when the nodes from `first` to before `last` have exactly these elements.
  bool all_have(std::size_t first, std::size_t last, const std::set<int>& elements) {
    for (std::size_t node = first; node < last; ++node) {
      if (read(node) != elements) return false;
    }
    return true;
  }
  /// Loses what the senders send to the receivers until heal().
  void cut(const std::vector<std::size_t>& senders, const std::vector<std::size_t>& receivers) {
    auto rule = std::make_shared<Cut>();
    for (const auto sender : senders) rule->senders.insert(names_[sender]);
    for (const auto receiver : receivers) rule->receivers.insert(names_[receiver]);
    network_.add_rule(rule);
  }
  /// Until heal(), what is sent is told to `listener` first.
  void listen(std::function<void(const sim::Packet&)> listener) {
    auto rule = std::make_shared<Listen>();
    rule->listener = std::move(listener);
    network_.add_rule(rule);
  }
  void heal() { network_.clear_rules(); }
  Time now() const { return host_.now(); }
  void run_for(Duration duration) { sim::run_for(host_, timers_, duration); }
  std::uint64_t server_messages() const { return network_.stats().servers.sent; }

 private:
  struct Cut final : sim::Rule {
    std::set<std::string, std::less<>> senders;
    std::set<std::string, std::less<>> receivers;
    bool cuts(std::string_view src, std::string_view dest) const override {
      return senders.contains(src) && receivers.contains(dest);
    }
  };

  struct Listen final : sim::Rule {
    std::function<void(const sim::Packet&)> listener;
    Effect on_send(const sim::Packet& packet, Duration) override {
      listener(packet);
      return {};
    }
  };

  void ask(const std::string& node, nlohmann::json body) {
    body["msg_id"] = ++last_msg_id_;
    network_.send("c1", node, body.dump());
    run_for(0ns);
  }

  std::vector<std::string> names_;
  Timers timers_;
  sim::Network network_;
  sim::SimHost host_;
  nlohmann::json reply_;
  int last_msg_id_ = 0;
};

}  // namespace mznode::dissemination
