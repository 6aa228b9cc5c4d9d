// What the nodes logged: marks on their lanes, and the lines of the span that is looked at.

function readLogs({ logs, head }) {
  return { ...logs, at: absolute(logs.at), name: logs.node.map((node) => head.nodes[node]), length: logs.text.length };
}

/** Marks of log lines on the lanes of a diagram. */
function drawLogMarks(layer, logs, { laneOf, names, x, from, to, top, rowHeight }) {
  const most = 400;
  let path = "";
  let drawn = 0;
  for (let i = lowerBound(logs.at, from); i < logs.length && logs.at[i] <= to && drawn < most; ++i) {
    const lane = laneOf.get(names.indexOf(logs.name[i]));
    if (lane === undefined) continue;
    ++drawn;
    path += `M${x(logs.at[i]).toFixed(1)} ${top + lane * rowHeight}l-3.5 -7h7z`;
  }
  if (path) layer.append(svg("path", { class: "log-mark", d: path }));
}

/** The lines of the span, below the diagrams. */
function drawLogs(parent, explorer, logs) {
  if (logs.length === 0) return;
  const most = 200;
  const status = html("span", { class: "muted" });
  const list = html("div", { class: "log", id: "log", tabindex: "0", role: "log", "aria-live": "off", "aria-label": "What the nodes logged in this span" });
  parent.append(html("h3", {}, "Logs of the nodes"), status, list);
  const update = () => {
    const first = lowerBound(logs.at, explorer.from);
    const end = lowerBound(logs.at, explorer.to + 1);
    const lines = [];
    for (let i = first; i < Math.min(end, first + most); ++i) {
      lines.push(html("div", {}, button(moment(logs.at[i], explorer.span), () => places.moment(logs.at[i]), { class: "link" }), html("b", {}, logs.name[i]), html("span", {}, logs.text[i])));
    }
    const next = end < logs.length ? logs.at[end] : null;
    status.textContent = `${plural(end - first, "line")} of ${count(logs.total)} in this span${end - first > most ? `; the first ${most} are shown` : ""}`;
    if (lines.length === 0 && next !== null) lines.push(html("div", {}, button(`the next line is at ${moment(next, 1e6)}`, () => places.moment(next), { class: "link" })));
    list.replaceChildren(...lines);
  };
  explorer.listeners.push(update);
  update();
}
