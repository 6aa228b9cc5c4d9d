// `mznode check --report`: the page about a history that was recorded elsewhere.

#include <fstream>

#include "tests/app/report_fixture.hpp"

namespace mznode::testing_support {
namespace {

using nlohmann::json;

class HistoryPage : public Report {
 protected:
  std::filesystem::path page_of(const std::string& checker, const std::string& history, int expected_code) {
    const std::string file = (directory_ / "history.edn").string();
    std::ofstream(file, std::ios::binary) << history;
    const std::string page = (directory_ / "history.html").string();
    Child child({"check", "-w", checker, file, "--report", page});
    EXPECT_EQ(child.finish().code, expected_code) << child.output() << child.log();
    return page;
  }
};

/// Two adds, a crash, a partition, and last reads that lack the first element.
const std::string lossy = R"({:type :invoke, :process 0, :f :add, :value 7, :time 1000000}
{:type :ok, :process 0, :f :add, :value 7, :time 2000000}
{:type :info, :process :nemesis, :f :start-partition, :value "cut off n1", :time 2500000}
{:type :invoke, :process 1, :f :add, :value 8, :time 3000000}
{:type :info, :process 1, :f :add, :value 8, :time 9000000}
{:type :invoke, :process 3, :f :read, :value nil, :time 11000000}
{:type :ok, :process 3, :f :read, :value [7], :time 12000000}
{:type :info, :process :nemesis, :f :stop-partition, :value nil, :time 13000000}
{:type :invoke, :process 0, :f :read, :value nil, :time 20000000}
{:type :ok, :process 0, :f :read, :value [8], :time 21000000}
{:type :invoke, :process 3, :f :read, :value nil, :time 22000000}
{:type :ok, :process 3, :f :read, :value [8], :time 23000000}
)";

TEST_F(HistoryPage, TellsWhatTheHistoryAloneTells) {
  const json page = look(page_of("set-full", lossy, 1), R"js(
    const state = {
      title: document.title, verdict: one("#verdict").textContent, headings: all("h2").map((each) => each.textContent),
      story: one("#story-0 h3").textContent, bars: all("#operations .plot .op").length,
      lanes: all("#operations text").map((each) => each.textContent), diagrams: all("#messages").length,
      faults: all("#faults tbody tr").map((each) => each.textContent), columns: all("#last-reads thead th").map((each) => each.textContent),
      replay: all("pre").at(-1).textContent };
    one("#lost-elements .link").click();
    await frame();
    state.trail = all("#trail li").map((each) => each.textContent);
    one("#trail-next").click();
    await frame();
    state.details = one("#details").textContent;
    one("#story-0 .link").click();
    await frame();
    state.told = one("#details").textContent;
    return state;)js");
  EXPECT_EQ(page["verdict"].get<std::string>().rfind("✗ Invalid", 0), 0U) << page["verdict"];
  EXPECT_NE(page["verdict"].get<std::string>().find("lost [7]"), std::string::npos) << page["verdict"];
  EXPECT_EQ(page["headings"],
            json({"What happened", "What the last reads show", "Latency", "Rates", "Look closer", "Run it again"}));
  EXPECT_NE(page["story"].get<std::string>().find("7 is lost: the last reads of process 0's node"), std::string::npos)
      << page["story"];
  EXPECT_GE(page["bars"], 5);
  const std::string lanes = page["lanes"].dump();
  for (const char* lane : {"\"0\"", "\"1 …\""}) EXPECT_NE(lanes.find(lane), std::string::npos) << lane << lanes;
  EXPECT_EQ(page["diagrams"], 0);
  ASSERT_EQ(page["faults"].size(), 1U) << page["faults"];
  EXPECT_NE(page["faults"][0].get<std::string>().find("cut off n1"), std::string::npos);
  EXPECT_EQ(page["columns"], json({"element", "0", "3"}));
  EXPECT_NE(page["replay"].get<std::string>().find("check -w set-full "), std::string::npos) << page["replay"];
  EXPECT_NE(page["trail"].dump().find("process 0: add 7"), std::string::npos) << page["trail"];
  EXPECT_NE(page["trail"].dump().find("a read misses 7"), std::string::npos) << page["trail"];
  EXPECT_NE(page["details"].get<std::string>().find("by process 3: ok"), std::string::npos) << page["details"];
  EXPECT_NE(page["told"].get<std::string>().find("add by process 0"), std::string::npos) << page["told"];
}

TEST_F(HistoryPage, DrawsCyclesOfHistoriesWithoutTimesOrNames) {
  const json page = look(page_of("list-append",
                                 "{:type :invoke, :process 0, :value [[:append x 1] [:r y nil]]}\n"
                                 "{:type :invoke, :process 1, :value [[:append y 1] [:r x nil]]}\n"
                                 "{:type :ok, :process 0, :value [[:append x 1] [:r y []]]}\n"
                                 "{:type :ok, :process 1, :value [[:append y 1] [:r x []]]}\n"
                                 "{:type :invoke, :process 2, :value [[:r x nil] [:r y nil]]}\n"
                                 "{:type :ok, :process 2, :value [[:r x [1]] [:r y [1]]]}\n",
                                 1),
                         R"js(
    const boxes = all(".transaction").length;
    const gloss = one(".gloss").textContent;
    one("[data-operation]").click();
    await frame();
    return { boxes, gloss, details: one("#details").textContent, settings: one(".settings").textContent, bars: all("#operations .plot .op").length };)js");
  EXPECT_EQ(page["boxes"], 2);
  EXPECT_NE(page["gloss"].get<std::string>().find("write skew"), std::string::npos) << page["gloss"];
  EXPECT_NE(page["details"].get<std::string>().find("transaction by process"), std::string::npos) << page["details"];
  EXPECT_NE(page["settings"].get<std::string>().find("1 ms apart"), std::string::npos) << page["settings"];
  EXPECT_EQ(page["bars"], 3);
}

TEST_F(HistoryPage, ShowsARegisterAndFitsAPhone) {
  const json page = look(page_of("cas-register",
                                 R"({"type":"invoke","process":0,"f":"write","value":1,"time":0}
{"type":"ok","process":0,"f":"write","value":1,"time":1000000}
{"type":"invoke","process":9000000000,"f":"read","value":null,"time":2000000}
{"type":"ok","process":9000000000,"f":"read","value":2,"time":3000000}
)",
                                 1),
                         R"js(
    return { names: all("figure text").map((each) => each.textContent), overflow: all("body *").filter((each) => !each.closest(".scroll, svg") && each.getBoundingClientRect().right > innerWidth + 1).length,
      see: one(".steps .link").textContent };)js",
                         390);
  EXPECT_NE(page["names"].dump().find("process 900"), std::string::npos) << page["names"];
  EXPECT_EQ(page["overflow"], 0);
  EXPECT_EQ(page["see"], "see the operation");
}

TEST_F(HistoryPage, APartOfAHistoryKeepsItsIndexes) {
  const json page = look(page_of("cas-register",
                                 R"({"type":"invoke","process":0,"f":"write","value":1,"time":0,"index":500}
{"type":"ok","process":0,"f":"write","value":1,"time":1000000,"index":502}
{"type":"invoke","process":1,"f":"read","value":null,"time":2000000,"index":510}
{"type":"ok","process":1,"f":"read","value":2,"time":3000000,"index":511}
)",
                                 1),
                         R"js(
    one(".steps .link").click();
    await frame();
    return { example: JSON.parse(one("#data").textContent).evidence.counterexamples[0], details: one("#details").textContent };)js");
  EXPECT_EQ(page["example"]["start"].back(), 2000) << page["example"];
  EXPECT_NE(page["details"].get<std::string>().find("read by process 1: ok"), std::string::npos) << page["details"];
}

TEST_F(HistoryPage, HostileValuesOfAMegabyteStayTexts) {
  const std::string hostile = "</script><script>window.hostile=1</script><img src=x onerror=hostile=1>\\u0001\\u2028";
  const std::string big(1'000'000, '<');
  const auto path = page_of("set-full",
                            R"({"type":"invoke","process":0,"f":"add","value":")" + hostile + R"("}
{"type":"ok","process":0,"f":"add","value":")" +
                                hostile + R"("}
{"type":"invoke","process":0,"f":"add","value":")" +
                                big + R"("}
{"type":"ok","process":0,"f":"add","value":")" +
                                big + R"("}
{"type":"invoke","process":0,"f":"read","value":null}
{"type":"ok","process":0,"f":"read","value":[")" +
                                hostile + R"("]}
)",
                            1);
  EXPECT_LT(std::filesystem::file_size(path), 400'000U);
  const json page = look(path, R"js(
    one("#lost-elements .link").click();
    await frame();
    return { hostile: typeof window.hostile, images: all("img").length, lost: all("#lost-elements .link").length, trail: all("#trail li").length };)js");
  EXPECT_EQ(page["hostile"], "undefined");
  EXPECT_EQ(page["images"], 0);
  EXPECT_EQ(page["lost"], 1);
  EXPECT_GE(page["trail"], 1);
}

TEST(HistoryPageFile, IsAboutOneHistoryThatCanBeReadAndWritten) {
  const TemporaryDirectory directory;
  const std::string history = (directory / "h.jsonl").string();
  std::ofstream(history) << R"({"type":"invoke","process":0,"f":"echo","value":"a"}
{"type":"ok","process":0,"f":"echo","value":"a"}
)";
  Child several({"check", "-w", "echo", history, history, "--report", (directory / "x.html").string()});
  EXPECT_EQ(several.finish().code, 2);
  EXPECT_NE(several.log().find("--report is about one history"), std::string::npos) << several.log();
  Child unwritable({"check", "-w", "echo", history, "--report", "/dev/full"});
  EXPECT_EQ(unwritable.finish().code, 2);
  EXPECT_NE(unwritable.output().find("\ttrue"), std::string::npos) << "the verdict is told all the same";
  EXPECT_NE(unwritable.log().find("cannot write /dev/full"), std::string::npos) << unwritable.log();
  Child unreadable({"check", "-w", "echo", (directory / "none").string(), "--report", (directory / "x.html").string()});
  EXPECT_EQ(unreadable.finish().code, 2);
  EXPECT_FALSE(std::filesystem::exists(directory / "x.html"));
}

/// Neither what can be judged nor what cannot be read is written over, and it is not taken for an earlier page.
TEST(HistoryPageFile, IsNotTheHistoryItself) {
  const TemporaryDirectory directory;
  const std::string right = R"({"type":"invoke","process":0,"f":"echo","value":"a"}
{"type":"ok","process":0,"f":"echo","value":"a"}
)";
  const auto written = [&](const std::string& name, const std::string& text) {
    std::filesystem::create_directories((directory / name).parent_path());
    std::ofstream(directory / name) << text;
    return (directory / name).string();
  };
  const auto text_of = [](const std::string& file) {
    std::ifstream in(file);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  for (const std::string& text : {right, std::string("{broken")}) {
    const std::string file = written("h.jsonl", text);
    const std::string stored = written("run/history.jsonl", text);
    const std::string log = written("cobra/a.log", text);
    std::filesystem::remove(directory / "link");
    std::filesystem::create_symlink(stored, directory / "link");
    const std::vector<std::pair<std::string, std::string>> judged_and_page = {
        {file, file},
        {(directory / "run").string(), stored},
        {(directory / "run").string(), (directory / "link").string()},
        {(directory / "cobra").string(), log}};
    for (const auto& [judged, page] : judged_and_page) {
      Child child({"check", "-w", "echo", judged, "--report", page});
      EXPECT_EQ(child.finish().code, 2);
      EXPECT_NE(child.log().find("would write over the history"), std::string::npos) << page << ": " << child.log();
      EXPECT_EQ(text_of(page), text);
    }
    Child from_input("/bin/sh", {"-c", R"("$0" check -w echo - --report "$1" < "$1")", MZNODE_BINARY, file});
    EXPECT_EQ(from_input.finish().code, 2);
    EXPECT_NE(from_input.log().find("would write over the history"), std::string::npos) << from_input.log();
    EXPECT_EQ(text_of(file), text);
  }
}

}  // namespace
}  // namespace mznode::testing_support
