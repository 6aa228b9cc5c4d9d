#include "mznode/sim/process_host.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "mznode/workloads/harness.hpp"
#include "tests/contains.hpp"
#include "tests/sim/broken_node.hpp"

namespace mznode::sim {
namespace {

namespace fs = std::filesystem;

const std::string sources = MZNODE_SOURCE_DIR "/tests/sim/nodes/";

std::size_t open_descriptors() {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

/// Nodes without a run around them: the test plays the client.
class ProcessHostTest : public testing::Test {
 protected:
  void start(const std::vector<std::string>& arguments, ProcessLimits limits = {}) {
    start_program(broken_node, arguments, limits);
  }
  void start_program(const std::string& program, const std::vector<std::string>& arguments, ProcessLimits limits = {}) {
    host_ = std::make_unique<ProcessHost>(program, arguments, limits);
    host_->attach(network_);
    host_->on_failure([this](NodeFailure failure) { failures_.push_back(std::move(failure)); });
    host_->on_log(
        [this](const std::string& node, std::string_view line) { log_.push_back(node + ": " + std::string(line)); });
    add_client("c1");
    host_->start("n1");
  }
  void add_client(const std::string& name) {
    network_.add(name, Endpoint::client, [this](const Packet& packet) { received_.push_back(packet); });
  }
  void init() { ask("n1", R"({"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]})"); }
  void ask(const std::string& node, const std::string& body, const std::string& client = "c1") {
    EXPECT_TRUE(network_.send(client, node, body));
  }

  /// Lets time pass until `condition` holds; false when it does not come to that.
  template <class Condition>
  bool reaches(Condition condition) {
    const Time deadline = host_->now() + 20s;
    while (!condition()) {
      const Time now = host_->now();
      if (now > deadline) return false;
      while (timers_.run_due(now)) {
      }
      host_->wait_until(timers_.next().value_or(now + 1s));
    }
    return true;
  }
  bool gets_reply() {
    return reaches([this] { return !received_.empty(); });
  }
  /// What the only failure says.
  std::string failure() {
    if (!reaches([this] { return !failures_.empty(); })) return "none";
    EXPECT_EQ(failures_.front().node, "n1");
    return failures_.front().description;
  }
  /// The process that the node's log names.
  std::string grandchild() {
    const std::string prefix = "n1: grandchild ";
    if (!reaches([&] { return !log_.empty(); }) || log_[0].rfind(prefix, 0) != 0) return "";
    return log_[0].substr(prefix.size());
  }
  /// True when a process ends: it is gone, or dead and not yet collected by the system.
  static bool is_gone(const std::string& process) {
    const std::string stat = "/proc/" + process + "/stat";
    for (int i = 0; i < 2000; ++i) {
      std::ifstream file(stat);
      std::string text;
      if (!std::getline(file, text) || text.find(") Z ") != std::string::npos) return true;
      ::usleep(1000);
    }
    return false;
  }
  bool grandchild_dies() {
    const std::string process = grandchild();
    host_.reset();
    return !process.empty() && is_gone(process);
  }

  void TearDown() override {
    host_.reset();
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
    EXPECT_EQ(errno, ECHILD);
    EXPECT_EQ(open_descriptors(), descriptors_);
  }

  std::size_t descriptors_ = open_descriptors();
  Timers timers_;
  std::unique_ptr<ProcessHost> host_;
  Network network_{timers_, [this] { return host_->now(); }, {}, Delivery::ideal, 0};
  std::vector<NodeFailure> failures_;
  std::vector<std::string> log_;
  std::vector<Packet> received_;
};

TEST_F(ProcessHostTest, CarriesMessagesBothWays) {
  start({"good"});
  init();
  ASSERT_TRUE(gets_reply());
  EXPECT_EQ(received_[0].src, "n1");
  EXPECT_EQ(received_[0].body, R"({"type":"init_ok","in_reply_to":1})");
  ask("n1", R"({"type":"echo","echo":{"a":[1, 2.50]},"msg_id":2})");
  ASSERT_TRUE(reaches([this] { return received_.size() == 2; }));
  EXPECT_EQ(received_[1].body, R"({"type":"echo_ok","echo":{"a":[1, 2.50]},"in_reply_to":2})");
  EXPECT_TRUE(failures_.empty());
}

TEST_F(ProcessHostTest, StartsInTheTemporaryDirectoryAndRunsScriptsWithoutAnInterpreterLine) {
  start_program(sources + "no_shebang.sh", {"--an \"argument\""});
  init();
  ASSERT_TRUE(gets_reply());
  ASSERT_TRUE(reaches([this] { return !log_.empty(); }));
  EXPECT_EQ(log_[0], "n1: in " + fs::canonical(fs::temp_directory_path()).string() + " with --an \"argument\"");
}

TEST_F(ProcessHostTest, RefusesWhatCannotBeExecuted) {
  const auto refusal = [](const std::string& program) -> std::string {
    try {
      ProcessHost host(program, {});
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refusal("./no-such-node"), "cannot run ./no-such-node: there is no such file");
  EXPECT_EQ(refusal("no-such-node"), "cannot run no-such-node: there is no such file, and no such program in PATH");
  EXPECT_TRUE(contains(refusal(sources), "it is a directory"));
  EXPECT_TRUE(contains(refusal(sources + "broken_node.cpp"), "it is not executable"));
  EXPECT_TRUE(contains(refusal("/dev/null"), "it is not a file"));
  TestSettings settings;
  settings.workload = "echo";
  settings.bin = "./no-such-node";
  EXPECT_THROW(run_test(settings, [] { return false; }), std::invalid_argument);
}

TEST_F(ProcessHostTest, ReportsHowANodeEndedAndWhatItsLogSaidLast) {
  start({"dies-at-start"});
  EXPECT_EQ(failure(),
            "exited with status 3, but a node has to run until it is killed; the last it logged: cannot find its "
            "configuration\n"
            "the end of its log:\n  cannot find its configuration");
  EXPECT_TRUE(failures_[0].has_ended);
  EXPECT_FALSE(network_.exists("n1"));
  // To a dead node messages are lost, as to any.
  host_->pause("n1");
  host_->resume("n1");
}

TEST_F(ProcessHostTest, NoticesTheDeathOfANodeWhoseChildHoldsThePipes) {
  start({"forks-and-dies"});
  EXPECT_TRUE(contains(failure(), "exited with status 0, but"));
  EXPECT_TRUE(grandchild_dies());
}

TEST_F(ProcessHostTest, KillsWhatANodeForked) {
  start({"forks"});
  init();
  EXPECT_TRUE(gets_reply());
  EXPECT_TRUE(grandchild_dies());
}

TEST_F(ProcessHostTest, KillsDaemonsThatANodeStarted) {
  start({"daemon"});
  init();
  EXPECT_TRUE(gets_reply());
  EXPECT_TRUE(grandchild_dies());
}

TEST_F(ProcessHostTest, KillsDaemonsThatANodeLeftBehind) {
  start({"daemon-and-dies"});
  EXPECT_TRUE(contains(failure(), "exited with status 0, but"));
  EXPECT_TRUE(grandchild_dies());
}

TEST_F(ProcessHostTest, ANodeThatIsKilledTakesItsDaemonsAlong) {
  start({"daemon"});
  init();
  ASSERT_TRUE(gets_reply());
  ASSERT_TRUE(reaches([this] { return !log_.empty(); }));
  const std::string first = grandchild();
  host_->kill("n1");
  EXPECT_TRUE(is_gone(first));
  host_->start("n1");
  init();
  EXPECT_TRUE(reaches([this] { return received_.size() == 2; }));
  EXPECT_TRUE(failures_.empty());
}

TEST_F(ProcessHostTest, StopsANodeThatTakesTooMuchMemory) {
  start({"takes-memory", "96"}, {.memory_bytes = 64 << 20});
  init();
  const std::string text = failure();
  EXPECT_TRUE(contains(text, "takes ")) << text;
  EXPECT_TRUE(contains(text, " MB of memory, more than the 64 MB that a node may take (--memory)\n")) << text;
  EXPECT_TRUE(failures_[0].has_ended);
}

TEST_F(ProcessHostTest, TheMemoryOfWhatANodeStartedIsItsOwn) {
  start({"child-takes-memory", "96"}, {.memory_bytes = 64 << 20});
  init();
  EXPECT_TRUE(contains(failure(), "of memory, more than the 64 MB"));
}

TEST_F(ProcessHostTest, KillsANodeThatIgnoresSigterm) {
  start({"ignores-sigterm"});
  init();
  EXPECT_TRUE(gets_reply());
}

TEST_F(ProcessHostTest, ANodeThatWasKilledStartsAgain) {
  start({"good"});
  init();
  ASSERT_TRUE(gets_reply());
  host_->kill("n1");
  EXPECT_FALSE(network_.exists("n1"));
  host_->start("n1");
  init();
  EXPECT_TRUE(reaches([this] { return received_.size() == 2; }));
  EXPECT_TRUE(failures_.empty());
}

TEST_F(ProcessHostTest, APausedNodeGoesOnWithWhatHasArrived) {
  start({"good"});
  host_->pause("n1");
  init();
  const Time later = host_->now() + 20ms;
  EXPECT_TRUE(reaches([&] { return host_->now() > later; }));
  EXPECT_TRUE(received_.empty());
  host_->resume("n1");
  EXPECT_TRUE(gets_reply());
  host_->pause("n1");  // and is killed in this state
}

TEST_F(ProcessHostTest, StopsANodeThatNeverEndsItsLine) {
  start({"no-line-break"}, {.line_bytes = 4 << 20});
  init();
  EXPECT_EQ(failure(), "wrote more than 4 MB without a line break\nits log is empty");
  EXPECT_TRUE(failures_[0].has_ended);
}

TEST_F(ProcessHostTest, StopsANodeThatFloodsTheNetwork) {
  start({"message-flood"}, {.output_bytes = 8 << 20, .output_bytes_per_s = 0});
  init();
  EXPECT_TRUE(contains(failure(), "wrote 8 MB of the 8 MB that all nodes wrote in"));
  EXPECT_TRUE(contains(failure(), "one of its lines: {\"src\":\"n1\""));
}

TEST_F(ProcessHostTest, StopsANodeThatFloodsWithJunkAndReportsItsFirstLine) {
  start({"junk-flood"}, {.output_bytes = 8 << 20, .output_bytes_per_s = 0});
  init();
  ASSERT_TRUE(reaches([this] { return failures_.size() == 2; }));
  EXPECT_TRUE(contains(failures_[0].description, "it is not a JSON object\nthe line: xxx"));
  EXPECT_TRUE(contains(failures_[0].description, "x … (1024 bytes)\n"));
  EXPECT_FALSE(failures_[0].has_ended);
  EXPECT_TRUE(contains(failures_[1].description, "wrote 8 MB of the 8 MB that all nodes wrote in"));
  EXPECT_TRUE(failures_[1].has_ended);
}

TEST_F(ProcessHostTest, KeepsTheBeginningOfALogThatFloods) {
  start({"log-flood", "4096"}, {.log_bytes = 1 << 20});
  init();
  ask("n1", R"({"type":"echo","echo":1,"msg_id":2})");
  ASSERT_TRUE(reaches([this] { return received_.size() == 2; }));
  ASSERT_TRUE(reaches([this] { return contains(host_->log_tail("n1"), "\n  the end"); }));
  EXPECT_LT(log_.size(), 1024u);
  EXPECT_EQ(log_.back(), "n1: [mznode test] the log is cut here, after 1 MB");
  EXPECT_TRUE(contains(host_->log_tail("n1"), "\n  [mznode test] a line of more than 1 MB is left out here\n"));
  EXPECT_TRUE(failures_.empty());
}

TEST_F(ProcessHostTest, StopsANodeThatDoesNotReadItsInput) {
  start({"deaf"}, {.unread_bytes = 4 << 20});
  const std::string body = R"({"type":"gossip","data":")" + std::string(1 << 16, 'x') + "\"}";
  while (failures_.empty() && host_->now() < Time(20s)) {
    ask("n1", body);
    while (timers_.run_due(host_->now())) {
    }
    host_->wait_until(host_->now());
  }
  EXPECT_TRUE(contains(failure(), "does not read its input: more than 4 MB wait for it"));
}

TEST_F(ProcessHostTest, ReportsANodeThatClosesItsOutput) {
  start({"closes-output"});
  EXPECT_TRUE(contains(failure(), "closed its standard output\n"));
  EXPECT_FALSE(failures_[0].has_ended);
}

TEST_F(ProcessHostTest, ReportsANodeThatClosesItsInput) {
  start({"closes-input"});
  while (failures_.empty() && host_->now() < Time(20s)) {
    ask("n1", R"({"type":"gossip"})");
    while (timers_.run_due(host_->now())) {
    }
    host_->wait_until(host_->now() + 10ms);
  }
  EXPECT_TRUE(contains(failure(), "closed its standard input\n"));
}

TEST_F(ProcessHostTest, AReplyToAClientThatHasLeftIsLost) {
  start({"good"});
  init();
  ASSERT_TRUE(gets_reply());
  add_client("c2");
  ask("n1", R"({"type":"echo","echo":1,"msg_id":2})", "c2");
  while (timers_.run_due(host_->now())) {
  }
  network_.remove("c2");
  EXPECT_TRUE(reaches([this] { return host_->late_replies() == 1; }));
  EXPECT_TRUE(contains(log_.at(0), "[mznode test] a reply to c2 came after it had stopped waiting"));
  ask("n1", R"({"type":"echo","echo":1,"msg_id":3})");
  EXPECT_TRUE(reaches([this] { return received_.size() == 2; }));
  EXPECT_TRUE(failures_.empty());
}

struct BadLine {
  std::string line;
  std::string problem;
};
std::ostream& operator<<(std::ostream& out, const BadLine& bad) {
  return out << bad.line.substr(0, 60);
}

class BadLineTest : public ProcessHostTest, public testing::WithParamInterface<BadLine> {};

TEST_P(BadLineTest, EndsTheHearingOfItsNode) {
  start({"says", GetParam().line});
  init();
  const std::string text = failure();
  EXPECT_TRUE(contains(text, "wrote a line that is not a message: " + GetParam().problem + "\nthe line: ")) << text;
  EXPECT_TRUE(contains(text, R"(expected: {"src": "n1", "dest": "<a node, service or client>", "body": {"type": …}})"));
  EXPECT_FALSE(failures_[0].has_ended);
  // Its answer to this is not heard, but the node lives.
  ask("n1", R"({"type":"echo","echo":1,"msg_id":2})");
  const Time later = host_->now() + 20ms;
  EXPECT_TRUE(reaches([&] { return host_->now() > later; }));
  EXPECT_EQ(received_.size(), 1u);
  EXPECT_TRUE(network_.exists("n1"));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadLineTest,
    testing::Values(
        BadLine{"", "it is blank"}, BadLine{"started", "it is not a JSON object"},
        BadLine{"[1]", "it is not a JSON object"}, BadLine{"{}", "it has no src"},
        BadLine{R"({"src":"n1","dest":"n1","body":{}} x)", "it is not valid JSON at byte 35"},
        BadLine{R"({"src":"n1","dest":"n1","body":{"a":01}})", "it is not valid JSON at byte 38"},
        BadLine{R"({"src":"n1","dest":"n1","body":{},"ts":1})", "it has the top-level key ts, which no message has"},
        BadLine{R"({"src":null,"dest":"n1","body":{}})", "its src is not a string"},
        BadLine{R"({"src":"n1","body":{}})", "it has no dest"},
        BadLine{R"({"src":"n1","dest":"n1"})", "it has no body"},
        BadLine{R"({"src":"n1","dest":"n1","body":"x"})", "its body is not an object"},
        BadLine{R"({"id":null,"src":"n1","dest":"n1","body":{}})", "its id is not an integer"},
        BadLine{"{\"src\":\"n1\",\r\"dest\":\"n1\",\"body\":{}}", "it has a carriage return in its middle"}));

struct WrongName {
  std::string line;
  std::string problem;
};
std::ostream& operator<<(std::ostream& out, const WrongName& wrong) {
  return out << wrong.line;
}

class WrongNameTest : public ProcessHostTest, public testing::WithParamInterface<WrongName> {};

TEST_P(WrongNameTest, EndsTheHearingOfItsNode) {
  start({"says", GetParam().line});
  host_->start("n2");
  init();
  const std::string text = failure();
  EXPECT_EQ(text.substr(0, text.find('\n')), GetParam().problem);
  EXPECT_TRUE(contains(text, "\nthe line: {")) << text;
  EXPECT_FALSE(failures_[0].has_ended);
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongNameTest,
    testing::Values(
        WrongName{R"({"src":"n1","dest":"n9","body":{}})", "sent a message to n9, but there is nobody of that name"},
        WrongName{R"({"src":"n1","dest":"c9","body":{}})", "sent a message to c9, but there is nobody of that name"},
        WrongName{R"({"src":"n1","dest":"","body":{}})", "sent a message to \"\", but there is nobody of that name"},
        WrongName{R"({"src":"n2","dest":"c1","body":{"type":"echo_ok"}})", "sent a message under the name of n2"},
        WrongName{R"({"src":"n7","dest":"c1","body":{}})", "sent a message under the name of n7"},
        WrongName{R"({"src":"c1","dest":"c1","body":{}})", "sent a message under the name of c1"},
        WrongName{R"({"src":"c9","dest":"n1","body":{}})", "sent a message under the name of c9"},
        WrongName{R"({"src":"lin-kv","dest":"n1","body":{}})", "sent a message under the name of lin-kv"}));

TEST_F(ProcessHostTest, ANodeMayPassOnARequestUnderItsClientsName) {
  start({"says", R"({"src":"c1","dest":"n1","body":{"type":"echo","echo":"passed on","msg_id":7}})"});
  init();
  ASSERT_TRUE(reaches([this] { return received_.size() == 2; }));
  EXPECT_EQ(received_[1].body, R"({"type":"echo_ok","echo":"passed on","in_reply_to":7})");
  EXPECT_TRUE(failures_.empty());
}

class GoodLineTest : public ProcessHostTest, public testing::WithParamInterface<std::string> {};

TEST_P(GoodLineTest, IsAMessage) {
  start({"says", GetParam()});
  init();
  EXPECT_TRUE(reaches([this] { return received_.size() == 2; }));
  EXPECT_TRUE(failures_.empty());
}

INSTANTIATE_TEST_SUITE_P(All, GoodLineTest,
                         testing::Values(R"({"src":"n1","dest":"c1","body":{}})",
                                         R"(  {"id":12,"body":{"type":1},"dest":"c1","src":"n1"} )",
                                         R"({"\u0073rc":"n\u0031","dest":"\u00631","body":{"a":"é"}})",
                                         "{\"src\":\"n1\",\"dest\":\"c1\",\"body\":{}}\r"));

}  // namespace
}  // namespace mznode::sim
