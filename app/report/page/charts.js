// Plots over the time of a run.

const faultRow = 15;

/** The names of the faults in play; each has a row of its own above a plot. */
const faultNames = (faults) => [...new Set(faults.map((fault) => fault.name))];
const faultRowsHeight = (faults) => faultNames(faults).length * faultRow;

/** The spans in which any fault is on. */
function faultyTimes(faults) {
  const spans = [];
  for (const { from, to } of [...faults].sort((a, b) => a.from - b.from)) {
    const last = spans.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else spans.push({ from, to });
  }
  return spans;
}

/** The nodes that a pause or a kill struck; none of other faults. */
const struckNodes = (fault) => (Array.isArray(fault.value) && fault.value.every((each) => typeof each === "string") ? fault.value : []);

/** Bars for the faults between `from` and `to`, in rows from `top` on, and areas down to `bottom`. */
function drawFaults(layer, faults, { x, from, to, top, bottom, right }) {
  const names = faultNames(faults);
  const labelled = new Map();  // by name: where its last label ends
  const under = top + names.length * faultRow;
  const place = (span) => {
    const left = x(Math.max(from, span.from));
    return { left, width: Math.max(1, x(Math.min(to, span.to)) - left) };
  };
  const isSeen = (span) => span.to >= from && span.from <= to;
  for (const span of faultyTimes(faults).filter(isSeen)) {
    const { left, width } = place(span);
    layer.append(svg("rect", { class: "fault-area", x: left, y: under, width, height: bottom - under }));
  }
  for (const fault of faults.filter(isSeen)) {
    const { left, width } = place(fault);
    const row = top + names.indexOf(fault.name) * faultRow;
    layer.append(svg("rect", { class: "fault-bar", x: left, y: row + 11, width, height: 3 }));
    const whole = `${fault.name} ${fault.unheard || struckNodes(fault).join(" ")}`.trim();
    const text = width > textWidth(whole) + 8 ? whole : fault.name;
    const room = textWidth(text);
    const ended = labelled.get(fault.name);
    if (width < room && (ended !== undefined || left + room > right)) continue;
    if (ended !== undefined && left < ended + 6) continue;
    labelled.set(fault.name, left + room);
    layer.append(svg("text", { class: "fault-name", x: left, y: row + 9 }, text));
  }
}

/** What is before the first operation: the cluster is set up. */
function drawSetUp(layer, { x, from, to, top, bottom }) {
  if (from >= 0) return;
  const width = x(Math.min(0, to)) - x(from);
  layer.append(svg("rect", { class: "set-up", x: x(from), y: top, width: Math.max(0, width), height: bottom - top }));
  if (width > textWidth("set up") + 6) layer.append(svg("text", { x: x(from) + 3, y: bottom - 4 }, "set up"));
}

/** An axis of time below a plot, with lines through it. */
function drawTimeAxis(layer, { x, from, to, top, bottom, left, right }) {
  const wanted = Math.max(2, Math.floor((right - left) / 90));
  // Short spans in milliseconds, so that the labels keep few digits.
  const unit = to - from < 1e6 ? { name: "ms", us: 1e3 } : { name: "s", us: 1e6 };
  const steps = ticks(from / unit.us, to / unit.us, wanted);
  const digits = steps.length > 1 ? Math.max(0, Math.ceil(-Math.log10(steps[1] - steps[0]) - 1e-9)) : 0;
  for (const step of steps) {
    const at = Math.round(x(step * unit.us)) + 0.5;
    layer.append(
      svg("line", { class: "grid", x1: at, x2: at, y1: top, y2: bottom }),
      svg("text", { x: at, y: bottom + 15, "text-anchor": "middle" }, step.toFixed(digits)));
  }
  layer.append(
    svg("line", { class: "axis", x1: left, x2: right, y1: bottom + 0.5, y2: bottom + 0.5 }),
    svg("text", { x: right, y: bottom + 30, "text-anchor": "end" }, `time, ${unit.name}`));
}

function drawValueAxis(layer, { y, high, left, right, height, label }) {
  for (const step of ticks(0, high, Math.max(2, Math.floor(height / 38)))) {
    const at = Math.round(y(step)) + 0.5;
    layer.append(
      svg("line", { class: "grid", x1: left, x2: right, y1: at, y2: at }),
      svg("text", { x: left - 6, y: at + 4, "text-anchor": "end" }, short(step)));
  }
  layer.append(svg("text", { x: 0, y: y(high) - 9 }, label));
}

/**
 * A plot over the whole run. `series` are {hue, mark, x, y, dashed} with x in microseconds; the mark "line" joins its points.
 * `describe(series, place)` gives the lines of the tooltip of a point, and a click calls `choose` with the same. The axis of values reaches to `most`
 * at least.
 */
function timePlot(parent, { title, note, keys, label, faults, from = 0, to, series, describe, choose, height = 170, most = 1 }) {
  const high = 1.05 * Math.max(1, most, ...series.map((each) => each.y.reduce((larger, value) => Math.max(larger, value), 0)));
  const draw = (width) => {
    const left = 44;
    const right = width - 8;
    const top = 22;
    const plotTop = top + faultRowsHeight(faults) + 4;
    const bottom = plotTop + height;
    const x = scale(from, to, left, right);
    const y = scale(0, high, bottom, plotTop + 6);
    const root = svg("svg", { width, height: bottom + 36, role: "img", "aria-label": title });
    drawFaults(root, faults, { x, from, to, top, bottom, right });
    drawTimeAxis(root, { x, from, to, top: plotTop, bottom, left, right });
    drawValueAxis(root, { y, high, left, right, height, label: "" });
    root.append(svg("text", { x: 0, y: 12 }, label));
    for (const each of series) root.append(drawSeries(each, x, y));
    const focus = svg("circle", { class: "focus", r: 5, visibility: "hidden" });
    root.append(focus);
    root.addEventListener("pointermove", (event) => {
      const bounds = root.getBoundingClientRect();
      const hit = nearestPoint(series, x, y, event.clientX - bounds.left, event.clientY - bounds.top);
      focus.setAttribute("visibility", hit ? "visible" : "hidden");
      if (!hit) return tooltip.hide();
      focus.setAttribute("cx", x(hit.series.x[hit.place]));
      focus.setAttribute("cy", y(hit.series.y[hit.place]));
      return tooltip.show(event, describe(hit.series, hit.place));
    });
    root.addEventListener("pointerleave", () => {
      focus.setAttribute("visibility", "hidden");
      tooltip.hide();
    });
    if (choose) {
      root.addEventListener("click", (event) => {
        const bounds = root.getBoundingClientRect();
        const hit = nearestPoint(series, x, y, event.clientX - bounds.left, event.clientY - bounds.top);
        if (hit) choose(hit.series, hit.place);
      });
    }
    return root;
  };
  return figure(parent, { title, note, keys, draw });
}

/** All points of a series as one path: thousands of them stay one element. */
function drawSeries({ hue, mark, x: times, y: values, dashed }, x, y) {
  let path = "";
  for (let i = 0; i < times.length; ++i) {
    const left = x(times[i]).toFixed(1);
    const top = y(values[i]).toFixed(1);
    path += mark === "line" ? `${i === 0 ? "M" : "L"}${left} ${top}` : marks[mark].path(Number(left), Number(top));
  }
  return svg("path", { class: `${hue} ${marks[mark].class}${dashed ? " dashed" : ""}`, d: path });
}

/** The point of any series that is nearest to a place of the plot; null when none is near. */
function nearestPoint(allSeries, x, y, left, top) {
  let best = null;
  let least = 24 ** 2;
  for (const series of allSeries) {
    for (let place = 0; place < series.x.length; ++place) {
      const distance = (x(series.x[place]) - left) ** 2 + (y(series.y[place]) - top) ** 2;
      if (distance < least) {
        least = distance;
        best = { series, place };
      }
    }
  }
  return best;
}
