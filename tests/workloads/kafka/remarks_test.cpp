#include "kafka/remarks.hpp"

#include <gtest/gtest.h>

#include "mznode/workloads/judge.hpp"

namespace mznode::kafka {
namespace {

/// What clients and nodes say to each other; the n-th message is sent after n seconds.
class Talk {
 public:
  Talk& says(const std::string& src, const std::string& dest, const std::string& body) {
    const std::uint64_t id = run_.packets.size();
    run_.packets.push_back({.id = id, .src = src, .dest = dest, .body = body});
    run_.journal.push_back({.at = run_.started + static_cast<std::int64_t>(id) * Duration(1s),
                            .event = sim::JournalEntry::Event::send,
                            .packet = id});
    return *this;
  }
  /// A request and its answer, each with its type. `node` is the number of the node and of its client.
  Talk& asks(int node, const std::string& type, const std::string& request, const std::string& reply = "") {
    return begins(node, type, request).ends(node, type, reply);
  }
  Talk& begins(int node, const std::string& type, const std::string& request) {
    return says("c" + std::to_string(node), "n" + std::to_string(node),
                R"({"type":")" + type + R"(","msg_id":)" + std::to_string(++last_id_[node]) + "," + request + "}");
  }
  Talk& ends(int node, const std::string& type, const std::string& reply = "") {
    return says("n" + std::to_string(node), "c" + std::to_string(node),
                R"({"type":")" + type + R"(_ok","in_reply_to":)" + std::to_string(last_id_[node]) +
                    (reply.empty() ? "" : ",") + reply + "}");
  }
  Talk& commits(int node, int offset) {
    return asks(node, "commit_offsets", R"("offsets":{"8":)" + std::to_string(offset) + "}");
  }
  /// Offset -1 for none.
  Talk& lists(int node, int offset) {
    return asks(node, "list_committed_offsets", R"("keys":["8"])",
                R"("offsets":{)" + (offset < 0 ? "" : R"("8":)" + std::to_string(offset)) + "}");
  }
  Talk& sends(int node, int offset) {
    return asks(node, "send", R"("key":"8","msg":7)", R"("offset":)" + std::to_string(offset));
  }
  Talk& polls(int node, int from, const std::string& messages) {
    return asks(node, "poll", R"("offsets":{"8":)" + std::to_string(from) + "}", R"("msgs":)" + messages);
  }
  Talk& kills() {
    run_.fault_spans.push_back({.fault = Fault::kill, .from = 1s, .to = 2s, .value = Json::parse(R"(["n0"])")});
    return *this;
  }

  std::vector<std::string> remarks() const { return kafka::remarks(run_); }
  const sim::RunResult& run() const { return run_; }

 private:
  sim::RunResult run_;
  std::map<int, int> last_id_;
};

using Lines = std::vector<std::string>;

TEST(KafkaRemarks, ACommitThatNobodyWasToldOfIsNamed) {
  EXPECT_EQ(Talk().commits(0, 4).lists(1, -1).remarks(),
            Lines{"n1 listed nothing as committed of key 8 at 3.000 s, though n0 had acknowledged a commit of 4 at "
                  "1.000 s: n0 had told nobody of it, and n1 asked nobody; Maelstrom does not compare them"});
}

TEST(KafkaRemarks, OnlyWhatMessagesShowIsSaidOfACommit) {
  const auto after = [](const std::string& type, const std::string& src, const std::string& dest, bool is_asked) {
    Talk talk;
    talk.commits(0, 4);
    const std::string body = R"({"type":")" + type + R"(","offsets":{"8":4}})";
    if (!is_asked) return talk.says(src, dest, body).lists(1, 2).remarks().at(0);
    return talk.begins(1, "list_committed_offsets", R"("keys":["8"])")
        .says(src, dest, body)
        .ends(1, "list_committed_offsets", R"("offsets":{"8":2})")
        .remarks()
        .at(0);
  };
  EXPECT_NE(after("x", "n0", "n1", false).find("a commit of 4 at 1.000 s; Maelstrom"), std::string::npos)
      << "n0 did tell n1";
  EXPECT_NE(after("x", "n1", "n2", true).find("n0 had told nobody of it; Maelstrom"), std::string::npos)
      << "n1 did ask somebody";
  EXPECT_NE(after("x", "n2", "n1", true).find("and n1 asked nobody"), std::string::npos);
}

TEST(KafkaRemarks, ALowerCommitMayTakeThePlaceOfAHigherOne) {
  EXPECT_EQ(Talk().commits(0, 4).commits(1, 2).lists(2, 2).remarks(), Lines{});
  EXPECT_EQ(Talk().commits(0, 4).commits(1, 2).lists(2, 4).remarks(), Lines{}) << "or it may not";
  EXPECT_EQ(Talk().commits(1, 2).commits(0, 4).lists(2, 2).remarks().size(), 1U);
  EXPECT_EQ(Talk().commits(0, 4).commits(1, 2).lists(2, 3).remarks().size(), 1U) << "nobody committed that";
}

TEST(KafkaRemarks, WhatHappensAtOnceMayHaveAnyOrder) {
  const std::string offsets = R"("offsets":{"8":4})";
  EXPECT_EQ(Talk().begins(0, "commit_offsets", offsets).lists(1, -1).ends(0, "commit_offsets").remarks(), Lines{});
  EXPECT_EQ(Talk()
                .begins(1, "list_committed_offsets", R"("keys":["8"])")
                .commits(0, 4)
                .ends(1, "list_committed_offsets", R"("offsets":{})")
                .remarks(),
            Lines{});
  EXPECT_EQ(Talk().begins(0, "commit_offsets", offsets).commits(1, 6).ends(0, "commit_offsets").lists(2, 4).remarks(),
            Lines{})
      << "4 may be the later one";
  EXPECT_EQ(Talk().begins(0, "commit_offsets", offsets).commits(1, 6).lists(2, 4).remarks(), Lines{})
      << "and may take effect late";
}

TEST(KafkaRemarks, PollsOlderThanTheSendsOfTheirNodeAreNamed) {
  EXPECT_EQ(
      Talk().sends(0, 0).polls(0, 0, "{}").polls(0, 0, R"({"8":[]})").remarks(),
      Lines{"n0 answered a poll of key 8 from offset 0 with nothing at 3.000 s, though it had acknowledged offset 0 "
            "itself at 1.000 s: its polls show an older state than its sends (one of 2 polls); Maelstrom lets polls "
            "lag"});
  EXPECT_EQ(Talk().sends(0, 0).polls(1, 0, "{}").remarks(), Lines{}) << "others may lag";
  EXPECT_EQ(Talk().sends(0, 0).polls(0, 1, "{}").remarks(), Lines{}) << "there is nothing from there on";
  EXPECT_EQ(Talk().sends(0, 0).polls(0, 0, R"({"8":[[0,7]]})").remarks(), Lines{});
  EXPECT_EQ(Talk().begins(0, "send", R"("key":"8","msg":7)").polls(0, 0, "{}").remarks(), Lines{});
}

TEST(KafkaRemarks, NothingIsSaidOfNodesThatMayHaveForgotten) {
  EXPECT_EQ(Talk().commits(0, 4).sends(0, 0).kills().lists(1, -1).polls(0, 0, "{}").remarks(), Lines{});
}

TEST(KafkaRemarks, WhatHasAnotherFormIsPassedOver) {
  EXPECT_EQ(Talk()
                .commits(0, 4)
                .asks(1, "list_committed_offsets", R"("keys":["8"])", R"("offsets":[])")
                .says("n1", "c1", R"({"type":7})")
                .says("c9", "n1", R"({"type":"poll","msg_id":1,"offsets":3})")
                .asks(1, "list_committed_offsets", R"("keys":8)", R"("offsets":{})")
                .asks(1, "list_committed_offsets", R"("key":"8")", R"("offsets":{})")
                .asks(1, "send", R"("key":"8")")
                .asks(1, "poll", R"("key":"8")")
                .remarks(),
            Lines{});
}

TEST(KafkaRemarks, AVerdictStaysAsItIsAndUpstreamSaysNothing) {
  const Talk talk = Talk().commits(0, 4).lists(1, -1);
  TestPlan plan;
  plan.settings.workload = "kafka";
  plan.settings.nodes = sim::node_names(2);
  plan.workload = &find_workload("kafka");
  plan.strategy = &plan.workload->strategies.front();
  const TestVerdict verdict = judge(plan, talk.run());
  plan.settings.compat_jepsen = true;
  const TestVerdict compat = judge(plan, talk.run());
  ASSERT_EQ(verdict.remarks.size(), 1U);
  EXPECT_EQ(compat.remarks, Lines{});
  EXPECT_EQ(verdict.workload.valid, compat.workload.valid);
}

}  // namespace
}  // namespace mznode::kafka
