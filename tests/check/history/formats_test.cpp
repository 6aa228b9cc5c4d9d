// Histories in the forms of other tools.
#include "mznode/check/formats.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mznode/check/registry.hpp"
#include "mznode/check/txn/anomalies.hpp"
#include "mznode/check/upstream_versions.hpp"

namespace mznode::check {
namespace {

std::string complaint_about(const std::string& text, std::string_view format = {}) {
  try {
    read_recorded(text, format);
    return "";
  } catch (const HistoryError& error) {
    return error.what();
  }
}

/// The values of completions, and whether each was acknowledged.
std::string completions_of(const RecordedHistory& recorded) {
  std::string all;
  for (const Operation& each : recorded.operations) {
    if (each.type == Type::invoke) continue;
    all += std::to_string(each.process) + (each.type == Type::ok ? " " : "! ") + each.value.text() + "\n";
  }
  return all;
}

std::string completions_in(const std::string& text, std::string_view format = {}) {
  return completions_of(read_recorded(text, format));
}

Verdict verdict_on(const std::string& text, std::string_view checker, std::string_view models = {}) {
  const RecordedHistory recorded = read_recorded(text);
  CheckOptions options;
  options.tells_time = recorded.tells_time;
  options.strongest_models = true;
  if (!models.empty()) options.consistency_models = ConsistencyModels::parse(models);
  return find_checker(checker)->check(recorded.operations, options);
}

/// Porcupine's key, and what the checker causal reads.
TEST(Formats, FieldsOfSingleCheckersMeanWhatTheySay) {
  for (const char* field : {":key", ":position", ":link"}) {
    const std::string start = std::string("{:type :ok, :process 0, :f :write, :value 1, ") + field;
    EXPECT_NE(complaint_about(start + " \"\xFF\"}").find("expected UTF-8"), std::string::npos) << field;
    EXPECT_NE(complaint_about(start + " #x 1}").find("expected a value without a tag"), std::string::npos) << field;
    EXPECT_EQ(complaint_about(start + " :init}"), "");
  }
}

TEST(Formats, TellWhetherBeginningsAreTold) {
  const auto tells_beginnings = [](const std::string& text) { return read_recorded(text).tells_beginnings; };
  const std::string row = "{:type :ok, :process 0, :value [[:r x 1]]}";
  const std::string invoked = "{:type :invoke, :process 0, :value [[:r x nil]]}\n";
  EXPECT_TRUE(tells_beginnings(invoked + row));
  EXPECT_TRUE(tells_beginnings(invoked)) << "though nothing was completed";
  EXPECT_FALSE(tells_beginnings(row));
  EXPECT_FALSE(tells_beginnings("{:value [[:r x 1]]}"));
  EXPECT_FALSE(tells_beginnings(R"({"type":"ok","process":0,"value":[["r","x",1]]})"));
  EXPECT_FALSE(tells_beginnings("INFO  jepsen.util - 0\t:ok\t:txn\t[[:r 1 1]]\n"));
  EXPECT_FALSE(tells_beginnings("w(1,5,0,0)\n"));
  EXPECT_TRUE(tells_beginnings("{:type :ok, :process 0, :f :read, :value 1}")) << "none was made up";
}

TEST(Formats, PlumeIsAnEventALine) {
  EXPECT_EQ(completions_in("w(1,5,0,0)\nr(2,0,0,0)\r\nr(1,5,7,1)\nw(1,6,0,-1)\n"),
            "0 [[\"w\",1,5],[\"r\",2,null]]\n7 [[\"r\",1,5]]\n0! [[\"w\",1,6]]\n");
  // Somebody wrote 0.
  EXPECT_EQ(completions_in("w(1,0,0,0)\nr(1,0,1,1)"), "0 [[\"w\",1,0]]\n1 [[\"r\",1,0]]\n");
  for (const auto& [text, why] :
       {std::pair{"w(1,5,0,0)\nx(1,5,0,0)", "line 2, column 1: expected r(KEY,VALUE,SESSION,TRANSACTION)"},
        {"w(1,5,0,0)\nw(1,6,0,1", "line 2, column 10: expected ) behind a transaction"},
        {"w(1,5,0)", "line 1, column 8: expected , behind a session"},
        {"w(1,a,0,0)", "line 1, column 5: expected a value, a whole number"},
        {"w(1,1.5,0,0)", "line 1, column 6: expected , behind a value"},
        {"w(1,99999999999999999999,0,0)", "line 1, column 5: expected a value, a whole number of 64 bits"},
        {"w(1,007,0,0)", "line 1, column 5: expected a value, a whole number"},
        {"w(1,5,-3,0)", "line 1, column 7: expected a session, a number from 0"},
        {"w(1,5,0,0) w(1,6,0,0)", "line 1, column 12: expected the end of the line"},
        {"w(1,5,0,0)\nw(1,6,1,0)", "expected transaction 0 to be one of session 0"}}) {
    EXPECT_NE(complaint_about(text).find(why), std::string::npos) << text << ": " << complaint_about(text);
  }
}

TEST(Formats, AwditHasRulesBetweenTransactionsAndSessions) {
  EXPECT_EQ(completions_in("w 0 0\nw 1 0\n=====\nw 0 1\n-----\nr 0 1\nr 1 0"),
            "0 [[\"w\",0,0],[\"w\",1,0]]\n1 [[\"w\",0,1]]\n1 [[\"r\",0,1],[\"r\",1,0]]\n");
  for (const auto& [text, why] : {std::pair{"w 0 0\nq 0 1", "line 2, column 1: expected r KEY VALUE"},
                                  {"w 0 0\n-", "line 2, column 1: expected r KEY VALUE"},
                                  {"w 0 0\nr 0", "line 2, column 4: expected a value"},
                                  {"w 0 0\nr 0 1 2", "line 2, column 7: expected the end of the line"}}) {
    EXPECT_NE(complaint_about(text).find(why), std::string::npos) << text << ": " << complaint_about(text);
  }
}

TEST(Formats, DbcopIsReadInEveryFormThatItHasHad) {
  const std::string expected = "0 [[\"w\",0,1],[\"r\",1,null]]\n0! [[\"w\",0,2]]\n1 [[\"r\",0,1]]\n";
  EXPECT_EQ(
      completions_in(R"([[{"events":[{"Write":{"variable":0,"version":1}},{"Read":{"variable":1,"version":null}}],)"
                     R"("committed":true},{"events":[{"Write":{"variable":0,"version":2}}],"committed":false}],)"
                     R"([{"events":[{"Read":{"variable":0,"version":1}}],"committed":true}]])"),
      expected);
  EXPECT_EQ(
      completions_in(R"({"params":{"id":0},"info":"","start":"x","end":"y","data":[[{"events":[["w",0,1],["r",1,0]],)"
                     R"("committed":true},{"events":[["w",0,2]],"committed":false}],)"
                     R"([{"events":[["r",0,1]],"committed":true}]]})"),
      expected);
  EXPECT_EQ(completions_in(R"({"params":{},"data":[[{"events":[{"write":true,"variable":0,"value":1,"success":true},)"
                           R"({"write":false,"variable":1,"value":0,"success":true},)"
                           R"({"write":false,"variable":2,"value":9,"success":false}],"success":true},)"
                           R"({"events":[{"write":true,"variable":0,"value":2,"success":true}],"success":false}],)"
                           R"([{"events":[{"write":false,"variable":0,"value":1,"success":true}],"success":true}]]})"),
            expected);
  EXPECT_EQ(
      completions_in("{\n  \"params\": {\n    \"id\": 0,\n    \"sizes\": [\n      1\n    ]\n  },\n  \"data\": [\n    "
                     "[\n      {\n        \"events\": [\n          [\n            \"w\",\n            0,\n            "
                     "1\n          ]\n        ],\n        \"committed\": true\n      }\n    ]\n  ]\n}\n"),
      "0 [[\"w\",0,1]]\n")
      << "indented";
  EXPECT_EQ(
      completions_in("// one\n[x:=1 y==?] [x:=2]!\n---\n[x==1]\n[z==0]"),
      "0 [[\"w\",\"x\",1],[\"r\",\"y\",null]]\n0! [[\"w\",\"x\",2]]\n1 [[\"r\",\"x\",1]]\n1 [[\"r\",\"z\",null]]\n");
  for (const auto& [text, why] :
       {std::pair{"[[{\"events\":[]}]]", "expected the fields events and committed"},
        {"[[{\"events\":[],\n\"comitted\":true}]]", "line 2, column 1: expected the fields events and committed"},
        {"{\"params\":{},\"dat\":[]}", "expected the field data"},
        {"{\"params\":{},\n\"data\":[],\"data\":[]}", "line 2, column 11: expected each field once in the history"},
        {"[[{\"events\":[],\n\"events\":[]}]]", "line 2, column 1: expected each field once in a transaction"},
        {"[[{\"events\":[],\"committed\":true,\"committed\":false}]]", "expected each field once in a transaction"},
        {"[[{\"events\":[],\"committed\":true,\"success\":false}]]",
         "line 1, column 33: expected one of the fields committed and success"},
        {R"([[{"events":[{"write":true,"write":false,"variable":0,"value":1}],"committed":true}]])",
         "expected each field once in an event"},
        {R"([[{"events":[{"success":true,"success":false,"write":true,"variable":0,"value":1}],"committed":true}]])",
         "expected each field once in an event"},
        {R"([[{"events":[{"write":true,"Read":{"variable":0,"version":1}}],"committed":true}]])",
         "line 1, column 28: expected one of the fields Read, Write and write"},
        {R"([[{"events":[{"write":true,"variable":0,"version":1,"value":1}],"committed":true}]])",
         "expected one version or value in an event"},
        {"[[{\"events\":[[\"q\",0,1]],\"committed\":true}]]", "expected \"r\" or \"w\""},
        {"[[{\"events\":[[\"w\",0,null]],\"committed\":true}]]", "expected a version"},
        {"[[{\"events\":[{\"Write\":{\"variable\":0}}],\"committed\":true}]]", "its variable and its version"},
        {"[[{\"events\":[[\"w\",0,1]],\"committed\":true}]", "expected ], or a comma, in the list of sessions"},
        {"[x:=1 y=2]", "line 1, column 8: expected := or =="},
        {"[x:=1", "line 1, column 6: expected an event such as x:=1"}}) {
    EXPECT_NE(complaint_about(text).find(why), std::string::npos) << text << ": " << complaint_about(text);
  }
}

/// The examples by which papers tell the models apart: without time, but for what each session did.
TEST(Formats, WithoutTimeNothingIsSaidOfIt) {
  const std::string skew = "w(0,1,0,0)\nr(1,0,0,0)\nw(1,1,1,1)\nr(0,0,1,1)\n";
  EXPECT_EQ(verdict_on(skew, "rw-register", "snapshot-isolation").valid, Valid::yes);
  EXPECT_EQ(verdict_on(skew, "rw-register", "serializable").valid, Valid::no);
  // The second session read what the first one had not written when it stood there, if the lines told time.
  const std::string early = "r(0,1,0,0)\nw(0,1,1,1)\n";
  EXPECT_EQ(verdict_on(early, "rw-register", "strong-session-serializable").valid, Valid::yes);
  for (const char* model : {"", "strict-serializable", "linearizable", "strong-snapshot-isolation", "PL-SS"}) {
    const Verdict verdict = verdict_on(early, "rw-register", model);
    EXPECT_EQ(verdict.valid, Valid::unknown) << model;
    EXPECT_NE(verdict.error.find("tells nothing of time"), std::string::npos) << verdict.error;
  }
  for (const Verdict& verdict :
       {verdict_on(early, "rw-register", "serializable"), verdict_on(skew, "rw-register", "causal")}) {
    const auto* strongest = verdict.found<StrongestModelsFinding>();
    ASSERT_NE(strongest, nullptr);
    for (const std::string& model : strongest->models) EXPECT_EQ(model.find("strict"), std::string::npos) << model;
    for (const std::string& model : strongest->violated) EXPECT_EQ(model.find("strict"), std::string::npos) << model;
  }
  EXPECT_NE(verdict_on(early, "lin-kv").error.find("tells nothing of time"), std::string::npos);
}

TEST(Formats, JepsenLogsAreLinesOfJepsenUtil) {
  const std::string log =
      "INFO  jepsen.util - 0\t:invoke\t:write\t1\n"
      "INFO  jepsen.util - 1\t:invoke\t:cas\t[1 2]\n"
      "INFO  jepsen.util - 0\t:ok\t:write\t1\n"
      "2026-01-01 10:00:00,000{UTC}\tINFO\t[jepsen worker 1] jepsen.util: 1\t:info\t:cas\t:timed-out\n"
      "INFO  jepsen.util - 0\t:invoke\t:read\tnil\n"
      "INFO  jepsen.util - 0\t:ok\t:read\t3\n";
  const History history = read_recorded(log).operations;
  ASSERT_EQ(history.size(), 6u);
  EXPECT_EQ(history[1].value.text(), "[1,2]");
  EXPECT_EQ(history[3].error->text(), "\"timed-out\"");
  EXPECT_EQ(verdict_on(log, "cas-register").valid, Valid::no);
  for (const auto& [text, why] :
       {std::pair{log + "INFO  jepsen.core - done\n", "line 7, column 1: expected a line of jepsen.util"},
        {log + "INFO  jepsen.util - 0\t:ok\t:read", "line 7, column "},
        {log + "INFO  jepsen.util - 0\t:done\t:read\tnil", "line 7, column 23: expected invoke, ok, fail or info"},
        {log + "INFO  jepsen.util - 0\t:invoke\t:read\tnil nil nil", "line 7, column 45: expected the end of the line"},
        {log + "INFO  jepsen.util - 0\t:invoke\t:read\t#x 1\n", "line 7, column 37: expected a value without a tag"},
        {log + "INFO  jepsen.util - 0\t:ok\t:read\t\"\xFF\"\n", "line 7, column 34: expected UTF-8 in the string"},
        {log + "INFO  jepsen.util - 0\t:ok\t:read\t[1 :\xC3]\n", "expected UTF-8 in the string"},
        {log.substr(0, log.size() - 1), "line 6, column 34: expected the end of the last line"}}) {
    EXPECT_NE(complaint_about(text).find(why), std::string::npos) << complaint_about(text);
  }
}

TEST(Formats, PorcupinesStoresAreTextsByKey) {
  const std::string begin =
      "{:process 0, :type :invoke, :f :append, :key \"k\", :value \"x 0 0 y\"}\n"
      "{:process 1, :type :invoke, :f :put, :key \"other\", :value \"z\"}\n"
      "{:process 0, :type :ok, :f :append, :key \"k\", :value \"x 0 0 y\"}\n"
      "{:process 0, :type :invoke, :f :get, :key \"k\", :value nil}\n";
  EXPECT_EQ(verdict_on(begin + "{:process 0, :type :ok, :f :get, :key \"k\", :value \"x 0 0 y\"}\n", "kv").valid,
            Valid::yes);
  EXPECT_EQ(verdict_on(begin + "{:process 0, :type :ok, :f :get, :key \"k\", :value \"\"}\n", "kv").valid, Valid::no);
  EXPECT_EQ(verdict_on(begin + "{:process 0, :type :ok, :f :get, :key \"j\", :value \"x 0 0 y\"}\n", "kv").valid,
            Valid::no);
  EXPECT_EQ(verdict_on(begin + "{:process 0, :type :ok, :f :get, :key \"k\", :value 1}\n", "kv").valid, Valid::unknown);
  EXPECT_NE(complaint_about(begin + "{:process 0, :type :ok, :f :get, :ky \"k\", :value \"\"}")
                .find("expected the field key"),
            std::string::npos);
  EXPECT_NE(
      complaint_about(begin + "{:process 0, :type :ok, :f :cut, :key \"k\", :value \"\"}").find("expected get, put"),
      std::string::npos);
}

std::string number_in_bytes(std::uint64_t number, bool is_big) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(number >> (is_big ? 56 - 8 * i : 8 * i) & 0xFF);
  return bytes;
}

TEST(Formats, CobrasLogsAreBinary) {
  const auto number = [](std::uint64_t each) { return number_in_bytes(each, true); };
  const std::string writes = "S" + number(1) + "W" + number(5) + number(~0ULL) + number(3) + "C" + number(1);
  const std::string reads = "S" + number(2) + "R" + number(1) + number(5) + number(~0ULL) + number(3) + "R" +
                            number(0) + number(0xBEBEEBEE) + number(8) + number(0) + "C" + number(2);
  EXPECT_EQ(completions_of(read_cobra({{"a", writes}, {"b", reads}})),
            "0 [[\"w\",18446744073709551615,5]]\n1 [[\"r\",18446744073709551615,5],[\"r\",8,null]]\n");
  const auto complaint = [](const std::string& bytes) -> std::string {
    try {
      read_cobra({{"x.log", bytes}});
      return "";
    } catch (const HistoryError& error) {
      return error.what();
    }
  };
  // No log that ends within a transaction is one.
  for (std::size_t size = 1; size < reads.size(); ++size) EXPECT_NE(complaint(reads.substr(0, size)), "") << size;
  EXPECT_EQ(complaint("X"), "x.log, byte 0: expected S, the begin of a transaction");
  EXPECT_EQ(complaint("S" + number(1) + "A"), "x.log, byte 9: expected R, W or C within a transaction");
  EXPECT_EQ(complaint("S" + number(1) + "C" + number(2)),
            "x.log, byte 10: expected the number that the transaction began with");
}

TEST(Formats, WhatCobrasReadsSayOfWritesIsCompared) {
  const auto number = [](std::uint64_t each) { return number_in_bytes(each, true); };
  const auto read = [&](std::uint64_t writer, std::uint64_t write, std::uint64_t value) {
    return "R" + number(writer) + number(write) + number(8) + number(value);
  };
  const auto verdict = [&](const std::string& events) {
    const std::string writes = "S" + number(1) + "W" + number(5) + number(8) + number(3) + "C" + number(1);
    // The log of the reader comes first: what it says is compared when all is known.
    const RecordedHistory recorded = read_cobra({{"a", "S" + number(2) + events + "C" + number(2)}, {"b", writes}});
    CheckOptions options;
    options.tells_time = recorded.tells_time;
    options.consistency_models = ConsistencyModels::parse("causal");
    return find_checker("rw-register")->check(recorded.operations, options);
  };
  constexpr std::uint64_t initial = 0xBEBEEBEE;
  constexpr std::uint64_t absent = 0xDEADBEEF;
  EXPECT_EQ(verdict(read(1, 5, 3)).valid, Valid::yes);
  EXPECT_EQ(verdict(read(initial, initial, 7) + read(initial, initial, 7)).valid, Valid::yes);
  EXPECT_EQ(verdict(read(absent, absent, 0)).valid, Valid::yes);
  const std::pair<std::string, const char*> wrong[] = {
      {read(1, 5, 4), R"("5 by 1 of 4")"},
      {read(2, 5, 3), R"("5 by 2 of 3")"},
      {read(initial, initial, 7) + read(initial, initial, 6), R"("the initial one by 3200183278 of 6")"},
  };
  for (const auto& [events, shown] : wrong) {
    const Verdict told = verdict(events);
    EXPECT_EQ(told.valid, Valid::no) << shown;
    const auto names = [&, &shown = shown](const std::string& line) { return line.find(shown) != std::string::npos; };
    EXPECT_TRUE(std::any_of(told.explanation.begin(), told.explanation.end(), names))
        << shown << " " << to_details(told).dump(2);
  }
}

TEST(Formats, DbcopsBincodeIsRead) {
  const auto number = [](std::uint64_t each) { return number_in_bytes(each, false); };
  const auto event = [&](bool is_write, std::uint64_t key, std::uint64_t value, bool succeeded) {
    return std::string(1, is_write ? '\1' : '\0') + number(key) + number(value) +
           std::string(1, succeeded ? '\1' : '\0');
  };
  std::string bytes;
  for (int i = 0; i < 5; ++i) bytes += number(2);
  bytes += number(9) + "generated" + number(1) + "s" + number(1) + "e" + number(2);
  bytes +=
      number(2) + number(3) + event(true, 0, 1, true) + event(false, 1, 0, true) + event(false, 2, 9, false) + "\1";
  bytes += number(1) + event(true, 0, 2, true) + std::string(1, '\0');
  bytes += number(1) + number(1) + event(false, 0, 1, true) + "\1";
  EXPECT_EQ(completions_of(read_dbcop_binary(bytes)),
            "0 [[\"w\",0,1],[\"r\",1,null]]\n0! [[\"w\",0,2]]\n1 [[\"r\",0,1]]\n");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(read_dbcop_binary(bytes.substr(0, size)), HistoryError) << size;
  }
  EXPECT_THROW(read_dbcop_binary(bytes + "x"), HistoryError);
  EXPECT_THROW(read_dbcop_binary(bytes.substr(0, bytes.size() - 1) + "\2"), HistoryError);
}

TEST(Formats, AreKnownByTheirNamesOrByWhatTheyLookLike) {
  EXPECT_EQ(completions_in("[]", "dbcop"), "");
  EXPECT_NE(complaint_about("w(1,5,0,0)", "edn"), "");
  EXPECT_NE(complaint_about("{:type :ok}", "plume"), "");
  try {
    read_recorded("", "plum");
    ADD_FAILURE() << "no such format";
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean plume?"), std::string::npos) << error.what();
  }
  for (const char* mark : {"\xFF\xFE", "\xFE\xFF"}) {
    EXPECT_NE(complaint_about(std::string(mark) + "{").find("this is UTF-16"), std::string::npos);
  }
}

/// A read of nil and then of something within a transaction is internal to Elle from 0.2.7 on.
TEST(UpstreamVersions, JudgeAsTheyDo) {
  const std::string text =
      "{:type :invoke :process 0 :f :txn :value [[:w :x 1]]} {:type :ok :process 0 :f :txn :value [[:w :x 1]]}"
      "{:type :invoke :process 0 :f :txn :value [[:r :x nil] [:r :x nil]]}"
      "{:type :ok :process 0 :f :txn :value [[:r :x nil] [:r :x 1]]}";
  for (const UpstreamVersion& version : upstream_versions()) {
    CheckOptions options;
    options.consistency_models = ConsistencyModels::parse("read-atomic");
    follow_upstream(options, version.name);
    const Verdict verdict = find_checker("rw-register")->check(read_history(text), options);
    const bool is_new =
        version.name == "elle-0.2.7" || version.name == "jepsen-0.3.12" || version.name == "jepsen-0.3.13";
    EXPECT_EQ(verdict.valid, is_new ? Valid::no : Valid::yes) << version.name;
    // A reply to something else than was asked is believed by Jepsen alone.
    const std::string other = "{:type :invoke :process 0 :f :write :value 1} {:type :ok :process 0 :f :write :value 2}";
    const bool is_jepsen = version.name.starts_with("jepsen");
    EXPECT_EQ(find_checker("cas-register")->check(read_history(other), options).valid,
              is_jepsen ? Valid::yes : Valid::no)
        << version.name;
  }
  CheckOptions options;
  EXPECT_THROW(follow_upstream(options, "elle-0.1.9"), std::invalid_argument);
}

}  // namespace
}  // namespace mznode::check
