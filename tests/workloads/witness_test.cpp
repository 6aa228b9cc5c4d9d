// What a run's messages carry, as stories ask for it.

#include "stories/witness.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mznode::story {
namespace {

/// The messages, by their number, that have a value in them where nothing tells where values stand.
std::vector<std::uint64_t> letters_of(const std::vector<std::string>& bodies, const std::string& value) {
  sim::RunResult run;
  for (const std::string& body : bodies) {
    const std::uint64_t id = run.packets.size();
    run.packets.push_back({.id = id, .src = "n0", .dest = "n1", .body = body});
    run.journal.push_back({.at = run.started, .event = sim::JournalEntry::Event::send, .packet = id});
  }
  const Witness witness(run, sim::node_names(2), 2);
  std::vector<std::uint64_t> found;
  for (const Letter& letter : witness.letters_with(Json::parse(value))) found.push_back(letter.id);
  return found;
}

TEST(Witness, ANumberIsFoundByItself) {
  const std::vector<std::string> bodies = {R"({"type":"x","of":15})",        R"({"type":"x","of":[1, 5 ,2]})",
                                           R"({"type":"x","of":"5"})",       R"({"type":"x","of":-5})",
                                           R"({"type":"5","msg_id":5})",     R"({"type":"x","of":{"5":"y"}})",
                                           R"({"type":"x","of":[[0,5],5]})", R"({"type":"x","of":51})"};
  EXPECT_EQ(letters_of(bodies, "5"), (std::vector<std::uint64_t>{1, 5, 6}));
}

TEST(Witness, ANumberIsFoundByItsValue) {
  const std::vector<std::string> bodies = {R"({"type":"x","of":5.0})", R"({"type":"x","of":5.5})",
                                           R"({"type":"x","of":5e0})", R"({"type":"x","of":5e1})"};
  EXPECT_EQ(letters_of(bodies, "5"), (std::vector<std::uint64_t>{0, 2}));
}

TEST(Witness, AStringIsFoundWhateverItHolds) {
  const std::vector<std::string> bodies = {R"({"type":"x","of":"a, b"})", R"({"type":"x","of":"a, bc"})",
                                           R"({"type":"x","of":"\n","and":"a, b"})", R"({"type":"a, b"})"};
  EXPECT_EQ(letters_of(bodies, R"("a, b")"), (std::vector<std::uint64_t>{0, 2}));
}

TEST(Witness, AListIsFoundAsAWhole) {
  const std::vector<std::string> bodies = {R"({"type":"x","of":[[1,2],3]})", R"({"type":"x","of":[1,2,3]})",
                                           R"({"type":"x","of":[1,2]})"};
  EXPECT_EQ(letters_of(bodies, "[1,2]"), (std::vector<std::uint64_t>{0, 2}));
}

TEST(Witness, TheFirstAreEnoughForWhoSaysSo) {
  sim::RunResult run;
  for (std::uint64_t id = 0; id < 5; ++id) {
    run.packets.push_back({.id = id, .src = "n0", .dest = "n1", .body = R"({"type":"x","of":5})"});
    run.journal.push_back({.at = run.started, .event = sim::JournalEntry::Event::send, .packet = id});
  }
  const Witness witness(run, sim::node_names(2), 2);
  EXPECT_EQ(witness.letters_with(Json::parse("5")).size(), 5U);
  EXPECT_EQ(witness.letters_with(Json::parse("5"), {}, 2).size(), 2U);
}

TEST(Witness, ListsHoldWhatIsEqual) {
  EXPECT_TRUE(holds(Json::parse("[1, 25,3]"), Json::parse("25")));
  EXPECT_FALSE(holds(Json::parse("[1, 25,3]"), Json::parse("5")));
  EXPECT_FALSE(holds(Json::parse(R"(["25"])"), Json::parse("25")));
  EXPECT_TRUE(holds(Json::parse(R"(["\u0061"])"), Json::parse(R"("a")")));
  EXPECT_FALSE(holds(Json::parse("[]"), Json::parse("1")));
  EXPECT_TRUE(holds(Json::parse("[-0]"), Json::parse("0")));
  EXPECT_FALSE(holds(Json::parse("[[5],{\"5\":1}]"), Json::parse("5")));
}

}  // namespace
}  // namespace mznode::story
