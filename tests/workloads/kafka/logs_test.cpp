#include "kafka/logs.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "kafka/rendezvous.hpp"

namespace mznode::kafka {
namespace {

TEST(Logs, ShowMessagesOnlyBehindAllThoseBeforeThem) {
  Logs logs;
  logs.put("k", 2, Json("c"));
  logs.put("k", 4, Json("e"));
  EXPECT_EQ(logs.end("k"), 0);
  EXPECT_TRUE(logs.read({{"k", 0}}, 10).empty());
  logs.put("k", 0, Json("a"));
  EXPECT_EQ(logs.end("k"), 1);
  logs.put("k", 1, Json("b"));
  EXPECT_EQ(logs.end("k"), 3);
  logs.put("k", 3, Json("d"));
  EXPECT_EQ(logs.end("k"), 5);
  const Messages expected = {{"k", {{3, Json("d")}, {4, Json("e")}}}};
  EXPECT_EQ(logs.read({{"k", 3}, {"unknown", 0}}, 10), expected);
}

TEST(Logs, WhatStandsAtAnOffsetStays) {
  Logs logs;
  logs.put("k", 0, Json("a"));
  logs.put("k", 2, Json("c"));
  logs.put("k", 2, Json("other"));
  logs.put("k", 0, Json("other"));
  logs.put("k", 1, Json("b"));
  EXPECT_EQ(logs.at("k", 0), Json("a"));
  EXPECT_EQ(logs.at("k", 2), Json("c"));
}

TEST(Logs, APollIsSharedAmongItsKeys) {
  Logs logs;
  for (Offset offset = 0; offset < 100; ++offset) {
    for (const char* key : {"a", "b", "c"}) logs.put(key, offset, Json(offset));
  }
  logs.put("d", 0, Json(0));
  const auto counts = [&](const Offsets& from, std::size_t max) {
    std::map<std::string, std::size_t> of_key;
    for (const auto& [key, messages] : logs.read(from, max)) of_key[key] = messages.size();
    return of_key;
  };
  using Counts = std::map<std::string, std::size_t>;
  EXPECT_EQ(counts({{"a", 0}, {"b", 0}, {"c", 0}}, 30), (Counts{{"a", 10}, {"b", 10}, {"c", 10}}));
  // What one does not need, others get.
  EXPECT_EQ(counts({{"a", 98}, {"b", 0}, {"c", 0}}, 30), (Counts{{"a", 2}, {"b", 14}, {"c", 14}}));
  EXPECT_EQ(counts({{"a", 100}, {"b", 0}}, 30), (Counts{{"b", 30}}));
  // Nobody waits for ever.
  EXPECT_EQ(counts({{"a", 0}, {"b", 0}, {"c", 0}, {"d", 0}}, 2), (Counts{{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}}));
}

TEST(Logs, HaveNothingBehindTheirEnd) {
  Logs logs;
  logs.put("k", 0, Json("a"));
  for (const Offset from : {Offset{1}, std::numeric_limits<Offset>::max()})
    EXPECT_TRUE(logs.read({{"k", from}}, 10).empty());
}

TEST(CommittedOffsets, OnlyGrow) {
  CommittedOffsets committed;
  committed.raise({{"a", 3}, {"b", 0}});
  committed.raise({{"a", 2}, {"b", 1}});
  EXPECT_EQ(committed.of({"b", "a", "c"}), (Offsets{{"a", 3}, {"b", 1}}));
  EXPECT_EQ(committed.news({{"a", 3}, {"b", 2}, {"c", 0}}), (Offsets{{"b", 2}, {"c", 0}}));
}

TEST(Rendezvous, GivesEachNodeItsShareAndMovesNoMoreThanThat) {
  std::vector<std::string> nodes = {"n0", "n1", "n2", "n3", "n4"};
  std::map<std::string, int> owned;
  int moved = 0;
  constexpr int keys = 10'000;
  for (int i = 0; i < keys; ++i) {
    const std::string key = std::to_string(i);
    const std::string owner = owner_of(key, nodes);
    ++owned[owner];
    const std::string of_fewer = owner_of(key, {"n3", "n1", "n0", "n2"});
    if (of_fewer == owner) continue;
    EXPECT_EQ(owner, "n4");
    ++moved;
  }
  for (const auto& node : nodes) EXPECT_NEAR(owned[node], keys / 5, keys / 50);
  EXPECT_EQ(moved, owned["n4"]);
  EXPECT_EQ(owner_of("any", {"n0"}), "n0");
}

}  // namespace
}  // namespace mznode::kafka
