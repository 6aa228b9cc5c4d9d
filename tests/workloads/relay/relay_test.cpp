#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/workloads/relay/cluster.hpp"

namespace mznode::relay {
namespace {

/// Nodes that know how long answers take, on links of 10 ms.
class RelayTest : public testing::Test {
 protected:
  void start(std::size_t size) {
    cluster.emplace(size);
    for (int round = 0; round < 5; ++round) {
      everybody_asks_everybody();
      cluster->run_for(100ms);
    }
    cluster->run_for(10s);
    cluster->on_send = [this](Time, Member from, Member to, const Cluster::Message& message, bool) {
      ++sent;
      if (std::holds_alternative<Hearings>(message)) ++told;
      if (std::holds_alternative<Parcel>(message)) parcels.emplace_back(from, to);
    };
    cluster->on_word = [this](Member from, Member to, const Cluster::Word& word) {
      ++came[{from, to, word.is_answer, word.token.first}];
    };
  }

  void everybody_asks_everybody(Duration during = 1s) {
    for (Member from = 0; from < cluster->size(); ++from) {
      for (Member to = 0; to < cluster->size(); ++to) {
        if (from != to) cluster->ask(from, to, 50ms, during);
      }
    }
  }

  void expect_all_answered() {
    for (Member member = 0; member < cluster->size(); ++member) {
      EXPECT_FALSE(cluster->has_open_questions(member)) << "n" << member;
    }
  }
  void expect_quiet() {
    cluster->run_for(20s);
    sent = 0;
    cluster->run_for(20s);
    EXPECT_EQ(sent, 0U);
    for (Member member = 0; member < cluster->size(); ++member) EXPECT_FALSE((*cluster)[member].is_busy());
  }

  std::optional<Cluster> cluster;
  std::size_t sent = 0;
  std::size_t told = 0;
  std::vector<std::pair<Member, Member>> parcels;
  std::map<std::tuple<Member, Member, bool, std::uint64_t>, int> came;
};

TEST_F(RelayTest, DoesNothingWhileNothingIsBroken) {
  start(5);
  for (int i = 0; i < 20; ++i) {
    everybody_asks_everybody();
    cluster->run_for(300ms);
  }
  expect_all_answered();
  EXPECT_EQ(sent, 20U * 5 * 4 * 2);
  EXPECT_EQ(told, 0U);
  EXPECT_TRUE(parcels.empty());
}

TEST_F(RelayTest, InARingOfOneWayLinksEverybodyIsAnswered) {
  for (const std::size_t size : {3U, 5U, 7U}) {
    start(size);
    cluster->cut_to_ring();
    for (int i = 0; i < 10; ++i) {
      everybody_asks_everybody(1500ms);
      cluster->run_for(2s);
      expect_all_answered();
    }
    cluster->heal();
    expect_quiet();
  }
}

TEST_F(RelayTest, WhoHearsAMajorityIsAnsweredByAll) {
  start(5);
  // Jepsen's ring of majorities: of five, everybody hears its neighbours.
  for (Member from = 0; from < 5; ++from) {
    cluster->cut(from, Member((from + 2) % 5));
    cluster->cut(from, Member((from + 3) % 5));
  }
  everybody_asks_everybody();
  cluster->run_for(1s);
  expect_all_answered();
  cluster->heal();
  expect_quiet();
}

TEST_F(RelayTest, AQuestionComesOnceForEachTimeThatItWasAsked) {
  start(3);
  cluster->cut_to_ring();
  everybody_asks_everybody();
  cluster->run_for(1s);
  came.clear();
  cluster->ask(0, 2, 10s);
  cluster->run_for(1s);
  EXPECT_EQ(came.size(), 2U) << "the question, and its answer";
  for (const auto& [word, times] : came) EXPECT_EQ(times, 1);
}

TEST_F(RelayTest, OnceTheLinksAreKnownAMessageGoesOneWay) {
  start(3);
  cluster->cut_to_ring();
  cluster->ask(0, 2, 50ms, 5s);
  for (int i = 0; i < 20; ++i) {
    everybody_asks_everybody(50ms);
    cluster->run_for(100ms);
  }
  parcels.clear();
  cluster->ask(0, 2, 10s);
  cluster->run_for(90ms);
  const Member n0 = 0, n1 = 1, n2 = 2;
  using Hops = std::vector<std::pair<Member, Member>>;
  EXPECT_EQ(parcels, (Hops{{n0, n1}, {n1, n2}, {n2, n0}}));
}

TEST_F(RelayTest, ANodeThatIsDeafToOneThatAsksItIsFoundOut) {
  start(3);
  cluster->cut(0, 2);  // n0 hears n2 all the time, but is not heard by it
  cluster->ask(0, 2, 50ms, 10s);
  for (int i = 0; i < 50; ++i) {
    cluster->ask(0, 2, 50ms);
    cluster->run_for(100ms);
  }
  EXPECT_FALSE(cluster->has_open_questions(0));
  EXPECT_TRUE((*cluster)[0].is_searching()) << "as long as it asks";
  expect_quiet();
}

TEST_F(RelayTest, WhereThereIsNoWayTheEffortIsBounded) {
  start(5);
  cluster->cut_off(0);
  cluster->ask(1, 0, 50ms, 10s);
  cluster->run_for(10s);
  EXPECT_TRUE(cluster->has_open_questions(1));
  EXPECT_LT(told, 5U * 4 * 100 / 3) << "each tells the four others, ten times a second, a third of the time at most";
  EXPECT_LT(sent - told, 10U * 20 * 4);
  expect_quiet();
}

TEST_F(RelayTest, WhoWasGivenUpIsFoundWhenThereIsAWay) {
  start(5);
  cluster->cut_off(0);
  cluster->ask(1, 0, 50ms, 30s);
  cluster->run_for(20s);
  EXPECT_TRUE(cluster->has_open_questions(1));
  cluster->heal();
  cluster->cut(1, 0);  // nothing comes of asking it straight
  cluster->run_for(3s);
  EXPECT_FALSE(cluster->has_open_questions(1));
  expect_quiet();
}

TEST_F(RelayTest, WhoIsGivenUpDoesNotEndTheSearchForOthers) {
  start(5);
  cluster->cut_off(0);
  cluster->cut(1, 2);
  for (int i = 0; i < 50; ++i) {
    cluster->ask(1, 0, 50ms, 10s);
    cluster->ask(1, 2, 50ms, 10s);
    cluster->run_for(100ms);
    if (i == 10) came.clear();
  }
  cluster->run_for(100ms);
  const auto answers = std::count_if(came.begin(), came.end(), [](const auto& each) {
    const auto& [from, to, is_answer, number] = each.first;
    return is_answer && from == Member(2) && to == Member(1);
  });
  EXPECT_GE(answers, 39);
}

TEST_F(RelayTest, SurvivesRestarts) {
  start(3);
  cluster->cut_to_ring();
  for (Member member = 0; member < 3; ++member) {
    everybody_asks_everybody(300ms);
    cluster->run_for(500ms);
    cluster->restart(member);
    everybody_asks_everybody(1500ms);
    cluster->run_for(2s);
    expect_all_answered();
  }
  cluster->heal();
  expect_quiet();
}

TEST_F(RelayTest, GoesStraightAgainWhenTheLinksWork) {
  start(3);
  for (int i = 0; i < 5; ++i) {
    cluster->cut_to_ring();
    everybody_asks_everybody();
    cluster->run_for(1s);
    cluster->heal();
    everybody_asks_everybody();
    cluster->run_for(1s);
    expect_all_answered();
    parcels.clear();
    everybody_asks_everybody();
    cluster->run_for(100ms);
    EXPECT_TRUE(parcels.empty());
    expect_all_answered();
  }
}

TEST(RelayOfMany, NeverSearches) {
  Relay relay({.members = 100, .self = 1, .life = 1});
  for (int i = 0; i < 100; ++i) relay.ask(Time(i * 100ms), 99, {Token::Kind::query, 1, 0});
  EXPECT_FALSE(relay.is_busy());
  const Hearing hearing{.member = 0, .life = 7, .number = 1, .heard = 0, .unheard = only(1), .is_waiting = true};
  EXPECT_THROW(relay.receive(Time(), 0, {{hearing}}), Error);
}

// ---- What comes in

Parcel parcel(Member from, std::vector<Member> way, Incarnation life = 7, std::uint64_t number = 1) {
  return {.from = from, .life = life, .number = number, .way = std::move(way), .kind = "word", .fields = {}};
}

Relay relay_of_five() {
  return Relay({.members = 5, .self = 1, .life = 1});
}

TEST(RelayParcels, GoOnToTheNextOnTheirWayOnce) {
  Relay relay = relay_of_five();
  Parcel first = parcel(0, {1, 2, 3});
  EXPECT_EQ(relay.receive(first), Relay::Passage::goes_on);
  EXPECT_EQ(first.way, (std::vector<Member>{2, 3}));
  Parcel again = parcel(0, {1, 2, 3});
  EXPECT_EQ(relay.receive(again), Relay::Passage::is_known);
  Parcel for_it = parcel(0, {1}, 7, 2);
  EXPECT_EQ(relay.receive(for_it), Relay::Passage::arrives);
}

TEST(RelayParcels, OfAnotherLifeAreOthers) {
  Relay relay = relay_of_five();
  for (const Incarnation life : {Incarnation(7), Incarnation(8)}) {
    Parcel each = parcel(0, {1}, life);
    EXPECT_EQ(relay.receive(each), Relay::Passage::arrives);
  }
  Parcel again = parcel(0, {1}, 7);
  EXPECT_EQ(relay.receive(again), Relay::Passage::is_known) << "of an earlier life";
}

TEST(RelayParcels, WhatIsTooOldToBeKnownIsTakenForKnown) {
  Relay relay = relay_of_five();
  for (std::uint64_t number = 10; number < 5'000; ++number) {
    Parcel each = parcel(0, {1}, 7, number);
    EXPECT_EQ(relay.receive(each), Relay::Passage::arrives);
  }
  Parcel old = parcel(0, {1}, 7, 3);
  EXPECT_EQ(relay.receive(old), Relay::Passage::is_known);
}

TEST(RelayParcels, ThoseThatNobodyCanHaveSentAreRefused) {
  Relay relay = relay_of_five();
  for (const Parcel& each : {parcel(5, {1}), parcel(1, {2}), parcel(0, {2}), parcel(0, {1, 5})}) {
    Parcel refused = each;
    EXPECT_THROW(relay.receive(refused), Error);
  }
  for (const Parcel& each : {parcel(0, {}), parcel(0, {1, 2, 1}), parcel(0, {1, 0}), parcel(0, {1}, 7, 0),
                             parcel(0, {1, 2, 3, 4, 5, 6, 7, 8, 9})}) {
    EXPECT_THROW(each.validate(), Error);
  }
}

TEST(RelayHearings, ThoseThatNobodyCanHaveToldAreRefused) {
  Relay relay = relay_of_five();
  const auto told = [](Member member, Members heard) {
    return Hearings{{{.member = member, .life = 7, .number = 1, .heard = heard}}};
  };
  EXPECT_THROW(relay.receive(Time(), 0, told(5, 0)), Error);
  EXPECT_THROW(relay.receive(Time(), 0, told(0, only(5))), Error);
  EXPECT_THROW(relay.receive(Time(), 0, told(2, 0)), Error) << "the sender tells of itself first";
  EXPECT_THROW(Hearings().validate(), Error);
  EXPECT_THROW((Hearing{.member = 0, .number = 0}.validate()), Error);
  EXPECT_THROW((Hearing{.member = 0, .number = 1, .heard = 2, .unheard = 2}.validate()), Error);
  EXPECT_THROW((Hearing{.member = 0, .number = 1, .heard = 1}.validate()), Error);
}

// ---- Links

TEST(RelayLinks, TheWordOfAnEarlierLifeDoesNotComeBack) {
  Links links(3, 0);
  const auto hearing = [](Incarnation life, std::uint64_t number, Members heard) {
    return Hearing{.member = 1, .life = life, .number = number, .heard = heard};
  };
  EXPECT_TRUE(links.learn(Time(), 2, hearing(7, 5, only(0)), 1s));
  EXPECT_FALSE(links.learn(Time(), 2, hearing(7, 4, only(2)), 1s)) << "it is older";
  EXPECT_TRUE(links.learn(Time(), 2, hearing(8, 1, only(2)), 1s)) << "another life";
  EXPECT_FALSE(links.learn(Time(), 2, hearing(7, 6, only(0)), 1s)) << "which ended the one before";
  EXPECT_EQ(links.state({}, 2, 1), Links::State::heard);
  EXPECT_EQ(links.state({}, 0, 1), Links::State::unknown);
  EXPECT_TRUE(links.learn(Time(), 1, hearing(7, 7, only(0)), 1s)) << "unless the node itself says so";
}

TEST(RelayLinks, AreForgotten) {
  Links links(3, 0);
  links.learn(Time(), 1, {.member = 1, .life = 7, .number = 1, .heard = only(0), .is_waiting = true}, 1s);
  EXPECT_FALSE(links.expire(Time(999ms)));
  EXPECT_TRUE(links.is_anybody_waiting());
  EXPECT_TRUE(links.expire(Time(1s)));
  EXPECT_FALSE(links.is_anybody_waiting());
  EXPECT_TRUE(links.told().empty());
  EXPECT_FALSE(links.learn(Time(1s), 2, {.member = 1, .life = 7, .number = 1}, 1s)) << "it is no news";
}

TEST(RelayLinks, TheShortestWayIsTaken) {
  using Ways = std::vector<std::vector<Member>>;
  Links links(4, 0);
  const Hearing own{.member = 0};
  EXPECT_EQ(links.ways(own, 3), (Ways{{3}, {1, 3}})) << "nothing is known";
  links.learn(Time(), 3, {.member = 3, .life = 1, .number = 1, .heard = only(2), .unheard = only(0) | only(1)}, 1s);
  links.learn(Time(), 2, {.member = 2, .life = 1, .number = 1, .heard = only(1), .unheard = only(0)}, 1s);
  links.learn(Time(), 1, {.member = 1, .life = 1, .number = 1, .heard = only(0)}, 1s);
  EXPECT_EQ(links.ways(own, 3), (Ways{{1, 2, 3}}));
  EXPECT_EQ(links.ways(own, 1), (Ways{{1}})) << "it is heard there";
  links.learn(Time(), 2, {.member = 2, .life = 1, .number = 2, .heard = only(0) | only(1)}, 1s);
  EXPECT_EQ(links.ways(own, 3), (Ways{{2, 3}}));
  links.learn(Time(), 3, {.member = 3, .life = 1, .number = 2, .unheard = only(0) | only(1) | only(2)}, 1s);
  EXPECT_EQ(links.ways(own, 3), (Ways{{3}})) << "there is no way, so it takes the one that there was";
}

// ---- Silence

class SilenceTest : public testing::Test {
 protected:
  void answered(Time now, Duration took) {
    const Token token{Token::Kind::query, ++number, 0};
    silence.ask(now, token, 1s);
    silence.hear(now + took);
    silence.answer(now + took, token);
  }
  void ask(Duration at, Token::Kind kind = Token::Kind::query) {
    silence.ask(Time(at), {kind, ++number, 0}, silence.patience().value_or(1s));
  }

  Silence silence;
  std::uint64_t number = 0;
};

TEST_F(SilenceTest, HowLongAnswersTakeIsLearnt) {
  EXPECT_EQ(silence.patience(), std::nullopt);
  for (int i = 0; i < 200; ++i) answered(Time(i * 1s), 200ms);
  EXPECT_GE(*silence.patience(), 300ms);
  EXPECT_LT(*silence.patience(), 350ms);
  for (int i = 200; i < 210; ++i) answered(Time(i * 1s), 600ms);
  EXPECT_GT(*silence.patience(), 1s) << "that they take longer is learnt sooner";
}

TEST_F(SilenceTest, AnAnswerThatNobodyWaitsForTellsHowLongItTook) {
  // It asks, too, so that it is heard all the time; its answers take 400 ms nevertheless.
  for (int i = 0; i < 100; ++i) {
    const Token token{Token::Kind::accept, ++number, 0};
    silence.ask(Time(i * 1s), token, 1s);
    for (int k = 1; k < 8; ++k) silence.hear(Time(i * 1s + k * 50ms));
    silence.answer(Time(i * 1s + 400ms), token);
  }
  EXPECT_GE(*silence.patience(), 600ms);
  // Now it has nothing to ask, and is not suspected before an answer can have come.
  for (int at = 0; at <= 550; at += 50) ask(1000s + at * 1ms);
  EXPECT_FALSE(silence.is_alarming(Time(1000s + 550ms)));
}

TEST_F(SilenceTest, WhoIsAskedAgainAndStaysSilentAlarms) {
  for (int i = 0; i < 10; ++i) answered(Time(i * 1s), 10ms);
  ask(20s);
  EXPECT_FALSE(silence.is_alarming(Time(30s))) << "nobody has asked again";
  ask(31s);
  EXPECT_FALSE(silence.is_alarming(Time(31s))) << "it was another time";
  ask(31s + 140ms);
  EXPECT_FALSE(silence.is_alarming(Time(31s + 140ms))) << "it may be on the way";
  ask(31s + 200ms);
  EXPECT_TRUE(silence.is_alarming(Time(31s + 200ms)));
  EXPECT_FALSE(silence.is_alarming(Time(40s))) << "nobody asks any more";
  ask(50s);
  ask(50s + 200ms);
  silence.hear(Time(50s + 210ms));
  EXPECT_FALSE(silence.is_alarming(Time(50s + 220ms)));
}

TEST_F(SilenceTest, WhatNeedsNoAnswerIsNoSign) {
  for (int i = 0; i < 10; ++i) answered(Time(i * 1s), 10ms);
  ask(20s, Token::Kind::vote);
  silence.settle(Token::Kind::vote);
  ask(20s + 500ms, Token::Kind::vote);
  EXPECT_FALSE(silence.is_alarming(Time(20s + 500ms)));
  ask(21s, Token::Kind::vote);
  EXPECT_TRUE(silence.is_alarming(Time(21s)));
}

}  // namespace
}  // namespace mznode::relay
