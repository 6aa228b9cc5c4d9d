// The ways through a report: from what was lost to the message that lost it and back, along a value, by searching.

#include "tests/app/report_fixture.hpp"

namespace mznode::testing_support {
namespace {

using nlohmann::json;

/// A node that sends each element once, and a partition that loses some of these messages.
const std::vector<std::string> forgetful = {
    "test",      "-w", "broadcast", "--bin",     MZNODE_STEP_1,        "--rate", "20",     "--time-limit", "5",
    "--latency", "50", "--nemesis", "partition", "--nemesis-interval", "3",      "--time", "auto",         "--"};

TEST_F(Report, ALostElementInTheVerdictLeadsToTheMessageThatWasLostAndBack) {
  const json page = look(make(forgetful, 1), R"js(
    const link = one("#lost-elements .link");
    const element = link.dataset.element;
    link.click();
    await frame();
    const there = { details: one("#details").textContent, hash: location.hash, current: one("#trail li.current").textContent, trail: one("#trail b").textContent };
    const body = JSON.parse(one("#details pre").textContent);
    let scrolled = false;
    link.scrollIntoView = () => { scrolled = true; };
    one("#back").click();
    return { element, there, body, scrolled, isBack: document.activeElement === link, invites: all("#lost-elements .link").length };)js");
  const auto element = page["element"].get<std::string>();
  EXPECT_NE(page["there"]["details"].get<std::string>().find("lost"), std::string::npos) << page["there"];
  EXPECT_NE(page["there"]["current"].get<std::string>().find(", lost"), std::string::npos) << page["there"];
  EXPECT_EQ(page["there"]["hash"].get<std::string>().rfind("#message-", 0), 0U);
  EXPECT_EQ(page["there"]["trail"], "element " + element);
  EXPECT_EQ(page["body"]["message"].dump(), element);
  EXPECT_EQ(page["scrolled"], true);
  EXPECT_EQ(page["isBack"], true);
  EXPECT_GT(page["invites"], 1);
}

TEST_F(Report, AValueIsFollowedInTheOrderOfTime) {
  const json page = look(make(forgetful, 1), R"js(
    const data = JSON.parse(one("#data").textContent);
    const find = async (text) => { one("#query").value = text; one("#find").click(); await frame(); };
    const lines = () => all("#trail li").map((each) => each.textContent);
    await find(data.set.element[data.set.lost[0]]);
    const steps = [];
    for (let i = 0; i < 3; ++i) {
      one("#trail-next").click();
      await frame();
      steps.push({ at: one("#trail-at").textContent, details: one("#details").textContent });
    }
    one("#trail-previous").click();
    await frame();
    const times = all("#trail .when").map((each) => parseFloat(each.textContent));
    const followed = { lines: lines(), steps, times, back: one("#trail-at").textContent, lit: all("#messages .arrow.lit").length, dim: all("#messages .arrow.dim").length };
    one("#trail-stop").click();
    await frame();
    return { followed, stopped: { lit: all("#messages .arrow.dim").length, hidden: one("#trail").hidden }, value: data.set.element[data.set.lost[0]] };)js");
  const json& followed = page["followed"];
  EXPECT_TRUE(std::is_sorted(followed["times"].begin(), followed["times"].end())) << followed["times"];
  const auto value = page["value"].get<std::string>();
  EXPECT_NE(followed["lines"][0].get<std::string>().find(": broadcast " + value), std::string::npos)
      << followed["lines"];
  EXPECT_NE(followed["lines"].dump().find(", lost"), std::string::npos) << followed["lines"];
  EXPECT_NE(followed["lines"].dump().find("lacks " + value), std::string::npos) << followed["lines"];
  EXPECT_EQ(followed["steps"][0]["at"].get<std::string>().rfind("1 of ", 0), 0U);
  EXPECT_NE(followed["steps"][0]["details"], followed["steps"][1]["details"]);
  EXPECT_EQ(followed["back"].get<std::string>().rfind("2 of ", 0), 0U);
  EXPECT_GT(followed["lit"], 0);
  EXPECT_GT(followed["dim"], 0);
  EXPECT_EQ(page["stopped"], json({{"lit", 0}, {"hidden", true}}));
}

TEST_F(Report, SearchFindsByValueNodeTypeFateAndTime) {
  const json page = look(make(forgetful, 1), R"js(
    const data = JSON.parse(one("#data").textContent);
    const find = async (text) => { one("#query").value = text; one("#find").click(); await frame(); return all("#trail li .link").map((each) => each.textContent); };
    const found = { nodes: data.head.nodes };
    found.lost = await find("lost");
    found.lostFromN1 = await find("n1 lost");
    found.type = await find("read");
    found.value = await find(`broadcast ${data.set.element[data.set.lost[0]]}`);
    found.times = (await find("1s..2s n1"), all("#trail .when").map((each) => parseFloat(each.textContent)));
    found.nothing = await find("nowhere");
    found.told = one("#trail").textContent;
    await find("1.5s");
    return { ...found, total: data.fates.lost.length, names: [...new Set(found.type.map((each) => each.split(": ")[1].split(" ")[0].split(",")[0]))] };)js");
  EXPECT_EQ(page["lost"].size(), page["total"]);
  EXPECT_LT(page["lostFromN1"].size(), page["lost"].size());
  for (const auto& each : page["lostFromN1"]) EXPECT_NE(each.get<std::string>().find("n1"), std::string::npos) << each;
  EXPECT_FALSE(page["type"].empty());
  for (const auto& each : page["names"]) EXPECT_TRUE(each == "read" || each == "read_ok") << each;
  EXPECT_GE(page["value"].size(), 2U) << "the operation and its messages: " << page["value"];
  EXPECT_FALSE(page["times"].empty());
  for (const auto& each : page["times"]) EXPECT_TRUE(each >= 1 && each <= 2) << each;
  EXPECT_TRUE(page["nothing"].empty());
  EXPECT_NE(page["told"].get<std::string>().find("nothing"), std::string::npos);
}

TEST_F(Report, WhatCausedAMessageAndWhatItCausedStandsOut) {
  const json page = look(make({"test", "-w", "broadcast", "-s", "flood", "--node-count", "5", "--rate", "10",
                               "--latency", "20", "--time-limit", "3"}),
                         R"js(
    // The first element, from its client over one node to the next.
    one("#query").value = "0";
    one("#find").click();
    await frame();
    const request = all("#trail li .link").find((each) => /^c\d+ → n\d+: broadcast/.test(each.textContent));
    request.click();
    await frame();
    one("#trail-stop").click();
    one("#next-message").click();
    one("#previous-message").click();
    await frame();
    const links = () => all("#details .links").map((each) => each.textContent);
    const first = { links: links(), effects: all("#messages .arrow.lit.effect").length, causes: all("#messages .arrow.lit.cause").length };
    const toGossip = all("#details [data-message]").find((each) => each.textContent.includes("gossip"));
    toGossip.click();
    await frame();
    const second = { links: links(), causes: all("#messages .arrow.lit.cause").length, details: one("#details").textContent };
    return { first, second };)js");
  EXPECT_NE(page["first"]["links"].dump().find("Causes"), std::string::npos) << page["first"];
  EXPECT_NE(page["first"]["links"].dump().find("broadcast_ok"), std::string::npos) << page["first"];
  EXPECT_NE(page["first"]["links"].dump().find("A part of"), std::string::npos) << page["first"];
  EXPECT_GT(page["first"]["effects"], 1);
  EXPECT_EQ(page["first"]["causes"], 0) << "nothing but the client is behind it";
  EXPECT_NE(page["second"]["links"].dump().find("Caused by"), std::string::npos) << page["second"];
  EXPECT_GE(page["second"]["causes"], 1);
  EXPECT_EQ(page["second"]["details"].get<std::string>().rfind("gossip: ", 0), 0U) << page["second"];
}

TEST_F(Report, LastReadsAreATableInWhichWhatIsMissingLeadsToItsWay) {
  const json page = look(make(forgetful, 1), R"js(
    const { reads, values } = JSON.parse(one("#data").textContent);
    const table = one("#last-reads");
    const cells = [...table.querySelectorAll(".missing-mark")];
    const label = cells[0].getAttribute("aria-label");
    const columns = table.querySelectorAll("thead th").length;
    cells[0].click();
    await frame();
    return { names: reads.name, missing: reads.missing_count.reduce((sum, each) => sum + each, 0), cells: cells.length, label, columns,
      elements: values.value.length, trail: one("#trail b").textContent, lines: one("#trail").textContent, text: one("#report").textContent };)js");
  EXPECT_EQ(page["names"], json({"n1", "n2", "n3", "n4", "n5"}));
  EXPECT_EQ(page["columns"], 6);
  EXPECT_GT(page["cells"], 0);
  EXPECT_LE(page["cells"], page["missing"]);
  const auto label = page["label"].get<std::string>();
  EXPECT_NE(label.find(" is missing at n"), std::string::npos) << label;
  EXPECT_EQ(page["trail"], "element " + label.substr(0, label.find(' ')));
  EXPECT_NE(page["lines"].get<std::string>().find("the last read of n"), std::string::npos) << page["lines"];
}

TEST_F(Report, GoToBeginsWithAllThatFailed) {
  const json page = look(make(stale("lin-kv"), 1), R"js(
    const groups = all("select optgroup").map((each) => ({ label: each.label, options: [...each.children].map((option) => option.textContent), values: [...each.children].map((option) => option.value) }));
    const select = one("select");
    select.value = groups[0].values[0];
    select.dispatchEvent(new Event("change"));
    await frame();
    const { operations } = JSON.parse(one("#data").textContent);
    return { groups, details: one("#details").textContent, chosen: all("#operations .op.chosen").length,
      failed: operations.outcome.filter((each) => each === 1).length };)js");
  EXPECT_EQ(page["groups"][0]["label"], "Why it is invalid");
  EXPECT_NE(page["groups"][0]["options"][0].get<std::string>().find("cannot be explained"), std::string::npos);
  EXPECT_NE(page["details"].get<std::string>().find(" at n0: ok"), std::string::npos) << page["details"];
  EXPECT_EQ(page["chosen"], 1);
  std::size_t failed = 0;
  for (const auto& group : page["groups"]) {
    if (group["label"] == "Operations that failed") failed = group["options"].size();
  }
  EXPECT_GT(failed, 15U) << "not the first few, but all";
}

TEST_F(Report, EvidenceLeadsToTheOperations) {
  const json page = look(make(stale("txn-list-append"), 1), R"js(
    const { evidence } = JSON.parse(one("#data").textContent);
    const link = one("[data-operation]");
    link.click();
    await frame();
    return { details: one("#details").textContent, hash: location.hash, place: link.dataset.operation, back: one("#back") !== null,
      gloss: evidence.cycles[0].gloss, shown: all(".gloss").map((each) => each.textContent) };)js");
  EXPECT_EQ(page["hash"], "#operation-" + page["place"].get<std::string>());
  EXPECT_NE(page["details"].get<std::string>().find("by process"), std::string::npos) << page["details"];
  EXPECT_EQ(page["back"], true);
  EXPECT_FALSE(page["gloss"].get<std::string>().empty());
  EXPECT_NE(page["shown"].dump().find(page["gloss"].get<std::string>()), std::string::npos);
}

TEST_F(Report, WhatCanBeUsedHasANameAndAPlaceInTheOrderOfTheKeys) {
  for (const auto& arguments : {forgetful, stale("lin-kv"), stale("txn-list-append")}) {
    const json page = look(make(arguments, 1), R"js(
      const usable = all("button, input, select, [tabindex]");
      const name = (each) => each.getAttribute("aria-label") || each.textContent.trim() || each.labels?.[0]?.textContent.trim() || "";
      return { nameless: usable.filter((each) => name(each) === "").map((each) => each.outerHTML.slice(0, 200)),
        reordered: usable.filter((each) => Number(each.getAttribute("tabindex")) > 0).length,
        roleless: all("[tabindex]").filter((each) => !each.getAttribute("role") && !["OL", "PRE", "A"].includes(each.tagName)).map((each) => each.outerHTML.slice(0, 120)),
        twice: all("[id]").map((each) => each.id).filter((id, i, ids) => id !== "hatch" && ids.indexOf(id) !== i),
        pictures: all("svg:not([aria-hidden])").filter((each) => !each.closest("svg svg") && !each.parentElement.closest("svg") && !each.getAttribute("aria-label")).length,
        focusable: usable.filter((each) => !each.disabled && each.getClientRects().length > 0 && !each.closest("details:not([open])")).every((each) => { each.focus(); return document.activeElement === each; }) };)js");
    EXPECT_EQ(page["nameless"], json::array());
    EXPECT_EQ(page["reordered"], 0);
    EXPECT_EQ(page["roleless"], json::array());
    EXPECT_EQ(page["twice"], json::array());
    EXPECT_EQ(page["pictures"], 0);
    EXPECT_EQ(page["focusable"], true);
  }
}

TEST_F(Report, WhatNodesSayAndLogDoesNoHarm) {
  const auto path = make({"test", "-w", "broadcast", "--bin", MZNODE_HOSTILE_NODE, "--node-count", "3", "--rate", "10",
                          "--time-limit", "3", "--"},
                         1);
  const std::string text = read_file(path);
  EXPECT_EQ(text.find("</script><script>window.hostile"), std::string::npos);
  EXPECT_EQ(text.find("<img"), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << "control characters are written as escapes";
  constexpr std::size_t most_bytes = 2'000'000;
  EXPECT_LT(text.size(), most_bytes) << "values of a megabyte are shortened";
  const json page = look(path, R"js(
    const find = async (text) => { one("#query").value = text; one("#find").click(); await frame(); return all("#trail li").length; };
    const found = await find("<\/script>whisper");
    one("#trail-next").click();
    await frame();
    const log = one("#log").textContent;
    return { hostile: typeof window.hostile, images: all("img").length, scripts: all("script").length, found, log, details: one("#details").textContent,
      elements: JSON.parse(one("#data").textContent).values.messages.map((each) => each.length) };)js");
  EXPECT_EQ(page["hostile"], "undefined");
  EXPECT_EQ(page["images"], 0);
  EXPECT_EQ(page["scripts"], 4);
  EXPECT_GT(page["found"], 1);
  EXPECT_NE(page["log"].get<std::string>().find("</script><script>"), std::string::npos) << page["log"];
  EXPECT_NE(page["details"].get<std::string>().find("</script>whisper: n"), std::string::npos) << page["details"];
  EXPECT_EQ(page["elements"][0], 3) << "from the client, and to two nodes, a megabyte behind it or not";
}

TEST_F(Report, ThePageOfANodeThatDiesAtOnceShowsTheEndOfItsLogInItsForm) {
  const std::string script =
      R"(read -r init; echo "{\"src\":\"n1\",\"dest\":\"c0\",\"body\":{\"type\":\"init_ok\",\"in_reply_to\":1}}"
         read -r next; echo 'Traceback:' >&2; echo '    at line 7' >&2; exit 3)";
  const auto path =
      make({"test", "-w", "echo", "--bin", "/bin/sh", "--nodes", "n1", "--time-limit", "2", "--", "-c", script}, 1);
  const json page = look(path, R"js(
    return { log: one("#verdict pre").textContent, arrows: all("#messages .arrow").length, headings: all("h2").map((each) => each.textContent), links: all(".contents a").length,
      setUp: all(".overview .set-up").length };)js");
  EXPECT_NE(page["log"].get<std::string>().find("\n  Traceback:\n      at line 7"), std::string::npos) << page["log"];
  EXPECT_GT(page["arrows"], 0) << "where there is nothing but what sets the cluster up, it is shown";
  EXPECT_EQ(page["headings"], json({"Look closer", "Run it again"})) << "nothing was answered";
  EXPECT_EQ(page["links"], 2);
}

TEST(ReportFile, IsTheSameForTheSameSeedAndStaysSmall) {
  const TemporaryDirectory directory;
  const auto make = [&](const std::string& name) {
    Child child({"test",      "-w",        "broadcast",
                 "-s",        "flood",     "--node-count",
                 "25",        "--rate",    "100",
                 "--latency", "100",       "--time-limit",
                 "60",        "--nemesis", "partition,kill",
                 "--seed",    "3",         "--store",
                 "",          "--report",  (directory / name).string()});
    EXPECT_TRUE(child.finish().code.has_value());
    return read_file(directory / name);
  };
  const std::string page = make("one.html");
  EXPECT_GT(page.size(), 100'000U);
  EXPECT_LT(page.size(), 15'000'000U);
  EXPECT_TRUE(page == make("two.html"));
}

}  // namespace
}  // namespace mznode::testing_support
