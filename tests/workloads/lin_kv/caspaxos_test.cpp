#include <algorithm>
#include <utility>

#include "caspaxos/acceptor.hpp"
#include "caspaxos/wire.hpp"
#include "enrolment/admission.hpp"
#include "tests/workloads/lin_kv/kv_node.hpp"

// What a node says of an operation must be certain: 20 and 22 only when a majority agrees, 11 only when nothing left.
namespace mznode::linearizable_kv {
namespace {

using caspaxos::KeyedMessage;

class CasPaxosKv : public KvNode {
 protected:
  CasPaxosKv() : KvNode(caspaxos_strategy()) {}

  /// Starts n1 in a cluster of three, and lets n2 admit it.
  void join(bool knew_another = false) {
    start({"n1", "n2", "n3"});
    world.advance(100ms);
    const auto hello = sent("hello").at(0).as<Hello>();
    speak("welcome", to_json(Welcome{.life = hello.life, .knew_another = knew_another, .is_young = true}));
  }
  void speak(const std::string& type, const Json& fields) {
    world.deliver("n2", R"({"type":")" + type + R"(",)" + fields.text().substr(1));
  }
  /// Does for a while what n2 would do with its own acceptor; n3 is silent, and messages of `deaf_to` are lost.
  void be_second_node(Duration duration, const std::string& deaf_to = "") {
    for (Duration passed{0}; passed < duration; passed += 1ms) {
      world.advance(1ms);
      for (const SentMessage& message : world.take_all()) {
        if (message.dest == "c1") to_client.push_back(message);
        if (message.dest != "n2" || message.type == deaf_to) continue;
        if (message.type == "prepare") answer<caspaxos::Prepare>(message);
        if (message.type == "accept") answer<caspaxos::Accept>(message);
        if (message.type == "query") answer<caspaxos::Query>(message);
      }
    }
  }
  template <class T>
  void answer(const SentMessage& message) {
    const auto request = message.as<KeyedMessage<T>>();
    const auto reply = acceptor.receive(request.message);
    std::visit(
        [&]<class R>(const R& each) {
          speak(caspaxos::type_of<R>, to_json(KeyedMessage<R>{request.key, each}));
        },
        reply);
  }
  /// The code of the only error among the answers so far, which are forgotten; -1 when there is none.
  int code() {
    const auto answers = std::exchange(to_client, {});
    return answers.size() == 1 && answers[0].type == "error" ? answers[0].as<Code>().code : -1;
  }
  /// Makes n2 hold a value that another node had it accept, and nobody else.
  void half_accept(const std::string& value) {
    const caspaxos::Ballot ballot{.counter = 7, .proposer = 2, .life = 1};
    const caspaxos::Ballot next{.counter = 8, .proposer = 2, .life = 1};
    acceptor.receive(caspaxos::Accept{ballot, {Json::parse(value), {ballot}}, next});
  }

  caspaxos::Acceptor acceptor;
  std::vector<SentMessage> to_client;
};

TEST_F(CasPaxosKv, ASingleNodeAnswersFromItsRegister) {
  start({"n1"});
  cas(1, 2);
  world.advance(1ms);
  EXPECT_EQ(error_code(), 20);
  write(2);
  world.advance(1ms);
  EXPECT_EQ(sent("write_ok").size(), 1u);
  cas(3, 7);
  world.advance(1ms);
  EXPECT_EQ(error_code(), 22);
  cas(4, 2);
  world.advance(1ms);
  EXPECT_EQ(sent("cas_ok").size(), 1u);
  read(5);
  world.advance(1ms);
  EXPECT_EQ(world.take().as<ReadOk>().value, Json(3));
}

TEST_F(CasPaxosKv, NullIsAValueLikeAnyOther) {
  start({"n1"});
  ask(1, R"("type":"write","key":1,"value":null)");
  world.advance(1ms);
  EXPECT_EQ(sent("write_ok").size(), 1u);
  read(2);
  world.advance(1ms);
  EXPECT_EQ(world.take().as<ReadOk>().value, Json());
}

TEST_F(CasPaxosKv, WithoutAMajorityNothingIsAcceptedAndTheErrorIsDefinite) {
  join();
  write(1);
  world.advance(899ms);
  EXPECT_EQ(error_code(), -1);
  world.advance(50ms);
  EXPECT_EQ(error_code(), 11);
}

TEST_F(CasPaxosKv, OnceAValueWasProposedSilenceIsIndefinite) {
  join();
  write(1);
  be_second_node(950ms, "accept");
  EXPECT_EQ(code(), 0);
}

TEST_F(CasPaxosKv, AReadThatIsNotAnsweredHasNoEffect) {
  join();
  read(1);
  world.advance(950ms);
  EXPECT_EQ(error_code(), 11);
}

TEST_F(CasPaxosKv, AKeyIsUnknownOnlyWhenAMajoritySaysSo) {
  join();
  read(1);
  be_second_node(50ms, "query");
  EXPECT_TRUE(to_client.empty());
  be_second_node(300ms);
  EXPECT_EQ(code(), 20);
}

TEST_F(CasPaxosKv, AnExpectationFailsOnlyWhenAMajorityHasAcceptedTheValueThatDiffers) {
  join();
  half_accept("[9]");
  cas(1, 2);
  be_second_node(400ms, "accept");
  EXPECT_TRUE(to_client.empty()) << to_client.front().body.text();
  be_second_node(450ms);
  EXPECT_EQ(code(), 22);
  EXPECT_EQ(acceptor.accepted().state.value, Json::parse("[9]"));
  EXPECT_EQ(acceptor.accepted().ballot.proposer, 0u) << "accepted anew, by the ballot of n1";
}

TEST_F(CasPaxosKv, AReadOfAHalfAcceptedValueIsAnsweredWhenItIsAccepted) {
  join();
  half_accept("[9]");
  read(1);
  be_second_node(400ms, "accept");
  EXPECT_TRUE(to_client.empty()) << to_client.front().body.text();
  be_second_node(450ms);
  ASSERT_EQ(to_client.size(), 1u);
  EXPECT_EQ(to_client[0].as<ReadOk>().value, Json(9));
}

TEST_F(CasPaxosKv, ANodeThatWasKnownInAnotherLifeDoesNotAccept) {
  join(true);
  const KeyedMessage<caspaxos::Query> query{Json(1), {.life = 5, .number = 1}};
  speak("query", to_json(query));
  world.advance(10ms);
  EXPECT_TRUE(sent("report").empty());
  write(1);
  be_second_node(500ms);
  EXPECT_TRUE(to_client.empty()) << "n2 alone is no majority";
}

TEST_F(CasPaxosKv, AnAdmittedNodeAccepts) {
  join();
  const KeyedMessage<caspaxos::Query> query{Json(1), {.life = 5, .number = 1}};
  speak("query", to_json(query));
  world.advance(10ms);
  EXPECT_EQ(sent("report").size(), 1u);
}

TEST_F(CasPaxosKv, AnotherClustersStorageIsRefused) {
  start({"n1"});
  Node second(world);
  const OptionValues options(info.options, {});
  const auto installed = info.install(second, options);
  EXPECT_THROW(world.init(second, "n1", {"n1", "n2"}), std::logic_error);
}

TEST_F(CasPaxosKv, ANodeThatRestartsKnowsWhatItHasAccepted) {
  start({"n1"});
  // So often that the storage begins anew in between.
  for (int i = 1; i <= 1'500; ++i) {
    ask(i, R"("type":"write","key":1,"value":)" + std::to_string(i));
    world.advance(1ms);
  }
  ASSERT_EQ(sent("write_ok").size(), 1'500u);
  Node second(world);
  const OptionValues options(info.options, {});
  const auto installed = info.install(second, options);
  world.init(second, "n1", {"n1"});
  ask(1, R"("type":"read","key":1)");
  world.advance(1ms);
  EXPECT_EQ(world.take().as<ReadOk>().value, Json(1'500));
}

// A question leaves nothing behind, on neither side; what a node promised or accepted is there for ever.
TEST_F(CasPaxosKv, AnswersThatComeLateAreNotTakenForLaterOnes) {
  join();
  read(1);
  world.advance(1ms);
  const auto asked = sent("query").at(0).as<KeyedMessage<caspaxos::Query>>();
  const caspaxos::Report report{asked.message.life, asked.message.number, {}};
  speak("report", to_json(KeyedMessage<caspaxos::Report>{asked.key, report}));
  world.advance(1ms);
  EXPECT_EQ(error_code(), 20);
  world.take_all();
  // The register is forgotten. The next question about it has another number, and the old answer tells nothing.
  read(2);
  world.advance(1ms);
  const auto again = sent("query").at(0).as<KeyedMessage<caspaxos::Query>>();
  EXPECT_NE(again.message.number, asked.message.number);
  speak("report", to_json(KeyedMessage<caspaxos::Report>{asked.key, report}));
  world.advance(1ms);
  EXPECT_EQ(error_code(), -1);
}

TEST_F(CasPaxosKv, AnAcceptorSaysThatItHasNothingWithoutKeepingIt) {
  join();
  world.take_all();
  for (int key = 0; key < 3; ++key) {
    speak("query", to_json(KeyedMessage<caspaxos::Query>{Json(key), {.life = 5, .number = 9}}));
    world.advance(1ms);
    const auto report = world.take().as<KeyedMessage<caspaxos::Report>>();
    EXPECT_EQ(report.key, Json(key));
    EXPECT_EQ(report.message.life, 5u);
    EXPECT_EQ(report.message.number, 9u);
    EXPECT_EQ(report.message.accepted.ballot, caspaxos::Ballot());
  }
  // What it has promised it must still know.
  const caspaxos::Ballot ballot{.counter = 3, .proposer = 1, .life = 5};
  speak("prepare", to_json(KeyedMessage<caspaxos::Prepare>{Json(1), {ballot}}));
  world.advance(1ms);
  world.take_all();
  const caspaxos::Ballot lesser{.counter = 2, .proposer = 1, .life = 5};
  speak("prepare", to_json(KeyedMessage<caspaxos::Prepare>{Json(1), {lesser}}));
  world.advance(1ms);
  EXPECT_EQ(world.take().type, "conflict");
}

}  // namespace
}  // namespace mznode::linearizable_kv
