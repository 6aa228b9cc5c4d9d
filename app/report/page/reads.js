// What the last read of each node lacks: a row for each node, a column for each element.

/** The places that pairs stand for: how many are between, how many follow. */
function placesOfRuns(pairs) {
  const found = [];
  let at = 0;
  for (let i = 0; i < pairs.length; i += 2) {
    at += pairs[i];
    for (let n = 0; n < pairs[i + 1]; ++n) found.push(at++);
  }
  return found;
}
const runsOfMissing = data.reads.missing;
data.reads.missing = runsOfMissing.map(placesOfRuns);

/** The nodes whose last read lacks a value, each with the place of that read. */
function missingAt(value) {
  const { name, operation } = data.reads;
  const found = [];
  missingSets().forEach((missing, i) => {
    if (missing.has(value)) found.push([name[i], operation[i]]);
  });
  return found;
}

let missingOfNodes = null;
const missingSets = () => (missingOfNodes ??= data.reads.missing.map((places) => new Set(places)));

/** Follows a value, by its place, as soon as the page can. */
const followed = { value: () => {} };

function drawReads(parent, { reads, values, head }) {
  if (reads.name.length === 0 || values.value.length === 0) return;
  const lacking = [...new Set(reads.missing.flat())].sort((a, b) => a - b);
  parent.append(html("h2", {}, "What the last reads show"));
  const all = Math.max(...reads.known);
  const unread = reads.name.filter((_, i) => reads.known[i] === 0 && reads.operation[i] < 0);
  const whose = head.nodes.length > 0 ? "node" : "process";
  const total = reads.missing_count.reduce((sum, n) => sum + n, 0);
  const summary = total === 0
    ? `Every ${whose} shows all of the ${count(all)} elements that were known when its last read began.`
    : `${count(reads.missing_count.filter((n) => n > 0).length)} of ${plural(reads.name.length, "last read")} lack elements that were known when they began.`;
  parent.append(html("p", {}, summary, unread.length > 0 ? ` No read of ${unread.join(", ")} was answered.` : ""));
  drawReadsPicture(parent, reads, values, total);
  if (lacking.length > 0) drawReadsTable(parent, data, lacking);
}

/** All elements, side by side: what is lacking stands out. */
function drawReadsPicture(parent, reads, values, total) {
  const mostRows = 60;
  const rows = Math.min(reads.name.length, mostRows);
  const row = rows > 12 ? 13 : 18;
  const columns = values.value.length;
  const left = 64;
  let x = () => 0;
  let widthOfOne = 1;
  const draw = (width) => {
    const right = width - 76;
    x = scale(0, columns, left, right);
    widthOfOne = (right - left) / columns;
    const root = svg("svg", { width, height: rows * row + 22, role: "img", "aria-label": `${plural(total, "element")} missing in ${reads.name.length} last reads of ${columns} elements; the table below has them` });
    for (let i = 0; i < rows; ++i) {
      const y = i * row;
      root.append(svg("text", { class: "strong", x: left - 6, y: y + row - 5, "text-anchor": "end" }, cut(reads.name[i], 10)));
      if (reads.operation[i] < 0 && reads.known[i] === 0) {
        root.append(svg("text", { x: left + 4, y: y + row - 5 }, "no read was answered"));
        continue;
      }
      root.append(svg("rect", { class: "shown", x: left, y: y + 2, width: right - left, height: row - 4 }));
      let path = "";
      let at = 0;
      for (let run = 0; run < runsOfMissing[i].length; run += 2) {
        at += runsOfMissing[i][run];
        const wide = Math.max(1.6, runsOfMissing[i][run + 1] * widthOfOne - 0.4).toFixed(1);
        path += `M${x(at).toFixed(1)} ${y + 2}h${wide}v${row - 4}h-${wide}z`;
        at += runsOfMissing[i][run + 1];
      }
      if (path) root.append(svg("path", { class: "lacks", d: path }));
      const lacks = reads.missing_count[i];
      root.append(svg("text", { class: lacks > 0 ? "hued red" : undefined, x: right + 6, y: y + row - 5 }, lacks > 0 ? `lacks ${count(lacks)}` : "all"));
    }
    root.append(svg("text", { x: left, y: rows * row + 14 }, `${plural(columns, "element")}, in the order of time`));
    const find = (event) => {
      const bounds = root.getBoundingClientRect();
      const i = Math.floor((event.clientY - bounds.top) / row);
      const value = Math.floor((event.clientX - bounds.left - left) / widthOfOne);
      return i < 0 || i >= rows || value < 0 || value >= columns ? null : { i, value };
    };
    root.addEventListener("pointermove", (event) => {
      const hit = find(event);
      if (!hit) return tooltip.hide();
      const lacks = missingSets()[hit.i].has(hit.value);
      return tooltip.show(event, [`${values.value[hit.value]} ${lacks ? "is missing at" : "at"} ${reads.name[hit.i]}`, "click to follow it"]);
    });
    root.addEventListener("pointerleave", () => tooltip.hide());
    root.addEventListener("click", (event) => {
      const hit = find(event);
      if (hit) followed.value(hit.value);
    });
    return root;
  };
  const keys = [html("span", { class: "legend" }, sampleOf("shown"), "shown"), ...(total > 0 ? [html("span", { class: "legend" }, sampleOf("lacks"), "missing")] : [])];
  figure(parent, { title: "Last reads", note: rows < reads.name.length ? `the first ${rows} of ${reads.name.length}` : "", keys, draw });
}

const sampleOf = (kind) => svg("svg", { width: 16, height: 10, "aria-hidden": "true" }, svg("rect", { class: kind, width: 16, height: 10 }));

function drawReadsTable(parent, { reads, values, head }, lacking) {
  const mostColumns = 60;
  const columns = reads.name.map((_, i) => i).slice(0, mostColumns);
  const top = html("tr", {}, html("th", { scope: "col" }, "element"), ...columns.map((i) => html("th", { scope: "col", class: "mark-cell" }, reads.name[i].replace(/^process /, ""))));
  const body = html("tbody");
  const sets = missingSets();
  const rowOf = (value) => html("tr", {}, html("th", { scope: "row" }, button(cut(values.value[value], 24), () => followed.value(value), { class: "link" })),
    ...columns.map((i) => html("td", { class: "mark-cell" }, sets[i].has(value)
      ? button("✗", () => followed.value(value), { class: "link missing-mark", "aria-label": `${values.value[value]} is missing at ${reads.name[i]}: follow it` })
      : html("span", { class: "muted", "aria-label": reads.operation[i] < 0 && reads.known[i] === 0 ? "no read" : "shown" }, reads.operation[i] < 0 && reads.known[i] === 0 ? "?" : "✓"))));
  let shown = 20;
  body.append(...lacking.slice(0, shown).map(rowOf));
  const step = 200;
  const words = () => `Show ${count(Math.min(step, lacking.length - shown))} more of ${plural(lacking.length, "element")}`;
  const more = lacking.length > shown
    ? button(words(), (event) => {
      body.append(...lacking.slice(shown, shown + step).map(rowOf));
      shown += step;
      if (shown < lacking.length) event.target.textContent = words();
      else event.target.remove();
    })
    : null;
  const cutNodes = reads.missing_count.some((n, i) => n > reads.missing[i].length);
  parent.append(
    html("p", { class: "muted" }, `The elements that a last read lacks; each leads to its way through the ${head.nodes.length > 0 ? "run" : "history"}.`),
    html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Elements that last reads lack" },
      html("table", { id: "last-reads" }, html("thead", {}, top), body)),
    ...(more ? [more] : []),
    ...(cutNodes ? [html("p", { class: "note" }, "Of each node, the first of them; all are in results.json and history.jsonl.")] : []));
}
