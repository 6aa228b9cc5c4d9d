#include <gtest/gtest.h>

#include <algorithm>

#include "tests/app/report_fixture.hpp"

namespace mznode::testing_support {
namespace {

using nlohmann::json;

const std::vector<std::string> partitioned = {
    "test", "-w",        "broadcast", "-s",           "flood", "--node-count",       "5", "--rate", "20", "--latency",
    "50",   "--nemesis", "partition", "--time-limit", "20",    "--nemesis-interval", "3", "--seed", "7"};

TEST_F(Report, ShowsVerdictPlotsFaultsOperationsAndMessages) {
  const json page = look(make(partitioned), R"js(
    return {
      title: document.title,
      verdict: one("#verdict").textContent,
      headings: all("h2").map((each) => each.textContent),
      latencies: all("figure .plot .dots").map((each) => each.getAttribute("d").split("M").length - 1),
      lines: all("figure .plot .line").length,
      faults: all(".fault-name").filter((each) => each.textContent === "partition").length,
      shades: all(".fault-area").length,
      bars: all("#operations .op").length,
      arrows: all("#messages .arrow").length,
      labels: all("#messages .hued").map((each) => each.textContent),
      lanes: all("#messages text.strong").map((each) => each.textContent),
      crosses: all("#messages .cross").length,
      nemesis: all("#faults tbody tr").map((each) => each.textContent),
    };)js");
  EXPECT_EQ(page["title"], "broadcast, flood: 5 nodes, partition, seed 7");
  EXPECT_EQ(page["verdict"].get<std::string>().rfind("✓ Valid", 0), 0u) << page["verdict"];
  EXPECT_EQ(page["headings"], json({"What the last reads show", "Latency", "Rates", "Look closer", "Run it again"}));
  ASSERT_EQ(page["latencies"].size(), 2u) << "elements, operations";
  EXPECT_GT(page["latencies"][0], 100) << "a dot for each element";
  EXPECT_GT(page["latencies"][1], 300) << "a dot for each operation";
  EXPECT_GE(page["lines"], 3);
  EXPECT_GE(page["faults"], 6) << "each fault is named at every plot";
  EXPECT_GE(page["shades"], 12);
  ASSERT_EQ(page["nemesis"].size(), 3u);
  const auto cut = page["nemesis"][0].get<std::string>();
  EXPECT_TRUE(cut.find("{n") != std::string::npos || cut.find(" does not hear n") != std::string::npos) << cut;
  EXPECT_GT(page["bars"], 2);
  EXPECT_GT(page["arrows"], 15);
  EXPECT_GT(page["crosses"], 0) << "the partition loses messages";
  EXPECT_EQ(page["lanes"], json({"clients", "n0", "n1", "n2", "n3", "n4"}));
  EXPECT_NE(page["labels"].dump().find("gossip"), std::string::npos);
}

TEST_F(Report, IsExploredByButtonsFiltersKeysAndPointer) {
  const json page = look(make(partitioned), R"js(
    const state = () => ({ span: one("#span").textContent, arrows: all("#messages .arrow").length });
    const press = async (selector) => { one(selector).click(); await frame(); return state(); };
    const steps = { start: state() };
    steps.later = await press("#later");
    steps.earlier = await press("#earlier");
    steps.in = await press("#zoom-in");
    steps.out = await press("#zoom-out");
    const select = one("select");
    select.value = [...select.options].find((each) => each.textContent.startsWith("partition ends")).value;
    select.dispatchEvent(new Event("change"));
    await frame();
    steps.jumped = state();
    one("#messages .explored").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", cancelable: true }));
    await frame();
    steps.key = state();

    one("#filter input").click();
    steps.between = state();
    steps.clientLanes = all("#messages text.strong").filter((each) => each.textContent.startsWith("c")).length;
    const gossip = all("#filter label").find((each) => each.textContent.startsWith("gossip")).querySelector("input");
    gossip.click();
    steps.without = state();
    gossip.click();

    // A message is found where its arrow is drawn.
    const arrow = one("#messages .arrow");
    const middle = arrow.getPointAtLength(arrow.getTotalLength() / 3).matrixTransform(arrow.getScreenCTM());
    const plot = one("#messages .explored");
    const point = (type) => plot.dispatchEvent(new PointerEvent(type, { clientX: middle.x, clientY: middle.y, bubbles: true }));
    point("pointermove");
    steps.tooltip = one(".tooltip").textContent;
    point("pointerdown");
    point("pointerup");
    steps.details = one("#details").textContent;
    steps.chosen = all("#messages .chosen").length;
    one("#next-message").click();
    await frame();
    steps.next = one("#details").textContent;
    // As it stands in the message: a number that JavaScript had read would have lost its last digits.
    steps.pre = one("#details pre").textContent.replace(/\s/g, "");
    steps.body = JSON.parse(one("#data").textContent).messages.body.map((each) => each.replace(/\s/g, ""));
    return steps;)js");
  EXPECT_NE(page["later"]["span"], page["start"]["span"]);
  EXPECT_EQ(page["earlier"], page["start"]);
  EXPECT_LT(page["in"]["arrows"], page["start"]["arrows"]);
  EXPECT_EQ(page["out"], page["start"]);
  EXPECT_NE(page["jumped"]["span"], page["start"]["span"]);
  EXPECT_NE(page["key"]["span"], page["jumped"]["span"]);
  EXPECT_LT(page["between"]["arrows"], page["key"]["arrows"]);
  EXPECT_EQ(page["clientLanes"], 0);
  EXPECT_EQ(page["without"]["arrows"], 0) << "between nodes there is nothing but gossip";
  for (const char* place : {"tooltip", "details", "next"}) {
    const auto text = page[place].get<std::string>();
    EXPECT_NE(text.find("gossip: n"), std::string::npos) << place << ": " << text;
    EXPECT_NE(text.find("\"type\":"), std::string::npos) << place << ": " << text;
  }
  EXPECT_NE(std::find(page["body"].begin(), page["body"].end(), page["pre"]), page["body"].end()) << page["pre"];
  EXPECT_GE(page["chosen"], 1);
  EXPECT_NE(page["next"], page["details"]);
}

TEST_F(Report, AStoryLeadsToTheMessageThatWasLostAndBack) {
  const auto path =
      make({"test", "-w", "broadcast", "--bin", MZNODE_STEP_1, "--rate", "20", "--time-limit", "5", "--latency", "50",
            "--nemesis", "partition", "--nemesis-interval", "3", "--time", "auto", "--"},
           1);
  const json page = look(path, R"js(
    const links = all("#story-0 .link");
    const lead = links.find((each) => each.textContent === "see the message");
    const told = lead.parentElement.textContent;
    lead.click();
    await frame();
    const message = { details: one("#details").textContent, hash: location.hash, back: one("#details [data-story]").textContent };
    let scrolled = false;
    one("#story-0").scrollIntoView = () => { scrolled = true; };
    one("#details [data-story]").click();
    links.find((each) => each.textContent === "see the operation").click();
    await frame();
    return { title: one("#story-0 h3").textContent, told, message, scrolled, operation: one("#details").textContent,
             verdict: one("#verdict").textContent };)js");
  const auto text = [&page](const char* name) { return page[name].get<std::string>(); };
  EXPECT_NE(text("title").find("is lost: the last reads of n"), std::string::npos) << text("title");
  EXPECT_NE(text("told").find("but the message is lost: the partition {"), std::string::npos) << text("told");
  EXPECT_NE(page["message"]["details"].get<std::string>().find("lost"), std::string::npos) << page["message"];
  EXPECT_EQ(page["message"]["hash"].get<std::string>().rfind("#message-", 0), 0U);
  EXPECT_EQ(page["message"]["back"], "↑ a part of: " + text("title"));
  EXPECT_EQ(page["scrolled"], true);
  EXPECT_NE(text("operation").find("broadcast by process"), std::string::npos) << text("operation");
}

TEST_F(Report, AnInvalidRunSaysWhyAndMarksWhatWasLost) {
  // A strategy without storage does not survive this.
  const auto path = make({"test", "-w", "broadcast", "-s", "flood", "--rate", "50", "--latency", "100", "--time-limit",
                          "20", "--nemesis", "kill", "--nemesis-interval", "2", "--seed", "1"},
                         1);
  const json page = look(path, R"js(
    const lost = [...one("select").options].findIndex((each) => each.textContent.includes("later lost"));
    return { verdict: one("#verdict").textContent, lost, crosses: one("figure .plot .crosses.red").getAttribute("d").length };)js");
  const auto verdict = page["verdict"].get<std::string>();
  EXPECT_EQ(verdict.rfind("✗ Invalid", 0), 0u) << verdict;
  EXPECT_NE(verdict.find("no element is lost"), std::string::npos) << verdict;
  EXPECT_NE(verdict.find("workloadlost"), std::string::npos) << verdict;
  EXPECT_GT(page["lost"], 0);
  EXPECT_GT(page["crosses"], 0);
}

TEST_F(Report, HostileTextsStayTexts) {
  const std::string hostile = "n<script>window.hostile=1<img src=x onerror=hostile=1>";
  const std::string quotes = "n\"'&amp;<!--\\u003c`${hostile=1}";
  const std::string separators = "n\xe2\x80\xa8\xe2\x80\xa9\xf0\x9f\x92\xa3";
  const auto path = make({"test", "-w", "broadcast", "--nodes", hostile + "," + quotes + "," + separators, "--latency",
                          "5", "--time-limit", "5"});
  EXPECT_EQ(read_file(path).find("<script>window.hostile"), std::string::npos);
  const json page = look(path, R"js(
    one("#filter input:not(:checked) ~ svg") && all("#filter label").find((each) => each.textContent.startsWith("init")).querySelector("input").click();
    one("#next-message").click();
    await frame();
    return {
      hostile: typeof window.hostile,
      scripts: all("script").length,
      images: all("img").length,
      nodes: JSON.parse(one("#data").textContent).head.nodes,
      lanes: all("#messages text.strong").map((each) => each.textContent),
      replay: all("pre").at(-1).textContent,
    };)js");
  EXPECT_EQ(page["hostile"], "undefined");
  EXPECT_EQ(page["scripts"], 4) << "the data, the page's and the test's two";
  EXPECT_EQ(page["images"], 0);
  EXPECT_EQ(page["nodes"], json({hostile, quotes, separators}));
  EXPECT_NE(page["lanes"].dump().find("n<script"), std::string::npos) << page["lanes"];
  EXPECT_NE(page["replay"].get<std::string>().find(hostile), std::string::npos);
}

TEST_F(Report, HostileArgumentsOfANodeStayTexts) {
  const std::string hostile = "</script><script>window.hostile=1</script><img src=x onerror=hostile=1>";
  const auto path = make(
      {"test", "-w", "echo", "--bin", MZNODE_BINARY, "--time-limit", "1", "--", "-w", "echo", "--data-dir", hostile});
  EXPECT_EQ(read_file(path).find("<script>window.hostile"), std::string::npos);
  EXPECT_NE(read_file(path).find(R"({"label":"time","text":")"), std::string::npos) << "which time it ran in";
  const json page = look(path, R"js(
    return {hostile: typeof window.hostile, images: all("img").length, replay: all("pre").at(-1).textContent};)js");
  EXPECT_EQ(page["hostile"], "undefined");
  EXPECT_EQ(page["images"], 0);
  EXPECT_NE(page["replay"].get<std::string>().find(hostile), std::string::npos) << page["replay"];
}

TEST_F(Report, ALongRunIsCutAndSaysSo) {
  const auto path = make({"test", "-w", "broadcast", "-s", "flood", "--node-count", "25", "--rate", "100", "--latency",
                          "100", "--time-limit", "20"});
  constexpr std::uintmax_t most_bytes = 5'000'000;
  EXPECT_LT(std::filesystem::file_size(path), most_bytes);
  const json page = look(path, R"js(
    for (let i = 0; i < 12; ++i) one("#zoom-out").click();
    await frame();
    return {
      note: one("#capped").textContent,
      count: one("#message-count").textContent,
      elements: all("#messages path").length,
      drawn: all("#messages .arrow.many").length,
      hatched: all("#messages .missing").length,
      clients: all("#messages text.strong").filter((each) => each.textContent.startsWith("c")).length,
      known: JSON.parse(one("#data").textContent).messages.src.length,
    };)js");
  EXPECT_LE(page["known"], 20'000);
  EXPECT_NE(page["note"].get<std::string>().find("messages.jsonl"), std::string::npos);
  EXPECT_NE(page["count"].get<std::string>().find("zoom in"), std::string::npos) << page["count"];
  EXPECT_EQ(page["clients"], 0) << "among many nodes, clients are shown on demand";
  EXPECT_GT(page["drawn"], 0);
  EXPECT_LT(page["elements"], 50) << "thousands of arrows are a few elements";
  EXPECT_GT(page["hatched"], 0);
}

TEST_F(Report, AComparisonHasItsPlotFrontAndTable) {
  const auto path = make({"compare", "-w", "broadcast", "-s", "flood,direct", "--node-count", "9", "--rate", "50",
                          "--latency", "20", "--time-limit", "10", "--sweep", "flush-ms=0,100", "--seeds", "1..2"});
  const json page = look(path, R"js(
    const front = () => one("#front").textContent;
    const state = { title: document.title, marks: all("#scatter .mark").length, best: all("#scatter .mark.best").length, front: front(),
      names: all("#scatter text").map((each) => each.textContent), rows: all("#table tbody tr").length,
      cells: all("#table tbody tr").map((row) => row.children.length), plots: all(".multiples figure").length };
    const select = one("#quantile");
    select.value = "3";
    select.dispatchEvent(new Event("change"));
    await frame();
    state.axis = all("#scatter text").map((each) => each.textContent).find((text) => text.startsWith("stable latency"));
    const mark = one("#scatter .mark");
    mark.dispatchEvent(new PointerEvent("pointermove", { clientX: 300, clientY: 300 }));
    state.tooltip = one(".tooltip").textContent;
    return state;)js");
  EXPECT_EQ(page["title"], "compare broadcast");
  EXPECT_EQ(page["marks"], 4);
  EXPECT_GE(page["best"], 1);
  EXPECT_EQ(page["rows"], 4);
  EXPECT_EQ(page["cells"], json({11, 11, 11, 11}));
  EXPECT_EQ(page["plots"], 4);
  EXPECT_NE(page["front"].get<std::string>().find("direct flush-ms=0"), std::string::npos)
      << "one hop without waiting is the quickest";
  EXPECT_NE(page["names"].dump().find("flood flush-ms=100"), std::string::npos);
  EXPECT_EQ(page["axis"], "stable latency, maximum, ms");
  EXPECT_NE(page["tooltip"].get<std::string>().find("messages and"), std::string::npos);
}

TEST_F(Report, DrawsTheCyclesOfTransactions) {
  const auto path = make(stale("txn-list-append"), 1);
  const json page = look(path, R"js(
    const cycle = JSON.parse(one("#data").textContent).evidence.cycles[0];
    const figure = all("figure").find((each) => each.querySelector("figcaption b").textContent === cycle.anomaly);
    const labels = [...figure.querySelectorAll(".hued")];
    return { headings: all("h2").map((each) => each.textContent), verdict: one("#verdict").textContent,
      transactions: cycle.text.length, boxes: figure.querySelectorAll(".transaction").length,
      arrows: figure.querySelectorAll(".arrow").length, labels: labels.map((each) => each.textContent),
      relations: cycle.relation, sentences: one("#cycle-0").children.length, last: one("#cycle-0").lastChild.textContent };)js");
  EXPECT_NE(page["headings"].dump().find("Why it is invalid"), std::string::npos);
  EXPECT_NE(page["verdict"].get<std::string>().find("these transactions come before one another"), std::string::npos);
  EXPECT_GE(page["transactions"], 2);
  for (const char* each : {"boxes", "arrows", "sentences"}) EXPECT_EQ(page[each], page["transactions"]) << each;
  for (const auto& relation : page["relations"]) {
    EXPECT_NE(page["labels"].dump().find(relation.get<std::string>()), std::string::npos) << relation;
  }
  EXPECT_EQ(page["last"].get<std::string>().rfind("However, ", 0), 0u) << page["last"];
}

TEST_F(Report, DrawsOperationsThatNoOrderExplains) {
  const json page = look(make(stale("lin-kv"), 1), R"js(
    const example = JSON.parse(one("#data").textContent).evidence.counterexamples[0];
    const figure = all("figure").find((each) => each.textContent.includes("is not linearizable"));
    const bars = [...figure.querySelectorAll(".op[tabindex]")];
    bars[0].dispatchEvent(new PointerEvent("pointermove", { clientX: 100, clientY: 100 }));
    return { operations: example.text.length, bars: bars.length, marks: figure.querySelectorAll(".fails").length,
      names: [...figure.querySelectorAll("text")].map((each) => each.textContent), stuck: example.text[example.stuck],
      tooltip: one(".tooltip").textContent };)js");
  EXPECT_EQ(page["bars"], page["operations"]);
  EXPECT_EQ(page["marks"], 1) << "where it fails";
  EXPECT_NE(page["names"].dump().find("✗ " + page["stuck"].get<std::string>()), std::string::npos) << page["names"];
  EXPECT_NE(page["tooltip"].get<std::string>().find("process"), std::string::npos) << page["tooltip"];
}

TEST_F(Report, NamesOfFaultsThatFollowEachOtherDoNotOverlap) {
  const json overlaps = look(make({"test", "-w", "broadcast", "-s", "flood", "--nemesis", "partition",
                                   "--nemesis-interval", "1", "--time-limit", "30"}),
                             R"js(
    const boxes = all("figure svg").map((plot) => [...plot.querySelectorAll(".fault-name")].map((each) => each.getBoundingClientRect()));
    return boxes.map((row) => row.filter((box, i) => i > 0 && box.left < row[i - 1].right && Math.abs(box.top - row[i - 1].top) < 2).length);)js",
                             390);
  for (const auto& each : overlaps) EXPECT_EQ(each, 0);
}

TEST_F(Report, FitsAPhone) {
  const std::string overflow = R"js(
    return all("body *").filter((each) => !each.closest(".scroll, svg") && each.getBoundingClientRect().right > innerWidth + 1)
      .map((each) => `${each.tagName}.${each.className}`);)js";
  EXPECT_EQ(look(make(partitioned), overflow, 390), json::array());
  EXPECT_EQ(look(make({"compare", "-w", "broadcast", "--time-limit", "5"}), overflow, 390), json::array());
  EXPECT_EQ(look(make(stale("txn-list-append"), 1), overflow, 390), json::array());
  EXPECT_EQ(look(make(stale("lin-kv"), 1), overflow, 390), json::array());
}

TEST(ReportFile, IsInTheStoreAndOnlyThereForSeveralSeeds) {
  const TemporaryDirectory directory;
  const std::string store = (directory / "store").string();
  Child single({"test", "-w", "echo", "--time-limit", "1", "--store", store});
  EXPECT_EQ(single.finish().code, 0);
  EXPECT_GT(std::filesystem::file_size(directory / "store/latest/report.html"), 10'000u);
  Child series({"test", "-w", "echo", "--seeds", "1..2", "--report", "x.html"});
  EXPECT_EQ(series.finish().code, 2);
  EXPECT_NE(series.log().find("--report is about one test"), std::string::npos);
  Child unwritable(
      {"test", "-w", "echo", "--time-limit", "1", "--store", "", "--report", (directory / "none/x.html").string()});
  EXPECT_EQ(unwritable.finish().code, 2);
  EXPECT_NE(unwritable.log().find("none/x.html"), std::string::npos);
}

}  // namespace
}  // namespace mznode::testing_support
