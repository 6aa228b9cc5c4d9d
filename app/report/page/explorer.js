// The part of a run that is looked at closely: which span of time, chosen how, and the operations in it.

/** The span of time that the diagrams below one another show. */
class Explorer {
  constructor({ low, high, from, to }) {
    this.low = low;
    this.high = high;
    this.listeners = [];
    this.frame = 0;
    // What stands out in the diagrams: messages by their role, and operations; null when nothing does.
    this.lit = null;
    this.place(from, to);
  }

  get span() {
    return this.to - this.from;
  }

  place(from, to) {
    const shortest = 20;
    const span = Math.min(Math.max(to - from, shortest), this.high - this.low);
    // Whole microseconds, lest a span that went and came back begins just behind what it began with.
    this.from = Math.round(Math.min(Math.max(from, this.low), this.high - span));
    this.to = Math.round(this.from + span);
  }

  /** Shows another span, as near to the one wished as the run allows. Drawing waits for the next frame. */
  show(from, to) {
    this.place(from, to);
    this.changed();
  }

  changed() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      for (const listener of this.listeners) listener();
    });
  }

  /** Moves by a part of the span. */
  pan(part) {
    this.show(this.from + part * this.span, this.to + part * this.span);
  }

  /** Makes the span `factor` times as long, about its middle. */
  zoom(factor) {
    const middle = (this.from + this.to) / 2;
    this.show(middle - (factor * this.span) / 2, middle + (factor * this.span) / 2);
  }

  centre(at) {
    this.show(at - this.span / 2, at + this.span / 2);
  }
}

/** The whole run, small, with the span that is looked at; a drag chooses another. */
function drawOverview(parent, explorer, { rates, faults, to }) {
  const values = rates.sent.some((value) => value > 0) ? rates.sent : rates.ok;
  const what = values === rates.sent ? "messages between servers" : "operations";
  const plot = html("div", { class: "plot overview" });
  parent.append(html("figure", {}, html("figcaption", { class: "muted" }, `The whole run: ${what} over time. Drag to choose what is shown below.`), plot));
  const height = 36;
  let x = (us) => us;
  let toTime = (left) => left;
  const redraw = responsive(plot, (width) => {
    const top = faultRowsHeight(faults) + 4;
    const bottom = top + height;
    const left = 1;
    const right = width - 1;
    x = scale(explorer.low, to, left, right);
    toTime = scale(left, right, explorer.low, to);
    const y = scale(0, Math.max(1, ...values), bottom, top);
    const root = svg("svg", { width, height: bottom + 32, role: "img", "aria-label": `Overview of the run: ${what} over time` });
    drawFaults(root, faults, { x, from: explorer.low, to, top: 0, bottom, right });
    drawSetUp(root, { x, from: explorer.low, to, top, bottom });
    drawTimeAxis(root, { x, from: explorer.low, to, top, bottom, left, right });
    let path = `M${x(0)} ${bottom}`;
    values.forEach((value, i) => {
      path += `L${x(i * rates.interval).toFixed(1)} ${y(value).toFixed(1)}L${x(Math.min((i + 1) * rates.interval, to)).toFixed(1)} ${y(value).toFixed(1)}`;
    });
    root.append(svg("path", { class: "ink area", d: `${path}V${bottom}Z` }));
    const start = x(explorer.from);
    root.append(svg("rect", { class: "brush", x: start, y: top - 2, width: Math.max(3, x(explorer.to) - start), height: height + 2 }));
    return root;
  });
  let origin = null;
  const at = (event) => toTime(event.clientX - plot.getBoundingClientRect().left);
  plot.addEventListener("pointerdown", (event) => {
    origin = at(event);
    plot.setPointerCapture(event.pointerId);
  });
  plot.addEventListener("pointermove", (event) => {
    if (origin === null) return;
    const here = at(event);
    // A few pixels are a click, which keeps the span.
    if (Math.abs(x(here) - x(origin)) > 4) explorer.show(Math.min(origin, here), Math.max(origin, here));
  });
  plot.addEventListener("pointerup", (event) => {
    if (origin !== null && Math.abs(x(at(event)) - x(origin)) <= 4) explorer.centre(origin);
    origin = null;
  });
  plot.addEventListener("pointercancel", () => {
    origin = null;
  });
  explorer.listeners.push(redraw);
}

/** Buttons that move the span, and a list of groups of places worth seeing: {label, go} each. */
function drawControls(parent, explorer, groups) {
  const status = html("output", { class: "muted", id: "span" });
  const select = html("select", { "aria-label": "Go to" }, html("option", { value: "" }, "Go to …"));
  const all = [];
  for (const group of groups) {
    const options = group.places.map((place) => html("option", { value: String(all.push(place) - 1) }, place.label));
    if (options.length > 0) select.append(html("optgroup", { label: group.label }, ...options));
  }
  select.addEventListener("change", () => {
    if (select.value !== "") all[Number(select.value)].go();
    select.value = "";
  });
  const earlier = button("← Earlier", () => explorer.pan(-0.8), { id: "earlier" });
  const later = button("Later →", () => explorer.pan(0.8), { id: "later" });
  parent.append(
    html("div", { class: "controls" }, earlier, later,
      button("Zoom in", () => explorer.zoom(0.5), { id: "zoom-in" }),
      button("Zoom out", () => explorer.zoom(2), { id: "zoom-out" }),
      select, status));
  const update = () => {
    earlier.disabled = explorer.from <= explorer.low;
    later.disabled = explorer.to >= explorer.high;
    status.textContent = `${moment(explorer.from, explorer.span)} to ${moment(explorer.to, explorer.span)} (${duration(explorer.span)})`;
  };
  explorer.listeners.push(update);
  update();
}

/**
 * Lets a diagram be dragged and stepped through with the arrow keys. `hit(left, top)` finds what is there, `describe` tells about
 * it, and a click calls `choose` with it (or null).
 */
function makeExplorable(plot, explorer, { hit, describe, choose }) {
  let origin = null;
  const find = (event) => {
    const bounds = plot.getBoundingClientRect();
    return hit(event.clientX - bounds.left, event.clientY - bounds.top);
  };
  plot.addEventListener("pointerdown", (event) => {
    origin = { left: event.clientX, from: explorer.from, to: explorer.to, moved: false };
  });
  plot.addEventListener("pointermove", (event) => {
    if (origin === null || event.buttons === 0) {
      const found = find(event);
      if (found) tooltip.show(event, ...describe(found));
      else tooltip.hide();
      return;
    }
    const by = event.clientX - origin.left;
    if (Math.abs(by) < 4 && !origin.moved) return;
    origin.moved = true;
    plot.setPointerCapture(event.pointerId);
    plot.classList.add("dragged");
    tooltip.hide();
    const shift = (-by / plot.clientWidth) * explorer.span;
    explorer.show(origin.from + shift, origin.to + shift);
  });
  plot.addEventListener("pointerup", (event) => {
    if (origin !== null && !origin.moved) choose(find(event));
    origin = null;
    plot.classList.remove("dragged");
  });
  plot.addEventListener("pointerleave", () => tooltip.hide());
  plot.addEventListener("keydown", (event) => {
    const act = { ArrowLeft: () => explorer.pan(-0.25), ArrowRight: () => explorer.pan(0.25), "+": () => explorer.zoom(0.5), "-": () => explorer.zoom(2) }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** Hatches the parts of a diagram whose events the page does not have. */
function drawMissing(layer, kept, { x, from, to, top, bottom }) {
  if (kept.length === 0) return;
  let start = from;
  for (const [first, last] of [...kept, [to, to]]) {
    const end = Math.min(first, to);
    if (end > start) layer.append(svg("rect", { class: "missing", x: x(start), y: top, width: x(end) - x(start), height: bottom - top }));
    start = Math.max(start, last);
  }
}

const outcomes = [
  { name: "ok", hue: "blue" },
  { name: "fail", hue: "orange" },
  { name: "info", hue: "red" },
];

/** A process that does one operation after the other, as Jepsen draws it: lanes of bars. */
function drawOperations(parent, explorer, { operations, workers, nodes, lanes = [], faults, choose }) {
  const plot = html("div", { class: "plot explored", tabindex: "0", role: "group", "aria-label": "Operations; arrow keys move in time, plus and minus zoom" });
  const keys = outcomes.map(({ name, hue }) => {
    const sample = svg("svg", { width: 22, height: 12, "aria-hidden": "true" });
    sample.append(svg("rect", { class: `op ${name} ${hue}`, x: 1, y: 1, width: 20, height: 10 }));
    const text = { ok: "ok: done", fail: "fail: certainly not done", info: "info: unclear whether done" }[name];
    return html("span", { class: "legend" }, sample, text);
  });
  parent.append(html("figure", { id: "operations" }, html("figcaption", {}, html("b", {}, "Operations of the clients"), ...keys), plot));
  const rowHeight = Math.max(4, Math.min(18, Math.floor(420 / workers)));
  let bars = [];
  const redraw = responsive(plot, (width) => {
    const { from, to } = explorer;
    const left = 64;
    const right = width - 4;
    const top = faultRowsHeight(faults) + 4;
    const bottom = top + workers * rowHeight;
    const x = scale(from, to, left + 6, right - 6);
    const root = svg("svg", { width, height: bottom + 34, role: "img", "aria-label": `Operations from ${moment(from)} to ${moment(to)}` });
    const inside = svg("svg", { x: left, width: right - left, height: bottom, class: "clip", viewBox: `${left} 0 ${right - left} ${bottom}` });
    drawFaults(inside, faults, { x, from, to, top: 0, bottom, right });
    drawSetUp(inside, { x, from, to, top, bottom });
    drawTimeAxis(root, { x, from, to, top, bottom, left, right });
    drawMissing(inside, operations.kept, { x, from, to, top, bottom });
    const labelEvery = Math.ceil(12 / rowHeight);
    for (let worker = 0; worker < workers; worker += labelEvery) {
      const y = top + (worker + 0.5) * rowHeight;
      root.append(svg("text", { x: left - 6, y: y + 4, "text-anchor": "end" }, (nodes.length > 0 ? `${nodes[worker % nodes.length]} · ${worker}` : lanes[worker] ?? `${worker}`).slice(0, 11)));
    }
    bars = [];
    for (let place = 0; place < operations.start.length; ++place) {
      const start = operations.start[place];
      const end = operations.took[place] < 0 ? explorer.high : start + operations.took[place];
      if (end < from || start > to) continue;
      const bar = { place, x: Math.max(x(start), left - 9), y: top + operations.worker[place] * rowHeight + 1, height: Math.max(2, rowHeight - 3) };
      bar.width = Math.max(3, Math.min(x(end), right + 9) - bar.x);
      bars.push(bar);
      const { name, hue } = outcomes[operations.outcome[place]];
      const isLit = explorer.lit?.operations.has(place);
      const light = place === explorer.operation ? " chosen" : isLit ? " lit" : explorer.lit ? " dim" : "";
      inside.append(svg("rect", { class: `op ${name} ${hue}${light}`, x: bar.x, y: bar.y, width: bar.width, height: bar.height, "data-place": place }));
      const label = `${operations.names[operations.name[place]]} ${operations.asked[place]}`.trim().slice(0, 24);
      if (rowHeight < 14 || bar.width < textWidth(label) + 6) continue;
      inside.append(svg("text", { class: `strong halo${light === " dim" ? " dim" : ""}`, x: Math.max(bar.x, left) + 4, y: bar.y + 11 }, label));
    }
    root.append(inside);
    return root;
  });
  const hit = (left, top) =>
    bars.find((bar) => left >= bar.x - 4 && left <= bar.x + bar.width + 4 && top >= bar.y - 2 && top <= bar.y + bar.height + 2) ?? null;
  makeExplorable(plot, explorer, {
    hit,
    describe: (bar) => [describeOperation(operations, bar.place), null],
    choose: (bar) => bar && choose(bar.place),
  });
  explorer.listeners.push(redraw);
}

/** What there is to say about an operation, a line each. */
function describeOperation(operations, place) {
  const took = operations.took[place];
  const outcome = outcomes[operations.outcome[place]].name;
  const lines = [
    `${operations.names[operations.name[place]] || "transaction"} by process ${operations.process[place]}${data.head.nodes.length > 0 ? ` at ${nodeOf(operations.process[place])}` : ""}: ${took < 0 ? "never completed" : outcome}`,
    `at ${moment(operations.start[place])}${took < 0 ? "" : `, after ${duration(took)}`}`,
  ];
  if (operations.asked[place]) lines.push(`value ${operations.asked[place]}`);
  if (operations.answered[place]) lines.push(`result ${operations.answered[place]}`);
  if (operations.error[place]) lines.push(`error ${operations.error[place]}`);
  return lines;
}
