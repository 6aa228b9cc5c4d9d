// Why a run is invalid: cycles of transactions, and operations on a register that no order explains.

const relations = {
  ww: { hue: "orange", text: "is overwritten by" },
  wr: { hue: "blue", text: "is read by" },
  rw: { hue: "red", text: "misses the write of" },
  process: { hue: "purple", text: "same process, before" },
  realtime: { hue: "green", text: "ended before the begin of" },
};

const cut = (text, room) => (text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`);

/** An arrow head that points along (dx, dy), one of the four directions. */
const tip = (x, y, dx, dy) => `M${x - 6 * dx - 4 * dy} ${y - 6 * dy - 4 * dx}L${x} ${y}L${x - 6 * dx + 4 * dy} ${y - 6 * dy + 4 * dx}`;

/** Transactions below one another, an arrow from each to the next, and one from the last back to the first. */
function drawCycle(parent, cycle, number) {
  const box = { height: 44, gap: 40 };
  const draw = (width) => {
    const right = width - 26;
    const count = cycle.text.length;
    const top = (i) => 2 + i * (box.height + box.gap);
    const isAlone = count === 1;
    const height = top(count - 1) + box.height + (isAlone ? 24 : 4);
    const root = svg("svg", { width, height, role: "img", "aria-label": `${cycle.anomaly}: ${cycle.words.join(" ")}` });
    const label = (i) => `${cycle.relation[i]}${cycle.key[i] ? ` ${cycle.key[i]}` : ""}: ${relations[cycle.relation[i]].text}`;
    for (let i = 0; i < count; ++i) {
      const y = top(i);
      const { hue } = relations[cycle.relation[i]];
      root.append(
        svg("rect", { class: "transaction", x: 1, y, width: right - 2, height: box.height, rx: 5 }),
        svg("text", { class: "strong", x: 12, y: y + 18 }, `T${i + 1}`),
        svg("text", { x: 36, y: y + 18 }, `${processOf(cycle.process[i])}, operation ${cycle.operation[i]}`),
        svg("text", { class: "code", x: 12, y: y + 35 }, cut(cycle.text[i], Math.floor((right - 24) / 6.7))));
      if (i + 1 < count) {
        const [from, to] = [y + box.height + 2, top(i + 1) - 2];
        root.append(
          svg("path", { class: `arrow ${hue}`, d: `M22 ${from}V${to}${tip(22, to, 0, 1)}` }),
          svg("text", { class: `hued ${hue}`, x: 32, y: (from + to) / 2 - 4 }, cut(`${label(i)} T${i + 2}`, Math.floor((right - 40) / 6.1))));
        continue;
      }
      const [from, to] = [y + box.height / 2, top(0) + box.height / 2];
      const edge = right + 16;
      root.append(
        svg("path", { class: `arrow ${hue}`, d: `M${right} ${from}H${edge}V${to}H${right + 2}${tip(right + 2, to, -1, 0)}` }),
        // In the last gap, below the label of the arrow that crosses it; below a transaction that is alone.
        svg("text", { class: `hued ${hue}`, x: edge - 6, y: isAlone ? top(0) + box.height + 18 : top(count - 1) - box.gap / 2 + 14, "text-anchor": "end" }, cut(`T${count} ${label(i)} T1`, Math.floor((right - 40) / 6.1))));
    }
    return root;
  };
  const note = cycle.text.length === 1
    ? "this transaction comes before itself"
    : "each of these transactions comes before the next one, and the last before the first";
  figure(parent, { title: cycle.anomaly, note, draw });
  if (cycle.gloss) parent.append(html("p", { class: "gloss" }, cycle.gloss));
  parent.append(html("ol", { class: "steps", id: `cycle-${number}` }, ...cycle.words.map((words) => html("li", {}, words))));
  parent.append(operationLinks(cycle.place, (i) => `T${i + 1}`));
}

/** Buttons that lead to operations, as far as the page has them. */
function operationLinks(places_, name) {
  const links = places_.map((place, i) => (place < 0 ? null : lead(name(i), () => places.operation(place), { "data-operation": place })));
  return html("p", { class: "links" }, ...(links.some((each) => each) ? ["See ", ...links] : []));
}

/** An anomaly that no cycle shows: what was found, and the operations that it is about. */
function drawCase(parent, { anomaly, gloss, text, operation, place }) {
  parent.append(html("h3", {}, anomaly));
  if (gloss) parent.append(html("p", { class: "gloss" }, gloss));
  parent.append(html("p", { class: "case" }, text), operationLinks(place, (i) => `operation ${operation[i]}`));
}

/** The moments of a counterexample in their order: what counts is what came before what, so they stand evenly. */
function momentsOf(example) {
  const ends = example.end.filter((end) => end >= 0);
  return [...new Set([...example.start, ...ends])].sort((a, b) => a - b);
}

function describeMember(example, i) {
  const never = example.end[i] < 0;
  return [
    `${example.text[i]} at ${processOf(example.process[i])}, operation ${example.operation[i]}`,
    `${moment(example.start[i])} to ${never ? "never" : moment(example.end[i])}${example.required[i] ? "" : "; it may have taken effect or not"}`,
    `${example.order[i] > 0 ? `${example.order[i]} in the order: ` : "cannot go next: "}${example.note[i]}`,
  ];
}

/** Bars of operations, in lanes of processes. Where names would overlap, a lane has several rows. */
function drawCounterexample(parent, example) {
  const row = 36;
  const times = momentsOf(example);
  const draw = (width) => {
    const left = 74;
    const right = width - 10;
    const x = (time) => scale(0, times.length, left + 8, right)(times.indexOf(time));
    const places = example.start.map((_, i) => i).sort((a, b) => example.process[a] - example.process[b] || example.start[a] - example.start[b]);
    const name = (i) => `${example.order[i] > 0 ? `${example.order[i]}. ` : i === example.stuck ? "✗ " : ""}${example.text[i]}`;
    const rows = [];
    for (const i of places) {
      const from = x(example.start[i]);
      const to = example.end[i] < 0 ? right : x(example.end[i]);
      const room = textWidth(name(i)) * 1.08;
      const begin = Math.max(left, Math.min(from, right - room));
      const until = Math.max(to, begin + room);
      let place = rows.findIndex((each) => each.process === example.process[i] && each.until + 8 < Math.min(from, begin));
      if (place < 0) place = rows.push({ process: example.process[i], until: 0, members: [] }) - 1;
      rows[place].until = until;
      rows[place].members.push({ i, from, to, begin });
    }
    const bottom = 20 + rows.length * row;
    const root = svg("svg", { width, height: bottom + 8, role: "img", "aria-label": "Operations that no order explains" });
    if (example.stuck >= 0 && example.end[example.stuck] >= 0) {
      const at = x(example.end[example.stuck]);
      root.append(
        svg("line", { class: "fails", x1: at, x2: at, y1: 16, y2: bottom }),
        svg("text", { class: "hued red", x: Math.min(at, right - 2), y: 11, "text-anchor": at > (left + right) / 2 ? "end" : "start" }, "✗ here no order is left"));
    }
    rows.forEach(({ process, members }, number) => {
      const top = 20 + number * row;
      if (rows[number - 1]?.process !== process) root.append(svg("text", { x: 0, y: top + 24 }, data.head.nodes.length > 0 ? `${nodeOf(process)} · ${process}` : nodeOf(process)));
      for (const { i, from, to, begin } of members) {
        const kind = i === example.stuck ? "red" : example.order[i] > 0 ? "blue" : "orange";
        const bar = svg("rect", { class: `op ${kind}${example.required[i] ? "" : " info"}`, x: from, y: top + 15, width: Math.max(4, to - from), height: 12, rx: 2, tabindex: "0", role: "img", "aria-label": describeMember(example, i).join(", ") });
        bar.addEventListener("pointermove", (event) => tooltip.show(event, describeMember(example, i)));
        bar.addEventListener("pointerleave", () => tooltip.hide());
        if (example.place[i] >= 0) {
          bar.classList.add("leads");
          bar.setAttribute("role", "button");
          const go = (event) => {
            comeFrom(event);
            tooltip.hide();
            places.operation(example.place[i]);
          };
          bar.addEventListener("click", go);
          bar.addEventListener("keydown", (event) => {
            if (event.key !== "Enter" && event.key !== " ") return;
            event.preventDefault();
            go(event);
          });
        }
        root.append(bar, svg("text", { class: i === example.stuck ? "hued red halo" : "strong halo", x: begin, y: top + 11 }, cut(name(i), Math.floor((right - left) / 6.1))));
      }
    });
    return root;
  };
  const sample = (hue, text, kind = "") => {
    const root = svg("svg", { width: 22, height: 12, "aria-hidden": "true" }, svg("rect", { class: `op ${hue} ${kind}`, x: 1, y: 1, width: 20, height: 10 }));
    return html("span", { class: "legend" }, root, text);
  };
  const has = (test) => example.start.some((_, i) => test(i));
  figure(parent, {
    title: example.key ? `Key ${example.key} is not linearizable` : "The register is not linearizable",
    note: "in the order of events, not to scale",
    keys: [
      has((i) => example.order[i] > 0) ? sample("blue", `goes in the longest order, which leaves ${example.value}`) : null,
      has((i) => example.order[i] === 0 && i !== example.stuck) ? sample("orange", "cannot go next") : null,
      sample("red", "cannot be explained"),
      has((i) => !example.required[i]) ? sample("ink", "may have taken effect or not", "info") : null],
    draw,
  });
  parent.append(html("ul", { class: "steps" }, ...example.text.map((text, i) => i)
    .filter((i) => example.order[i] === 0)
    .map((i) => html("li", {}, `${example.text[i]} at ${processOf(example.process[i])} (operation ${example.operation[i]}) ${example.note[i]} `,
      ...(example.place[i] >= 0 ? [lead("see the operation", () => places.operation(example.place[i]))] : [])))));
}

function drawEvidence(parent, { cycles, counterexamples, cases }) {
  if (cycles.length + counterexamples.length + cases.length === 0) return;
  parent.append(html("h2", {}, "Why it is invalid"));
  counterexamples.forEach((example) => drawCounterexample(parent, example));
  cycles.forEach((cycle, i) => drawCycle(parent, cycle, i));
  cases.forEach((each) => drawCase(parent, each));
}
