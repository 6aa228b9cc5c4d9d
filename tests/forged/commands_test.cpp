#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mznode/node/fake_runtime.hpp"
#include "mznode/workloads/registry.hpp"

// What a group finds in its log, or is sent, that no machine can carry out: nothing behind it is left out for that.
namespace mznode::forged {
namespace {

using nlohmann::ordered_json;

/// A workload that has a strategy "raft": two things to write, and what they read as.
struct Kind {
  const char* workload;
  const char* first;
  const char* second;
  const char* read;
  const char* shows_second;
};

std::ostream& operator<<(std::ostream& out, const Kind& kind) {
  return out << kind.workload;
}

constexpr Kind kinds[] = {
    {"lin-kv", R"("type":"write","key":"a","value":71)", R"("type":"write","key":"b","value":72)",
     R"("type":"read","key":"b")", R"("value":72)"},
    {"kafka", R"("type":"send","key":"a","msg":71)", R"("type":"send","key":"b","msg":72)",
     R"("type":"poll","offsets":{"b":0})", "[0,72]"},
    {"txn-list-append", R"("type":"txn","txn":[["append","a",71]])", R"("type":"txn","txn":[["append","b",72]])",
     R"("type":"txn","txn":[["r","b",null]])", R"(["r","b",[72]])"},
    {"txn-rw-register", R"("type":"txn","txn":[["w","a",71]])", R"("type":"txn","txn":[["w","b",72]])",
     R"("type":"txn","txn":[["r","b",null]])", R"(["r","b",72])"},
};

/// One life of node n1 of a group.
struct Life {
  Life(FakeRuntime& runtime, const Kind& kind, std::vector<std::string> nodes) : world(runtime), node(runtime) {
    const WorkloadInfo& workload = find_workload(kind.workload);
    const StrategyInfo& info = find_strategy(workload, "raft");
    strategy = info.install(node, OptionValues(info.options, {}));
    world.init(node, "n1", nodes);
    world.advance(1s);
    world.take_all();
  }
  std::string ask(const std::string& fields) {
    world.deliver("c1", R"({"msg_id":1,)" + fields + "}");
    world.advance(10ms);
    for (const auto& message : world.take_all()) {
      if (message.dest == "c1") return message.body.text();
    }
    return "no answer";
  }

  FakeRuntime& world;
  std::unique_ptr<Strategy> strategy;  // outlives the node, whose tasks are its own
  Node node;
};

std::vector<std::string> records(FakeRuntime& world) {
  return world.open_storage("n1", {"n1"})->read();
}

class Commands : public testing::TestWithParam<Kind> {};

/// Puts another command in the place of the entry that holds `mark`, in all records.
void replace_command(FakeRuntime& world, const std::string& mark, const std::string& command) {
  bool is_found = false;
  auto disk = world.open_storage("n1", {"n1"});
  std::vector<std::string> all = disk->read();
  for (std::string& text : all) {
    ordered_json record = ordered_json::parse(text);
    if (!record.contains("unsaved") || !record["unsaved"].contains("append")) continue;
    for (auto& entry : record["unsaved"]["append"]["entries"]) {
      if (entry["command"].dump().find(mark) == std::string::npos) continue;
      entry["command"] = ordered_json::parse(command);
      is_found = true;
    }
    text = record.dump();
  }
  ASSERT_TRUE(is_found);
  disk->replace(all[0]);
  for (std::size_t i = 1; i < all.size(); ++i) disk->append(all[i]);
  disk->sync([] {});
}

TEST_P(Commands, WhatIsNoneInTheLogHasNoEffectAndWhatIsBehindItHas) {
  for (const char* garbage :
       {"7", R"("x")", "[]", "{}", R"({"origin":"n1"})",
        R"({"origin":"n9","life":7,"session":2,"number":2,"oldest":2,"operation":null})",
        R"({"origin":"n1","life":7,"session":0,"number":0,"oldest":2,"operation":null})",
        R"({"origin":"n1","life":7,"session":2,"number":2,"oldest":2,"operation":{"is_cas":7}})",
        R"({"origin":"n1","life":7,"session":2,"number":2,"oldest":2,"operation":[["x",1,2]]})"}) {
    FakeRuntime world;
    {
      Life life(world, GetParam(), {"n1"});
      ASSERT_NE(life.ask(GetParam().first).find("_ok"), std::string::npos);
      ASSERT_NE(life.ask(GetParam().second).find("_ok"), std::string::npos);
    }
    replace_command(world, "71", garbage);
    Life life(world, GetParam(), {"n1"});
    const std::string answer = life.ask(GetParam().read);
    EXPECT_NE(answer.find(GetParam().shows_second), std::string::npos) << garbage << ": " << answer;
    EXPECT_TRUE(world.logged(LogLevel::error, "is no command")) << garbage;
  }
}

TEST_P(Commands, WhatIsNoneIsNotTakenFromALeader) {
  FakeRuntime world;
  Life life(world, GetParam(), {"n1", "n2", "n3"});
  const std::size_t before = records(world).size();
  for (const char* command : {"7", R"({"origin":"n2","life":7,"session":0,"number":1,"oldest":2,"operation":null})",
                              R"({"origin":"n2","life":7,"session":5,"number":1,"oldest":1,"operation":null})",
                              R"({"origin":"n2","life":7,"session":1,"number":2,"oldest":1,"operation":"x"})"}) {
    world.deliver("n2", std::string(R"({"type":"append_entries","term":3,"prev_index":0,"prev_term":0,"entries":[)") +
                            R"({"term":3,"command":null},{"term":3,"command":)" + command +
                            R"(}],"commit":2,"round":1})");
    world.advance(10ms);
  }
  EXPECT_EQ(records(world).size(), before) << "nothing of it is kept";
  EXPECT_TRUE(world.logged(LogLevel::warn, "refused a message of type append_entries from n2"));
}

std::string snapshot(const std::string& index, const std::string& state) {
  return R"({"type":"install_snapshot","term":3,"snapshot":{"index":)" + index + R"(,"term":3,"state":)" + state +
         R"(},"round":1})";
}

TEST_P(Commands, ASnapshotThatNoMachineCanStartFromIsNeverKept) {
  for (const char* state : {"7", "null", "{}", R"({"machine":7,"sessions":{}})", R"({"machine":[],"sessions":7})",
                            R"({"machine":[[1]],"sessions":{}})",
                            R"({"machine":[],"sessions":{"n1":{"opened_at":99,"life":1,"oldest":0,"results":[]}}})"}) {
    FakeRuntime world;
    Life life(world, GetParam(), {"n1", "n2", "n3"});
    const std::vector<std::string> before = records(world);
    world.deliver("n2", snapshot("9", state));
    world.advance(10ms);
    EXPECT_EQ(records(world), before) << state;
    EXPECT_TRUE(world.logged(LogLevel::warn, "refused a message of type install_snapshot from n2")) << state;
  }
}

TEST_P(Commands, ASnapshotThatEndsTheIndexesIsRefusedAndTheNextLifeStarts) {
  const std::string empty = std::string(GetParam().workload) == "kafka"
                                ? R"({"machine":{"logs":{},"committed":{}},"sessions":{}})"
                                : R"({"machine":[],"sessions":{}})";
  FakeRuntime world;
  for (const char* index : {"18446744073709551615", "18446744073709551614", "9223372036854775807",
                            "4611686018427387904", "140737488355328", "2147483648", "0", "-1"}) {
    Life life(world, GetParam(), {"n1", "n2", "n3"});
    const std::vector<std::string> before = records(world);
    world.deliver("n2", snapshot(index, empty));
    world.advance(10ms);
    EXPECT_EQ(records(world), before) << index;
  }
  Life life(world, GetParam(), {"n1", "n2", "n3"});
  world.deliver("n2", snapshot("9", empty));
  world.advance(10ms);
  EXPECT_NE(records(world).back().find(R"("index":9)"), std::string::npos) << "but one that can be is installed";
}

TEST_P(Commands, ASnapshotOnTheDiskThatNoMachineCanStartFromRefusesTheStart) {
  FakeRuntime world;
  {
    Life life(world, GetParam(), {"n1"});
    ASSERT_NE(life.ask(GetParam().first).find("_ok"), std::string::npos);
  }
  auto disk = world.open_storage("n1", {"n1"});
  disk->append(R"({"unsaved":{"rewrite":{"hard_state":{"term":3,"is_voter":true},)"
               R"("snapshot":{"index":9,"term":3,"state":{"machine":7,"sessions":{}}},"entries":[]}}})");
  disk->sync([] {});
  EXPECT_THROW(Life(world, GetParam(), {"n1"}), std::logic_error);
}

INSTANTIATE_TEST_SUITE_P(All, Commands, testing::ValuesIn(kinds), [](const auto& each) {
  std::string name = each.param.workload;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace mznode::forged
