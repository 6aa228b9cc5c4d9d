#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "mznode/sim/network.hpp"
#include "mznode/sim/sim_host.hpp"
#include "mznode/workloads/registry.hpp"
#include "raft/group.hpp"
#include "tests/sim/simulate.hpp"

// Who leads where some links are cut, and that somebody does: the scenarios in which Raft stands still by itself (Ng,
// Haridi and Carbone, "Omni-Paxos: Breaking the Barriers of Partial Connectivity", EuroSys 2023, section 2), and rings.
namespace mznode::relay {
namespace {

/// Nodes of lin-kv on links of 10 ms that a test cuts by hand.
class Servers {
 public:
  Servers(const std::string& strategy, std::size_t size)
      : names_(sim::node_names(size)),
        network_(
            timers_, [this] { return host_.now(); }, {.mean_ms = 10}, sim::Delivery::ideal, 1),
        host_(
            timers_, 1,
            [this, strategy](Node& node) -> std::shared_ptr<void> {
              const StrategyInfo& info = find_strategy(find_workload("lin-kv"), strategy);
              node.set_client_timeout(1s);
              std::shared_ptr<Strategy> each = info.install(node, OptionValues(info.options, {}));
              strategies_.push_back(each);
              return each;
            },
            LogLevel::error) {
    host_.attach(network_);
    network_.add("c1", sim::Endpoint::client, [this](const sim::Packet& packet) {
      const auto body = nlohmann::json::parse(packet.body);
      if (body["type"] == "write_ok") ++answered_[packet.src];
    });
    for (const auto& name : names_) host_.start(name);
    for (const auto& name : names_) ask(name, {{"type", "init"}, {"node_id", name}, {"node_ids", names_}});
    run_for(3s);
  }

  /// Cuts the one direction.
  void cut(std::size_t from, std::size_t to) { cuts_->links.emplace(names_[from], names_[to]); }
  /// Cuts both directions of all links but those of these nodes.
  void leave_only_those_of(std::size_t hub) {
    for (std::size_t from = 0; from < names_.size(); ++from) {
      for (std::size_t to = 0; to < names_.size(); ++to) {
        if (from != to && from != hub && to != hub) cut(from, to);
      }
    }
  }
  void cut_off(std::size_t node) {
    for (std::size_t other = 0; other < names_.size(); ++other) {
      if (other == node) continue;
      cut(node, other);
      cut(other, node);
    }
  }
  /// Each node hears its predecessor only, or both its neighbours.
  void cut_to_ring(bool is_one_way) {
    const std::size_t size = names_.size();
    for (std::size_t from = 0; from < size; ++from) {
      for (std::size_t to = 0; to < size; ++to) {
        const bool is_next = (from + 1) % size == to || (!is_one_way && (to + 1) % size == from);
        if (from != to && !is_next) cut(from, to);
      }
    }
  }
  void heal() { cuts_->links.clear(); }

  /// Clients of these nodes write, five times a second.
  void write_for(Duration duration, const std::set<std::size_t>& nodes) {
    for (Duration passed = 0s; passed < duration; passed += 200ms) {
      for (const std::size_t node : nodes) ask(names_[node], {{"type", "write"}, {"key", node}, {"value", ++value_}});
      run_for(200ms);
    }
  }
  /// So many of the last writes of each of these nodes, of which there are five a second, must be answered.
  void expect_answers(Duration duration, const std::set<std::size_t>& nodes) {
    answered_.clear();
    write_for(duration, nodes);
    run_for(1s);
    const auto asked = static_cast<std::size_t>(duration / Duration(200ms));
    for (const std::size_t node : nodes) EXPECT_EQ(answered_[names_[node]], asked) << names_[node];
  }

  std::size_t size() const { return names_.size(); }
  std::set<std::size_t> all() const {
    std::set<std::size_t> nodes;
    for (std::size_t node = 0; node < names_.size(); ++node) nodes.insert(node);
    return nodes;
  }
  std::optional<std::size_t> leader() const {
    std::optional<std::size_t> leader;
    for (std::size_t node = 0; node < strategies_.size(); ++node) {
      const raft::Raft& raft = *strategies_[node]->group()->raft();
      const bool is_later = !leader || raft.term() > strategies_[*leader]->group()->raft()->term();
      if (raft.role() == raft::Role::leader && is_later) leader = node;
    }
    return leader;
  }
  raft::Term term() const {
    raft::Term latest = 0;
    for (const auto& strategy : strategies_) latest = std::max(latest, strategy->group()->raft()->term());
    return latest;
  }

  void run_for(Duration duration) { sim::run_for(host_, timers_, duration); }

 private:
  struct Cuts final : sim::Rule {
    std::set<std::pair<std::string, std::string>> links;
    bool cuts(std::string_view src, std::string_view dest) const override {
      return links.contains({std::string(src), std::string(dest)});
    }
  };

  void ask(const std::string& node, nlohmann::json body) {
    if (!has_rule_) network_.add_rule(cuts_);
    has_rule_ = true;
    body["msg_id"] = ++last_msg_id_;
    network_.send("c1", node, body.dump());
    run_for(0ns);
  }

  std::vector<std::string> names_;
  std::vector<std::shared_ptr<Strategy>> strategies_;
  std::shared_ptr<Cuts> cuts_ = std::make_shared<Cuts>();
  bool has_rule_ = false;
  Timers timers_;
  sim::Network network_;
  sim::SimHost host_;
  std::map<std::string, std::size_t> answered_;
  int last_msg_id_ = 0;
  int value_ = 0;
};

/// For a node that is not the leader.
std::size_t other_than(std::optional<std::size_t> leader) {
  return leader == 0U ? 1 : 0;
}

/// The links are cut so that nobody but one node, which does not lead, talks to a majority.
TEST(RelayElections, QuorumLoss) {
  Servers servers("raft", 5);
  servers.write_for(2s, servers.all());
  ASSERT_TRUE(servers.leader());
  const raft::Term term = servers.term();
  servers.leave_only_those_of(other_than(servers.leader()));
  servers.write_for(2s, servers.all());
  servers.expect_answers(10s, servers.all());
  EXPECT_LE(servers.term(), term + 2) << "nobody duels";
}

/// The same, but the leader is cut off, and the node in the middle lacks what was committed: it cannot be elected.
TEST(RelayElections, ConstrainedElection) {
  Servers servers("raft", 5);
  servers.write_for(2s, servers.all());
  const auto leader = servers.leader();
  ASSERT_TRUE(leader);
  const std::size_t middle = other_than(leader);
  auto others = servers.all();
  others.erase(middle);
  servers.cut_off(middle);
  servers.write_for(2s, others);
  const raft::Term term = servers.term();
  servers.heal();
  servers.leave_only_those_of(middle);
  servers.cut_off(*leader);
  others = servers.all();
  others.erase(*leader);
  servers.write_for(3s, others);
  servers.expect_answers(10s, others);
  EXPECT_NE(servers.leader(), leader);
  EXPECT_LE(servers.term(), term + 4);
}

/// Three nodes, of which the leader and one that wants to lead hear only the third.
TEST(RelayElections, Chained) {
  Servers servers("raft", 3);
  servers.write_for(2s, servers.all());
  const auto leader = servers.leader();
  ASSERT_TRUE(leader);
  const raft::Term term = servers.term();
  servers.leave_only_those_of(other_than(leader));
  servers.write_for(2s, servers.all());
  servers.expect_answers(10s, servers.all());
  EXPECT_LE(servers.term(), term + 2);
}

class RelayRings : public testing::TestWithParam<std::tuple<std::string, std::size_t, bool>> {};

TEST_P(RelayRings, EverybodyIsAnswered) {
  const auto& [strategy, size, is_one_way] = GetParam();
  Servers servers(strategy, size);
  servers.write_for(2s, servers.all());
  servers.cut_to_ring(is_one_way);
  servers.write_for(3s, servers.all());
  const raft::Term term = strategy == "raft" ? servers.term() : raft::Term();
  servers.expect_answers(4s, servers.all());
  EXPECT_EQ(strategy == "raft" ? servers.term() : raft::Term(), term) << "there is one leader all the time";
}

/// Nobody leads when the ring forms: who campaigns is not heard by whom it hears.
TEST_P(RelayRings, EverybodyIsAnsweredAfterNobodyLed) {
  const auto& [strategy, size, is_one_way] = GetParam();
  Servers servers(strategy, size);
  servers.write_for(2s, servers.all());
  for (std::size_t node = 0; node < size; ++node) servers.cut_off(node);
  servers.write_for(3s, servers.all());
  servers.heal();
  servers.cut_to_ring(is_one_way);
  servers.write_for(4s, servers.all());
  servers.expect_answers(2s, servers.all());
}

INSTANTIATE_TEST_SUITE_P(Each, RelayRings,
                         testing::Combine(testing::Values("raft", "caspaxos"), testing::Values(3U, 5U, 7U),
                                          testing::Bool()),
                         [](const auto& each) {
                           return std::get<0>(each.param) + "Of" + std::to_string(std::get<1>(each.param)) +
                                  (std::get<2>(each.param) ? "OneWay" : "");
                         });

}  // namespace
}  // namespace mznode::relay
