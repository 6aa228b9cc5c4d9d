#include "mznode/node/message.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace mznode {
namespace {

using Status = MessageView::Status;

struct Payload {
  Json payload;
  MZNODE_FIELDS(payload)
};

class Scan : public testing::Test {
 protected:
  /// Scans a copy of exactly this size, so that a memory checker sees reads behind it.
  Status scan(std::string_view text) {
    line = std::string(text);
    return view.scan(line);
  }

  std::string line;
  MessageView view;
};

TEST_F(Scan, FindsTheEnvelopeInAnyOrderOfKeys) {
  std::array<std::string, 4> members = {R"("id":3)", R"("src":"c1")", R"("dest":"n1")",
                                        R"("body":{"type":"t","msg_id":5,"payload":"p"})"};
  std::sort(members.begin(), members.end());
  do {
    ASSERT_EQ(scan("{" + members[0] + "," + members[1] + " , " + members[2] + "," + members[3] + "}"), Status::ok)
        << line;
    EXPECT_EQ(view.src(), "c1");
    EXPECT_EQ(view.dest(), "n1");
    EXPECT_EQ(view.type(), "t");
    EXPECT_EQ(view.msg_id(), "5");
    EXPECT_FALSE(view.in_reply_to());
    EXPECT_EQ(view.as<Payload>().payload, Json("p"));
  } while (std::next_permutation(members.begin(), members.end()));
}

TEST_F(Scan, FindsTheBodyInAnyOrderOfKeys) {
  std::array<std::string, 4> members = {R"("type":"t")", R"("msg_id":-0)", R"("in_reply_to":9)",
                                        R"("payload":{"type":"x"})"};
  std::sort(members.begin(), members.end());
  do {
    ASSERT_EQ(scan(R"({"src":"a","dest":"b","body":{)" + members[0] + "," + members[1] + "," + members[2] + "," +
                   members[3] + "}}"),
              Status::ok);
    EXPECT_EQ(view.type(), "t");
    EXPECT_EQ(view.msg_id(), "-0");
    EXPECT_EQ(view.in_reply_to(), 9);
    ASSERT_EQ(view.fields().size(), 1u);
    EXPECT_EQ(view.fields()[0].key, "payload");
    EXPECT_EQ(view.fields()[0].value, R"({"type":"x"})");
  } while (std::next_permutation(members.begin(), members.end()));
}

TEST_F(Scan, FindsKeysAndNamesThatAreEscaped) {
  ASSERT_EQ(
      scan(
          R"({"\u0073rc":"c\u0031","d\u0065st":"n\"\\","\u0062ody":{"\u0074ype":"\u0074","msg\u005fid":1,"pay\u006Coad":2}})"),
      Status::ok);
  EXPECT_EQ(view.src(), "c1");
  EXPECT_EQ(view.dest(), "n\"\\");
  EXPECT_EQ(view.type(), "t");
  EXPECT_EQ(view.msg_id(), "1");
  EXPECT_EQ(view.as<Payload>().payload, Json(2));
}

TEST_F(Scan, OfAKeyThatIsGivenTwiceTheLastValueCounts) {
  ASSERT_EQ(scan(R"({"src":1,"src":"a","dest":"x","body":{"type":"u","msg_id":1,"payload":1,"old":1},"dest":"b",)"
                 R"("body":{"type":7,"type":"t","payload":2,"payload":3,"msg_id":"x","msg_id":2}})"),
            Status::ok);
  EXPECT_EQ(view.src(), "a");
  EXPECT_EQ(view.dest(), "b");
  EXPECT_EQ(view.type(), "t");
  EXPECT_EQ(view.msg_id(), "2");
  EXPECT_EQ(view.as<Payload>().payload, Json(3));
  EXPECT_EQ(scan(R"({"src":"a","dest":"b","body":{"type":"t"},"src":1})"), Status::junk);
  EXPECT_EQ(scan(R"({"src":"a","dest":"b","body":{"type":"t"},"body":[]})"), Status::junk);
  EXPECT_EQ(scan(R"({"src":"a","dest":"b","body":{"type":"t","type":null}})"), Status::bad_body);
}

TEST_F(Scan, AcceptsWhiteSpaceAndCarriageReturns) {
  ASSERT_EQ(scan(" \t{ \"src\" : \"a\" ,\r\"dest\":\"b\",\"body\" :\t{\"type\" : \"t\" , \"payload\": [1,\r{\"a\" "
                 ":\r2}] } } \r"),
            Status::ok);
  EXPECT_EQ(view.as<Payload>().payload.text(), "[1, {\"a\" : 2}]");
  const Message owned = view.own();
  EXPECT_EQ(owned.body.text().find('\r'), std::string::npos) << "to Maelstrom's reader that would end the line";
}

TEST_F(Scan, AnOwnedMessageOutlivesTheLine) {
  ASSERT_EQ(scan(R"({"src":"a","dest":"b","body":{"type":"t","in_reply_to":3,"payload":1.10}})"), Status::ok);
  const Message owned = view.own();
  EXPECT_EQ(scan("junk that takes its place and is long enough for that, being longer"), Status::junk);
  EXPECT_EQ(owned.src, "a");
  EXPECT_EQ(owned.dest, "b");
  EXPECT_EQ(owned.type, "t");
  EXPECT_EQ(owned.in_reply_to, 3);
  EXPECT_EQ(owned.body.text(), R"({"type":"t","in_reply_to":3,"payload":1.10})");
  EXPECT_EQ(owned.as<Payload>().payload.text(), "1.10");
}

TEST_F(Scan, NothingOfTheLineBeforeRemains) {
  ASSERT_EQ(scan(R"({"src":"a","dest":"b","body":{"type":"t","msg_id":1,"in_reply_to":2,"payload":3}})"), Status::ok);
  ASSERT_EQ(scan(R"({"src":"c","dest":"d","body":{}})"), Status::bad_body);
  EXPECT_EQ(view.type(), "");
  EXPECT_EQ(view.msg_id(), "");
  EXPECT_FALSE(view.in_reply_to());
  EXPECT_TRUE(view.fields().empty());
  EXPECT_EQ(scan("{}"), Status::junk);
  ASSERT_EQ(scan(R"({"src":"c","dest":"d","body":{"type":"t"}})"), Status::ok);
  EXPECT_EQ(view.problem(), "");
}

TEST_F(Scan, JunkIsExplained) {
  for (const char* text : {"",
                           " ",
                           "\r",
                           "x",
                           "{",
                           "}",
                           "[]",
                           "null",
                           "{}",
                           R"({"src":"a"})",
                           R"({"src":"a","dest":"b"})",
                           R"({"src":"a","dest":"b","body":null})",
                           R"({"src":"a","dest":"b","body":"{}"})",
                           R"({"src":"","dest":"b","body":{}})",
                           R"({"src":"a","dest":2,"body":{"type":"t"}})",
                           R"({"src":"a","dest":"b","body":{"type":"t"}}x)",
                           R"({"src":"a","dest":"b","body":{"type":"t"}}{})",
                           R"({"src":"a","dest":"b","body":{"type":"t"})",
                           R"({"src":"a","dest":"b","body":{"type":"t",}})",
                           R"({"src":"a","dest":"b","body":{"type" "t"}})",
                           R"({"src":"a","dest":"b","body":{"type":"t","x":[1,2,}]}})",
                           R"({"src":"a","dest":"b","body":{"type":"t","x":01}})",
                           R"({"src":"a","dest":"b","body":{type:"t"}})",
                           R"({"src":"a","dest":"b","id":nul,"body":{"type":"t"}})",
                           "{\"src\":\"a\",\"dest\":\"b\",\"body\":{\"type\":\"\xff\"}}",
                           "{\"src\":\"a\",\"dest\":\"b\",\"body\":{\"type\":\"\x01\"}}",
                           R"({"src":"a","dest":"b","body":{"type":"\x"}})",
                           R"({"src":"a","dest":"b","body":{"msg_id":-}})"}) {
    EXPECT_EQ(scan(text), Status::junk) << text;
    EXPECT_FALSE(view.problem().empty()) << text;
  }
}

TEST_F(Scan, EveryPrefixOfAMessageIsJunk) {
  const std::string whole =
      R"({"id":1,"src":"a","dest":"b","body":{"type":"\u0074","msg_id":12,"x":[true,false,null,-1.5e+3,"é"]}})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(scan(whole.substr(0, size)), Status::junk) << size;
  }
  EXPECT_EQ(scan(whole), Status::ok);
}

TEST_F(Scan, ABadBodyStillNamesItsSender) {
  for (const char* body :
       {R"({})", R"({"type":1})", R"({"type":""})", R"({"type":"t","msg_id":"1"})", R"({"type":"t","msg_id":1.0})",
        R"({"type":"t","msg_id":null})", R"({"type":"t","in_reply_to":[]})", R"({"type":"t","in_reply_to":1e2})",
        R"({"type":"t","in_reply_to":9223372036854775808})"}) {
    EXPECT_EQ(scan(R"({"src":"a","dest":"b","body":)" + std::string(body) + "}"), Status::bad_body) << body;
    EXPECT_EQ(view.src(), "a");
    EXPECT_FALSE(view.problem().empty());
  }
}

TEST_F(Scan, NestsAsDeepAsMemoryAllows) {
  constexpr std::size_t depth = 200'000;
  const std::string deep = std::string(depth, '[') + std::string(depth, ']');
  ASSERT_EQ(scan(R"({"src":"a","dest":"b","body":{"type":"t","payload":)" + deep + "}}"), Status::ok);
  EXPECT_EQ(view.as<Payload>().payload.text(), deep);
  EXPECT_EQ(scan(R"({"src":"a","dest":"b","body":{"type":"t","payload":)" + deep.substr(1) + "}}"), Status::junk);
  std::string objects;
  for (std::size_t i = 0; i < depth; ++i) objects += R"({"":)";
  EXPECT_EQ(
      scan(R"({"src":"a","dest":"b","body":{"type":"t","payload":)" + objects + "1" + std::string(depth, '}') + "}}"),
      Status::ok);
}

TEST_F(Scan, LongStringsAreCheckedEverywhere) {
  // Sixteen bytes at a time: a bad byte must be found at each place of such a group.
  for (std::size_t size = 1; size < 70; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '\x1f';
      EXPECT_EQ(scan(R"({"src":"a","dest":"b","body":{"type":")" + text + "\"}}"), Status::junk) << size << " " << at;
      text[at] = '\x80';
      EXPECT_EQ(scan(R"({"src":"a","dest":"b","body":{"type":")" + text + "\"}}"), Status::junk) << size << " " << at;
      text.replace(at, 1, "\\n\xc3\xa9");
      EXPECT_EQ(scan(R"({"src":"a","dest":"b","body":{"type":")" + text + "\"}}"), Status::ok) << size << " " << at;
      EXPECT_EQ(view.type().size(), size + 2);
    }
  }
}

}  // namespace
}  // namespace mznode
