#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mznode/json/json.hpp"
#include "mznode/node/message.hpp"
#include "tests/app/child.hpp"

namespace mznode::testing_support {
namespace {

/// Runs a node on `input` to its end; every line of the output must be a message of n1.
std::vector<nlohmann::json> replies_to(const std::string& input, std::string* log = nullptr,
                                       const std::vector<std::string>& arguments = echo_node) {
  Child child(arguments);
  child.write(input);
  const Exit exit = child.finish();
  EXPECT_EQ(exit.code, 0) << child.log();
  if (log != nullptr) *log = child.log();
  std::vector<nlohmann::json> replies;
  for (const auto& text : lines_of(child.output())) {
    MessageView view;
    EXPECT_NE(view.scan(text), MessageView::Status::junk) << text;
    EXPECT_EQ(view.src(), "n1") << text;
    replies.push_back(nlohmann::json::parse(text)["body"]);
  }
  return replies;
}

TEST(NodeProcess, BadLinesAreLoggedAndTheNodeLives) {
  const std::string deep(200'000, '[');
  const std::vector<std::string> bad = {"junk\n",
                                        "\n",
                                        "\r\n",
                                        "   \n",
                                        "{\n",
                                        "[]\n",
                                        "null\n",
                                        "{}\n",
                                        std::string("\xff\xfe\n"),
                                        std::string("\0\n", 2),
                                        echo_line("\"\xc3\x28\""),
                                        echo_line("\"\xed\xa0\x80\""),
                                        echo_line("[1,2,}"),
                                        echo_line("01.e"),
                                        echo_line("\"a\\qb\""),
                                        echo_line("{\"a\":1,}"),
                                        echo_line("nul"),
                                        echo_line("1,\"x\""),
                                        echo_line(deep),
                                        deep + "\n",
                                        R"({"src":"c1","dest":"n1"})"
                                        "\n",
                                        R"({"src":"c1","dest":"n1","body":7})"
                                        "\n",
                                        R"({"dest":"n1","body":{"type":"echo"}})"
                                        "\n"};
  for (const auto& text : bad) {
    std::string log;
    const auto replies = replies_to(init_line() + text + echo_line("\"alive\"", 3), &log);
    ASSERT_EQ(replies.size(), 2u) << text.substr(0, 100);
    EXPECT_EQ(replies[0]["type"], "init_ok");
    EXPECT_EQ(replies[1]["echo"], "alive");
    EXPECT_NE(log.find("ignored a line"), std::string::npos) << text.substr(0, 100);
  }
}

TEST(NodeProcess, BadBodiesAreAnsweredWhereThereIsSomebodyToAnswer) {
  std::string log;
  const auto replies =
      replies_to(init_line() + line("c1", R"({"type":"nonsense","msg_id":2})") +
                     line("c1", R"({"type":"echo","msg_id":3})") + line("c1", R"({"msg_id":4,"echo":1})") +
                     line("c1", R"({"type":"echo","msg_id":"5","echo":1})") + line("c1", R"({"type":"nonsense"})") +
                     line("c1", R"({"echo":1})") + line("c1", R"({"type":"echo","in_reply_to":77})") +
                     line("c1", R"({"type":"x","in_reply_to":{}})") + echo_line("0", 0),
                 &log);
  ASSERT_EQ(replies.size(), 6u);
  EXPECT_EQ(replies[1]["code"], 10);
  EXPECT_EQ(replies[2]["code"], 12);
  EXPECT_NE(replies[2]["text"].get<std::string>().find("echo"), std::string::npos);
  EXPECT_EQ(replies[3]["code"], 12);
  EXPECT_EQ(replies[4]["code"], 12);
  EXPECT_EQ(replies[4]["in_reply_to"], "5");
  EXPECT_EQ(replies[5]["in_reply_to"], 0);
  EXPECT_NE(log.find("never asked"), std::string::npos);
}

TEST(NodeProcess, MessagesBeforeInitAreAnsweredAfterItAndASecondInitIsHarmless) {
  std::string log;
  const auto replies =
      replies_to(echo_line("1", 5) + echo_line("2", 6) + init_line() + init_line() + echo_line("3", 7), &log);
  ASSERT_EQ(replies.size(), 5u);
  EXPECT_EQ(replies[0]["type"], "init_ok");
  EXPECT_EQ(replies[1]["echo"], 1);
  EXPECT_EQ(replies[2]["echo"], 2);
  EXPECT_EQ(replies[3]["type"], "init_ok");
  EXPECT_EQ(replies[4]["echo"], 3);
  EXPECT_NE(log.find("before init"), std::string::npos);
  EXPECT_NE(log.find("second init"), std::string::npos);
}

TEST(NodeProcess, AGoodSessionSaysNothingOnStandardError) {
  std::string log;
  replies_to(init_line() + echo_line("1"), &log);
  EXPECT_EQ(log, "");
}

TEST(NodeProcess, PayloadsSurviveExactly) {
  for (const char* payload :
       {"18446744073709551615", "1.10", "1E5", "-0.0", "-0", "1e-7", "123456789012345678901234567890", "1e400", "\"\"",
        "null", "[]", "{}", R"({"b":1,"a":2})", R"({"":0,"a.b":{"c.d":[]}})", R"("\u00e9\/\"\\\b\ud83d\ude00\ud800")",
        R"({"\u0061":1,"a":2})", R"([ 1 , {"x" : [ ] } ])", "\"caf\xC3\xA9 \xF0\x9F\x98\x80\"",
        R"({"type":"x","msg_id":"y","src":3})"}) {
    Child child(echo_node);
    child.write(init_line() + echo_line(payload));
    EXPECT_EQ(child.finish().code, 0);
    const auto lines = lines_of(child.output());
    ASSERT_EQ(lines.size(), 2u) << payload;
    EXPECT_EQ(lines[1], R"({"src":"n1","dest":"c1","body":{"type":"echo_ok","in_reply_to":2,"echo":)" +
                            std::string(payload) + "}}");
  }
}

TEST(NodeProcess, ACarriageReturnInsideAPayloadIsNotSentOn) {
  const auto replies =
      replies_to(init_line() + line("c1", "{\"type\":\"echo\",\"msg_id\":2,\"echo\":[1,\r{\"a\":\r2}]}\r"));
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[1]["echo"], nlohmann::json::parse(R"([1,{"a":2}])"));
}

TEST(NodeProcess, ALineOf32MegabytesAndADeepOneWork) {
  const std::string huge = "\"" + std::string(32 << 20, 'x') + "\"";
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  Child child(echo_node);
  child.write(init_line() + echo_line(huge) + echo_line(deep, 3));
  EXPECT_EQ(child.finish().code, 0);
  const auto lines = lines_of(child.output());
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_TRUE(lines[1] == R"({"src":"n1","dest":"c1","body":{"type":"echo_ok","in_reply_to":2,"echo":)" + huge + "}}");
  EXPECT_TRUE(lines[2] == R"({"src":"n1","dest":"c1","body":{"type":"echo_ok","in_reply_to":3,"echo":)" + deep + "}}");
}

TEST(NodeProcess, InputMayBeCutAnywhere) {
  const std::string session = init_line() + echo_line(R"({"é":"\u00e9"})") + "\r\n" + echo_line("[1.10]", 3);
  Child whole(echo_node);
  whole.write(session);
  EXPECT_EQ(whole.finish().code, 0);
  ASSERT_EQ(lines_of(whole.output()).size(), 3u);
  // The replies to the first part are read before the second is written, so that the node has read them apart.
  for (std::size_t cut = 1; cut < session.size(); ++cut) {
    Child child(echo_node);
    child.write(session.substr(0, cut));
    std::string output;
    const auto complete =
        static_cast<std::size_t>(std::count(session.begin(), session.begin() + static_cast<long>(cut), '\n'));
    const std::size_t due = std::min<std::size_t>(complete, 2) + (complete == 4 ? 1 : 0);
    for (std::size_t i = 0; i < due; ++i) output += child.read_line().value() + "\n";
    child.write(session.substr(cut));
    ASSERT_EQ(child.finish().code, 0) << cut;
    ASSERT_EQ(output + child.output(), whole.output()) << cut;
  }
}

TEST(NodeProcess, EndOfInputAnswersEverythingTheUnfinishedLineIncluded) {
  std::string input = init_line();
  for (int i = 0; i < 1000; ++i) input += echo_line(std::to_string(i));
  input.pop_back();
  const auto replies = replies_to(input);
  ASSERT_EQ(replies.size(), 1001u);
  EXPECT_EQ(replies.back()["echo"], 999);
  EXPECT_TRUE(replies_to("").empty());
  EXPECT_EQ(replies_to(init_line() + "{\"half").size(), 1u);
}

TEST(NodeProcess, EndOfInputEndsWhatWaitsForAnswers) {
  const auto replies = replies_to(init_line() + line("c1", R"({"type":"generate","msg_id":2})"), nullptr,
                                  {"-w", "unique-ids", "-s", "tso"});
  ASSERT_EQ(replies.size(), 3u);
  EXPECT_EQ(replies[1]["type"], "ts");
  EXPECT_EQ(replies[2]["code"], 13) << "whether the id was taken is unknown";
}

}  // namespace
}  // namespace mznode::testing_support
