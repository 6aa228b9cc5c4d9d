#include <gtest/gtest.h>

#include "mznode/node/fake_runtime.hpp"
#include "raft/backlog.hpp"
#include "raft/memory.hpp"
#include "raft/replicated_state.hpp"

namespace mznode::raft {
namespace {

/// A number that is added to, up to ten: what would go beyond is refused. Written as the sum, or as "full".
struct Added {
  std::optional<int> sum;

  Json to_text() const { return sum ? Json(*sum) : Json("full"); }
  static Added from_text(const Json& text) {
    if (text.as_string()) return {};
    return {from_peer<int>(text)};
  }
};

class Counter final : public Machine<int, Added, std::string, int, int> {
 public:
  Added apply(int operation) override {
    if (sum + operation > 10) return {};
    return {sum += operation};
  }
  int query(const std::string&) const override { return sum; }
  int save() const override { return sum; }
  void restore(int state) override { sum = state; }
  void check_operation(const int& operation) const override { demand(operation > 0, "nothing is added"); }

  int sum = 0;
};

class GroupParts : public testing::Test {
 protected:
  void SetUp() override { world.init(node, "n1", {"n1", "n2", "n3"}); }

  static SessionCommand command(Index session, std::uint64_t number, Json operation) {
    return {.origin = "n2",
            .life = 7,
            .session = session,
            .number = number,
            .oldest = 1,
            .operation = std::move(operation)};
  }
  std::optional<ReplicatedState::Applied> apply(const Json& text) {
    return state.apply({.index = state.applied() + 1, .entry = {.term = 1, .command = text}});
  }
  std::optional<ReplicatedState::Applied> apply(const SessionCommand& command) { return apply(to_json(command)); }

  FakeRuntime world;
  Node node{world};
  Counter machine;
  ReplicatedState state{node, machine};
};

TEST_F(GroupParts, AMachineSpeaksItsOwnTypesAndTheGroupText) {
  StateMachine& text = machine;
  EXPECT_EQ(text.apply_text(Json(7)), Json(7));
  EXPECT_EQ(text.apply_text(Json(7)), Json("full"));
  EXPECT_EQ(text.query_text(Json("sum")), Json(7));
  EXPECT_FALSE(read_text<Added>(Json("full")).sum);
  EXPECT_EQ(read_text<Added>(Json(7)).sum, 7);
  EXPECT_NO_THROW(text.demand_outcome(Json("full")));
  EXPECT_THROW(text.demand_outcome(Json::parse("[]")), Error);
  EXPECT_THROW(text.demand_outcome(Json(-1)), Error);
  EXPECT_THROW(text.demand_operation(Json(0)), Error);
}

TEST_F(GroupParts, AStateAppliesEachCommandOnceAndCountsWhatIsNone) {
  const Index session = apply(command(0, 1, Json()))->outcome.session;
  EXPECT_EQ(session, 1u);
  EXPECT_EQ(apply(command(session, 2, Json(4)))->outcome.result, Json(4));
  EXPECT_EQ(apply(command(session, 2, Json(4)))->outcome.result, Json(4)) << "it is asked for again";
  EXPECT_EQ(machine.sum, 4);
  EXPECT_EQ(state.find(command(session, 2, Json(4)))->result, Json(4));
  EXPECT_FALSE(apply(Json())) << "the entry that a leader begins with";
  EXPECT_FALSE(apply(Json("no command")));
  EXPECT_FALSE(apply(command(session, 3, Json(0)))) << "nor is this one to the machine";
  EXPECT_EQ(state.applied(), 6u);
  EXPECT_EQ(state.query(Json("sum")), Json(4));
}

TEST_F(GroupParts, AStateGoesOnFromASnapshotWithAllThatWasAskedFor) {
  const Index session = apply(command(0, 1, Json()))->outcome.session;
  apply(command(session, 2, Json(4)));
  const Snapshot snapshot{.index = state.applied(), .term = 1, .state = state.save()};
  Counter other;
  ReplicatedState restored(node, other);
  EXPECT_NO_THROW(restored.demand_snapshot(snapshot));
  restored.restore(snapshot);
  EXPECT_EQ(other.sum, 4);
  EXPECT_EQ(restored.applied(), 2u);
  EXPECT_EQ(restored.find(command(session, 2, Json(4)))->result, Json(4));
  EXPECT_THROW(restored.demand_snapshot({.index = 0, .term = 1, .state = snapshot.state}), Error)
      << "a session was opened behind it";
}

TEST_F(GroupParts, WhatNoServerOfThisMachineCanHaveWishedForIsRefused) {
  EXPECT_THROW(state.demand_command(5, command(5, 1, Json(4))), Error) << "its session is yet to be opened";
  EXPECT_THROW(state.demand_command(5, command(1, 1, Json("x"))), Error);
  SessionCommand foreign = command(1, 1, Json(4));
  EXPECT_NO_THROW(state.demand_command(5, foreign));
  foreign.origin = "n9";
  EXPECT_THROW(state.demand_command(5, foreign), Error);
}

TEST_F(GroupParts, ALeaderProposesACommandOnceATerm) {
  Backlog backlog;
  const SessionCommand each = command(1, 2, Json(4));
  EXPECT_TRUE(backlog.add(1, each));
  EXPECT_FALSE(backlog.add(1, each));
  EXPECT_TRUE(backlog.add(2, each)) << "what was proposed in an earlier term may be lost";
  backlog.remove(each);
  EXPECT_TRUE(backlog.add(2, each));
}

TEST_F(GroupParts, AQueryWaitsForItsOwnRead) {
  Backlog backlog;
  const ReadId first = backlog.add({.asker = "n2", .query = {.life = 7, .number = 1, .question = Json("sum")}});
  const ReadId second = backlog.add({.asker = "n3", .query = {.life = 8, .number = 1, .question = Json("sum")}});
  EXPECT_EQ(backlog.take(second).asker, "n3");
  EXPECT_EQ(backlog.take(first).asker, "n2");
}

TEST_F(GroupParts, AMemoryGivesBackWhatWasWritten) {
  const HardState hard_state{.term = 3, .vote = Member(2), .is_voter = true};
  const std::vector<Entry> entries = {{.term = 2, .command = Json("a")}, {.term = 3, .command = Json("b")}};
  relay::Relays relays(node);
  Memory memory(node, relays, [] {});
  EXPECT_EQ(memory.load().hard_state, HardState());
  memory.write({.rewrite = {}, .hard_state = hard_state, .append = Append{.first = 1, .entries = entries}});
  node.sync([] {});
  world.advance(1ms);
  Node next(world);
  world.init(next, "n1", {"n1", "n2", "n3"});
  relay::Relays next_relays(next);
  Memory again(next, next_relays, [] {});
  const Saved saved = again.load();
  EXPECT_EQ(saved.hard_state, hard_state);
  EXPECT_EQ(saved.entries, entries);
  EXPECT_EQ(again.enrolment().memory(), memory.enrolment().memory()) << "it is the same memory";
}

}  // namespace
}  // namespace mznode::raft
