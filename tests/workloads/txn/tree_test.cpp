#include "txn/tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "mznode/sim/random.hpp"
#include "txn/micro_ops.hpp"
#include "txn/root.hpp"

namespace mznode::txn {
namespace {

/// A tree with all of its thunks in memory, beside a plain map that it must agree with.
class TxnTree : public testing::Test {
 protected:
  void apply(const Changes& changes) {
    Thunks made;
    merge(top, changes, thunks, new_id, made);
    made_last = made.size();
    thunks.merge(made);
    for (const auto& [key, value] : changes.written) model[key] = value;
    for (const auto& [key, elements] : changes.appended) model[key] = joined(model[key], elements);
  }
  Json value(const Json& key) const { return value_of(find(top, key, thunks).entry, thunks); }
  void expect_as_modelled() const {
    for (const auto& [key, expected] : model) EXPECT_EQ(value(key), expected) << key.text();
  }

  Branches top = Branches(branch_count);
  Thunks thunks;
  std::map<Json, Json> model;
  int ids = 0;
  NewId new_id = [this] { return "t" + std::to_string(++ids); };
  std::size_t made_last = 0;
};

TEST_F(TxnTree, AnEmptyTreeHasNoKeys) {
  const Found found = find(top, Json(1), thunks);
  EXPECT_EQ(found.entry, nullptr);
  EXPECT_TRUE(found.missing.empty());
}

TEST_F(TxnTree, AgreesWithAMapAfterManyChanges) {
  sim::Random random(7, 1);
  for (int round = 0; round < 300; ++round) {
    Changes changes;
    for (int i = 0; i < 5; ++i) {
      const std::uint64_t key = random.below(400);
      // Lists have even keys, registers odd ones; one list is long.
      if (key % 2 == 1) changes.write(Json(key), Json(round));
      if (key % 2 == 0) changes.append(Json(key % 4 == 0 ? 0 : key), list_of(Json(round * 5 + i)));
    }
    apply(changes);
  }
  expect_as_modelled();
  EXPECT_GT(model.size(), 200u);
  const LeafEntry* long_list = find(top, Json(0), thunks).entry;
  ASSERT_NE(long_list, nullptr);
  EXPECT_FALSE(long_list->chunks.empty()) << "a long list leaves its leaf";
  EXPECT_EQ(value(Json(401)), Json());
}

TEST_F(TxnTree, AChangeMakesNewThunksOnlyOnTheWayToItsKey) {
  Changes all;
  for (int key = 0; key < 2'000; ++key) all.write(Json(key), Json(key));
  apply(all);
  EXPECT_GT(thunks.size(), 200u);
  Changes one;
  one.write(Json(7), Json("new"));
  apply(one);
  EXPECT_GE(made_last, 2u);
  EXPECT_LE(made_last, 4u);
  expect_as_modelled();
}

TEST_F(TxnTree, AnOldTopStillShowsTheOldTree) {
  Changes changes;
  for (int key = 0; key < 100; ++key) changes.write(Json(key), Json("old"));
  apply(changes);
  const Branches old = top;
  for (auto& [key, value] : changes.written) value = Json("new");
  apply(changes);
  for (int key = 0; key < 100; ++key) EXPECT_EQ(value_of(find(old, Json(key), thunks).entry, thunks), Json("old"));
  expect_as_modelled();
}

TEST_F(TxnTree, EqualKeysAreOneKeyHoweverTheyAreSpelled) {
  Changes changes;
  changes.write(Json::parse(R"({"a":1,"b":"é"})"), Json(1));
  apply(changes);
  EXPECT_EQ(value(Json::parse(R"({"b":"\u00e9", "a":1})")), Json(1));
}

TEST_F(TxnTree, SaysWhichThunkItNeedsNext) {
  Changes changes;
  for (int key = 0; key < 2'000; ++key) changes.write(Json(key), Json(key));
  apply(changes);
  Thunks loaded;
  int steps = 0;
  while (true) {
    const Found found = find(top, Json(5), loaded);
    if (found.missing.empty()) {
      ASSERT_NE(found.entry, nullptr);
      EXPECT_EQ(found.entry->value, Json(5));
      break;
    }
    ASSERT_LT(++steps, 10);
    for (const ThunkId& id : found.missing) loaded[id] = thunks.at(id);
  }
  EXPECT_GE(steps, 2);
}

TEST_F(TxnTree, ThunksSurviveTheirWayThroughText) {
  Changes changes;
  for (int key = 0; key < 100; ++key) changes.append(Json(key), Json::parse("[1.10,{\"b\":1,\"a\":2}]"));
  apply(changes);
  for (auto& [id, thunk] : thunks) thunk = from_json<Thunk>(to_json(thunk));
  expect_as_modelled();
  EXPECT_EQ(value(Json(3)).text(), "[1.10,{\"b\":1,\"a\":2}]");
}

TEST_F(TxnTree, ARootMovesWhatItGatheredIntoTheTreeAndShowsTheSame) {
  Draft draft(Root(), thunks);
  MicroOps txn;
  for (int key = 0; key < 60; ++key) {
    txn.emplace_back("append", Json(key), Json(1));
    txn.emplace_back("append", Json(key), Json(2));
  }
  draft.run(txn);
  Root root = draft.root();
  int spills = 0;
  while (!root.recent.empty()) {
    const std::size_t before = root.recent.bytes();
    Thunks made;
    Spill::choose(root).move(root, thunks, new_id, made);
    thunks.merge(made);
    EXPECT_LE(root.recent.bytes(), before - before / branch_count) << "it moves the largest part";
    ++spills;
  }
  EXPECT_LE(spills, static_cast<int>(branch_count));
  Draft later(root, thunks);
  later.run({{"append", Json(3), Json(3)}});
  EXPECT_EQ(later.read(Json(3)), Json::parse("[1,2,3]"));
  EXPECT_EQ(later.read(Json(4)), Json::parse("[1,2]"));
}

TEST_F(TxnTree, ATransactionThatFailsChangesNothing) {
  Draft draft(Root(), thunks);
  draft.run({{"w", Json(1), Json("register")}});
  EXPECT_THROW(draft.run({{"w", Json(2), Json(5)}, {"append", Json(1), Json(5)}}), Error);
  EXPECT_EQ(draft.read(Json(2)), Json());
  EXPECT_EQ(draft.read(Json(1)), Json("register"));
}

TEST_F(TxnTree, ThunksThatMakeNoTreeAreRefusedWhereTheyAreMet) {
  // An inner node that is its own child, whatever the key.
  thunks["loop"] = {.branches = Branches(branch_count, "loop"), .entries = {}, .chunk = {}};
  top = Branches(branch_count, "loop");
  EXPECT_THROW(find(top, Json(1), thunks), Error);
  Changes changes;
  changes.write(Json(1), Json(2));
  Thunks made;
  EXPECT_THROW(merge(top, changes, thunks, new_id, made), Error);
  // A part of a list where a node should be, and a node where a part of a list should be.
  thunks["chunk"] = {.branches = {}, .entries = {}, .chunk = list_of(Json(1))};
  thunks["leaf"] = {.branches = {}, .entries = std::vector<LeafEntry>{{Json(1), {"leaf"}, Json()}}, .chunk = {}};
  top = Branches(branch_count, "chunk");
  EXPECT_THROW(find(top, Json(1), thunks), Error);
  EXPECT_THROW(merge(top, changes, thunks, new_id, made), Error);
  top = Branches(branch_count, "leaf");
  EXPECT_THROW(value(Json(1)), Error);
}

TEST(TxnThunk, IsReadOnlyWhenItIsOfOneKindAndComplete) {
  const std::string branches = "[\"\"" + [] {
    std::string more;
    for (std::size_t i = 1; i < branch_count; ++i) more += ",\"\"";
    return more;
  }() + "]";
  EXPECT_NO_THROW(from_json<Thunk>(Json::parse("{\"branches\":" + branches + "}")));
  EXPECT_NO_THROW(from_json<Root>(
      Json::parse("{\"commits\":{},\"branches\":" + branches + ",\"recent\":{\"written\":[],\"appended\":[]}}")));
  for (const std::string& text : {std::string("{}"), std::string(R"({"branches":[]})"), std::string(R"({"chunk":7})"),
                                  std::string(R"({"entries":[],"chunk":[]})"),
                                  std::string(R"({"entries":[{"key":1,"chunks":["x"],"value":7}]})")}) {
    EXPECT_THROW(from_json<Thunk>(Json::parse(text)), Error) << text;
  }
  EXPECT_THROW(from_json<Root>(Json::parse(R"({"commits":{},"branches":[],"recent":{"written":[],"appended":[]}})")),
               Error);
  EXPECT_THROW(from_json<Root>(Json::parse("{\"commits\":{},\"branches\":" + branches +
                                           R"(,"recent":{"written":[],"appended":[[1,7]]}})")),
               Error);
}

}  // namespace
}  // namespace mznode::txn
