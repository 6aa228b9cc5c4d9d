#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>

#include "tests/app/child.hpp"

// Nodes with --data-dir as processes: a disk that refuses ends them, and a directory has one owner.
namespace mznode::testing_support {
namespace {

namespace fs = std::filesystem;

constexpr int storage_failed = 74;

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
    {"txn-list-append", "raft", R"("type":"txn","txn":[["append",#,"@"]])", R"("type":"txn","txn":[["r",#,null]])"},
    {"txn-rw-register", "raft", R"("type":"txn","txn":[["w",#,"@"]])", R"("type":"txn","txn":[["r",#,null]])"},
};

const std::string init_alone =
    R"({"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}})"
    "\n";

std::string value_of(int number) {
  return "<" + std::to_string(number) + ">" + std::string(600, 'v');
}

/// A node of this subject, alone in its cluster.
class Server {
 public:
  Server(const Subject& subject, const fs::path& directory)
      : child_({"-w", subject.workload, "-s", subject.strategy, "--data-dir", directory.string()}) {
    child_.write(init_alone);
    first_ = child_.read_line();
  }
  std::string first_line() const { return first_.value_or(""); }
  /// The answer; nothing when the process has ended.
  std::optional<std::string> ask(std::string body, int number) {
    for (std::size_t at = body.find('@'); at != std::string::npos; at = body.find('@')) {
      body.replace(at, 1, value_of(number));
    }
    for (std::size_t at = body.find('#'); at != std::string::npos; at = body.find('#')) {
      body.replace(at, 1, std::to_string(number));
    }
    const std::string id = std::to_string(number + 2);
    child_.write(line("c1", R"({"msg_id":)" + id + "," + body + "}"));
    for (auto said = child_.read_line(); said; said = child_.read_line()) {
      const std::string reply = "\"in_reply_to\":" + id;
      if (said->find(reply + ",") != std::string::npos || said->find(reply + "}") != std::string::npos) return said;
    }
    return std::nullopt;
  }
  Exit finish() { return child_.finish(); }
  const std::string& log() const { return child_.log(); }

 private:
  Child child_;
  std::optional<std::string> first_;
};

/// While it lives, programs that are started can make no file larger than this.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit = {bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_ = {};
};

class NodeStorage : public testing::TestWithParam<Subject> {
 protected:
  void SetUp() override { fs::remove_all(directory); }
  void TearDown() override { fs::remove_all(directory); }
  const fs::path directory = fs::temp_directory_path() / ("mznode_node_storage_" + std::to_string(::getpid()));
};

TEST_P(NodeStorage, ADiskThatTakesNoMoreEndsTheNodeAndLosesNothing) {
  int acknowledged = 0;
  {
    std::optional<Server> server;
    {
      const FileSizeLimit limit(12'000);
      server.emplace(GetParam(), directory);
    }
    for (auto said = server->ask(GetParam().write, 0); said; said = server->ask(GetParam().write, acknowledged)) {
      ASSERT_EQ(said->find(R"("type":"error")"), std::string::npos) << *said;
      ++acknowledged;
    }
    const Exit exit = server->finish();
    EXPECT_EQ(exit.code, storage_failed) << exit.signal.value_or(0);
    EXPECT_NE(server->log().find("this node stops: cannot write to"), std::string::npos) << server->log();
    EXPECT_NE(server->log().find("1.log: File too large"), std::string::npos) << server->log();
  }
  EXPECT_GT(acknowledged, 3);
  Server next(GetParam(), directory);
  for (int number = 0; number < acknowledged; ++number) {
    const auto said = next.ask(GetParam().read, number);
    ASSERT_TRUE(said && said->find("<" + std::to_string(number) + ">") != std::string::npos) << said.value_or("ended");
  }
  EXPECT_EQ(next.finish().code, 0) << next.log();
  EXPECT_NE(next.log().find("never finished"), std::string::npos) << "what was cut off is told: " << next.log();
}

TEST_P(NodeStorage, ADirectoryOfAnotherIsRefusedAndKept) {
  {
    Server owner(GetParam(), directory);
    ASSERT_TRUE(owner.ask(GetParam().write, 0));
    owner.finish();
  }
  for (const Subject& other : subjects) {
    const bool is_same =
        std::string(other.workload) == GetParam().workload && std::string(other.strategy) == GetParam().strategy;
    if (is_same) continue;
    Server intruder(other, directory);
    const std::string owner = std::string("workload ") + GetParam().workload + ", strategy " + GetParam().strategy;
    EXPECT_NE(intruder.first_line().find(owner), std::string::npos) << intruder.first_line();
    EXPECT_NE(intruder.first_line().find("a directory of its own"), std::string::npos);
    EXPECT_EQ(intruder.finish().code, storage_failed);
    EXPECT_NE(intruder.log().find(owner), std::string::npos) << intruder.log();
  }
  Server owner(GetParam(), directory);
  const auto said = owner.ask(GetParam().read, 0);
  ASSERT_TRUE(said);
  EXPECT_NE(said->find("<0>"), std::string::npos) << *said;
}

INSTANTIATE_TEST_SUITE_P(Strategies, NodeStorage, testing::ValuesIn(subjects), [](const auto& test) {
  std::string name = std::string(test.param.workload) + "_" + test.param.strategy;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
});

TEST(NodeStorageDirectory, ThatIsAFileOrInUseIsTold) {
  const fs::path directory = fs::temp_directory_path() / ("mznode_in_use_" + std::to_string(::getpid()));
  fs::remove_all(directory);
  {
    Server first(subjects[0], directory);
    Server second(subjects[0], directory);
    EXPECT_NE(second.first_line().find("another process uses"), std::string::npos) << second.first_line();
  }
  fs::remove_all(directory);
  std::ofstream(directory) << "a file";
  Server third(subjects[0], directory);
  EXPECT_NE(third.first_line().find("a file of that name is there"), std::string::npos) << third.first_line();
  fs::remove_all(directory);
}

}  // namespace
}  // namespace mznode::testing_support
