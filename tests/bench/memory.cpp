// What the memory of a node grows by when others ask for much, ask for nothing, or come and go, for every strategy:
// `memory [--requests N] [--lives N] [--only WORKLOAD]`. Each figure is that of a process of its own. What is data is
// left out: the requests change nothing, or wait for somebody who does not answer.

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "kafka/rendezvous.hpp"
#include "mznode/node/fake_runtime.hpp"
#include "mznode/workloads/registry.hpp"

namespace mznode::bench {
namespace {

constexpr double limit_mb = 64;

struct Amounts {
  int requests = 1'000'000;
  int lives = 100'000;
};

double resident_mb() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    double kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes / 1024;
  }
  throw std::runtime_error("the peak of this process's memory is unknown");
}

const std::vector<std::string> three = {"n2", "n1", "n3"};

/// A node of a strategy, whose services answer as empty ones do, or not at all.
class Subject {
 public:
  Subject(const WorkloadInfo& workload, const StrategyInfo& strategy, const std::vector<std::string>& nodes)
      : options_(strategy.options, {}) {
    node_.set_client_timeout(workload.client_timeout);
    strategy_ = strategy.install(node_, options_);
    world_.init(node_, "n1", nodes);
    advance(3s);
    before_ = resident_mb();
  }

  void deliver(const std::string& src, const std::string& body) {
    world_.deliver(src, body);
    take_out();
  }
  void advance(Duration duration) {
    world_.advance(duration);
    take_out();
  }
  void let_services_answer() { have_services_ = true; }
  double growth_mb() const { return resident_mb() - before_; }
  std::uint64_t answered() const { return answered_; }

 private:
  void take_out() {
    while (!world_.sent().empty()) {
      for (const SentMessage& message : world_.take_all()) {
        answered_ += message.dest.front() == 'c' ? 1 : 0;
        if (have_services_ && message.msg_id) answer(message);
      }
    }
    world_.clear_logs();
  }
  void answer(const SentMessage& request) {
    if (request.dest != "lin-kv" && request.dest != "seq-kv" && request.dest != "lin-tso") return;
    if (request.type == "read") {
      world_.reply_error(request, ErrorCode::key_does_not_exist);
    } else {
      world_.reply(request, request.type + "_ok", Json::parse(R"({"ts":)" + std::to_string(++timestamp_) + "}"));
    }
  }

  FakeRuntime world_;
  OptionValues options_;
  std::unique_ptr<Strategy> strategy_;
  Node node_{world_};
  bool have_services_ = false;
  std::uint64_t answered_ = 0;
  std::int64_t timestamp_ = 0;
  double before_ = 0;
};

std::string request(const std::string& type, int number, const std::string& fields) {
  return R"({"type":")" + type + R"(","msg_id":)" + std::to_string(number) + fields + "}";
}

/// Asks for something that nobody has written.
std::string read_of_nothing(const std::string& workload, int number) {
  const std::string key = std::to_string(number);
  if (workload == "echo") return request("echo", number, R"(,"echo":)" + key);
  if (workload == "unique-ids") return request("generate", number, "");
  if (workload == "lin-kv") return request("read", number, R"(,"key":)" + key);
  if (workload.starts_with("txn")) return request("txn", number, R"(,"txn":[["r",)" + key + ",null]]");
  if (workload != "kafka") return request("read", number, "");
  if (number % 2 == 0) return request("poll", number, R"(,"offsets":{")" + key + R"(":0})");
  return request("list_committed_offsets", number, R"(,"keys":[")" + key + R"("])");
}

/// Asks for something that takes somebody else, where the strategy needs anybody.
std::string waiting_request(const WorkloadInfo& workload, const StrategyInfo& strategy, int number) {
  const std::string key = std::to_string(number);
  if (workload.name == "lin-kv") return request("write", number, R"(,"value":1,"key":)" + key);
  if (workload.name == "kafka") {
    static const std::string others = [] {
      int i = 0;
      while (kafka::owner_of(std::to_string(i), three) == "n1") ++i;
      return std::to_string(i);
    }();
    return request("send", number, R"(,"msg":1,"key":")" + (strategy.name == "owner" ? others : key) + "\"");
  }
  if (workload.name == "txn-list-append") return request("txn", number, R"(,"txn":[["append",)" + key + ",1]]");
  if (workload.name == "txn-rw-register" && strategy.name != "hat") {
    return request("txn", number, R"(,"txn":[["w",)" + key + ",1]]");
  }
  if (workload.name.ends_with("counter") && strategy.name != "crdt") return request("add", number, R"(,"delta":1)");
  return read_of_nothing(workload.name, number);
}

double read_nothing(const WorkloadInfo& workload, const StrategyInfo& strategy, const Amounts& amounts) {
  Subject subject(workload, strategy, {"n1"});
  subject.let_services_answer();
  for (int number = 1; number <= amounts.requests; ++number) {
    subject.deliver("c1", read_of_nothing(workload.name, number));
    if (number % 100 == 0) subject.advance(10ms);
  }
  if (subject.answered() < static_cast<std::uint64_t>(amounts.requests) * 9 / 10) {
    throw std::runtime_error("only " + std::to_string(subject.answered()) + " reads were answered");
  }
  return subject.growth_mb();
}

double wait_in_vain(const WorkloadInfo& workload, const StrategyInfo& strategy, const Amounts& amounts) {
  Subject subject(workload, strategy, three);
  for (int number = 1; number <= amounts.requests; ++number) {
    subject.deliver("c1", waiting_request(workload, strategy, number));
  }
  const double growth = subject.growth_mb();
  for (int second = 0; second < 10; ++second) subject.advance(1s);
  // Those that were let in may have been given up by their clients before they were answered.
  if (subject.answered() + Node::max_open_requests < static_cast<std::uint64_t>(amounts.requests)) {
    throw std::runtime_error("only " + std::to_string(subject.answered()) + " requests were answered");
  }
  return growth;
}

/// A peer that is killed and started again and again.
double meet_lives(const WorkloadInfo& workload, const StrategyInfo& strategy, const Amounts& amounts) {
  Subject subject(workload, strategy, three);
  for (int number = 1; number <= amounts.lives; ++number) {
    const std::string life = std::to_string(number);
    subject.deliver("n2", R"({"type":"hello","life":)" + life + "}");
    const std::string rest = R"(,"elements":[],"ack_stream":[0,0],"ack":0,"gap":false,"chosen":false})";
    subject.deliver("n2", R"({"type":"gossip","stream":[)" + life + R"(,1],"from":0,"to":1)" + rest);
    subject.deliver("n2", R"({"type":"gossip","stream":[)" + life + R"(,2],"from":5,"to":6)" + rest);
    subject.deliver("n2", R"({"type":"gossip","stream":[77,1],"from":)" + std::to_string(2 * number) + R"(,"to":)" +
                              std::to_string(2 * number + 1) + rest);
    subject.deliver("n2", R"({"type":"open_forwards","msg_id":1,"life":)" + life + "}");
    if (number % 10 == 0) subject.advance(10ms);
  }
  return subject.growth_mb();
}

using Measure = double (*)(const WorkloadInfo&, const StrategyInfo&, const Amounts&);

/// What `measure` says in a process of its own, whose peak is not that of others before.
double in_a_process(Measure measure, const WorkloadInfo& workload, const StrategyInfo& strategy,
                    const Amounts& amounts) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  std::fflush(stdout);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("no process");
  if (pid == 0) {
    double figure = -1;
    try {
      figure = measure(workload, strategy, amounts);
    } catch (const std::exception& error) {
      std::cerr << workload.name << ", " << strategy.name << ": " << error.what() << '\n';
    }
    const bool is_written = ::write(ends[1], &figure, sizeof figure) == static_cast<ssize_t>(sizeof figure);
    ::_exit(is_written ? 0 : 1);
  }
  ::close(ends[1]);
  double figure = -1;
  const bool is_read = ::read(ends[0], &figure, sizeof figure) == static_cast<ssize_t>(sizeof figure);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return is_read ? figure : -1;
}

int option(const std::vector<std::string>& arguments, const std::string& name, int otherwise) {
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
    if (arguments[i] == name) std::from_chars(arguments[i + 1].data(), &arguments[i + 1].back() + 1, otherwise);
  }
  return otherwise;
}

int run(const std::vector<std::string>& arguments) {
  const Amounts amounts{option(arguments, "--requests", Amounts().requests),
                        option(arguments, "--lives", Amounts().lives)};
  std::printf("MB that a node grows by             %10d reads %10d requests %10d lives   target: < %g\n",
              amounts.requests, amounts.requests, amounts.lives, limit_mb);
  std::printf("                                      of nothing     that wait       of a peer\n");
  bool is_met = true;
  const auto only = std::find(arguments.begin(), arguments.end(), "--only");
  for (const WorkloadInfo& workload : workloads()) {
    if (only != arguments.end() && only + 1 != arguments.end() && workload.name != only[1]) continue;
    for (const StrategyInfo& strategy : workload.strategies) {
      std::printf("%-16s %-12s      ", workload.name.c_str(), strategy.name.c_str());
      bool is_row_met = true;
      for (const Measure measure : {read_nothing, wait_in_vain, meet_lives}) {
        const double figure = in_a_process(measure, workload, strategy, amounts);
        std::printf(" %14.1f ", figure);
        is_row_met = is_row_met && figure >= 0 && figure < limit_mb;
      }
      std::printf("  %s\n", is_row_met ? "met" : "NOT met");
      is_met = is_met && is_row_met;
    }
  }
  return is_met ? 0 : 1;
}

}  // namespace
}  // namespace mznode::bench

int main(int argc, char** argv) {
  try {
    return mznode::bench::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "memory: " << error.what() << '\n';
    return 2;
  }
}
