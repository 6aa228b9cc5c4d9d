#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mznode/node/fake_runtime.hpp"
#include "mznode/node/node.hpp"

namespace mznode {
namespace {

struct Add {
  std::int64_t a = 0;
  std::int64_t b = 0;
  MZNODE_FIELDS(a, b)
};
struct Sum {
  std::int64_t sum = 0;
  MZNODE_FIELDS(sum)
};
struct Ratio {
  double ratio = 0;
  MZNODE_FIELDS(ratio)
};
struct Open {
  std::string name;
  Extra extra;
  MZNODE_FIELDS(name, extra)
};

class NodeDispatch : public testing::Test {
 protected:
  void start() { world.init(node, "n1", {"n1", "n2", "n3"}); }
  Json ask(std::string_view body) {
    world.deliver("c1", body);
    auto reply = world.take();
    EXPECT_EQ(reply.dest, "c1");
    EXPECT_EQ(reply.src, "n1");
    return reply.body;
  }
  static Json json(std::string_view text) { return Json::parse(text); }
  static std::int64_t code(const Json& body) {
    EXPECT_EQ(body.value()["type"], "error") << body.text();
    return body.value().value("code", -1);
  }

  Task<> slow() { co_await node.sleep(3s); }
  /// Throws before its first suspension.
  static Task<Sum> fail_at_once() {
    fail();
    co_return Sum{};
  }
  static void fail() { throw std::runtime_error("before it began"); }

  FakeRuntime world;
  Node node{world};
};

TEST_F(NodeDispatch, ATypedHandlerIsAnsweredWithTheDeducedType) {
  node.on("add", [](Add request) { return Sum{request.a + request.b}; });
  start();
  EXPECT_EQ(ask(R"({"type":"add","msg_id":1,"a":2,"b":3})"), json(R"({"type":"add_ok","in_reply_to":1,"sum":5})"));
}

TEST_F(NodeDispatch, AHandlerMayTakeNothingAndReturnNothing) {
  int calls = 0;
  node.on("poke", [&] { ++calls; });
  start();
  EXPECT_EQ(ask(R"({"type":"poke","msg_id":1,"junk":[1]})"), json(R"({"type":"poke_ok","in_reply_to":1})"));
  EXPECT_EQ(calls, 1);
}

TEST_F(NodeDispatch, AHandlerMayTakeTheWholeMessage) {
  node.on("raw", [](Message message) {
    EXPECT_EQ(message.src, "c1");
    EXPECT_EQ(message.dest, "n1");
    EXPECT_EQ(message.type, "raw");
    return Reply{"anything", message.as<Open>().extra.at("payload")};
  });
  start();
  EXPECT_EQ(ask(R"({"type":"raw","msg_id":3,"name":"x","payload":{"z":1.10,"a":18446744073709551615}})").text(),
            R"({"type":"anything","in_reply_to":3,"z":1.10,"a":18446744073709551615})");
}

TEST_F(NodeDispatch, AHandlerMayTakeTheRequestBehindTheFields) {
  node.on("who", [](Empty, Request request) {
    EXPECT_TRUE(request.wants_reply());
    EXPECT_EQ(request.type, "who");
    EXPECT_EQ(request.msg_id, "9");
    return Open{request.src, {}};
  });
  node.on("only", [](Request request) { return Open{request.src, {}}; });
  start();
  EXPECT_EQ(ask(R"({"type":"who","msg_id":9})"), json(R"({"type":"who_ok","in_reply_to":9,"name":"c1"})"));
  EXPECT_EQ(ask(R"({"type":"only","msg_id":9})"), json(R"({"type":"only_ok","in_reply_to":9,"name":"c1"})"));
}

TEST_F(NodeDispatch, AMemberFunctionMayBeAHandlerAndACoroutine) {
  struct Service {
    Node& node;
    Sum plain(const Add& request) { return {request.a - request.b}; }
    Task<Sum> slow(Add request) {
      co_await node.sleep(1s);
      co_return Sum{request.a * request.b};
    }
    Task<> silent() { co_await node.sleep(1s); }
  } service{node};
  node.on("plain", &service, &Service::plain);
  node.on("slow", &service, &Service::slow);
  node.on("silent", &service, &Service::silent);
  start();
  EXPECT_EQ(ask(R"({"type":"plain","msg_id":1,"a":2,"b":3})"), json(R"({"type":"plain_ok","in_reply_to":1,"sum":-1})"));
  world.deliver("c1", R"({"type":"slow","msg_id":2,"a":2,"b":3})");
  world.deliver("c1", R"({"type":"silent","msg_id":3})");
  EXPECT_TRUE(world.sent().empty());
  world.advance(1s);
  const auto replies = world.take_all();
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[0].body, json(R"({"type":"slow_ok","in_reply_to":2,"sum":6})"));
  EXPECT_EQ(replies[1].body, json(R"({"type":"silent_ok","in_reply_to":3})"));
}

TEST_F(NodeDispatch, AMemberFunctionMayBeConstOrOfABaseOrThrowNothing) {
  struct Base {
    Sum negate(Add request) const noexcept { return {-request.a}; }
  };
  struct Service : Base {
    Sum constant() const { return {7}; }
  };
  Service service;
  const Service& constant = service;
  node.on("constant", &constant, &Service::constant);
  node.on("negate", &service, &Service::negate);
  node.on("nothing", []() noexcept {});
  start();
  EXPECT_EQ(ask(R"({"type":"constant","msg_id":1})"), json(R"({"type":"constant_ok","in_reply_to":1,"sum":7})"));
  EXPECT_EQ(ask(R"({"type":"negate","msg_id":2,"a":2,"b":3})"),
            json(R"({"type":"negate_ok","in_reply_to":2,"sum":-2})"));
  EXPECT_EQ(ask(R"({"type":"nothing","msg_id":3})"), json(R"({"type":"nothing_ok","in_reply_to":3})"));
}

TEST_F(NodeDispatch, ExtraFieldsAreKept) {
  node.on("open", [](Open request) { return request; });
  start();
  EXPECT_EQ(ask(R"({"type":"open","msg_id":1,"more":[1,{"b":1,"a":2}],"name":"n","":null})"),
            json(R"({"type":"open_ok","in_reply_to":1,"name":"n","more":[1,{"a":2,"b":1}],"":null})"));
}

TEST_F(NodeDispatch, ARawBodySentOnKeepsItsFieldsButNotItsEnvelope) {
  node.on("forward", [this](Message message) {
    node.send("n2", "forwarded", message.body);
    return Reply{"forward_ok", message.body};
  });
  start();
  world.deliver("c1", R"({"type":"forward","msg_id":4,"x":1})");
  const auto sent = world.take_all();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].body.text(), R"({"type":"forwarded","x":1})");
  EXPECT_EQ(sent[1].body.text(), R"({"type":"forward_ok","in_reply_to":4,"x":1})");
}

TEST_F(NodeDispatch, AnOwnedMessageReadAsAStructHasNoExtraFromTheEnvelope) {
  node.on("open", [](Message message) { return message.as<Open>(); });
  start();
  EXPECT_EQ(ask(R"({"type":"open","msg_id":1,"name":"n"})").text(), R"({"type":"open_ok","in_reply_to":1,"name":"n"})");
}

TEST_F(NodeDispatch, CarriageReturnsInsideABodyAreNeverSentOn) {
  node.on("raw", [](Message message) { return Reply{"raw_ok", message.body}; });
  start();
  world.deliver("c1", "{\"type\":\"raw\",\"msg_id\":1,\r\"deep\":{\"a\":\r1}}");
  EXPECT_EQ(world.take().body, json(R"({"type":"raw_ok","in_reply_to":1,"deep":{"a":1}})"));
  world.deliver("c1", "{\"type\":\"raw\",\"msg_id\":[1,\r2]}");
  EXPECT_EQ(code(world.take().body), 12);
}

TEST_F(NodeDispatch, AnUnknownTypeIsNotSupported) {
  start();
  const Json reply = ask(R"({"type":"nonsense","msg_id":5})");
  EXPECT_EQ(code(reply), 10);
  EXPECT_NE(reply.text().find("nonsense"), std::string::npos);
}

TEST_F(NodeDispatch, AMalformedBodyIsSaidToBe) {
  node.on("add", [](Add request) { return Sum{request.a}; });
  start();
  const Json missing = ask(R"({"type":"add","msg_id":5,"a":1})");
  EXPECT_EQ(code(missing), 12);
  EXPECT_NE(missing.text().find(R"(field \"b\" is missing)"), std::string::npos) << missing.text();
  EXPECT_EQ(code(ask(R"({"type":"add","msg_id":5,"a":1,"b":"2"})")), 12);
  EXPECT_EQ(code(ask(R"({"type":"add","msg_id":5,"a":1,"b":9223372036854775808})")), 12);
  EXPECT_EQ(code(ask(R"({"msg_id":5,"a":1,"b":2})")), 12);
  EXPECT_EQ(code(ask(R"({"type":7,"msg_id":5})")), 12);
  EXPECT_EQ(code(ask(R"({"type":"","msg_id":5})")), 12);
}

TEST_F(NodeDispatch, AnIllTypedIdIsSaidToBeInTheWordsOfTheSender) {
  node.on("poke", [] { FAIL(); });
  start();
  for (const char* id : {"\"7\"", "1.5", "null", "{}", "1e3"}) {
    const Json reply = ask(R"({"type":"poke","msg_id":)" + std::string(id) + "}");
    EXPECT_EQ(code(reply), 12);
    EXPECT_EQ(reply.value()["in_reply_to"], nlohmann::json::parse(id));
  }
  world.deliver("c1", R"({"type":"poke","in_reply_to":"x"})");
  world.deliver("c1", R"({"in_reply_to":3})");
  EXPECT_TRUE(world.sent().empty());
}

TEST_F(NodeDispatch, AnEscapedExceptionIsACrashWithItsText) {
  node.on("fail", []() -> Sum { throw std::runtime_error("the disk is on fire"); });
  node.on("odd", []() -> Sum { throw 42; });
  node.on("later", [](Empty) { return fail_at_once(); });
  start();
  const Json reply = ask(R"({"type":"fail","msg_id":1})");
  EXPECT_EQ(code(reply), 13);
  EXPECT_EQ(reply.value()["text"], "the disk is on fire");
  EXPECT_EQ(code(ask(R"({"type":"odd","msg_id":1})")), 13);
  EXPECT_EQ(code(ask(R"({"type":"later","msg_id":1})")), 13);
}

TEST_F(NodeDispatch, AThrownErrorIsTheReplyWithItsCauses) {
  node.on("fail", []() -> Sum {
    try {
      throw std::runtime_error("cause");
    } catch (...) {
      std::throw_with_nested(Error(ErrorCode::precondition_failed, "effect"));
    }
  });
  node.on("odd", [] { throw Error(static_cast<ErrorCode>(1234), "custom"); });
  start();
  const Json reply = ask(R"({"type":"fail","msg_id":1})");
  EXPECT_EQ(code(reply), 22);
  EXPECT_EQ(reply.value()["text"], "effect: cause");
  EXPECT_EQ(code(ask(R"({"type":"odd","msg_id":1})")), 1234);
}

TEST_F(NodeDispatch, AFailedReplyLeavesNothingHalfSaid) {
  node.on("ratio", [] { return Ratio{0.0 / 0.0}; });
  node.on("reply", [] { return Reply{"x", Json("not an object")}; });
  start();
  EXPECT_EQ(code(ask(R"({"type":"ratio","msg_id":1})")), 13);
  EXPECT_EQ(code(ask(R"({"type":"reply","msg_id":1})")), 13);
}

TEST_F(NodeDispatch, NothingIsAnsweredWithoutAnId) {
  int calls = 0;
  node.on("poke", [&] { ++calls; });
  node.on("fail", [] { throw Error(ErrorCode::abort, "x"); });
  start();
  world.deliver("c1", R"({"type":"poke"})");
  world.deliver("c1", R"({"type":"fail"})");
  world.deliver("c1", R"({"type":"nonsense"})");
  world.deliver("c1", R"({})");
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(world.sent().empty());
}

TEST_F(NodeDispatch, ZeroIsAnId) {
  node.on("poke", [] {});
  start();
  EXPECT_EQ(ask(R"({"type":"poke","msg_id":0})"), json(R"({"type":"poke_ok","in_reply_to":0})"));
}

TEST_F(NodeDispatch, AnIdBeyondSixtyFourBitsComesBackWithItsDigits) {
  node.on("poke", [] {});
  start();
  EXPECT_EQ(ask(R"({"type":"poke","msg_id":98765432109876543210})").text(),
            R"({"type":"poke_ok","in_reply_to":98765432109876543210})");
}

TEST_F(NodeDispatch, JunkIsLoggedAndLeftAlone) {
  start();
  for (const char* line :
       {"", " ", "junk", "{", "[]", "\"x\"", R"({"src":"c1","dest":"n1"})", R"({"src":"c1","dest":"n1","body":[]})",
        R"({"src":1,"dest":"n1","body":{"msg_id":1}})", "\xff"}) {
    world.clear_logs();
    world.deliver_line(line);
    EXPECT_TRUE(world.sent().empty()) << line;
    EXPECT_TRUE(world.logged(LogLevel::warn, "ignored a line")) << line;
  }
}

TEST_F(NodeDispatch, TwoHandlersOfOneTypeAreAMistake) {
  node.on("poke", [] {});
  EXPECT_THROW(node.on("poke", [] {}), std::logic_error);
  EXPECT_THROW(node.on("init", [] {}), std::logic_error);
}

TEST_F(NodeDispatch, AHandlerMayAddOthersAndStaysWhereItIs) {
  struct Log {
    Node& node;
    std::vector<const void*> places;
  } log{node, {}};
  // As small as this, it lies inside what the node keeps for its type.
  struct Grows {
    Log* log;
    void operator()() {
      log->places.push_back(this);
      const auto name = std::to_string(log->places.size()) + "-";
      for (int i = 0; i < 50; ++i) log->node.on(name + std::to_string(i), [] {});
      log->places.push_back(this);  // reads itself again, after all that
    }
  };
  node.on("grow", Grows{&log});
  start();
  ask(R"({"type":"grow","msg_id":1})");
  ask(R"({"type":"grow","msg_id":2})");
  EXPECT_EQ(log.places, std::vector<const void*>(4, log.places.at(0)));
  EXPECT_EQ(ask(R"({"type":"3-49","msg_id":3})"), json(R"({"type":"3-49_ok","in_reply_to":3})"));
}

TEST_F(NodeDispatch, AFailureIsLoggedThoughNobodyWaitsForTheReply) {
  node.on("later", [](Empty) { return fail_at_once(); });
  start();
  world.deliver("n2", R"({"type":"later"})");
  EXPECT_TRUE(world.sent().empty());
  EXPECT_TRUE(world.logged(LogLevel::error, "before it began"));
}

TEST_F(NodeDispatch, AClientThatHasGivenUpIsNotAnswered) {
  node.on("slow", [this](Empty) { return slow(); });
  node.set_client_timeout(2s);
  start();
  world.deliver("c1", R"({"type":"slow","msg_id":1})");
  world.deliver("n2", R"({"type":"slow","msg_id":1})");
  world.advance(3s);
  EXPECT_EQ(world.take().dest, "n2");
  EXPECT_TRUE(world.logged(LogLevel::info, "it has given up"));
}

}  // namespace
}  // namespace mznode
