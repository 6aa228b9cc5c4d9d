#include <gtest/gtest.h>

#include <memory>

#include "mznode/node/fake_runtime.hpp"
#include "relay/relays.hpp"

namespace mznode::relay {
namespace {

struct Riddle {
  std::string text;
  MZNODE_FIELDS(text)
};

/// Nodes that call each other, on links of 10 ms that a test cuts.
class RelayCalls : public testing::Test {
 protected:
  struct Process {
    Process(const std::string& name, const std::vector<std::string>& names, std::uint64_t seed)
        : world(seed), node(world), relays(node) {
      relays.carry_calls();
      node.on_peer("riddle", [this](const Riddle& riddle) {
        ++asked[riddle.text];
        return Riddle{node.id() + " knows " + riddle.text};
      });
      world.init(node, name, names);
    }
    FakeRuntime world;
    Node node;
    Relays relays;
    std::map<std::string, int> asked = {};
  };

  void start(std::size_t size) {
    names.clear();
    for (std::size_t i = 0; i < size; ++i) names.push_back("n" + std::to_string(i));
    for (std::size_t i = 0; i < size; ++i) restart(i);
    for (int round = 0; round < 5; ++round) {
      everybody_calls();
      run_for(100ms);
    }
    run_for(10s);
    outcomes.clear();
    relayed = 0;
  }
  void restart(std::size_t place) {
    if (processes.size() <= place) processes.resize(place + 1);
    processes[place] = std::make_unique<Process>(names[place], names, ++last_seed);
  }

  void call(std::size_t from, std::size_t to, const std::string& text) {
    Node& node = processes[from]->node;
    node.spawn(await(&node, names[to], text));
  }
  void everybody_calls() {
    for (std::size_t from = 0; from < names.size(); ++from) {
      for (std::size_t to = 0; to < names.size(); ++to) {
        if (from != to) call(from, to, names[from] + std::to_string(++last_text));
      }
    }
  }
  Task<> await(Node* node, std::string dest, std::string text) {
    const Riddle riddle{text};
    try {
      auto reply = co_await node->rpc(dest, "riddle", riddle, 500ms);
      EXPECT_EQ(reply.src, dest);
      EXPECT_EQ(reply.as<Riddle>().text, dest + " knows " + text);
      ++outcomes["answered"];
    } catch (const Error& error) {
      ++outcomes[std::string(error_name(error.code()))];
    }
  }

  void cut_to_ring() {
    for (std::size_t from = 0; from < names.size(); ++from) {
      for (std::size_t to = 0; to < names.size(); ++to) {
        if (from != to && (from + 1) % names.size() != to) cut.emplace(names[from], names[to]);
      }
    }
  }
  void run_for(Duration duration) {
    for (Duration passed{0}; passed < duration; passed += 10ms) {
      std::vector<SentMessage> sent;
      for (const auto& process : processes) {
        for (SentMessage& message : process->world.take_all()) sent.push_back(std::move(message));
      }
      for (const auto& process : processes) process->world.advance(10ms);
      for (const SentMessage& message : sent) {
        if (cut.contains({message.src, message.dest})) continue;
        if (message.type == "parcel" || message.type == "hearings") ++relayed;
        const auto place = member_of(names, message.dest);
        processes[static_cast<std::size_t>(place)]->world.deliver(message.src, message.body.text());
      }
    }
  }

  std::vector<std::string> names;
  std::vector<std::unique_ptr<Process>> processes;
  std::set<std::pair<std::string, std::string>> cut;
  std::map<std::string, int> outcomes;
  std::size_t relayed = 0;
  std::uint64_t last_seed = 0;
  int last_text = 0;
};

TEST_F(RelayCalls, GoStraightWhileNothingIsBroken) {
  start(5);
  for (int i = 0; i < 50; ++i) {
    everybody_calls();
    run_for(100ms);
  }
  EXPECT_EQ(outcomes, (std::map<std::string, int>{{"answered", 50 * 20}}));
  EXPECT_EQ(relayed, 0u);
}

TEST_F(RelayCalls, InARingOfOneWayLinksEverybodyIsAnswered) {
  for (const std::size_t size : {3u, 5u, 7u}) {
    start(size);
    cut_to_ring();
    for (int i = 0; i < 20; ++i) {
      everybody_calls();
      run_for(50ms);
    }
    run_for(600ms);
    outcomes.clear();
    for (int i = 0; i < 20; ++i) {
      everybody_calls();
      run_for(50ms);
    }
    run_for(600ms);
    EXPECT_EQ(outcomes, (std::map<std::string, int>{{"answered", static_cast<int>(20 * size * (size - 1))}})) << size;
    for (const auto& process : processes) {
      for (const auto& [text, times] : process->asked) EXPECT_EQ(times, 1) << text << " at " << process->node.id();
    }
    cut.clear();
    run_for(20s);
    relayed = 0;
    outcomes.clear();
    everybody_calls();
    run_for(600ms);
    EXPECT_EQ(outcomes, (std::map<std::string, int>{{"answered", static_cast<int>(size * (size - 1))}}));
    EXPECT_EQ(relayed, 0u) << "the search is over";
  }
}

TEST_F(RelayCalls, GoOnInTheNextLife) {
  start(3);
  cut_to_ring();
  for (std::size_t place = 0; place < 3; ++place) {
    for (int i = 0; i < 60; ++i) {
      everybody_calls();
      run_for(50ms);
      if (i == 20) restart(place);
      if (i == 40) outcomes.clear();
    }
    EXPECT_EQ(outcomes["timeout"], 0) << "after " << names[place] << " was killed";
    EXPECT_GT(outcomes["answered"], 0);
  }
}

TEST_F(RelayCalls, AParcelHoldsNoParcel) {
  start(3);
  const auto parcel = [](int number, const std::string& body) {
    return R"({"type":"parcel","msg_id":5,"from":1,"life":7,"number":)" + std::to_string(number) +
           R"(,"way":[0],"kind":"call","fields":)" + body + "}";
  };
  FakeRuntime& world = processes[0]->world;
  world.take_all();
  world.deliver("n1", parcel(1, parcel(2, R"({"type":"riddle","msg_id":1,"text":"x"})")));
  EXPECT_TRUE(world.logged(LogLevel::warn, "what is in a parcel is no parcel"));
  EXPECT_EQ(processes[0]->asked["x"], 0);
  world.deliver("n1", parcel(3, R"({"type":"riddle","msg_id":1,"text":"x"})"));
  EXPECT_EQ(processes[0]->asked["x"], 1);
}

}  // namespace
}  // namespace mznode::relay
