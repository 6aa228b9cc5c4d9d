#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "file_storage.hpp"
#include "mznode/node/fake_runtime.hpp"
#include "mznode/workloads/registry.hpp"
#include "tests/storage/simulated_disk.hpp"

// What a node has acknowledged it knows in its next life, or it does not start: every strategy with storage, on disks
// that lose power, refuse, and damage what they hold.
namespace mznode {
namespace {

constexpr int writes = 8;

/// A strategy, and how it is told a value and asked for it; `#` stands for the number of the write, `@` for its value.
struct Subject {
  const char* workload;
  const char* strategy;
  const char* write;
  const char* read;
};

const Subject subjects[] = {
    {"lin-kv", "raft", R"("type":"write","key":#,"value":"@")", R"("type":"read","key":#)"},
    {"lin-kv", "caspaxos", R"("type":"write","key":#,"value":"@")", R"("type":"read","key":#)"},
    {"kafka", "owner", R"("type":"send","key":"k","msg":"@")", R"("type":"poll","offsets":{"k":#})"},
    {"kafka", "raft", R"("type":"send","key":"k","msg":"@")", R"("type":"poll","offsets":{"k":#})"},
    {"txn-list-append", "raft", R"("type":"txn","txn":[["append",1,"@"]])", R"("type":"txn","txn":[["r",1,null]])"},
    {"txn-rw-register", "raft", R"("type":"txn","txn":[["w",#,"@"]])", R"("type":"txn","txn":[["r",#,null]])"},
};

std::string value_of(int number) {
  return "<" + std::to_string(number) + ">" + std::string(150, 'v');
}

std::string body_of(std::string text, int number, int msg_id) {
  for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@')) {
    text.replace(at, 1, value_of(number));
  }
  for (std::size_t at = text.find('#'); at != std::string::npos; at = text.find('#')) {
    text.replace(at, 1, std::to_string(number));
  }
  return R"({"msg_id":)" + std::to_string(msg_id) + "," + text + "}";
}

/// One life of the only node of a cluster.
class Life {
 public:
  /// Throws std::logic_error when the node refuses to start.
  Life(const Subject& which, const std::shared_ptr<FileSystem>& disk, const std::string& directory) : subject(which) {
    world.set_storage([this, disk, directory](const std::string& name) {
      FileStorage::World outside;
      outside.offload = [](const std::function<void()>& work, const std::function<void()>& done) {
        work();
        done();
      };
      outside.on_error = [this](const std::string& what) { error = what; };
      outside.on_warning = [](const std::string&) {};
      outside.files = disk;
      return std::make_unique<FileStorage>(directory + "/" + name, StorageOwner{{"workload", subject.workload}},
                                           outside);
    });
    const StrategyInfo& info = find_strategy(find_workload(subject.workload), subject.strategy);
    installed = info.install(node, OptionValues(info.options, {}));
    world.init(node, "n1", {"n1"});
    world.advance(2s);
    world.take_all();
  }
  /// The text of the answer; empty when there is none.
  std::string ask(const char* what, int number) {
    const int msg_id = ++last_msg_id;
    world.deliver("c1", body_of(what, number, msg_id));
    for (int i = 0; i < 20 && error.empty(); ++i) {
      world.advance(5ms);
      for (const SentMessage& message : world.take_all()) {
        const std::string text = message.body.text();
        if (message.dest == "c1" && text.find("\"in_reply_to\":" + std::to_string(msg_id) + ",") != std::string::npos) {
          return message.type == "error" ? "" : text;
        }
        if (message.dest == "c1" && text.ends_with("\"in_reply_to\":" + std::to_string(msg_id) + "}")) return text;
      }
    }
    return "";
  }
  /// Writes what there is to write; returns what was acknowledged.
  std::vector<int> write() {
    std::vector<int> acknowledged;
    for (int number = 0; number < writes && error.empty(); ++number) {
      if (!ask(subject.write, number).empty()) acknowledged.push_back(number);
    }
    return acknowledged;
  }
  bool knows(int number) {
    return ask(subject.read, number).find("<" + std::to_string(number) + ">") != std::string::npos;
  }

  const Subject& subject;
  FakeRuntime world;
  std::string error;
  std::unique_ptr<Strategy> installed;
  Node node{world};
  int last_msg_id = 1;
};

class StoringStrategy : public testing::TestWithParam<std::tuple<Subject, bool>> {
 protected:
  StoringStrategy() {
    if (is_real) {
      std::filesystem::remove_all(directory);
      disk = std::make_shared<PosixFileSystem>();
    } else {
      disk = std::make_shared<SimulatedDisk>();
    }
  }
  ~StoringStrategy() override {
    if (is_real) std::filesystem::remove_all(directory);
  }
  std::map<std::string, std::string> files() {
    std::map<std::string, std::string> contents;
    for (const std::string& name : disk->list(path)) contents[name] = *disk->read(path + "/" + name);
    return contents;
  }
  void set_files(const std::map<std::string, std::string>& contents) {
    for (const std::string& name : disk->list(path)) {
      if (!contents.contains(name)) disk->remove(path + "/" + name);
    }
    for (const auto& [name, bytes] : contents) damage::set_bytes(*disk, path + "/" + name, bytes);
  }
  /// Whether the node starts. If so, it must know everything.
  bool starts(const std::string& damage) {
    try {
      Life life(subject, disk, directory);
      for (int number = 0; number < writes; ++number) {
        EXPECT_TRUE(life.knows(number)) << damage << ": write " << number << " was acknowledged";
      }
      return true;
    } catch (const std::logic_error& refusal) {
      why = refusal.what();
      return false;
    }
  }

  const Subject subject = std::get<0>(GetParam());
  const bool is_real = std::get<1>(GetParam());
  const std::string directory =
      (std::filesystem::temp_directory_path() / ("mznode_storing_" + std::to_string(::getpid()))).string();
  const std::string path = directory + "/n1";
  std::shared_ptr<FileSystem> disk;
  std::string why;
};

TEST_P(StoringStrategy, DoesNotStartOnADamagedDisk) {
  std::vector<std::string> earlier;
  {
    Life life(subject, disk, directory);
    for (int number = 0; number < writes; ++number) {
      ASSERT_NE(life.ask(subject.write, number), "") << number;
      if (number % 3 == 0) earlier.push_back(*disk->read(path + "/1.log"));
    }
  }
  const auto before = files();
  ASSERT_TRUE(starts("nothing"));
  set_files(before);
  const auto versions = damage::of_sectors(before.at("1.log"), earlier);
  ASSERT_GT(versions.size(), 20u);
  for (const auto& [name, bytes] : versions) {
    auto damaged = before;
    damaged["1.log"] = bytes;
    set_files(damaged);
    EXPECT_FALSE(starts(name)) << name;
    EXPECT_NE(why.find("1.log is damaged"), std::string::npos) << why;
    EXPECT_EQ(files(), damaged) << name;
  }
  for (const auto& [name, bytes] : before) {
    auto damaged = before;
    damaged.erase(name);
    set_files(damaged);
    EXPECT_EQ(starts("without " + name), name == "lock" || name == "synced");
  }
}

class StoringStrategyThatDies : public testing::TestWithParam<Subject> {};

TEST_P(StoringStrategyThatDies, KnowsWhatItAcknowledgedWhicheverCallOfTheDiskIsTheLast) {
  const Subject& subject = GetParam();
  const std::string directory = "/data";
  std::mt19937 random(7);
  std::size_t calls = 0;
  {
    const auto counted = std::make_shared<SimulatedDisk>();
    Life life(subject, counted, directory);
    ASSERT_EQ(life.write().size(), static_cast<std::size_t>(writes));
    calls = counted->calls();
  }
  for (std::size_t call = 1; call <= calls; ++call) {
    for (const bool loses_power : {true, false}) {
      const auto failing = std::make_shared<SimulatedDisk>();
      loses_power ? failing->lose_power_from(call) : failing->fail_from(call);
      std::vector<int> acknowledged;
      try {
        Life life(subject, failing, directory);
        acknowledged = life.write();
        EXPECT_NE(life.error, "") << call;
      } catch (const std::logic_error&) {  // it could not be opened
      }
      loses_power ? failing->lose_power([&] { return random() % 2 == 0; }) : failing->recover();
      Life next(subject, failing, directory);
      for (const int number : acknowledged) EXPECT_TRUE(next.knows(number)) << number << " in call " << call;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Disks, StoringStrategy, testing::Combine(testing::ValuesIn(subjects), testing::Bool()),
                         [](const auto& test) {
                           std::string name = std::string(std::get<0>(test.param).workload) + "_" +
                                              std::get<0>(test.param).strategy +
                                              (std::get<1>(test.param) ? "_real_files" : "_simulated_disk");
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

INSTANTIATE_TEST_SUITE_P(SimulatedDisk, StoringStrategyThatDies, testing::ValuesIn(subjects), [](const auto& test) {
  std::string name = std::string(test.param.workload) + "_" + test.param.strategy;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

/// What must be on the list above follows from the promises of the strategies.
TEST(StoringStrategies, AreAllThatPromiseToSurviveAKillWithStorage) {
  std::size_t promised = 0;
  for (const WorkloadInfo& workload : workloads()) {
    for (const StrategyInfo& strategy : workload.strategies) {
      if (strategy.guarantees.caveat.find("--data-dir") == std::string::npos) continue;
      ++promised;
      EXPECT_TRUE(std::any_of(std::begin(subjects), std::end(subjects),
                              [&](const Subject& subject) {
                                return subject.workload == workload.name && subject.strategy == strategy.name;
                              }))
          << workload.name << " " << strategy.name;
    }
  }
  EXPECT_EQ(promised, std::size(subjects));
}

}  // namespace
}  // namespace mznode
