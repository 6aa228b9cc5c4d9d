// The message sequence diagram: a lane for each node, an arrow for each message, slanted by the time it took.

const received = 0;
const lost = 1;
const underWay = 2;

/** The messages of the page with their absolute times and what became of them. */
function readMessages({ messages, fates }) {
  const { src, dest, type, took } = messages;
  const sent = [];
  let at = 0;
  for (const gap of messages.sent) sent.push((at += gap));
  const fate = took.map((time) => (time < 0 ? underWay : received));
  for (const place of fates.lost) fate[place] = lost;
  const copies = new Map();
  for (const [place, time, isLost] of fates.copies) {
    if (!copies.has(place)) copies.set(place, []);
    copies.get(place).push({ took: time, fate: isLost ? lost : received });
  }
  const firstClient = messages.nodes + messages.services;
  const times = took.filter((time, i) => fate[i] === received && src[i] < firstClient && dest[i] < firstClient).sort((a, b) => a - b);
  return {
    ...messages, sent, fate, copies, firstClient, total: fates.total, kept: fates.kept,
    length: src.length,
    isBetweenNodes: (i) => src[i] < messages.nodes && dest[i] < messages.nodes,
    // What a lost message would have taken, as far as one knows.
    usual: times.length > 0 ? times[times.length >> 1] : 0,
    type,
  };
}

/** Which messages are shown: of all types or of some, with clients and services or without. */
class Filter {
  constructor(messages) {
    this.messages = messages;
    // What only sets the cluster up happens in one instant, before the first operation.
    this.hidden = new Set(messages.types.keys());
    messages.type.forEach((type, i) => messages.sent[i] > 0 && this.hidden.delete(type));
    if (this.hidden.size === messages.types.length) this.hidden.clear();
    const between = messages.src.reduce((sum, _, i) => sum + (messages.isBetweenNodes(i) ? 1 : 0), 0);
    // With many nodes the clients' arrows would cross everything.
    this.onlyNodes = messages.nodes > 5 && between > 0;
  }

  shows(place) {
    return !this.hidden.has(this.messages.type[place]) && !(this.onlyNodes && !this.messages.isBetweenNodes(place));
  }
}

/**
 * A colour for each type that is the same in every report: it comes from the name, which a reply shares with its request;
 * where two names would have the same, the later in the alphabet takes the next that is free.
 */
function huesOfTypes(types) {
  const hues = ["blue", "green", "purple", "orange", "sky"];
  const family = (type) => type.replace(/_ok$/, "");
  const taken = new Map();
  for (const name of [...new Set(types.map(family))].sort()) {
    let hash = 0;
    for (const c of name) hash = (hash * 31 + c.codePointAt(0)) >>> 0;
    const isFree = (i) => ![...taken.values()].includes(i);
    let i = hash % hues.length;
    for (let tries = 0; tries < hues.length && !isFree(i); ++tries) i = (i + 1) % hues.length;
    taken.set(name, taken.size < hues.length ? i : hues.length);
  }
  return types.map((type) => hues[taken.get(family(type))] ?? "ink");
}

/** The types by frequency, each with its colour. */
function typesByFrequency(messages) {
  const counts = new Map();
  for (const type of messages.type) counts.set(type, (counts.get(type) ?? 0) + 1);
  // What only sets the cluster up takes no colour from the others.
  const isOfTheRun = new Set(messages.type.filter((_, i) => messages.sent[i] > 0).map((type) => messages.types[type]));
  const hues = huesOfTypes(messages.types.filter((type) => isOfTheRun.has(type)));
  const hueOf = new Map(messages.types.filter((type) => isOfTheRun.has(type)).map((type, i) => [type, hues[i]]));
  return [...counts].sort((a, b) => b[1] - a[1]).map(([type, number]) => ({ type, number, hue: hueOf.get(messages.types[type]) ?? "ink" }));
}

/** Boxes for the filter; `changed` is called after each change. */
function drawFilter(parent, messages, filter, types, changed) {
  const choice = (text, sample, isOn, set) => {
    const box = html("input", { type: "checkbox", checked: isOn });
    box.addEventListener("change", () => {
      set(box.checked);
      changed();
    });
    return html("label", {}, box, sample, text);
  };
  const row = html("fieldset", { class: "choices", id: "filter" });
  row.append(choice("only between nodes", null, filter.onlyNodes, (isOn) => {
    filter.onlyNodes = isOn;
  }));
  const shown = 14;
  const offer = (group, text, hue) => {
    const sample = svg("svg", { width: 16, height: 10, class: hue, "aria-hidden": "true" }, svg("path", { class: "arrow", d: "M0 5h15m-5 -4l5 4l-5 4" }));
    row.append(choice(text, sample, group.some(({ type }) => !filter.hidden.has(type)), (isOn) => {
      for (const { type } of group) isOn ? filter.hidden.delete(type) : filter.hidden.add(type);
    }));
  };
  for (const each of types.slice(0, shown)) offer([each], `${messages.types[each.type] || "(no type)"} ${count(each.number)}`, each.hue);
  if (types.length > shown) offer(types.slice(shown), `${types.length - shown} other types`, "ink");
  parent.append(row);
}

/** The lanes from top to bottom, and the lane of each name. Many clients share one. */
function makeLanes(messages, filter, drawn) {
  const lanes = [];
  const laneOf = new Map();
  const talking = new Set();
  messages.src.forEach((src, i) => filter.shows(i) && talking.add(src).add(messages.dest[i]));
  const clients = [...talking].filter((name) => name >= messages.firstClient);
  clients.sort((a, b) => messages.names[a].localeCompare(messages.names[b], "en", { numeric: true }));
  const mostClients = 3;
  const mostLanes = 60;
  const add = (label, names) => {
    for (const name of names) laneOf.set(name, lanes.length);
    lanes.push({ label, name: names[0] });
  };
  const all = messages.names.map((_, name) => name);
  const active = new Set(drawn.flatMap((place) => [messages.src[place], messages.dest[place]]));
  if (clients.length > mostClients) add("clients", clients);
  else for (const name of clients) add(messages.names[name], [name]);
  const servers = all.slice(0, filter.onlyNodes ? messages.nodes : messages.firstClient);
  for (const name of servers) {
    // Of a thousand nodes, those that have something to say.
    if (servers.length > mostLanes && (!active.has(name) || lanes.length >= mostLanes)) continue;
    add(messages.names[name], [name]);
  }
  return { lanes, laneOf };
}

/** The head of an arrow that ends at (x2, y2). */
function arrowHead(x1, y1, x2, y2) {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [dx, dy] = [((x2 - x1) / length) * 6, ((y2 - y1) / length) * 6];
  const at = (x, y) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  return `M${at(x2 - dx - dy / 2, y2 - dy + dx / 2)}L${at(x2, y2)}L${at(x2 - dx + dy / 2, y2 - dy - dx / 2)}`;
}

/** A body without its braces and without what says what kind of message it is. */
const payloadOf = (body) => body.replace(/^\{|\}$/g, "").replace(/"(type|msg_id|in_reply_to)":\s*("(?:[^"\\]|\\.)*"|-?\d+),?\s*/g, "").replace(/,\s*$/, "");

/** What stands at an arrow: the type, and the beginning of what the message says. */
function labelOf(messages, place) {
  const type = (messages.types[messages.type[place]] || "?").slice(0, 20);
  const fields = payloadOf(messages.body[place].slice(0, 400));
  const carried = carriedBy(place);
  if (carried.length > 0) {
    const most = 4;
    const kind = data.values.kind === "key" ? "key " : "";
    const named = carried.slice(0, most).map((value) => cut(data.values.value[value], 12)).join(" ");
    const isPlain = fields.length < 40;
    if (!isPlain || !kind) return `${type} ${kind}${named}${carried.length > most ? ` +${carried.length - most}` : ""}`;
  }
  const [, alone] = /^"[^"]*":\s*([^"{,[]*|"[^"]*"|\[[^\]]*\]),?$/.exec(fields) ?? [];
  const payload = (alone ?? fields.replace(/"([A-Za-z_]\w*)":\s*/g, "$1 ").replace(/,\s*/g, " "));
  return payload === "" ? type : `${type} ${cut(payload, 22)}`;
}

class SequenceDiagram {
  /** `status` is the element that tells how much is shown. */
  constructor(parent, explorer, { messages, filter, types, faults, logs, choose, status }) {
    Object.assign(this, { explorer, messages, filter, faults, logs, status });
    this.hues = new Map(types.map(({ type, hue }) => [type, hue]));
    this.chosen = null;
    this.segments = [];
    this.plot = html("div", { class: "plot explored", tabindex: "0", role: "group", "aria-label": "Messages; arrow keys move in time, plus and minus zoom" });
    parent.append(html("figure", { id: "messages" }, this.plot));
    this.redraw = responsive(this.plot, (width) => this.draw(width));
    explorer.listeners.push(this.redraw);
    makeExplorable(this.plot, explorer, {
      hit: (left, top) => this.hit(left, top),
      describe: (segment) => [describeMessage(messages, segment.place, segment.copy), messages.body[segment.place]],
      choose: (segment) => choose(segment ? segment.place : null),
    });
  }

  /** The places of the messages that are on their way in the span that is looked at. */
  visible() {
    const { from, to, high } = this.explorer;
    const { messages } = this;
    const places = [];
    for (let i = 0; i < messages.length && messages.sent[i] <= to; ++i) {
      const took = messages.took[i] < 0 ? high : Math.max(messages.took[i], ...(messages.copies.get(i) ?? []).map((copy) => copy.took));
      if (messages.sent[i] + took >= from && this.filter.shows(i)) places.push(i);
    }
    return places;
  }

  draw(width) {
    const mostArrows = 3000;
    const mostDetailed = 250;
    const { explorer, messages } = this;
    const { from, to } = explorer;
    const visible = this.visible();
    const drawn = visible.slice(0, mostArrows);
    const { lanes, laneOf } = makeLanes(messages, this.filter, drawn);
    this.status.textContent = `${plural(visible.length, "message")} in this span` +
      (visible.length > drawn.length ? `; the first ${count(mostArrows)} are drawn: zoom in` : drawn.length > mostDetailed ? "; zoom in to see their types" : "");
    const rowHeight = Math.max(17, Math.min(64, Math.floor(620 / Math.max(1, lanes.length))));
    const left = 64;
    const right = width - 4;
    const top = faultRowsHeight(this.faults) + 14;
    const bottom = top + Math.max(1, lanes.length - 1) * rowHeight + 14;
    const x = scale(from, to, left + 6, right - 6);
    const area = { x, from, to, top: top - 12, bottom, left, right };
    const root = svg("svg", { width, height: bottom + 34, role: "img", "aria-label": `Messages from ${moment(from)} to ${moment(to)}` });
    const inside = svg("svg", { x: left, width: right - left, height: bottom + 2, class: "clip", viewBox: `${left} 0 ${right - left} ${bottom + 2}` });
    root.append(hatch());
    drawFaults(inside, this.faults, { ...area, top: 0 });
    drawSetUp(inside, area);
    drawTimeAxis(root, area);
    drawMissing(inside, messages.kept, area);
    lanes.forEach(({ label }, i) => {
      const y = top + i * rowHeight;
      root.append(
        svg("line", { class: "lane", x1: left, x2: right, y1: y, y2: y }),
        svg("text", { class: "strong", x: left - 6, y: y + 4, "text-anchor": "end" }, label.slice(0, 9)));
    });
    this.drawDown(inside, laneOf, area, top, rowHeight);
    this.measure(drawn, laneOf, { x, top, rowHeight, to });
    drawLogMarks(inside, this.logs, { laneOf, names: messages.names, x, from, to, top, rowHeight });
    if (drawn.length > mostDetailed) this.drawMany(inside);
    else this.drawArrows(inside, { left, right });
    this.drawLit(inside, { left, right });
    root.append(inside);
    return root;
  }

  /** Nodes that are paused or dead, as bars on their lanes; a word where the one before leaves room. */
  drawDown(layer, laneOf, { x, from, to, right }, top, rowHeight) {
    const named = new Map();
    for (const fault of this.faults) {
      if (!["pause", "kill"].includes(fault.name) || !Array.isArray(fault.value) || fault.to < from || fault.from > to) continue;
      for (const node of fault.value) {
        const lane = laneOf.get(this.messages.names.indexOf(node));
        if (lane === undefined) continue;
        const start = x(Math.max(from, fault.from));
        const y = top + lane * rowHeight;
        layer.append(svg("rect", { class: "down", x: start, y: y - 5, width: Math.max(2, x(Math.min(to, fault.to)) - start), height: 10 }));
        const word = fault.name === "pause" ? "paused" : "down";
        if (start < (named.get(lane) ?? -Infinity) || start + textWidth(word) > right) continue;
        named.set(lane, start + textWidth(word) + 8);
        layer.append(svg("text", { class: "fault-name halo", x: start + 3, y: y + 4 }, word));
      }
    }
  }

  /** Where the arrows run. Those of one instant are drawn beside one another. */
  measure(places, laneOf, { x, top, rowHeight, to }) {
    const { messages } = this;
    const beside = new Map();
    this.segments = [];
    const add = (place, took, fate, copy) => {
      const [start, end] = [laneOf.get(messages.src[place]), laneOf.get(messages.dest[place])];
      if (start === undefined || end === undefined) return;
      const sent = messages.sent[place];
      const expected = fate === lost && took === 0 ? messages.usual : fate === underWay ? to - sent : took;
      const part = fate === lost ? 0.6 : 1;
      let [x1, x2] = [x(sent), x(sent + part * expected)];
      if (x2 - x1 < 3) {
        const key = Math.round(x1 / 4);
        const others = beside.get(key) ?? 0;
        beside.set(key, others + 1);
        const shift = (others % 12) * 6;
        [x1, x2] = [x1 + shift, x2 + shift];
      }
      const y1 = top + start * rowHeight;
      const y2 = top + (start + (end - start) * part) * rowHeight;
      this.segments.push({ place, copy, fate, x1, y1, x2, y2 });
    };
    for (const place of places) {
      add(place, messages.took[place], messages.fate[place], null);
      for (const copy of messages.copies.get(place) ?? []) add(place, copy.took, copy.fate, copy);
    }
  }

  drawArrows(layer, { left, right }) {
    const { messages } = this;
    const labels = [];
    const mostLabels = 120;
    this.labels = labels;
    for (const segment of this.segments) {
      const { place, fate, x1, y1, x2, y2 } = segment;
      const hue = this.hues.get(messages.type[place]);
      const line = `M${x1.toFixed(1)} ${y1}L${x2.toFixed(1)} ${y2.toFixed(1)}`;
      const isDim = this.explorer.lit !== null && !this.explorer.lit.messages.has(place);
      layer.append(svg("path", {
        class: `arrow ${hue}${fate === lost ? " lost" : ""}${isDim ? " dim" : ""}`,
        d: fate === received ? line + arrowHead(x1, y1, x2, y2) : line,
        "data-place": place,
      }));
      if (fate === lost) layer.append(svg("path", { class: isDim ? "cross dim" : "cross", d: marks.cross.path(x2, y2) }));
      if (!isDim && labels.length < mostLabels) this.label(layer, segment, hue, labels, left, right);
    }
  }

  /** Writes the type along an arrow where no other label stands. */
  label(layer, { place, x1, y1, x2, y2 }, hue, labels, left, right) {
    const text = labelOf(this.messages, place);
    const width = textWidth(text);
    for (const part of [0.3, 0.55, 0.15, 0.8]) {
      const box = { x: x1 + (x2 - x1) * part + 4, y: y1 + (y2 - y1) * part - 4 };
      if (box.x < left || box.x + width > right) continue;
      const isTaken = labels.some((other) => box.x < other.x + other.width + 3 && other.x < box.x + width + 3 && Math.abs(box.y - other.y) < 11);
      if (isTaken) continue;
      labels.push({ ...box, width });
      layer.append(svg("text", { class: `hued halo ${hue}`, x: box.x, y: box.y + 3 }, text));
      return;
    }
  }

  /** So many that only their density is seen: a path for each colour. */
  drawMany(layer) {
    const paths = new Map();
    let crosses = "";
    for (const { place, fate, x1, y1, x2, y2 } of this.segments) {
      const name = fate === lost ? "lost" : this.hues.get(this.messages.type[place]);
      paths.set(name, `${paths.get(name) ?? ""}M${x1.toFixed(1)} ${y1}L${x2.toFixed(1)} ${y2.toFixed(1)}`);
      if (fate === lost) crosses += marks.cross.path(x2, y2);
    }
    for (const [name, d] of paths) layer.append(svg("path", { class: `arrow many ${name}`, d }));
    layer.append(svg("path", { class: "cross", d: crosses || "M0 0" }));
  }

  /** What is lit, above everything else, and most of all what is chosen. */
  drawLit(layer, { left, right }) {
    const { lit } = this.explorer;
    const isMany = layer.querySelector(".many") !== null;
    if (isMany && lit !== null) layer.querySelectorAll(".many, .cross").forEach((each) => each.classList.add("dim"));
    const labels = isMany ? [] : this.labels ?? [];
    for (const segment of this.segments) {
      const { place, fate, x1, y1, x2, y2 } = segment;
      const role = place === this.chosen ? "chosen" : lit?.messages.get(place);
      if (!role) continue;
      const hue = this.hues.get(this.messages.type[place]);
      const d = `M${x1.toFixed(1)} ${y1}L${x2.toFixed(1)} ${y2.toFixed(1)}${fate === received ? arrowHead(x1, y1, x2, y2) : ""}`;
      layer.append(svg("path", { class: `arrow lit ${role} ${hue}${fate === lost ? " lost" : ""}`, d }));
      if (fate === lost) layer.append(svg("path", { class: "cross lit", d: marks.cross.path(x2, y2) }));
      if (isMany && labels.length < 60) this.label(layer, segment, hue, labels, left, right);
    }
  }

  /** The arrow nearest to a place of the plot, if any is near. */
  hit(left, top) {
    let best = null;
    let least = 12;
    for (const segment of this.segments) {
      const { x1, y1, x2, y2 } = segment;
      const size = (x2 - x1) ** 2 + (y2 - y1) ** 2 || 1;
      const along = Math.max(0, Math.min(1, ((left - x1) * (x2 - x1) + (top - y1) * (y2 - y1)) / size));
      const distance = Math.hypot(x1 + along * (x2 - x1) - left, y1 + along * (y2 - y1) - top);
      if (distance < least) {
        least = distance;
        best = segment;
      }
    }
    return best;
  }

  /** Marks a message and makes sure that it is seen. */
  choose(place) {
    this.chosen = place;
    const at = place === null ? this.explorer.from : this.messages.sent[place];
    if (at < this.explorer.from || at > this.explorer.to) this.explorer.centre(at);
    this.redraw();
  }

  /** The next message that the filter shows, or the one before (`step` -1); the first of the span when none is chosen. */
  neighbour(step) {
    if (this.chosen === null) return this.visible().find((place) => this.messages.sent[place] >= this.explorer.from) ?? null;
    for (let i = this.chosen + step; i >= 0 && i < this.messages.length; i += step) {
      if (this.filter.shows(i)) return i;
    }
    return this.chosen;
  }
}

/** What there is to say about a message, a line each; of a duplicated one, about the copy. */
function describeMessage(messages, place, copy = null) {
  const { names, types } = messages;
  const took = copy ? copy.took : messages.took[place];
  const fate = copy ? copy.fate : messages.fate[place];
  const end = [`received after ${duration(took)}`, `lost${took > 0 ? ` after ${duration(took)}` : " when it was sent"}`, "under way when the run ended"][fate];
  return [
    `${types[messages.type[place]] || "(no type)"}: ${names[messages.src[place]]} → ${names[messages.dest[place]]}${copy ? " (a copy)" : ""}`,
    `sent at ${moment(messages.sent[place])}, ${end}`,
  ];
}
