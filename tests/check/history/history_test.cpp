#include "mznode/check/history.hpp"

#include <gtest/gtest.h>

#include "mznode/check/edn.hpp"
#include "mznode/check/jsonl.hpp"
#include "mznode/check/registry.hpp"
#include "mznode/check/txn/anomalies.hpp"
#include "tests/check/shorthand.hpp"

namespace mznode::check {
namespace {

/// The value of one operation whose EDN value is `edn`.
std::string transcoded(const std::string& edn) {
  return read_history("{:type :ok, :process 0, :f :read, :value " + edn + "}").at(0).value.text();
}

/// What the reader says of a malformed history; empty when it accepts it.
std::string complaint(const std::string& text) {
  try {
    read_history(text);
    return "";
  } catch (const HistoryError& error) {
    return error.what();
  }
}

TEST(EdnHistory, ReadsTheFieldsOfAnOperation) {
  const History history = read_history(
      "{:index 7, :type :info, :process 3, :f :cas, :value [1 [2 nil]], :time 37230000, :error :net-timeout}\n"
      "{:index 8, :type :invoke, :process :nemesis, :f :start-partition, :value :majority, :time 40000000}\n"
      "{:index 9, :type :ok, :process 4, :f :read, :value nil, :time 50000000, :final? true, :node \"n1\"}\n");
  ASSERT_EQ(history.size(), 3u);
  EXPECT_EQ(history[0].index, 7);
  EXPECT_EQ(history[0].type, Type::info);
  EXPECT_EQ(history[0].process, 3);
  EXPECT_EQ(history[0].f, "cas");
  EXPECT_EQ(history[0].value.text(), "[1,[2,null]]");
  EXPECT_EQ(history[0].time_ns, 37230000);
  EXPECT_EQ(history[0].error->text(), "\"net-timeout\"");
  EXPECT_FALSE(history[0].is_final);
  EXPECT_FALSE(history[1].is_client());
  EXPECT_EQ(history[1].value.text(), "\"majority\"");
  EXPECT_TRUE(history[2].is_final);
  EXPECT_FALSE(history[2].error);
}

TEST(EdnHistory, TakesEveryLayout) {
  const std::string a = "{:type :invoke :process 0 :f :read}";
  const std::string b = "#jepsen.history.Op{:type :ok, :process 0, :f :read, :value [1]}";
  for (const std::string& text :
       {a + "\n" + b + "\n", a + b, "[" + a + "\n " + b + "]", "(" + a + ", " + b + ") ; done", "\xEF\xBB\xBF" + a + b,
        "; a comment\n#_ {:type :ok} " + a + " #_ #_ 1 [2] #_#inst \"x\" " + b, "#jepsen.history [" + a + b + "]\n\n",
        std::string("{\"type\" :invoke, \"process\" 0, \"f\" :read}") + b}) {
    const History history = read_history(text);
    ASSERT_EQ(history.size(), 2u) << text;
    EXPECT_EQ(history[0].index, 0);
    EXPECT_EQ(history[1].index, 1);
    EXPECT_EQ(history[1].value.text(), "[1]");
  }
  EXPECT_ANY_THROW(read_history("\xEF\xBB\xBF\xEF\xBB\xBF" + a)) << "only one mark is passed over";
  EXPECT_TRUE(read_history("").empty());
  EXPECT_TRUE(read_history(" ; nothing\n #_ 1 ").empty());
  EXPECT_TRUE(read_history("[]").empty());
}

TEST(EdnHistory, TranscodesValues) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"nil", "null"},
      {"true", "true"},
      {"false", "false"},
      {"0", "0"},
      {"-12", "-12"},
      {"+12", "12"},
      {"-0", "-0"},
      {"123456789012345678901234567890", "123456789012345678901234567890"},
      {"-7N", "-7"},
      {"7M", "7.0"},
      {"[0x0 0xFF -0Xff +0x1fN 0xFFFFFFFFFFFFFFFFFFFFN]", "[0,255,-255,31,1208925819614629174706175]"},
      {"[007 -017 00 0777N 2r101 36rZz 36r1N 16rff]", "[7,-15,0,511,5,1295,59,255]"},
      {"[0N 12N 0M 3.25M]", "[0,12,0.0,3.25]"},
      {"1.50", "1.50"},
      {"-1.5M", "-1.5"},
      {"1.", "1.0"},
      {"1.e5", "1.0e5"},
      {"1e-7", "1e-7"},
      {"2/3", "\"2/3\""},
      {"##Inf", "\"Infinity\""},
      {"##-Inf", "\"-Infinity\""},
      {"##NaN", "\"NaN\""},
      {":kw", "\"kw\""},
      {":a.b/c-d?", "\"a.b/c-d?\""},
      {"sym", "\"sym\""},
      {"-", "\"-\""},
      {":\xC3\xA9", "\"\xC3\xA9\""},
      {"\"a\\\"b\\\\\\n\\u00e9\\7\"", "\"a\\\"b\\\\\\n\\u00e9\\u0007\""},
      {"\"two\nlines\"", "\"two\\u000alines\""},
      {"\"\xC3\xA9\"", "\"\xC3\xA9\""},
      {"\"\"", "\"\""},
      {"\\a", "\"a\""},
      {"\\(", "\"(\""},
      {"\\newline", "\"\\u000a\""},
      {"\\u00e9", "\"\\u00e9\""},
      {"\\o101", "\"\\u0041\""},
      {"\\\xC3\xA9", "\"\xC3\xA9\""},
      {"\\u", "\"u\""},
      {"[\\, \\a]", "[\",\",\"a\"]"},
      {"[]", "[]"},
      {"()", "[]"},
      {"#{}", "[]"},
      {"{}", "{}"},
      {"[1,,2 , (3 4) #{5}]", "[1,2,[3,4],[5]]"},
      {"[[:append 3 1] [:r 2 nil] [:r 10 [1 2 33]]]", "[[\"append\",3,1],[\"r\",2,null],[\"r\",10,[1,2,33]]]"},
      {"{:a 1, \"b\" 2 3 4, nil 5, [6 7] 8, {:k \\v} 9}",
       R"({"a":1,"b":2,"3":4,"null":5,"[6,7]":8,"{\"k\":\"v\"}":9})"},
      {"{#inst \"x\" 1, #a.T 5 2, :m #a.T {#uuid 6 [#:v 7]}}", R"({"x":1,"5":2,"m":{"6":[7]}})"},
      {"#inst \"2024-01-01\"", "\"2024-01-01\""},
      {"#my.ns/tag #other.Tag [1]", "[1]"},
      {"#user.Record{:a 1}", "{\"a\":1}"},
      {"#:ns{:a 1}", "{\"a\":1}"},
      {"#error {:cause \"x\"}", "{\"cause\":\"x\"}"},
      {"#object[clojure.lang.Atom 0x1f2E \"x\"]", "[\"clojure.lang.Atom\",7982,\"x\"]"},
      {"[1 #_ #x [2]]", "[1]"},
      {"[1 #_2 3 #_ #_ 4 5 #_[6 [7]]]", "[1,3]"},
      {"{:a #_ :b 1 #_ 2 #_3 :c 4}", "{\"a\":1,\"c\":4}"},
      {"[#_ 1]", "[]"},
      {"#_1 2", "2"},
      {"[; ] not yet\n 1]", "[1]"},
      {"[nils nil]", "[\"nils\",null]"},
      {"[[[[[[[[[[[1]]]]]]]]] :k (-1)]]", "[[[[[[[[[[[1]]]]]]]]],\"k\",[-1]]]"},
      {"[100000000000000000000000000000000000000000000000000000000000]",
       "[100000000000000000000000000000000000000000000000000000000000]"},
      {"[:a-keyword-that-is-longer-than-the-space-which-is-reserved-for-a-token 1]",
       "[\"a-keyword-that-is-longer-than-the-space-which-is-reserved-for-a-token\",1]"},
  };
  for (const auto& [edn, json] : cases) EXPECT_EQ(transcoded(edn), json) << edn;
}

TEST(EdnHistory, LongValuesCrossTheBufferUndamaged) {
  std::string edn = "[";
  std::string json = "[";
  for (int i = 0; i < 5000; ++i) {
    const std::string number = std::to_string(i * 7919);
    edn += "[:r " + number + " nil] ";
    json += std::string(i == 0 ? "" : ",") + "[\"r\"," + number + ",null]";
  }
  EXPECT_EQ(transcoded(edn + "]"), json + "]");
}

TEST(EdnHistory, NestsAsDeepAsMemoryAllows) {
  const std::size_t depth = 200'000;
  std::string tags;
  for (std::size_t i = 0; i < depth; ++i) tags += "#a.T ";
  EXPECT_EQ(transcoded(std::string(depth, '[') + std::string(depth, ']')),
            std::string(depth, '[') + std::string(depth, ']'));
  EXPECT_EQ(transcoded(tags + "1"), "1");
  EXPECT_NE(complaint("{:value " + std::string(depth, '(')), "");
  std::string discards;
  for (std::size_t i = 0; i < depth; ++i) discards += "#_ ";
  EXPECT_NE(complaint(discards), "");
}

TEST(EdnHistory, SaysWhereItIsMalformed) {
  const std::string start = "{:type :ok, :process 0, :f :read, :value ";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {start + "[1 2)}", "line 1, column 46: expected ] for what begins at line 1, column 42"},
      {start + "[1\n 008]}", "line 2, column 2: expected a number"},
      {start + "0x}", "line 1, column 42: expected a number"},
      {start + "0xG}", "line 1, column 42: expected a number"},
      {start + "2r2}", "line 1, column 42: expected a number"},
      {start + "1r1}", "line 1, column 42: expected a number"},
      {start + "37rZ}", "line 1, column 42: expected a number"},
      {start + "2r1N}", "line 1, column 42: expected a number"},
      {start + "0x" + std::string(5'000'000, 'F') + "}", "line 1, column 42: expected a number"},
      {start + "12x}", "line 1, column 42: expected a number"},
      {start + "\"\xC3\xA9\\q\"}",
       "line 1, column 44: expected an escape: one of \\\" \\\\ \\b \\f \\n \\r \\t \\uXXXX"},
      {start + "\"open}", "line 1, column 42: expected \" to end the string"},
      {start + "{:a}}",
       "line 1, column 45: expected a value for the last key of the map for what begins at line 1, column 42"},
      {start + "[#inst]}",
       "line 1, column 48: expected an element behind the tag for what begins at line 1, column 43"},
      {start + "[#_]}", "line 1, column 45: expected a form to discard for what begins at line 1, column 43"},
      {start + "[\n\n",
       "line 3, column 1: expected ] before the end of the history, for what begins at line 1, column 42"},
      {start + "#{1",
       "line 1, column 45: expected } before the end of the history, for what begins at line 1, column 42"},
      {start + "#inst",
       "line 1, column 47: expected an element behind the tag before the end of the history, for what begins at line "
       "1, column 42"},
      {start + "}", "line 1, column 42: expected a value"},
      {start + "@x}", "line 1, column 42: expected an EDN value"},
      {start + "##Nan}", "line 1, column 42: expected ##Inf, ##-Inf or ##NaN"},
      {start + "\\abc}", "line 1, column 42: expected a character, such as \\a, \\newline or \\u00e9"},
      {start + "[:]}", "line 1, column 44: expected a name behind :"},
      {start + std::string("\0", 1) + "}", "line 1, column 42: expected an EDN value"},
      {start + "1", "line 1, column 43: expected a field name before the end of the history"},
      {"{:process 0, :f :read}", "line 1, column 1: expected the field type in the operation"},
      {"{:type :ok, :process 0, :f :write}\n{:type :ok, :f :write}",
       "line 2, column 1: expected the field process in the operation"},
      {"{:type :done}", "line 1, column 8: expected invoke, ok, fail or info as type"},
      {"{:type :ok :process -1}", "line 1, column 21: expected a number or a name as process"},
      {"{:type :ok :time 1.5}", "line 1, column 18: expected an integer as time, in nanoseconds"},
      {"{:final? 1}", "line 1, column 10: expected true or false as final?"},
      {"{:f [1]}", "line 1, column 5: expected a name as f"},
      {"\n\n   hello", "line 3, column 4: expected {, the begin of an operation"},
      {"[{:type :ok :process 0 :f :x} 5]", "line 1, column 31: expected {, the begin of an operation"},
      {"[{:type :ok :process 0 :f :x}", "line 1, column 30: expected {, the begin of an operation"},
      {"[] []", "line 1, column 4: expected the end of the history"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(complaint(text), message) << text;
}

TEST(EdnHistory, RefusesTagsThatMayMeanAnythingWhereACheckerReads) {
  const std::string start = "{:type :ok, :process 0, :f :read, ";
  const std::string why = ": expected a value without a tag, or with one that is known here";
  EXPECT_TRUE(complaint(start + ":value #x [1 2]}").starts_with("line 1, column 42" + why));
  EXPECT_TRUE(complaint(start + ":value [1\n#my/set [2]]}").starts_with("line 2, column 1" + why));
  EXPECT_TRUE(complaint("#x [" + start + "}]").starts_with("line 1, column 1" + why));
  EXPECT_TRUE(complaint("#x " + start + "}").starts_with("line 1, column 1" + why));
  EXPECT_TRUE(complaint("{:type #x :ok}").starts_with("line 1, column 8" + why));
  // Errors and what clients add may be anything.
  EXPECT_EQ(complaint(start + ":error [:x #y [1]], :node #z 1, :value 1}"), "");
}

TEST(EdnHistory, RefusesWhatIsNotUtf8WhereACheckerReads) {
  const std::string start = "{:type :ok, :process 0, :f :read, ";
  for (const char* broken : {"\"\xFF\"", "[1 \"a\xC3\"]", ":k\xFE", "{\"\xFF\" 1}",
                             // beside the character that elsewhere stands for broken ones
                             "\"\xEF\xBF\xBD\xFF\"", ":\xEF\xBF\xBD\xC3"}) {
    EXPECT_NE(complaint(start + ":value " + broken + "}").find("expected UTF-8"), std::string::npos) << broken;
  }
  EXPECT_EQ(complaint(start + ":error \"\xFF\", :value \"\xEF\xBF\xBD\"}"), "");
}

TEST(History, HasEachFieldOnceAndAValueWhereSomethingWasRead) {
  for (const char* twice :
       {"{:type :ok :type :fail :process 0 :f :x}", R"({"type":"ok","process":0,"f":"x","f":"y"})",
        "{:value 1 :type :ok :process 0 :f :x :value 2}", "{:type :ok :process 0 :f :put :key 1 :key 2}",
        "{:type :ok :process 0 :f :write :position 1 :position 2}",
        R"({"type":"ok","process":0,"f":"write","link":1,"link":2})"}) {
    EXPECT_NE(complaint(twice).find("expected each field once"), std::string::npos) << twice;
  }
  for (const char* f : {"read", "get", "generate", "dequeue", "pop", "contains"}) {
    const std::string row = std::string("{:process 0 :f :") + f + " :type ";
    EXPECT_NE(complaint(row + ":ok :valeu 1}").find("expected the field value"), std::string::npos) << f;
    EXPECT_EQ(complaint(row + ":ok :value nil}"), "");
    EXPECT_EQ(complaint(row + ":invoke}"), "");
    EXPECT_EQ(complaint(row + ":info}"), "");
  }
  EXPECT_EQ(complaint("{:type :ok :process 0 :f :write}"), "");
}

TEST(History, WithoutProcessesIsOneProcessAndNeedsNoFunctions) {
  const History history = read_history(R"({:type :invoke :value [1]} {:type :ok :value [2]})");
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0].process, 0);
  EXPECT_EQ(history[1].process, 0);
  EXPECT_EQ(history[1].f, "");
  EXPECT_EQ(read_history(R"({"type":"invoke","value":[1]})").at(0).process, 0);
  EXPECT_NE(complaint("{:type :invoke} {:type :ok :process 0}"), "");
}

/// What an unknown process has done would not be judged, and a verdict of true would not tell.
TEST(History, RefusesOperationsOfProcessesWithNames) {
  const std::string written = R"({:type :invoke :process 0 :f :write :value 1} {:type :ok :process 0 :f :write})";
  for (const char* type : {"invoke", "ok", "fail"}) {
    const std::string row = std::string("{:type :") + type + " :process :p1 :f :read}";
    EXPECT_NE(complaint(written + row).find("expected a number as the process"), std::string::npos) << type;
    const std::string line = std::string(R"({"type":")") + type + R"(","process":"1","f":"read"})";
    EXPECT_NE(complaint(line).find("expected a number as the process"), std::string::npos) << type;
  }
  EXPECT_EQ(complaint(written + "{:type :info :process :watcher :f :note}"), "");
  EXPECT_EQ(complaint(written + "{:type :invoke :process :nemesis :f :kill}"), "");
  EXPECT_EQ(complaint(R"({"type":"invoke","process":":nemesis","f":"kill"})"), "");
}

TEST(JsonHistory, ReadsEveryLayoutAndKeepsTheTextOfValues) {
  const std::string a = R"({"type":"invoke","process":0,"f":"read"})";
  const std::string b =
      R"({ "type": "ok", "process": 0, "\u0066": "re\u0061d", "value": [1.50, {"b":1,"a":2}], "other": {} })";
  for (const std::string& text :
       {a + "\n" + b + "\n", a + b, "[" + a + ",\n" + b + "]", "\xEF\xBB\xBF" + a + "\r\n" + b}) {
    const History history = read_history(text);
    ASSERT_EQ(history.size(), 2u) << text;
    EXPECT_EQ(history[1].f, "read");
    EXPECT_EQ(history[1].value.text(), R"([1.50, {"b":1,"a":2}])");
    EXPECT_EQ(history[1].index, 1);
  }
  EXPECT_EQ(read_history("{\"type\":\"ok\",\"process\":0,\"f\":\"x\",\"value\":[1,\r\n2]}").at(0).value.text(),
            "[1,  2]");
}

TEST(JsonHistory, SaysWhereItIsMalformed) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{\"type\":\"ok\",\n\"value\":[1,2,}", "line 2, column 14: expected valid JSON"},
      {"{\"type\":ok}", "line 1, column 9: expected valid JSON"},
      {"{\"type\":\"ok\" \"f\":1}", "line 1, column 14: expected , or } in an operation"},
      {"{\"type\":\"ok\",}", "line 1, column 14: expected a field name, a string"},
      {"{\"process\":0}", "line 1, column 1: expected the field type in the operation"},
      {"{\"type\":\"ok\",\"process\":1.5}", "line 1, column 24: expected a number or a name as process"},
      {"{\"index\":\"a\"}", "line 1, column 10: expected an integer as index"},
      {"{\"type\":\"ok\",\"process\":0,\"f\":\"x\"} x", "line 1, column 35: expected {, the begin of an operation"},
      {"[{\"type\":\"ok\",\"process\":0,\"f\":\"x\"} 1",
       "line 1, column 36: expected , or ] in the list of operations"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(complaint(text), message) << text;
}

TEST(History, IsWrittenAsDocumented) {
  const std::string edn =
      "{:index 5, :type :ok, :process 1, :f :txn, :value [[:append 1 1] [:r 1 [1 \"r\"]]], :time 77}\n"
      "{:index 6, :type :fail, :process 1, :f :cas, :value [1 [2 2]], :time 78, :error [:key-does-not-exist \"no "
      "key\"]}\n"
      "{:index 7, :type :info, :process :nemesis, :f :start-partition, :value [:isolated {\"n2\" [], \"n1\" []}], "
      ":time 79}\n"
      "{:index 8, :type :ok, :process 0, :f :poll, :value [[:poll {\"7\" [[0 1]], \"r\" []}]], :time 80}\n"
      "{:index 9, :type :ok, :process 0, :f :echo, :value \"a \\\"quoted\\\" w\", :time 81, :final? true}\n";
  const std::string jsonl =
      R"({"index":5,"type":"ok","process":1,"f":"txn","value":[["append",1,1],["r",1,[1,"r"]]],"time":77})"
      "\n"
      R"({"index":6,"type":"fail","process":1,"f":"cas","value":[1,[2,2]],"time":78,"error":["key-does-not-exist","no key"]})"
      "\n"
      R"({"index":7,"type":"info","process":"nemesis","f":"start-partition","value":["isolated",{"n2":[],"n1":[]}],"time":79})"
      "\n"
      R"({"index":8,"type":"ok","process":0,"f":"poll","value":[["poll",{"7":[[0,1]],"r":[]}]],"time":80})"
      "\n"
      R"({"index":9,"type":"ok","process":0,"f":"echo","value":"a \"quoted\" w","time":81,"final?":true})"
      "\n";
  EXPECT_EQ(write_edn(read_history(edn)), edn);
  EXPECT_EQ(write_jsonl(read_history(edn)), jsonl);
  EXPECT_EQ(write_edn(read_history(jsonl)), edn);
  EXPECT_EQ(write_jsonl(read_history(jsonl)), jsonl);
}

TEST(History, OddValuesSurviveBothForms) {
  History history = shorthand({"0 invoke odd 1"});
  history[0].f = "with space";
  for (const char* value : {R"("\/\\/\"\u0000\u00e9")", R"("\ud800")", R"({"a":{"b":[]},"":[{}]})", "-0.0", "1E400",
                            "[[], {}, \"\"]", "18446744073709551616", "\"append\"", "[[\"append\"]]"}) {
    history[0].value = Json::parse(value);
    const std::string edn = write_edn(history);
    const std::string jsonl = write_jsonl(history);
    EXPECT_EQ(read_edn(edn).at(0).value, history[0].value) << edn;
    EXPECT_EQ(read_edn(edn).at(0).f, history[0].f);
    EXPECT_EQ(write_edn(read_edn(edn)), edn);
    EXPECT_EQ(write_jsonl(read_jsonl(jsonl)), jsonl);
  }
}

TEST(History, WhateverIsReadIsValidJson) {
  // Every single-byte change of a small history is either refused or understood.
  const std::string edn =
      "#op{:type :ok, :process 0 :f :r, :value [[:a 1 [-2N nil]] {:k #{\"s\\n\" \\c}} #_ 7 #t (1.5M)] ; c\n :time 77}";
  const std::string jsonl =
      R"({"type":"ok","process":0,"f":"r\n","value":[["a",1,[-2,null]],{"k":1.5e3}],"error":"\u00e9"})";
  std::size_t understood = 0;
  for (const std::string& text : {edn, jsonl}) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string changed = text;
        changed[i] = static_cast<char>(byte);
        try {
          for (const Operation& operation : read_history(changed)) {
            Json::parse(operation.value.text());
            if (operation.error) Json::parse(operation.error->text());
          }
          const History history = read_history(changed);
          const std::string written = write_edn(history);
          EXPECT_EQ(write_edn(read_edn(written)), written);
          EXPECT_EQ(write_jsonl(read_jsonl(write_jsonl(history))), write_jsonl(history));
          ++understood;
        } catch (const HistoryError&) {
        }
      }
    }
  }
  EXPECT_GT(understood, 0u);
}

TEST(Pairing, MatchesInvocationsWithCompletions) {
  const Pairing pairing(shorthand({"0 invoke read", "nemesis info kill", "900000 invoke read", "0 ok read",
                                   "0 invoke read", "900000 info read", "nemesis info kill"}));
  EXPECT_EQ(pairing.completion(0), 3u);
  EXPECT_EQ(pairing.completion(2), 5u);
  EXPECT_EQ(pairing.completion(4), Pairing::none);
  EXPECT_EQ(pairing.invocation(3), 0u);
  EXPECT_EQ(pairing.invocation(1), Pairing::none);
}

TEST(Pairing, RefusesImpossibleProcesses) {
  const auto text_of = [](const History& history) -> std::string {
    try {
      const Pairing pairing(history);
      return "";
    } catch (const HistoryError& error) {
      return error.what();
    }
  };
  EXPECT_EQ(text_of(shorthand({"3 invoke read", "3 invoke read"})),
            "operation 1: process 3 invokes before its operation 0 has ended");
  EXPECT_EQ(text_of(shorthand({"3 ok read"})), "operation 0: process 3 completes what it has not invoked");
}

/// As the documentation of Elle shows a history.
TEST(History, TransactionsMayBeToldByTheirCompletionsAlone) {
  for (const char* text : {"[{:type :ok, :value [[:append :x 1] [:r :y [1]]]} {:type :ok, :value [[:append :x 2] "
                           "[:append :y 1]]} {:type :ok, :value [[:r :x [1 2]]]}]",
                           R"([{"value":[["append","x",1],["r","y",[1]]]},
                               {"value":[["append","x",2],["append","y",1]]},
                               {"value":[["r","x",[1,2]]]}])"}) {
    const History history = read_history(text);
    ASSERT_EQ(history.size(), 6u);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(history[i].type, Type::invoke);
      EXPECT_TRUE(history[i].value.is_null());
      EXPECT_EQ(history[3 + i].type, Type::ok);
      EXPECT_EQ(history[3 + i].index, static_cast<std::int64_t>(i));
      EXPECT_EQ(history[3 + i].process, history[i].process);
    }
    CheckOptions options;
    options.consistency_models = ConsistencyModels::parse("serializable");
    const Verdict verdict = find_checker("list-append")->check(history, options);
    EXPECT_EQ(verdict.valid, Valid::no);
    EXPECT_EQ(verdict.found<TransactionsFinding>()->anomalies.front().name, "G1c");
  }
}

TEST(History, OfCompletionsOfOneProcessEachFollowsTheOneBefore) {
  const History history = read_history(
      "{:type :ok :process 7 :value [[:append 1 1]]}"
      "{:type :ok :process 8 :value [[:append 1 2]]}"
      "{:type :ok :process 7 :value [[:r 1 []]]}");
  std::string events;
  for (const Operation& each : history) {
    events += std::to_string(each.process) + (each.type == Type::invoke ? "+" : "-");
  }
  EXPECT_EQ(events, "7+8+7-7+8-7-");
  CheckOptions options;
  options.consistency_models = ConsistencyModels::parse("serializable");
  EXPECT_EQ(find_checker("list-append")->check(history, options).valid, Valid::yes);
  options.consistency_models = ConsistencyModels::parse("strong-session-serializable");
  EXPECT_EQ(find_checker("list-append")->check(history, options).valid, Valid::no);
}

}  // namespace
}  // namespace mznode::check
