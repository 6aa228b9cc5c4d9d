#include "mznode/node/kv.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mznode/node/fake_runtime.hpp"

namespace mznode {
namespace {

class KvClient : public testing::Test {
 protected:
  void SetUp() override { world.init(node, "n1", {"n1", "n2"}); }

  void run(Task<Json> task) {
    outcome.clear();
    node.spawn(note(std::move(task)));
  }
  void run(Task<> task) {
    outcome.clear();
    node.spawn(note(done(std::move(task))));
  }
  static Task<Json> done(Task<> task) {
    co_await std::move(task);
    co_return Json("done");
  }
  static Task<> done_with(Task<Json> task) { co_await std::move(task); }
  Task<> note(Task<Json> task) {
    try {
      auto result = co_await std::move(task);
      outcome = result.text();
    } catch (const Error& error) {
      outcome = (error.is_received() ? "received " : "own ") + std::string(error_name(error.code()));
    }
  }
  /// The request that was just sent, without its id.
  SentMessage expect_request(std::string_view dest, std::string_view body) {
    auto request = world.take();
    EXPECT_EQ(request.dest, dest);
    auto tree = request.body.value();
    tree.erase("msg_id");
    EXPECT_EQ(Json::from(tree), Json::parse(body)) << request.body.text();
    return request;
  }
  void value(const SentMessage& request, std::string_view text) {
    world.reply(request, "read_ok", Json::parse(R"({"value":)" + std::string(text) + "}"));
  }
  /// A change that no other writer makes.
  std::function<Json(const Json&)> increment() {
    return [this](const Json& old) {
      ++changes;
      return Json(old.as_int().value() + 1);
    };
  }

  FakeRuntime world;
  Node node{world};
  Kv kv = lin_kv(node);
  std::string outcome;
  int changes = 0;
};

TEST_F(KvClient, Reads) {
  run(kv.read("k"));
  value(expect_request("lin-kv", R"({"type":"read","key":"k"})"), R"({"b":1.10,"a":[]})");
  EXPECT_EQ(outcome, R"({"b":1.10,"a":[]})");
}

TEST_F(KvClient, AKeyIsAStringAsItIsOrAnyJson) {
  const std::string name = "1";
  run(kv.read(name));
  expect_request("lin-kv", R"({"type":"read","key":"1"})");
  run(kv.read(1));
  expect_request("lin-kv", R"({"type":"read","key":1})");
  run(kv.write(Json::parse(R"(["a",1])"), Json("value")));
  expect_request("lin-kv", R"({"type":"write","key":["a",1],"value":"value"})");
  run(kv.sync_read(std::string_view("k")));
  auto recency = world.take();
  world.reply(recency, "write_ok");
  expect_request("lin-kv", R"({"type":"read","key":"k"})");
}

TEST_F(KvClient, AMissingKeyIsAnErrorOrTheFallback) {
  run(kv.read(1));
  world.reply_error(expect_request("lin-kv", R"({"type":"read","key":1})"), ErrorCode::key_does_not_exist);
  EXPECT_EQ(outcome, "received key-does-not-exist");
  run(kv.read_or(1, Json::parse("[]")));
  world.reply_error(world.take(), ErrorCode::key_does_not_exist);
  EXPECT_EQ(outcome, "[]");
  run(kv.read_or(1, 0));
  world.reply_error(world.take(), ErrorCode::crash);
  EXPECT_EQ(outcome, "received crash");
}

TEST_F(KvClient, Writes) {
  run(kv.write(Json::parse("[1,\"x\"]"), Json()));
  world.reply(expect_request("lin-kv", R"({"type":"write","key":[1,"x"],"value":null})"), "write_ok");
  EXPECT_EQ(outcome, "\"done\"");
}

TEST_F(KvClient, ComparesAndSets) {
  run(kv.cas("k", 1, 2));
  world.reply(expect_request("lin-kv", R"({"type":"cas","key":"k","from":1,"to":2})"), "cas_ok");
  EXPECT_EQ(outcome, "\"done\"");
  run(kv.cas("k", 1, 2, Kv::Create::yes));
  world.reply_error(expect_request("lin-kv", R"({"type":"cas","key":"k","from":1,"to":2,"create_if_not_exists":true})"),
                    ErrorCode::precondition_failed);
  EXPECT_EQ(outcome, "received precondition-failed");
}

TEST_F(KvClient, EveryErrorIsThrownAsReceived) {
  for (const int code : {0, 1, 10, 11, 12, 13, 14, 20, 21, 22, 30, 4711}) {
    run(kv.write("k", 1));
    world.reply_error(world.take(), static_cast<ErrorCode>(code));
    EXPECT_EQ(outcome, "received " + std::string(error_name(static_cast<ErrorCode>(code))));
  }
  run(kv.write("k", 1));
  world.take();
  world.advance(1s);
  EXPECT_EQ(outcome, "received timeout");
}

TEST_F(KvClient, AReplyWithoutAValueIsTheServicesFault) {
  run(kv.read("k"));
  world.reply(world.take(), "read_ok");
  EXPECT_EQ(outcome, "received malformed-request");
}

TEST_F(KvClient, TheServicesHaveTheirNames) {
  Kv seq = seq_kv(node);
  Kv lww = lww_kv(node);
  Tso tso(node);
  run(seq.read("k"));
  expect_request("seq-kv", R"({"type":"read","key":"k"})");
  run(lww.read("k"));
  expect_request("lww-kv", R"({"type":"read","key":"k"})");
  std::int64_t stamp = -1;
  struct Ask {
    static Task<> run(Tso* oracle, std::int64_t* result) {
      auto ts = co_await oracle->ts();
      *result = ts;
    }
  };
  node.spawn(Ask::run(&tso, &stamp));
  world.reply(expect_request("lin-tso", R"({"type":"ts"})"), "ts_ok", Json::parse(R"({"ts":12})"));
  EXPECT_EQ(stamp, 12);
}

TEST_F(KvClient, UpdatesInALoopUnderContention) {
  run(kv.update("k", 0, increment()));
  value(expect_request("lin-kv", R"({"type":"read","key":"k"})"), "5");
  for (int other = 6; other < 16; ++other) {
    const std::string from = std::to_string(other - 1);
    const std::string to = std::to_string(other);
    const auto cas = expect_request(
        "lin-kv", R"({"type":"cas","key":"k","from":)" + from + R"(,"to":)" + to + R"(,"create_if_not_exists":true})");
    world.reply_error(cas, ErrorCode::precondition_failed);
    EXPECT_TRUE(world.sent().empty()) << "no pause";
    world.advance(200ms);
    value(world.take(), to);
  }
  world.reply(world.take(), "cas_ok");
  EXPECT_EQ(outcome, "16");
  EXPECT_EQ(changes, 11);
}

TEST_F(KvClient, AnUpdateTriesAGuessWithoutARead) {
  run(kv.update("k", 0, increment(), Json(7)));
  world.reply(expect_request("lin-kv", R"({"type":"cas","key":"k","from":7,"to":8,"create_if_not_exists":true})"),
              "cas_ok");
  EXPECT_EQ(outcome, "8");
  run(kv.update("k", 0, increment(), Json(7)));
  world.reply_error(world.take(), ErrorCode::precondition_failed);
  value(expect_request("lin-kv", R"({"type":"read","key":"k"})"), "9");
  world.reply(world.take(), "cas_ok");
  EXPECT_EQ(outcome, "10");
}

TEST_F(KvClient, UpdatesAMissingKeyFromTheInitialValue) {
  run(kv.update("k", 40, increment()));
  world.reply_error(world.take(), ErrorCode::key_does_not_exist);
  world.reply(expect_request("lin-kv", R"({"type":"cas","key":"k","from":40,"to":41,"create_if_not_exists":true})"),
              "cas_ok");
  EXPECT_EQ(outcome, "41");
}

TEST_F(KvClient, AnUpdateThatTimedOutIsDoneWhenItsValueIsThere) {
  run(kv.update("k", 0, increment()));
  value(world.take(), "1");
  world.take();
  world.advance(1s);
  value(expect_request("lin-kv", R"({"type":"read","key":"k"})"), "2");
  EXPECT_EQ(outcome, "2");
  EXPECT_EQ(changes, 1);
}

TEST_F(KvClient, AnUpdateThatTimedOutIsOpenWhenAnotherValueIsThere) {
  for (const char* found : {"1", "7"}) {
    run(kv.update("k", 0, increment()));
    value(world.take(), "1");
    world.take();
    world.advance(1s);
    value(world.take(), found);
    EXPECT_EQ(outcome, "received timeout") << "never tried again: the first attempt may still take effect";
    EXPECT_TRUE(world.sent().empty());
  }
  run(kv.update("k", 0, increment()));
  value(world.take(), "1");
  world.take();
  world.advance(1s);
  world.take();
  world.advance(1s);
  EXPECT_EQ(outcome, "received timeout");
}

TEST_F(KvClient, AnUpdateGivesUpWhenTheChangeThrowsOrTheServiceFails) {
  run(kv.update("k", 0, [](const Json&) -> Json { throw Error(ErrorCode::abort, "changed my mind"); }));
  value(world.take(), "1");
  EXPECT_EQ(outcome, "own abort");
  run(kv.update("k", 0, increment()));
  value(world.take(), "1");
  world.reply_error(world.take(), ErrorCode::crash);
  EXPECT_EQ(outcome, "received crash");
}

TEST_F(KvClient, ASyncReadWritesAValueNeverSeenBeforeFirst) {
  Kv seq = seq_kv(node);
  Kv other_part = seq_kv(node);  // of the same program
  std::vector<Json> marks;
  for (int i = 0; i < 4; ++i) {
    Kv& client = i == 3 ? other_part : seq;
    run(i < 2 ? client.sync_read("k") : client.sync_read_or("k", 0));
    const auto write = world.take();
    EXPECT_EQ(write.type, "write");
    EXPECT_EQ(write.body.value()["key"], "sync-n1");
    marks.push_back(Json::from(write.body.value()["value"]));
    world.reply(write, "write_ok");
    value(expect_request("seq-kv", R"({"type":"read","key":"k"})"), std::to_string(i));
    EXPECT_EQ(outcome, std::to_string(i));
  }
  FakeRuntime later_world(2);
  Node later(later_world);
  later_world.init(later, "n1", {"n1", "n2"});
  Kv later_seq = seq_kv(later);
  later.spawn(done_with(later_seq.sync_read("k")));
  marks.push_back(Json::from(later_world.take().body.value()["value"]));
  for (std::size_t i = 0; i < marks.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) EXPECT_NE(marks[i], marks[k]);
  }
}

}  // namespace
}  // namespace mznode
