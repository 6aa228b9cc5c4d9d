// The page of one test.

/**
 * A body with each of its fields on a line. Its text is only broken, never parsed: a shortened one is no JSON, and large
 * integers would lose their digits.
 */
function spread(body) {
  if (body.length < 80) return body;
  let result = "";
  let depth = 0;
  for (const [token] of body.matchAll(/"(?:[^"\\]|\\.)*"?|[^"]/gs)) {
    if ("{[".includes(token)) ++depth;
    if ("]}".includes(token)) --depth;
    if (token === "}" && depth === 0) result += "\n";
    result += token;
    if (depth === 1 && "{,".includes(token)) result += "\n  ";
  }
  return result;
}

function drawHead(parent, head) {
  const [what, ...rest] = head.title.split(": ");
  const verdict = { yes: ["✓ Valid", "Every check passed"], no: ["✗ Invalid", "A check failed"], unknown: ["? Unknown", "The checks could not decide"] }[head.valid];
  const box = html("section", { class: `verdict ${head.valid}`, id: "verdict" }, html("strong", {}, verdict[0]),
    html("span", {}, head.demand ? `${verdict[1]}. What is demanded: ${head.demand}.` : `${verdict[1]}.`));
  if (head.reasons.length > 0) {
    const list = html("dl");
    for (const { label, text } of head.reasons) list.append(html("dt", {}, label), html("dd", {}, text));
    box.append(list);
  }
  parent.append(
    html("header", {}, html("h1", {}, what), html("p", { class: "subtitle" }, rest.join(": "))),
    box,
    html("dl", { class: "figures" }, ...head.figures.map(term)),
    html("dl", { class: "settings" }, ...head.settings.map(term)));
}

/** Operations as points, a series for each outcome. */
function latencySeries(operations) {
  const shapes = [{ hue: "blue", mark: "dot" }, { hue: "orange", mark: "cross" }, { hue: "red", mark: "triangle" }];
  const series = shapes.map((shape) => ({ ...shape, x: [], y: [], places: [] }));
  operations.start.forEach((start, place) => {
    if (operations.took[place] < 0) return;
    const one = series[operations.outcome[place]];
    one.x.push(start);
    one.y.push(operations.took[place] / 1e3);
    one.places.push(place);
  });
  return series;
}

function drawLatency(parent, { set, operations, faults, head }) {
  parent.append(html("h2", {}, "Latency"));
  if (set.known.length > 0) {
    const isLost = new Set(set.lost);
    const split = (wanted) => {
      const places = set.known.map((_, i) => i).filter((i) => isLost.has(i) === wanted);
      return { x: places.map((i) => set.known[i]), y: places.map((i) => set.latency_ms[i]), places };
    };
    timePlot(parent, {
      title: "Until an element is stable",
      note: "from its acknowledgement until the last read that misses it",
      keys: [legend("blue", "dot", "stable"), ...(set.lost.length > 0 ? [legend("red", "cross", `lost: ${count(set.lost.length)}`)] : [])],
      label: "ms", faults, to: head.duration,
      series: [{ hue: "blue", mark: "dot", ...split(false) }, { hue: "red", mark: "cross", ...split(true) }],
      describe: (series, i) => [`element ${set.element[series.places[i]]}`, `known at ${moment(series.x[i])}`,
        `${series.mark === "cross" ? "lost" : "stable"} after ${short(series.y[i])} ms`],
    });
  }
  const series = latencySeries(operations);
  timePlot(parent, {
    title: "Until an operation is answered",
    keys: series.map((each, i) => (i === 0 || each.x.length > 0 ? legend(each.hue, each.mark, outcomes[i].name) : null)),
    label: "ms", faults, to: head.duration,
    series,
    describe: (series, i) => describeOperation(operations, series.places[i]),
  });
}

function drawRates(parent, { rates, faults, head }) {
  parent.append(html("h2", {}, "Rates"));
  const times = rates.ok.map((_, i) => Math.min((i + 0.5) * rates.interval, head.duration));
  const perSecond = (counts) => counts.map((n) => (n * 1e6) / rates.interval);
  const line = (hue, name, counts, dashed = false) => ({ hue, name, dashed, mark: "line", x: times, y: perSecond(counts) });
  const plot = (title, unit, lines) => {
    const used = lines.filter((each, i) => i === 0 || each.y.some((value) => value > 0));
    timePlot(parent, {
      title,
      note: `in intervals of ${duration(rates.interval)}`,
      keys: used.map((each) => legend(each.hue, "line", each.name, each.dashed)),
      label: `${unit} a second`, faults, to: head.duration, series: used, height: 110,
      describe: (series, i) => [`${short(series.y[i])} ${unit} a second: ${series.name}`, `about ${moment(series.x[i])}`],
    });
  };
  plot("Operations completed", "operations", [line("blue", "ok", rates.ok), line("orange", "fail", rates.fail, true), line("red", "info", rates.info, true)]);
  if (rates.sent.some((number) => number > 0)) {
    plot("Messages between servers", "messages", [line("blue", "sent", rates.sent), line("red", "lost", rates.lost, true)]);
  }
}

/** Whom a fault struck, in words: the nodes, whom each does not hear, or what the nemesis said. */
function struck(value) {
  const list = (names) => names.join(", ");
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return Object.entries(value ?? {}).map(([node, unheard]) => `${node} does not hear ${list(unheard)}`).join("; ");
  if (value.length === 2 && typeof value[1] === "object") return `${value[0]}: ${struck(value[1])}`;
  return list(value);
}

function drawFaultList(parent, faults) {
  if (faults.length === 0) return;
  const longest = 600;
  const rows = faults.map(({ name, from, to, value, unheard }) => {
    const text = unheard ? `${Array.isArray(value) ? `${value[0]}: ` : ""}${unheard}` : struck(value);
    return html("tr", {}, html("th", { scope: "row" }, name), html("td", { class: "number" }, moment(from, 1e6)), html("td", { class: "number" }, moment(to, 1e6)),
      html("td", { class: "wide" }, text.length > longest ? `${text.slice(0, longest)} …` : text));
  });
  const head = html("tr", {}, html("th", {}, "fault"), html("th", { class: "number" }, "from"), html("th", { class: "number" }, "to"), html("th", {}, "what"));
  parent.append(
    html("details", { id: "faults" }, html("summary", {}, `What the nemesis did: ${plural(faults.length, "fault")}`),
      html("div", { class: "scroll", tabindex: "0" }, html("table", {}, html("thead", {}, head), html("tbody", {}, ...rows)))));
}

/** Where a reader may want to go: the beginning, faults, trouble, the end. */
function placesWorthSeeing({ operations, faults, set, head }) {
  const most = 15;
  const places = [{ label: "the beginning", at: 0 }];
  for (const { name, from, to } of faults.slice(0, most)) {
    places.push({ label: `${name} begins, ${duration(from)}`, at: from }, { label: `${name} ends, ${duration(to)}`, at: to });
  }
  for (const place of set.lost.slice(0, most)) places.push({ label: `element ${set.element[place]} is acknowledged and later lost`, at: set.known[place] });
  let shown = 0;
  operations.outcome.forEach((outcome, place) => {
    if (outcome === 0 || shown++ >= most) return;
    places.push({ label: `${operations.names[operations.name[place]]}: ${outcomes[outcome].name}, ${duration(operations.start[place])}`, at: operations.start[place] });
  });
  places.push({ label: "the end", at: head.duration });
  return places.sort((a, b) => a.at - b.at);
}

/** Long enough for some thirty messages (or operations), from the first on. */
function firstSpan(messages, filter, duration) {
  const wanted = 30;
  const first = [];
  for (let i = 0; i < messages.length && first.length < wanted; ++i) {
    if (messages.sent[i] >= 0 && filter.shows(i)) first.push(i);
  }
  if (first.length === 0) return { from: 0, to: Math.max(1000, duration / 20) };
  const from = messages.sent[first[0]];
  const to = Math.max(...first.map((i) => messages.sent[i] + Math.max(0, messages.took[i])));
  const margin = Math.max(50, (to - from) * 0.04);
  return { from: from - margin, to: to + margin };
}

function drawExplorer(parent, page) {
  const { head, operations, faults, rates } = page;
  const messages = readMessages(page);
  const filter = new Filter(messages);
  const types = typesByFrequency(messages);
  parent.append(html("h2", {}, "Look closer"),
    html("p", { class: "muted" }, "Operations and messages of one span of time. Drag the diagrams sideways, or use the buttons or the arrow keys; point at a bar or an arrow to see what it is, click or tap to keep it."));
  const low = Math.min(0, messages.length > 0 ? messages.sent[0] : 0);
  const explorer = new Explorer({ low, high: Math.max(head.duration, 1000), ...firstSpan(messages, filter, head.duration) });
  drawOverview(parent, explorer, { rates, faults, to: explorer.high });
  drawControls(parent, explorer, placesWorthSeeing(page));

  const details = html("div", { class: "details", id: "details", "aria-live": "polite" });
  const tell = (lines, text, links = []) => details.replaceChildren(...lines.map((line) => html("div", {}, line)), ...(text ? [html("pre", {}, text)] : []), ...links);
  tell(["Nothing is chosen yet: click an operation or a message, or step through the messages."], "");

  if (operations.kept.length > 0) {
    parent.append(html("p", { class: "note" }, `This page has ${count(operations.start.length)} of ${count(operations.total)} operations: those nearest to the beginning, to changes of faults and to operations that failed. All are in history.jsonl.`));
  }
  drawOperations(parent, explorer, { operations, workers: head.workers, nodes: head.nodes, faults, choose: (place) => chooseOperation(place) });

  const chooseOperation = (place) => {
    remember("operation", place);
    tell(describeOperation(operations, place), "", storyLinks("operation", place));
  };
  const status = html("span", { class: "muted", id: "message-count" });
  let diagram = null;
  const choose = (place) => {
    diagram.choose(place);
    if (place === null) return;
    remember("message", place);
    const copies = messages.copies.get(place) ?? [];
    tell([...describeMessage(messages, place), ...copies.map((copy) => describeMessage(messages, place, copy).join(", "))], spread(messages.body[place]), storyLinks("message", place));
  };
  const step = (by) => {
    const place = diagram.neighbour(by);
    if (place !== null) choose(place);
  };
  parent.append(
    html("h3", {}, "Messages"),
    html("div", { class: "controls" },
      button("Previous message", () => step(-1), { id: "previous-message" }),
      button("Next message", () => step(1), { id: "next-message" }), status));
  drawFilter(parent, messages, filter, types, () => diagram.redraw());
  if (messages.kept.length > 0) {
    parent.append(html("p", { class: "note", id: "capped" }, `This page has ${count(messages.length)} of ${count(messages.total)} messages: those nearest to the beginning, to changes of faults and to operations that failed. Hatched spans are left out; all messages are in messages.jsonl.`));
  }
  diagram = new SequenceDiagram(parent, explorer, { messages, filter, types, faults, choose, status });
  parent.append(
    html("p", { class: "muted" }, "Each line is a node, each arrow a message from the moment it was sent to the moment it was received; a cross marks one that was lost. Messages of one instant are drawn side by side."),
    details);
  const reveal = () => details.scrollIntoView({ behavior: "smooth", block: "center" });
  places.operation = (place) => {
    explorer.centre(operations.start[place]);
    chooseOperation(place);
    reveal();
  };
  places.message = (place) => {
    filter.hidden.delete(messages.type[place]);
    explorer.centre(messages.sent[place]);
    choose(place);
    reveal();
  };
  places.moment = (at) => {
    explorer.centre(at);
    reveal();
  };
  followLink();
}

/** Puts what is chosen into the page's address, so that it can be sent to somebody. */
function remember(kind, place) {
  history.replaceState(null, "", `#${kind}-${place}`);
}

/** Goes where the page's address points: #operation-7, #message-12, #moment-1.41 (in seconds). */
function followLink() {
  const [, kind, number] = /^#(operation|message|moment)-([\d.]+)$/.exec(location.hash) ?? [];
  if (kind === "moment") places.moment(Number(number) * 1e6);
  const count = { operation: data.operations.start.length, message: data.messages.src.length }[kind] ?? 0;
  if (Number(number) < count) places[kind](Number(number));
}

const report = document.getElementById("report");
drawHead(report, data.head);
drawStories(report, data.stories);
drawEvidence(report, data.evidence);
drawLatency(report, data);
drawRates(report, data);
drawFaultList(report, data.faults);
drawExplorer(report, data);
report.append(html("h2", {}, "Run it again"), html("pre", {}, data.head.replay));
