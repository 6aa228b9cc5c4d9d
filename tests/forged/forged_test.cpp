#include <gtest/gtest.h>

#include <algorithm>

#include "tests/forged/mutations.hpp"
#include "tests/forged/requests.hpp"
#include "tests/forged/world.hpp"

// Every message that nodes, or services, say to nodes, with every field at its extremes, in everybody's name. Whatever
// is said, the node lives, and once that is over the cluster serves as before.
namespace mznode::forged {
namespace {

struct Subject {
  std::string workload;
  std::string strategy;
};

std::ostream& operator<<(std::ostream& out, const Subject& subject) {
  return out << subject.workload << ", " << subject.strategy;
}

std::vector<Subject> subjects() {
  std::vector<Subject> all;
  for (const WorkloadInfo& workload : workloads()) {
    for (const StrategyInfo& strategy : workload.strategies) all.push_back({workload.name, strategy.name});
  }
  return all;
}

std::string subject_name(const testing::TestParamInfo<Subject>& info) {
  std::string name = info.param.workload + "_" + info.param.strategy;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

class Forged : public testing::TestWithParam<Subject> {
 protected:
  /// What was said last of a kind.
  struct Sample {
    SentMessage message;
    std::size_t forged = 0;  // so many of its forgeries were delivered
  };

  void SetUp() override {
    world.on_message = [this](const SentMessage& message) {
      const bool is_between_nodes = message.src.starts_with("n") && message.dest.starts_with("n");
      if (is_between_nodes && message.in_reply_to) {
        forge_reply(message);
      } else {
        if (is_between_nodes) take_sample(message);
        world.carry(message);
      }
    };
    world.on_service_reply = [this](const SentMessage& message) { forge_reply(message); };
    world.run(3s);
  }

  /// What a parcel brings to the node that it is for might come straight, too.
  void take_sample(const SentMessage& message) {
    samples[message.type].message = message;
    if (message.type != "parcel") return;
    const auto parcel = nlohmann::ordered_json::parse(message.body.text());
    if (parcel.at("way").size() > 1) return;
    nlohmann::ordered_json body = {{"type", parcel.at("kind")}};
    body.update(parcel.at("fields"));
    SentMessage straight = message;
    straight.src = world.names().at(parcel.at("from").get<std::size_t>());
    straight.type = parcel.at("kind").get<std::string>();
    straight.body = Json::parse(body.dump());
    const std::string type = straight.type;
    samples.try_emplace(type, Sample{.message = std::move(straight)});
  }

  /// Clients ask every node, and time passes.
  void live(Duration duration) {
    for (const auto& node : world.names()) {
      for (const auto& request : requests(GetParam().workload, ++number)) world.ask(node, request);
    }
    world.run(duration);
  }

  /// An answer is waited for once: a forged one comes in the place of the true one.
  void forge_reply(const SentMessage& message) {
    Sample& sample = replies[message.src.starts_with("n") ? message.type : message.src + " " + message.type];
    const auto body = nlohmann::ordered_json::parse(message.body.text());
    const auto places = places_of(body);
    const std::size_t all = places.size() * extremes().size();
    // Every other one is true, or nobody would get any further.
    const bool is_true = !forges_replies || ++replies_seen % 2 == 0 || sample.forged >= all;
    if (!is_true) {
      const std::size_t place = sample.forged / extremes().size();
      world.deliver(message.src, message.dest,
                    with(body, places[place], extremes()[sample.forged++ % extremes().size()]));
    }
    world.deliver(message.src, message.dest, message.body.text());  // comes late, or is the true one
    if (is_true && sample.forged < all) ++unforged_replies;
  }

  /// Delivers the forgeries of one field of the last message of a type. False when there are no more fields.
  bool forge(const std::string& type) {
    Sample& sample = samples.at(type);
    const SentMessage message = sample.message;
    const auto body = nlohmann::ordered_json::parse(message.body.text());
    const auto places = places_of(body);
    if (sample.forged >= places.size()) return false;
    const auto& place = places[sample.forged++];
    for (const std::string& text : extremes()) {
      world.deliver(message.src, message.dest, with(body, place, text));
      ++delivered;
    }
    // In the names of those who do not say such things, or say it to others.
    std::vector<std::string> sources = world.names();
    for (const char* source : {"c9", "zz", "lin-kv"}) sources.emplace_back(source);
    for (const std::string& source : sources) {
      world.deliver(source, message.dest, message.body.text());
      for (const char* text : {"0", "2147483648", "null"}) world.deliver(source, message.dest, with(body, place, text));
    }
    return true;
  }

  void expect_alive() {
    for (const auto& name : world.names()) {
      FakeRuntime& runtime = world.runtime(name);
      EXPECT_FALSE(runtime.logged(LogLevel::error, "a handler failed")) << name;
      EXPECT_FALSE(runtime.logged(LogLevel::error, "a background task failed")) << name;
      EXPECT_FALSE(runtime.logged(LogLevel::error, "timer")) << name;
      for (const auto& entry : runtime.logs()) {
        if (entry.level == LogLevel::error) ADD_FAILURE() << name << " logged: " << entry.text;
      }
      runtime.clear_logs();
    }
  }

  /// Some strategies of broadcast go by it.
  void tell_topology() {
    if (GetParam().workload != "broadcast") return;
    for (const auto& node : world.names()) {
      world.ask(node, R"("type":"topology","topology":{"n1":["n2","n3"],"n2":["n1"],"n3":["n1"]})");
    }
  }

  /// A client of each node gets what it asks for; afterwards each node shows it.
  void expect_service() {
    const std::string& workload = GetParam().workload;
    std::vector<std::string> written;
    for (const auto& node : world.names()) {
      for (int attempt = 0; attempt < 2; ++attempt) {  // old keys, and one that nobody has forged anything about
        number = attempt == 0 ? number + 1 : 1'000'000 + 5 * static_cast<int>(written.size());
        for (const auto& request : requests(workload, number)) {
          const std::string answer = world.ask_and_wait(node, request);
          EXPECT_NE(answer.find("_ok\""), std::string::npos) << node << " answers " << answer << " to " << request;
        }
      }
      written.push_back(std::to_string(number));
    }
    world.run(20s);
    if (workload != "broadcast" && workload != "g-set") return;
    for (const auto& node : world.names()) {
      const std::string read = world.ask_and_wait(node, R"("type":"read")");
      for (const auto& element : written) {
        EXPECT_NE(read.find(element), std::string::npos) << element << " is not in the read of " << node;
      }
    }
  }

  World world{find_workload(GetParam().workload),
              find_strategy(find_workload(GetParam().workload), GetParam().strategy), options()};
  std::map<std::string, Sample> samples;
  std::map<std::string, Sample> replies;
  bool forges_replies = false;
  std::size_t replies_seen = 0;
  std::size_t unforged_replies = 0;
  std::size_t delivered = 0;
  int number = 0;

 private:
  /// A group takes a snapshot of what it did before long.
  static std::map<std::string, std::string> options() {
    if (GetParam().strategy != "raft") return {};
    return {{"snapshot-entries", "5"}};
  }
};

TEST_P(Forged, MessagesOfNodesEndNothing) {
  tell_topology();
  for (int i = 0; i < 10; ++i) live(200ms);
  if (GetParam().strategy == "raft") {
    world.cut_off("n3");
    for (int i = 0; i < 300; ++i) live(10ms);
    world.heal();
    live(2s);
    EXPECT_TRUE(samples.contains("install_snapshot"));
  }
  bool is_more = true;
  while (is_more) {
    is_more = false;
    std::vector<std::string> types;
    for (const auto& [type, sample] : samples) types.push_back(type);
    for (const auto& type : types) {
      is_more = forge(type) || is_more;
      live(100ms);
    }
    expect_alive();
  }
  world.run(20s);
  expect_service();
  expect_alive();
}

TEST_P(Forged, AnswersEndNothing) {
  tell_topology();
  for (int i = 0; i < 10; ++i) live(200ms);
  forges_replies = true;
  for (std::size_t before = 1; before != unforged_replies;) {
    before = unforged_replies;
    for (int i = 0; i < 20; ++i) live(100ms);
    expect_alive();
  }
  forges_replies = false;
  world.run(20s);
  expect_service();
  expect_alive();
}

INSTANTIATE_TEST_SUITE_P(All, Forged, testing::ValuesIn(subjects()), subject_name);

}  // namespace
}  // namespace mznode::forged
