// The page of one test, or of one history that was recorded elsewhere.

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
  if (operations.took.every((took) => took < 0)) return;
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
      choose: (series, i) => places.element(set.element[series.places[i]], series.x[i]),
    });
  }
  const series = latencySeries(operations);
  timePlot(parent, {
    title: "Until an operation is answered",
    keys: series.map((each, i) => (i === 0 || each.x.length > 0 ? legend(each.hue, each.mark, outcomes[i].name) : null)),
    label: "ms", faults, to: head.duration,
    series,
    describe: (series, i) => describeOperation(operations, series.places[i]),
    choose: (series, i) => places.operation(series.places[i]),
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
      html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Faults" }, html("table", {}, html("thead", {}, head), html("tbody", {}, ...rows)))));
}

/** Where a reader may want to go: what failed first, all of it, then faults, the beginning and the end. */
function placesWorthSeeing({ operations, faults, set, head, evidence, stories }) {
  const isSeen = new Set();
  const toOperation = (place, why) => {
    if (place < 0 || isSeen.has(place)) return [];
    isSeen.add(place);
    const what = `${operations.names[operations.name[place]] || "transaction"} ${cut(operations.asked[place], 30)}`.trim();
    const outcome = operations.took[place] < 0 ? "never completed" : outcomes[operations.outcome[place]].name;
    return [{ label: `${what}: ${why ?? outcome}, ${nodeOf(operations.process[place])}, ${duration(operations.start[place])}`, go: () => places.operation(place) }];
  };
  const culprits = [
    ...evidence.counterexamples.flatMap((example) => [
      ...(example.stuck >= 0 ? toOperation(example.place[example.stuck], "cannot be explained") : []),
      ...example.place.flatMap((place) => toOperation(place, "contradicts it")),
    ]),
    ...evidence.cycles.flatMap((cycle) => cycle.place.flatMap((place, i) => toOperation(place, `T${i + 1} of ${cycle.anomaly}`))),
    ...evidence.cases.flatMap((each) => each.place.flatMap((place) => toOperation(place, each.anomaly))),
    ...stories.flatMap((story) => story.operation.flatMap((place) => toOperation(place, "told above"))),
  ];
  const lostOnes = set.lost.map((place) => ({ label: `element ${set.element[place]} is acknowledged and later lost, ${duration(set.known[place])}`, go: () => places.element(set.element[place], set.known[place]) }));
  const unlike = (wanted) => operations.outcome.flatMap((outcome, place) => (outcome === wanted ? toOperation(place) : []));
  const struckAt = faults.flatMap(({ name, from, to }) => [
    { at: from, label: `${name} begins, ${duration(from)}`, go: () => places.moment(from) },
    { at: to, label: `${name} ends, ${duration(to)}`, go: () => places.moment(to) }]).sort((a, b) => a.at - b.at);
  return [
    { label: "Why it is invalid", places: [...lostOnes, ...culprits] },
    { label: "Operations that may have taken effect or not", places: unlike(2) },
    { label: "Operations that failed", places: unlike(1) },
    { label: "Faults", places: struckAt },
    { label: "The whole run", places: [{ label: "the beginning", go: () => places.moment(0) }, { label: "the end", go: () => places.moment(head.duration) }] },
  ];
}

/** Long enough for some thirty messages (or operations), from the first on. */
function firstSpan(messages, filter, duration, operations) {
  const wanted = 30;
  const first = [];
  for (let i = 0; i < messages.length && first.length < wanted; ++i) {
    if (messages.sent[i] >= 0 && filter.shows(i)) first.push(i);
  }
  if (first.length === 0) {
    const { start, took } = operations;
    const last = Math.min(start.length, wanted) - 1;
    if (messages.length > 0 || last < 1) return { from: 0, to: Math.max(1000, duration / 20) };
    return { from: start[0], to: Math.max(start[0] + 1000, start[last] + Math.max(0, took[last])) };
  }
  const from = messages.sent[first[0]];
  const to = Math.max(...first.map((i) => messages.sent[i] + Math.max(0, messages.took[i])));
  const margin = Math.max(50, (to - from) * 0.04);
  return { from: from - margin, to: to + margin };
}

/** Buttons that lead from a message to those that caused it and those that it caused. */
function causeLinks(causes, messages, place) {
  const most = 8;
  const list = (title, found) => (found.length === 0 ? [] : [html("div", { class: "links" }, `${title} `,
    ...found.slice(0, most).map((each) => button(`${messages.names[messages.src[each]]} → ${messages.names[messages.dest[each]]} ${cut(labelOf(messages, each), 30)}`, () => places.message(each), { class: "link", "data-message": each })),
    ...(found.length > most ? [html("span", { class: "muted" }, `and ${count(found.length - most)} more`)] : []))]);
  const operation = causes.operationOf.get(place);
  return [
    ...list("Caused by", causes.causesOf(place)), ...list("Causes", causes.effectsOf(place)),
    ...(operation === undefined ? [] : [html("div", { class: "links" }, "A part of ", button(itemWords({ kind: "operation", place: operation }, messages, data.operations), () => places.operation(operation), { class: "link" }))])];
}

function drawExplorer(parent, page) {
  const { head, operations, faults, rates, fates } = page;
  const messages = readMessages(page);
  const hasMessages = messages.names.length > 0;
  const filter = new Filter(messages);
  const types = typesByFrequency(messages);
  const causes = new Causes(messages, fates, page);
  const logs = readLogs(page);
  const values = new Values(page.values);
  parent.append(html("h2", {}, "Look closer"),
    html("p", { class: "muted" }, `Operations${hasMessages ? " and messages" : ""} of one span of time. Drag the diagrams sideways, or use the buttons or the arrow keys; point at a bar${hasMessages ? " or an arrow" : ""} to see what it is, click or tap to keep it.`));
  const low = Math.min(0, messages.length > 0 ? messages.sent[0] : 0);
  const explorer = new Explorer({ low, high: Math.max(head.duration, 1000), ...firstSpan(messages, filter, head.duration, operations) });
  drawOverview(parent, explorer, { rates, faults, to: explorer.high });
  drawControls(parent, explorer, placesWorthSeeing(page));

  const details = html("div", { class: "details", id: "details", role: "status", tabindex: "-1", "aria-label": "What is chosen" });
  const tell = (lines, text, links = []) => details.replaceChildren(...lines.map((line) => html("div", {}, line)), ...(text ? [html("pre", { tabindex: "0" }, text)] : []), ...links, ...wayBack());
  tell([`Nothing is chosen yet: click an operation${hasMessages ? " or a message, or step through the messages" : ""}.`], "");
  const reveal = () => {
    details.scrollIntoView({ behavior: "smooth", block: "center" });
    // Whoever has jumped here goes on from here with the keyboard, too.
    if (hasJumped) details.focus({ preventScroll: true });
    hasJumped = false;
  };
  const followLinks = (kind, place) => {
    const found = values.about(kind, place);
    if (found.length === 0) return [];
    return [html("div", { class: "links" }, "Follow ", ...found.map((value) => button(`${values.kind} ${values.values.value[value]}`, () => finder.follow(value), { class: "link" })))];
  };

  let diagram = null;
  /** What stands out: the trail that is followed, or else what belongs to what is chosen. */
  const light = (around = null) => {
    explorer.lit = finder.trail ?? around;
    explorer.changed();
    diagram?.redraw();
  };
  const finder = new Finder(parent, { messages, operations, values, changed: () => light(), go: ({ kind, place }) => places[kind](place) });

  if (operations.kept.length > 0) {
    parent.append(html("p", { class: "note" }, `This page has ${count(operations.start.length)} of ${count(operations.total)} operations: those nearest to the beginning, to changes of faults and to operations that failed. All are in ${hasMessages ? "history.jsonl" : "the history"}.`));
  }
  const chooseOperation = (place) => {
    remember("operation", place);
    explorer.operation = place;
    if (diagram) diagram.chosen = null;
    const own = causes.messagesOf.get(place) ?? [];
    light({ messages: own.length > 0 ? causes.around(own) : new Map(), operations: new Set([place]) });
    const first = own[0];
    tell(describeOperation(operations, place), "", [
      ...(first === undefined ? [] : [html("div", { class: "links" }, "Its messages ", ...own.slice(0, 8).map((each) => button(itemWords({ kind: "message", place: each }, messages, operations), () => places.message(each), { class: "link" })))]),
      ...followLinks("operation", place), ...storyLinks("operation", place)]);
  };
  drawOperations(parent, explorer, { operations, workers: head.workers, nodes: head.nodes, lanes: head.lanes, faults, choose: chooseOperation });
  places.operation = (place) => {
    const [start, took] = [operations.start[place], operations.took[place]];
    if (start < explorer.from || start > explorer.to) explorer.centre(took > 0 && took < explorer.span ? start + took / 2 : start);
    chooseOperation(place);
    reveal();
  };
  places.moment = (at) => {
    explorer.centre(at);
    reveal();
  };
  followed.value = (value, toLost = true) => {
    finder.follow(value);
    if (toLost) finder.chooseLost();
  };
  places.element = (element, at) => {
    const value = values.find(element);
    if (value === undefined) places.moment(at);
    else followed.value(value);
  };
  if (hasMessages) drawMessages();
  else parent.append(details);
  drawLogs(parent, explorer, logs);
  followLink();

  function drawMessages() {
    const status = html("span", { class: "muted", id: "message-count" });
    const choose = (place) => {
      explorer.operation = undefined;
      diagram.choose(place);
      light(place === null ? null : { messages: causes.around([place]), operations: new Set([...causes.around([place]).keys()].map((each) => causes.operationOf.get(each)).filter((each) => each !== undefined)) });
      if (place === null) return;
      remember("message", place);
      const copies = messages.copies.get(place) ?? [];
      tell([...describeMessage(messages, place), ...copies.map((copy) => describeMessage(messages, place, copy).join(", "))], spread(messages.body[place]),
        [...causeLinks(causes, messages, place), ...followLinks("message", place), ...storyLinks("message", place)]);
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
    diagram = new SequenceDiagram(parent, explorer, { messages, filter, types, faults, logs, choose, status });
    parent.append(
      html("p", { class: "muted" }, `Each line is a node, each arrow a message from the moment it was sent to the moment it was received; a cross marks one that was lost${logs.length > 0 ? ", a small triangle a line of a log" : ""}. Messages of one instant are drawn side by side. What caused a chosen message and what it caused stands out.`),
      details);
    places.message = (place) => {
      filter.hidden.delete(messages.type[place]);
      if (filter.onlyNodes && !messages.isBetweenNodes(place)) filter.onlyNodes = false;
      choose(place);
      reveal();
    };
  }
}

/** Puts what is chosen into the page's address, so that it can be sent to somebody. */
function remember(kind, place) {
  history.replaceState(null, "", `#${kind}-${place}`);
}

/** Goes where the page's address points: #operation-7, #message-12, #moment-1.41 (in seconds). */
function followLink() {
  const [, kind, number] = /^#(operation|message|moment)-([\d.]+)$/.exec(location.hash) ?? [];
  if (kind === "moment") places.moment(Number(number) * 1e6);
  const size = { operation: data.operations.start.length, message: data.messages.src.length }[kind] ?? 0;
  if (Number(number) < size) places[kind](Number(number));
}

/** Links to the parts of the page, below its title. */
function drawContents(parent) {
  const parts = [...parent.querySelectorAll("h2")];
  parts.forEach((part, i) => {
    part.id = `part-${i + 1}`;
  });
  parent.querySelector("header").append(html("nav", { class: "contents", "aria-label": "Parts of this page" },
    ...parts.map((part) => html("a", { href: `#${part.id}` }, part.textContent))));
}

const report = document.getElementById("report");
drawHead(report, data.head);
drawStories(report, data.stories);
drawEvidence(report, data.evidence);
drawReads(report, data);
drawLatency(report, data);
if ([data.rates.ok, data.rates.fail, data.rates.info].some((counts) => counts.some((n) => n > 0))) drawRates(report, data);
drawFaultList(report, data.faults);
if (data.operations.start.length > 0 || data.messages.src.length > 0) drawExplorer(report, data);
report.append(html("h2", {}, "Run it again"), html("pre", {}, data.head.replay));
drawContents(report);
