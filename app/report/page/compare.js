// The page of a comparison.

const quantiles = ["median", "95 %", "99 %", "maximum"];
const latencyWords = {
  stable: { title: "Stable latency", text: "from an element's acknowledgement until every read shows it" },
  answer: { title: "Answer latency", text: "from a request to its acknowledgement" },
}[data.latency];
const caveat = data.seed_count > 1 ? ` Every figure is that of its worst seed, of ${count(data.seed_count)}.` : "";
const verdicts = { yes: "valid", no: "✗ INVALID", unknown: "? unknown" };

/** A hue and a shape for each strategy, whatever its options. */
const looks = (() => {
  const hues = ["blue", "orange", "green", "purple", "sky", "red"];
  const shapes = [
    (x, y) => `M${x - 5} ${y}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z`,
    (x, y) => `M${x - 4.5} ${y - 4.5}h9v9h-9z`,
    (x, y) => `M${x} ${y - 6}l5.5 10h-11z`,
    (x, y) => `M${x} ${y - 6.5}l6 6.5l-6 6.5l-6 -6.5z`,
    (x, y) => `M${x} ${y + 6}l5.5 -10h-11z`,
  ];
  const strategies = [...new Set(data.rows.map((row) => row.name.split(" ")[0]))];
  return new Map(data.rows.map((row) => {
    const number = strategies.indexOf(row.name.split(" ")[0]);
    return [row, { hue: hues[number % hues.length], shape: shapes[number % shapes.length] }];
  }));
})();

/** The valid rows that no other valid row beats in both messages and latency, by messages. */
function paretoFront(rows, quantile) {
  const candidates = rows.filter((row) => row.valid === "yes" && row.latencies_ms.length > 0);
  const cost = (row) => [row.messages_per_op, row.latencies_ms[quantile]];
  const beats = (a, b) => {
    const [[am, al], [bm, bl]] = [cost(a), cost(b)];
    return am <= bm && al <= bl && (am < bm || al < bl);
  };
  return candidates.filter((row) => !candidates.some((other) => beats(other, row))).sort((a, b) => a.messages_per_op - b.messages_per_op);
}

function drawAxes(root, { x, y, left, right, top, bottom, mostX, mostY }) {
  for (const step of ticks(0, mostX, Math.max(2, Math.floor((right - left) / 90)))) {
    const at = Math.round(x(step)) + 0.5;
    root.append(
      svg("line", { class: "grid", x1: at, x2: at, y1: top, y2: bottom }),
      svg("text", { x: at, y: bottom + 16, "text-anchor": "middle" }, short(step)));
  }
  for (const step of ticks(0, mostY, 6)) {
    const at = Math.round(y(step)) + 0.5;
    root.append(
      svg("line", { class: "grid", x1: left, x2: right, y1: at, y2: at }),
      svg("text", { x: left - 6, y: at + 4, "text-anchor": "end" }, short(step)));
  }
  root.append(
    svg("line", { class: "axis", x1: left, x2: right, y1: bottom + 0.5, y2: bottom + 0.5 }),
    svg("line", { class: "axis", x1: left + 0.5, x2: left + 0.5, y1: top, y2: bottom }),
    svg("text", { x: right, y: bottom + 33, "text-anchor": "end" }, "messages between servers per operation"));
}

/** Writes a name beside its mark, on a side where no other name stands. */
function writeName(root, text, isStrong, { left, top }, taken, right) {
  const width = textWidth(text) * 1.08;
  // Below and left of the front nothing can be.
  const sides = [[10, 4, "start"], [-10, 4, "end"], [10, -9, "start"], [10, 18, "start"], [0, -11, "middle"], [0, 19, "middle"]];
  for (const [dx, dy, anchor] of isStrong ? [[-9, 15, "end"], [10, -9, "start"], ...sides] : sides) {
    const start = left + dx - { start: 0, middle: width / 2, end: width }[anchor];
    const box = { left: start, right: start + width, top: top + dy - 11, bottom: top + dy + 3 };
    if (box.left < 54 || box.right > right + 4) continue;
    if (taken.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom)) continue;
    taken.push(box);
    root.append(svg("text", { class: isStrong ? "strong halo" : "halo", x: left + dx, y: top + dy, "text-anchor": anchor }, text));
    return;
  }
}

function drawScatter(parent, rows) {
  let quantile = 0;
  const select = html("select", { id: "quantile", "aria-label": "Latency to plot" }, ...quantiles.map((name, i) => html("option", { value: String(i) }, name)));
  const front = html("p", { id: "front" });
  parent.append(html("h2", {}, "What a message buys"),
    html("p", { class: "muted" }, `${latencyWords.title} (${latencyWords.text}) against messages between servers: lower and further left is better.${caveat}`),
    html("div", { class: "controls" }, html("label", {}, "Latency: ", select)));
  const draw = (width) => {
    const shown = rows.filter((row) => row.latencies_ms.length > 0);
    const best = paretoFront(rows, quantile);
    front.replaceChildren(...(best.length > 0 ? ["On the Pareto front, where no other has both fewer messages and lower latency: ", html("b", {}, best.map((row) => row.name).join(", ")), "."] : ["No valid strategy has a latency to compare."]));
    const [left, right, top, bottom] = [52, width - 8, 22, 22 + Math.min(420, Math.max(260, width * 0.5))];
    const mostX = Math.max(0.1, ...shown.map((row) => row.messages_per_op)) * 1.08;
    const mostY = Math.max(1, ...shown.map((row) => row.latencies_ms[quantile])) * 1.08;
    const x = scale(0, mostX, left, right);
    const y = scale(0, mostY, bottom, top);
    const root = svg("svg", { width, height: bottom + 40, id: "scatter", role: "img", "aria-label": `${latencyWords.title}, ${quantiles[quantile]}, against messages per operation` });
    drawAxes(root, { x, y, left, right, top, bottom, mostX, mostY });
    root.append(svg("text", { x: 0, y: 12 }, `${latencyWords.title.toLowerCase()}, ${quantiles[quantile]}, ms`));
    // Between two points of the front, one has to pay for the worse of both.
    const steps = best.map((row, i) => `${i === 0 ? `M${x(row.messages_per_op)} ${top}V` : `H${x(row.messages_per_op)}V`}${y(row.latencies_ms[quantile])}`);
    if (best.length > 0) root.append(svg("path", { class: "ink line dashed", id: "front-line", d: `${steps.join("")}H${right}` }));
    const taken = shown.map((row) => {
      const [px, py] = [x(row.messages_per_op), y(row.latencies_ms[quantile])];
      return { left: px - 6, right: px + 6, top: py - 6, bottom: py + 6 };
    });
    taken.push({ left: 0, right: width, top: bottom + 7, bottom: bottom + 40 });  // the numbers of the axis
    for (const row of [...best, ...shown.filter((each) => !best.includes(each))]) {
      const place = { left: x(row.messages_per_op), top: y(row.latencies_ms[quantile]) };
      const { hue, shape } = looks.get(row);
      const isBest = best.includes(row);
      const mark = svg("path", { class: `mark ${hue}${isBest ? " best" : ""}${row.valid === "yes" ? "" : " dashed"}`, d: shape(place.left, place.top), tabindex: "0", role: "img", "aria-label": describeRow(row).join(", ") });
      mark.addEventListener("pointermove", (event) => tooltip.show(event, describeRow(row)));
      mark.addEventListener("pointerleave", () => tooltip.hide());
      root.append(mark);
      writeName(root, row.valid === "yes" ? row.name : `${row.name} (${verdicts[row.valid]})`, isBest, place, taken, right);
    }
    return root;
  };
  const sample = (text, best) => {
    const root = svg("svg", { width: 14, height: 14, class: "blue", "aria-hidden": "true" }, svg("path", { class: `mark blue${best ? " best" : ""}`, d: "M2 7a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z" }));
    return html("span", { class: "legend" }, root, text);
  };
  const redraw = figure(parent, { title: "Latency against messages", keys: [sample("filled, bold: on the Pareto front", true), sample("hollow: another is better in both", false)], draw });
  parent.append(front);
  select.addEventListener("change", () => {
    quantile = Number(select.value);
    redraw();
  });
}

function describeRow(row) {
  return [row.name, `${verdicts[row.valid]}, ${row.ok} ok`, `${short(row.messages_per_op)} messages and ${short(row.bytes_per_op)} bytes per operation`,
    ...(row.latencies_ms.length > 0 ? [`latency ${row.latencies_ms.map((ms, i) => `${quantiles[i]} ${short(ms)}`).join(", ")} ms`] : [])];
}

/** The same axes for all, so that the plots can be compared at a glance. */
function drawOverTime(parent, rows) {
  const series = rows.map((row) => {
    const points = (values) => {
      const places = values.map((_, i) => i).filter((i) => values[i] >= 0);
      return { x: places.map((i) => (i + 0.5) * row.series.interval), y: places.map((i) => values[i]) };
    };
    return { row, median: points(row.series.median), max: points(row.series.max) };
  }).filter(({ median }) => median.x.length > 0);
  if (series.length === 0) return;
  const to = Math.max(...series.map(({ row }) => row.series.interval * row.series.median.length));
  const most = Math.max(...series.flatMap(({ max }) => max.y));
  parent.append(html("h2", {}, "Latency over time"), html("p", { class: "muted" }, `${latencyWords.title}, ${latencyWords.text}, with seed ${data.first_seed}; the axes of all plots are the same.`),
    html("p", {}, legend("ink", "line", "median"), " ", legend("ink", "line", "maximum", true)));
  const grid = html("div", { class: "multiples" });
  parent.append(grid);
  for (const { row, median, max } of series) {
    const { hue } = looks.get(row);
    timePlot(grid, {
      title: row.name, label: "ms", faults: [], to, height: 110, most, keys: [],
      series: [{ hue, mark: "line", ...max, dashed: true, name: "maximum" }, { hue, mark: "line", ...median, name: "median" }],
      describe: (one, i) => [`${row.name}: ${one.name} ${short(one.y[i])} ms`, `about ${moment(one.x[i], 1e6)}`],
    });
  }
}

function drawTable(parent, rows) {
  const number = (text) => html("td", { class: "number" }, text);
  const title = (text, isNumber) => html("th", { scope: "col", class: isNumber ? "number" : undefined }, text);
  const front = paretoFront(rows, 0);
  const hasModels = rows.some((row) => row.satisfied !== "");
  const table = html("table", { id: "table" },
    html("thead", {}, html("tr", {}, title("strategy"), title("verdict"), title("ok", true), title("msgs/op", true), title("bytes/op", true),
      ...quantiles.map((name) => title(`${name}, ms`, true)), hasModels ? title("satisfied") : null, title("survives"), title("guarantees"))),
    html("tbody", {}, ...rows.map((row) => html("tr", {},
      html("th", { scope: "row" }, row.name, front.includes(row) ? " ◆" : ""),
      html("td", {}, verdicts[row.valid]),
      number(row.ok), number(short(row.messages_per_op)), number(short(row.bytes_per_op)),
      ...quantiles.map((_, i) => number(row.latencies_ms.length > 0 ? short(row.latencies_ms[i]) : "–")),
      hasModels ? html("td", { class: "wide" }, row.satisfied) : null,
      html("td", { class: "wide" }, row.survives), html("td", { class: "wide" }, row.model)))));
  parent.append(html("h2", {}, "All figures"),
    html("p", { class: "muted" }, `${latencyWords.title}: ${latencyWords.text}. ◆ is on the Pareto front of messages and median latency.${caveat}`),
    html("div", { class: "scroll", tabindex: "0" }, table));
  const seen = new Set();
  const list = html("dl", { class: "summaries" });
  for (const row of rows) {
    const name = row.name.split(" ")[0];
    if (seen.has(name)) continue;
    seen.add(name);
    list.append(html("dt", {}, name), html("dd", {}, row.summary));
  }
  parent.append(list);
  for (const row of rows.filter((each) => each.failure.length > 0)) parent.append(html("h3", {}, `${row.name} is not valid`), html("pre", {}, row.failure[0].trim()), html("pre", {}, row.failure[1]));
}

const report = document.getElementById("report");
report.append(
  html("header", {}, html("h1", {}, `${data.workload}: strategies compared`)),
  html("dl", { class: "settings" }, ...data.settings.map(term), term({ label: data.seed_count > 1 ? "seeds" : "seed", text: data.seeds })));
drawScatter(report, data.rows);
drawOverTime(report, data.rows);
drawTable(report, data.rows);
report.append(html("h2", {}, "Run it again"), html("pre", {}, data.command));
