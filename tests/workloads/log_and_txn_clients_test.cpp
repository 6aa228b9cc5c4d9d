#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "mznode/check/edn.hpp"
#include "tests/workloads/nodes.hpp"
#include "tests/workloads/of_type.hpp"
#include "tests/workloads/trial.hpp"

namespace mznode {
namespace {

using check::Operation;
using check::Type;

Trial minute_of(const char* workload) {
  return {.workload = workload, .nodes = 1, .concurrency_per_node = 4, .rate = 200, .time_limit = 60s};
}

using Sent = std::tuple<std::string, std::string, Json>;
using SentOk = std::tuple<std::string, std::string, std::pair<kafka::Offset, Json>>;
using Polled = std::pair<std::string, kafka::Messages>;

TEST(KafkaClient, SendsPollsAssignsAndCrashesAsUpstream) {
  const auto result = minute_of("kafka").run(nodes::kafka);
  ASSERT_FALSE(result.run.error) << *result.run.error;
  EXPECT_TRUE(result.run.malformed_replies.empty());
  EXPECT_EQ(result.stats.valid, check::Valid::yes) << to_details(result.stats).dump();
  const check::Pairing pairing(result.run.history);
  std::map<std::string, int> counts;
  int all = 0;
  for (const auto& each : result.run.history) {
    if (each.type != Type::invoke || each.time_ns >= 60'000'000'000) continue;
    ++counts[each.f];
    ++all;
  }
  EXPECT_NEAR(all, 12'000, 600);
  // A send that finds its key used up is drawn again, and half of what is drawn then are polls.
  EXPECT_NEAR(counts["send"], all * 0.477, all / 60);
  EXPECT_NEAR(counts["poll"], all * 0.507, all / 60);
  EXPECT_NEAR(counts["assign"], all / 64, 60);
  EXPECT_NEAR(counts["crash"], 8, 6);  // four workers, one crash of each in half a minute
  EXPECT_EQ(of_type(result.run, Type::info, "crash").size(), of_type(result.run, Type::invoke, "crash").size());
  EXPECT_FALSE(of_type(result.run, Type::info, "crash").front().error);
}

TEST(KafkaClient, MessagesOfAKeyCountFromOneAndTheirOffsetsComeBack) {
  const auto result = minute_of("kafka").run(nodes::kafka);
  std::map<std::string, std::int64_t> last;
  for (const auto& send : of_type(result.run, Type::invoke, "send")) {
    const auto sent = from_json<std::vector<Sent>>(send.value);
    ASSERT_EQ(sent.size(), 1u);
    const auto& [function, key, message] = sent.front();
    EXPECT_EQ(message.as_int(), ++last[key]);
    EXPECT_LE(message.as_int(), 16);
  }
  EXPECT_GT(last.size(), 100u);
  // All but those that were in use in the end had all their messages.
  EXPECT_LE(std::count_if(last.begin(), last.end(), [](const auto& key) { return key.second < 16; }), 10);
  for (const auto& send : of_type(result.run, Type::ok, "send")) {
    EXPECT_EQ(from_json<std::vector<SentOk>>(send.value).size(), 1u);
  }
}

TEST(KafkaClient, InTheEndEveryWorkerReadsEverythingFromTheBeginning) {
  Trial trial = minute_of("kafka");
  trial.rate = 20;
  const auto result = trial.run(nodes::kafka);
  std::set<std::pair<std::string, std::int64_t>> sent;
  for (const auto& send : of_type(result.run, Type::ok, "send")) {
    for (const auto& [function, key, pair] : from_json<std::vector<SentOk>>(send.value)) sent.emplace(key, pair.first);
  }
  ASSERT_GT(sent.size(), 100u);
  std::map<std::int64_t, std::vector<Operation>> final_phase;
  for (const auto& each : result.run.history) {
    if (each.time_ns >= 65'000'000'000) final_phase[each.process % 4].push_back(each);
  }
  ASSERT_EQ(final_phase.size(), 4u);
  for (const auto& [worker, operations] : final_phase) {
    EXPECT_EQ(operations[0].f, "crash");
    EXPECT_EQ(operations[1].type, Type::info);
    EXPECT_EQ(operations[2].f, "assign");
    EXPECT_EQ(operations[2].other_fields.at(0).first, kafka::seek_to_beginning);
    EXPECT_NE(operations[2].process, operations[0].process);
    std::set<std::pair<std::string, std::int64_t>> polled;
    for (const auto& each : operations) {
      EXPECT_LT(each.time_ns, 80'000'000'000 + 1'000'000'000);
      if (each.f != "poll" || each.type != Type::ok) continue;
      for (const auto& [function, messages_of] : from_json<std::vector<Polled>>(each.value)) {
        for (const auto& [key, messages] : messages_of) {
          for (const auto& [offset, message] : messages) polled.emplace(key, offset);
        }
      }
    }
    EXPECT_EQ(polled, sent) << "worker " << worker;
  }
}

TEST(KafkaClient, TheFinalPhaseEndsAfterTenSecondsWhenSomethingNeverShows) {
  const auto forgets = [](Node& node) -> std::shared_ptr<void> {
    node.on("send", [] { return kafka::SendOk{7}; });
    node.on("poll", [] { return kafka::PollOk{}; });
    node.on("list_committed_offsets", [] { return kafka::Poll{}; });
    return nullptr;
  };
  Trial trial = minute_of("kafka");
  trial.time_limit = 10s;
  const auto result = trial.run(forgets);
  ASSERT_FALSE(result.run.error) << *result.run.error;
  EXPECT_NEAR(std::chrono::duration<double>(result.run.duration).count(), 30, 0.5);
  std::vector<std::int64_t> polls_ns;
  for (const auto& each : of_type(result.run, Type::invoke, "poll")) {
    if (each.time_ns >= 20'000'000'000) polls_ns.push_back(each.time_ns);
  }
  EXPECT_NEAR(static_cast<double>(polls_ns.size()), 4 * 10 / 0.2, 40);
}

TEST(KafkaClient, AnOffsetBehindWhichNoneCanComeIsAMalformedReply) {
  const auto goes_to_the_end = [](Node& node) -> std::shared_ptr<void> {
    node.on("send", [] { return kafka::SendOk{7}; });
    node.on("poll", [](kafka::Poll request) {
      kafka::PollOk reply;
      for (const auto& [key, from] : request.offsets)
        reply.msgs[key] = {{std::numeric_limits<kafka::Offset>::max(), Json(1)}};
      return reply;
    });
    return nullptr;
  };
  Trial trial = minute_of("kafka");
  trial.time_limit = 2s;
  const auto result = trial.run(goes_to_the_end);
  ASSERT_FALSE(result.run.malformed_replies.empty());
  EXPECT_NE(result.run.malformed_replies.front().find("9223372036854775807 of key"), std::string::npos);
}

/// A log of nothing that says `committed` of every key, and notes from where keys are polled for the first time.
sim::Installer log_with_committed(kafka::Offset committed, std::set<kafka::Offset>& polled_from) {
  return [committed, &polled_from](Node& node) -> std::shared_ptr<void> {
    node.on("send", [] { return kafka::SendOk{0}; });
    node.on("poll", [&polled_from](kafka::Poll request) {
      for (const auto& [key, from] : request.offsets) polled_from.insert(from);
      return kafka::PollOk{};
    });
    node.on("list_committed_offsets", [committed](kafka::ListCommitted request) {
      kafka::Poll reply;
      for (const auto& key : request.keys) reply.offsets[key] = committed;
      return reply;
    });
    return nullptr;
  };
}

TEST(KafkaClient, BeginsAtZeroWhateverIsCommittedAsUpstreamsDoes) {
  Trial trial = minute_of("kafka");
  trial.time_limit = 10s;
  for (const kafka::Offset committed : {-1, 7, -1'000}) {
    std::set<kafka::Offset> polled_from;
    const auto result = trial.run(log_with_committed(committed, polled_from));
    EXPECT_EQ(polled_from, (std::set<kafka::Offset>{0}));
    EXPECT_TRUE(result.run.malformed_replies.empty());
  }
}

TEST(KafkaClient, BeginsAtTheCommittedOffsetWhenAskedTo) {
  Trial trial = minute_of("kafka");
  trial.time_limit = 10s;
  auto options = trial.options();
  options.keys.assign_from = sim::KeyOptions::AssignFrom::committed;
  std::set<kafka::Offset> polled_from;
  const auto run = sim::simulate(find_workload("kafka").test, options, log_with_committed(7, polled_from));
  EXPECT_EQ(polled_from, (std::set<kafka::Offset>{0, 7})) << "0 in the end, where it seeks to the beginning";
  EXPECT_TRUE(run.malformed_replies.empty());
  const auto wrong = sim::simulate(find_workload("kafka").test, options, log_with_committed(-1, polled_from));
  ASSERT_FALSE(wrong.malformed_replies.empty());
  EXPECT_NE(wrong.malformed_replies.front().find("the offset -1 of key"), std::string::npos);
  EXPECT_NE(wrong.malformed_replies.front().find("list_committed_offsets_ok is out of range"), std::string::npos);
}

TEST(KafkaClient, AnOffsetBelowZeroIsCalledOutOfRange) {
  const auto answers = [](kafka::Offset sent, kafka::Offset polled) {
    return [sent, polled](Node& node) -> std::shared_ptr<void> {
      node.on("send", [sent] { return kafka::SendOk{sent}; });
      node.on("poll", [polled](kafka::Poll request) {
        kafka::PollOk reply;
        for (const auto& [key, from] : request.offsets) reply.msgs[key] = {{polled, Json(1)}};
        return reply;
      });
      node.on("list_committed_offsets", [] { return kafka::Poll{}; });
      node.on("commit_offsets", [] {});
      return nullptr;
    };
  };
  Trial trial = minute_of("kafka");
  trial.time_limit = 3s;
  const auto sent = trial.run(answers(-5, 1));
  ASSERT_FALSE(sent.run.malformed_replies.empty());
  EXPECT_NE(sent.run.malformed_replies.front().find("send_ok is out of range"), std::string::npos);
  const auto polled = trial.run(answers(1, -2));
  ASSERT_FALSE(polled.run.malformed_replies.empty());
  EXPECT_NE(polled.run.malformed_replies.front().find("poll_ok is out of range"), std::string::npos);
}

TEST(KafkaClient, CommitsWhatItHasPolledAndGoesOnBehindIt) {
  Trial trial = minute_of("kafka");
  auto options = trial.options();
  options.keep_journal = true;
  const auto run = sim::simulate(find_workload("kafka").test, options, nodes::kafka);
  std::size_t commits = 0;
  for (const auto& packet : run.packets) {
    if (packet.dest == "n0" && packet.body.find("\"commit_offsets\"") != std::string::npos) ++commits;
  }
  std::size_t with_messages = 0;
  for (const auto& poll : of_type(run, Type::ok, "poll")) {
    for (const auto& [function, messages_of] : from_json<std::vector<Polled>>(poll.value))
      with_messages += messages_of.empty() ? 0 : 1;
  }
  EXPECT_EQ(commits, with_messages);
  EXPECT_GT(commits, 100u);
}

std::vector<txn::MicroOp> micro_ops_of(const Operation& operation) {
  return from_json<std::vector<txn::MicroOp>>(operation.value);
}

TEST(TxnClient, TransactionsHaveEllesLengthsReadsAndValues) {
  for (const char* workload : {"txn-list-append", "txn-rw-register"}) {
    const std::string write = workload == std::string("txn-list-append") ? "append" : "w";
    const auto result = minute_of(workload).run(nodes::txn);
    EXPECT_TRUE(result.run.malformed_replies.empty());
    const auto invoked = of_type(result.run, Type::invoke, "txn");
    EXPECT_NEAR(static_cast<double>(invoked.size()), 12'000, 600);
    EXPECT_EQ(of_type(result.run, Type::ok, "txn").size(), invoked.size());
    std::map<std::size_t, int> lengths;
    std::map<std::int64_t, std::int64_t> last_of_key;
    int reads = 0;
    int all = 0;
    for (const auto& each : invoked) {
      const auto micro_ops = micro_ops_of(each);
      ++lengths[micro_ops.size()];
      for (const auto& [function, key, value] : micro_ops) {
        ++all;
        if (function == "r") {
          ++reads;
          EXPECT_TRUE(value.is_null());
          continue;
        }
        EXPECT_EQ(function, write);
        EXPECT_EQ(value.as_int(), ++last_of_key[key.as_int().value()]);
        EXPECT_LE(value.as_int(), 16);
      }
    }
    ASSERT_EQ(lengths.size(), 4u);
    for (const auto& [length, count] : lengths) EXPECT_NEAR(count, static_cast<double>(invoked.size()) / 4, 250);
    // A write that finds its key used up is drawn again, and half of what is drawn then are reads.
    EXPECT_GT(static_cast<double>(reads) / all, 0.5);
    EXPECT_LT(static_cast<double>(reads) / all, 0.6);
    EXPECT_GT(last_of_key.size(), 500u);
  }
}

/// How many writes each key had that was replaced by another one.
std::map<std::int64_t, std::int64_t> writes_of_used_up_keys(const sim::KeyOptions& options) {
  sim::Random random(1, 1);
  txn::TxnGenerator generator(options, "append", random);
  std::map<std::int64_t, std::int64_t> writes;
  std::map<std::int64_t, int> last_seen;
  for (int i = 0; i < 20'000; ++i) {
    for (const auto& [function, key, value] : generator.next(random)) {
      last_seen[key.as_int().value()] = i;
      if (function == "append") ++writes[key.as_int().value()];
    }
  }
  std::erase_if(writes, [&](const auto& key) { return last_seen[key.first] > 18'000; });
  return writes;
}

TEST(TxnGenerator, EveryKeyGetsExactlyTheMostWrites) {
  for (const std::size_t most : {1, 16, 100}) {
    const auto writes = writes_of_used_up_keys({.key_count = 3, .max_txn_length = 4, .max_writes_per_key = most});
    ASSERT_GT(writes.size(), 100u);
    for (const auto& [key, count] : writes) EXPECT_EQ(count, static_cast<std::int64_t>(most)) << key;
  }
}

TEST(TxnGenerator, AKeyGetsFewWritesMoreOftenThanManyWhenAskedTo) {
  sim::KeyOptions options{.key_count = 3, .max_txn_length = 4, .max_writes_per_key = 16};
  options.writes = sim::KeyOptions::Writes::zipf;
  const auto writes = writes_of_used_up_keys(options);
  double sum = 0;
  std::map<std::int64_t, double> of_count;
  for (const auto& [key, count] : writes) {
    sum += static_cast<double>(count);
    of_count[count] += 1.0 / static_cast<double>(writes.size());
  }
  // 16 over the sum of 1/x for x from 1 to 16, which is 3.38.
  EXPECT_NEAR(sum / static_cast<double>(writes.size()), 16 / 3.38, 0.2);
  EXPECT_NEAR(of_count[1], 1 / 3.38, 0.02);
  EXPECT_NEAR(of_count[4], 1 / 3.38 / 4, 0.015);
  EXPECT_EQ(of_count.rbegin()->first, 16);
}

TEST(TxnGenerator, LaterKeysAreChosenTwiceAsOftenAndUsedUpKeysAreReplaced) {
  sim::Random random(1, 1);
  txn::TxnGenerator generator({.key_count = 4, .max_txn_length = 1, .max_writes_per_key = 1'000'000}, "append", random);
  std::map<std::int64_t, int> chosen;
  for (int i = 0; i < 15'000; ++i) {
    for (const auto& [function, key, value] : generator.next(random)) {
      if (function == "r") ++chosen[key.as_int().value()];
    }
  }
  std::vector<int> most;
  for (const auto& [key, count] : chosen) most.push_back(count);
  std::sort(most.rbegin(), most.rend());
  EXPECT_NEAR(most[0], 4'000, 900);

  txn::TxnGenerator narrow({.key_count = 1, .max_txn_length = 4, .max_writes_per_key = 1}, "w", random);
  std::int64_t last = -1;
  for (int i = 0; i < 100; ++i) {
    for (const auto& [function, key, value] : narrow.next(random)) {
      if (function != "w") continue;
      EXPECT_EQ(value.as_int(), 1);
      EXPECT_EQ(key.as_int(), ++last);
    }
  }
}

TEST(TxnClient, AReplyWithForeignMicroOperationsIsMalformed) {
  const auto answers = [](const char* txn) {
    return [txn](Node& node) -> std::shared_ptr<void> {
      node.on("txn", [txn] { return Reply{"txn_ok", Json::parse("{\"txn\":" + std::string(txn) + "}")}; });
      return nullptr;
    };
  };
  Trial trial = minute_of("txn-list-append");
  trial.time_limit = 1s;
  for (const char* txn : {R"([["w",1,2]])", R"([["r",1,2]])", R"([["r",1]])", R"({})", R"([["x",1,[]]])"}) {
    EXPECT_FALSE(trial.run(answers(txn)).run.malformed_replies.empty()) << txn;
  }
  for (const char* txn : {R"([["append",1,2]])", R"([["r",1,null],["r",1,[2]]])", "[]"}) {
    EXPECT_TRUE(trial.run(answers(txn)).run.malformed_replies.empty()) << txn;
  }
}

}  // namespace
}  // namespace mznode
