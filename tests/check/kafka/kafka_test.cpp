#include "mznode/check/kafka/kafka.hpp"

#include <gtest/gtest.h>

#include "mznode/check/registry.hpp"
#include "tests/check/shorthand.hpp"

namespace mznode::check {
namespace {

/// Builds histories of operations that follow each other.
class Logs {
 public:
  Logs& op(int process, const std::string& type, const std::string& f, const std::string& value) {
    lines_.push_back(std::to_string(process) + " invoke " + f + " " + value);
    lines_.push_back(std::to_string(process) + " " + type + " " + f + " " + value);
    return *this;
  }
  Logs& send(int process, int offset, int message, const std::string& type = "ok") {
    return op(
        process, type, "send",
        R"([["send","x",[)" + (offset < 0 ? "null" : std::to_string(offset)) + "," + std::to_string(message) + "]]]");
  }
  Logs& poll(int process, const std::string& pairs, const std::string& type = "ok") {
    return op(process, type, "poll", R"([["poll",{"x":)" + pairs + "}]]");
  }
  Verdict judge(const CheckOptions& options = {}) const {
    return find_checker("kafka")->check(shorthand(lines_), options);
  }
  std::string errors() const { return to_details(judge())["error-types"].dump(); }

 private:
  std::vector<std::string> lines_;
};

TEST(Kafka, AHistoryWithoutErrorsIsValid) {
  const Verdict verdict = Logs()
                              .op(1, "ok", "assign", R"(["x"])")
                              .send(0, 0, 7)
                              .send(0, 3, 8)  // offsets may have gaps
                              .op(1, "ok", "poll", R"([["poll"]])")
                              .poll(1, "[[0,7]]")
                              .poll(1, "[[3,8]]")
                              .op(1, "info", "crash", "null")
                              .judge();
  EXPECT_EQ(verdict.valid, Valid::yes);
  EXPECT_EQ(to_details(verdict).dump(), R"({"valid?":true,"error-types":[],"bad-error-types":[]})");
}

TEST(Kafka, AnOperationMayEndUnderAnotherName) {
  const History history = shorthand({R"(0 invoke assign ["x"])", R"(0 ok send [["send","x",[0,7]]])",
                                     R"(1 invoke poll [["poll"]])", R"(1 ok poll [["poll",{"x":[[0,7]]}]])"});
  EXPECT_EQ(find_checker("kafka")->check(history, {}).valid, Valid::yes);
}

TEST(Kafka, NullIsAnEmptyListOfMessages) {
  const Verdict verdict =
      Logs().op(1, "ok", "assign", R"(["x"])").poll(1, "null").send(0, 0, 7).poll(1, "[[0,7]]").judge();
  EXPECT_EQ(verdict.valid, Valid::yes);
  EXPECT_EQ(Logs().send(0, 0, 7).op(1, "ok", "poll", R"([["poll",{"x":{}}]])").judge().valid, Valid::unknown);
}

TEST(Kafka, Offsets) {
  EXPECT_EQ(Logs().send(0, 0, 7).send(1, 0, 8).poll(2, "[[0,7]]").poll(3, "[[0,8]]").errors(),
            R"(["inconsistent-offsets"])");
  EXPECT_EQ(Logs().send(0, 0, 7).poll(2, "[[0,7]]").poll(3, "[[1,7]]").errors(), R"(["duplicate"])");
}

TEST(Kafka, LostAndUnseenMessages) {
  const Logs lost = Logs().send(0, 0, 7).send(1, 1, 8).poll(2, "[[1,8]]");
  EXPECT_EQ(lost.errors(), R"(["lost-write","unseen"])");
  EXPECT_EQ(to_details(lost.judge())["lost-write"]["errs"][0]["value"], 7);
  EXPECT_EQ(Logs().send(0, 0, 7).send(1, 1, 8).poll(2, "[[0,7]]").errors(), R"(["unseen"])");
  // Nobody knows whether an indefinite send took effect, and a failed one did not.
  EXPECT_EQ(Logs().send(0, -1, 7, "info").send(2, -1, 9, "fail").send(1, 1, 8).poll(2, "[[1,8]]").errors(), "[]");
}

TEST(Kafka, AnOperationThatNeverEndedIsIndefinite) {
  std::vector<std::string> lines = {R"(0 invoke send [["send","x",7]])", R"(1 invoke poll [["poll"]])",
                                    R"(1 ok poll [["poll",{"x":[[0,7]]}]])", R"(2 invoke poll [["poll"]])"};
  EXPECT_EQ(find_checker("kafka")->check(shorthand(lines), {}).valid, Valid::yes);
  // Until somebody has polled it, it may not have happened.
  lines.insert(lines.end(), {R"(3 invoke send [["send","x",8]])", R"(4 invoke assign ["x"])"});
  const Verdict verdict = find_checker("kafka")->check(shorthand(lines), {});
  EXPECT_EQ(verdict.valid, Valid::yes);
  EXPECT_EQ(to_details(verdict)["error-types"].dump(), "[]");
}

TEST(Kafka, PollsOfAProcess) {
  const Logs sent = Logs().send(0, 0, 7).send(0, 1, 8).send(0, 2, 9).poll(9, "[[0,7],[1,8],[2,9]]");
  EXPECT_EQ(Logs(sent).poll(1, "[[0,7]]").poll(1, "[[2,9]]").errors(), R"(["poll-skip"])");
  EXPECT_EQ(Logs(sent).poll(1, "[[1,8]]").poll(1, "[[0,7]]").errors(), R"(["nonmonotonic-poll"])");
  EXPECT_EQ(Logs(sent).poll(1, "[[0,7]]").poll(2, "[[2,9]]").errors(), "[]");
  EXPECT_EQ(Logs(sent).poll(1, "[[0,7],[2,9]]").errors(), R"(["int-poll-skip"])");
  EXPECT_EQ(Logs(sent).poll(1, "[[1,8],[1,8]]").errors(), R"(["int-nonmonotonic-poll"])");
  // Who is assigned other keys meanwhile begins anew; who keeps the key goes on.
  EXPECT_EQ(Logs(sent).poll(1, "[[0,7]]").op(1, "ok", "assign", R"(["y"])").poll(1, "[[2,9]]").errors(), "[]");
  EXPECT_EQ(Logs(sent).poll(1, "[[0,7]]").op(1, "ok", "assign", R"(["x","y"])").poll(1, "[[2,9]]").errors(),
            R"(["poll-skip"])");
  // What a failed poll has seen must be in order, too, but it does not move the process on.
  EXPECT_EQ(Logs(sent).poll(1, "[[0,7]]").poll(1, "[[1,8]]", "info").poll(1, "[[1,8]]").errors(), "[]");
}

TEST(Kafka, APollOfNothingMakesAProcessForgetWhereItWasOnlyUpstream) {
  const Logs back = Logs().send(0, 0, 7).send(0, 1, 8).poll(1, "[[0,7],[1,8]]").poll(1, "[]").poll(1, "[[0,7]]");
  EXPECT_EQ(back.errors(), R"(["nonmonotonic-poll"])");
  EXPECT_EQ(back.judge({.compat_jepsen = true}).valid, Valid::yes);
}

TEST(Kafka, SendsOfAProcess) {
  EXPECT_EQ(Logs().send(0, 1, 8).send(0, 0, 7).poll(9, "[[0,7],[1,8]]").errors(), R"(["nonmonotonic-send"])");
  EXPECT_EQ(Logs().send(0, 1, 8).send(1, 0, 7).poll(9, "[[0,7],[1,8]]").errors(), "[]");
  const std::string together = R"([["send","x",[1,8]],["send","x",[0,7]]])";
  EXPECT_EQ(Logs().op(0, "ok", "txn", together).poll(9, "[[0,7],[1,8]]").errors(), R"(["int-nonmonotonic-send"])");
}

TEST(Kafka, InterleavedSendsAreTolerated) {
  const Logs logs = Logs()
                        .op(0, "ok", "txn", R"([["send","x",[0,7]],["send","x",[2,9]]])")
                        .send(1, 1, 8)
                        .poll(9, "[[0,7],[1,8],[2,9]]");
  EXPECT_EQ(logs.errors(), R"(["int-send-skip"])");
  EXPECT_EQ(logs.judge().valid, Valid::yes);
  EXPECT_EQ(to_details(logs.judge())["bad-error-types"].dump(), "[]");
  EXPECT_EQ(to_details(logs.judge())["int-send-skip"]["errs"][0]["skipped"].dump(), "[8]");
}

TEST(Kafka, ReadsOfWhatDidNotHappen) {
  EXPECT_EQ(Logs().send(0, -1, 7, "fail").poll(1, "[[0,7]]").errors(), R"(["G1a"])");
  EXPECT_EQ(Logs().op(0, "ok", "txn", R"([["send","x",[0,7]],["poll",{"x":[[0,7]]}]])").errors(),
            R"(["empty-transaction-graph","precommitted-read"])");
  const Logs before_sent = Logs().poll(1, "[[0,7]]").send(0, 0, 7);
  EXPECT_EQ(before_sent.errors(), R"(["G1c-realtime"])");
  EXPECT_EQ(to_details(before_sent.judge())["G1c-realtime"]["errs"][0]["explanation"][0],
            R"(T1 comes before T2: T1 sent 7 to key "x", which T2 polled.)");
}

TEST(Kafka, KeysOfMapsAreStringsWhateverTheyWere) {
  EXPECT_EQ(
      Logs().op(0, "ok", "send", R"([["send",9,[0,7]]])").op(1, "ok", "poll", R"([["poll",{"9":[[0,7]]}]])").errors(),
      "[]");
}

TEST(Kafka, SaysWhenNothingCanBeSaid) {
  EXPECT_EQ(to_details(Logs().send(0, 0, 7).poll(1, "[[0,7],[1,8]]").judge())["error"],
            R"(key "x" was polled with 8, which nobody sent to it)");
  for (const char* value : {"5", R"([["add","x"]])", R"([["send","x"]])", R"([["poll",[1]]])",
                            R"([["poll",{"x":[5]}]])", R"([["send","x",["0",7]]])"}) {
    const Verdict verdict = Logs().op(0, "ok", "poll", value).judge();
    EXPECT_EQ(verdict.valid, Valid::unknown) << value;
    EXPECT_TRUE(to_details(verdict).contains("error")) << value;
  }
}

}  // namespace
}  // namespace mznode::check
