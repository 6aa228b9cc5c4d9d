// Finding and following: a trail is a list of messages and operations in the order of time, which are lit in the
// diagrams and walked through with "previous" and "next".

/** What a message or an operation is, in one line. */
function itemWords({ kind, place, note }, messages, operations) {
  if (kind === "message") {
    const { names, types } = messages;
    const fate = ["", ", lost", ", under way at the end"][messages.fate[place]];
    return `${names[messages.src[place]]} → ${names[messages.dest[place]]}: ${types[messages.type[place]] || "(no type)"}${fate}`;
  }
  const name = operations.names[operations.name[place]] || "transaction";
  const outcome = operations.took[place] < 0 ? "never completed" : outcomes[operations.outcome[place]].name;
  const what = note ?? `${name} ${cut(operations.asked[place], 40)}`.trim();
  return `${nodeOf(operations.process[place])}: ${what}${outcome === "ok" ? "" : `, ${outcome}`}`;
}

const absolute = (gaps) => {
  let at = 0;
  return gaps.map((gap) => (at += gap));
};

/** The values that a message carries, in the order of the values. */
let carriedByMessage = null;
function carriedBy(place) {
  if (carriedByMessage === null) {
    carriedByMessage = new Map();
    data.values.messages.forEach((gaps, value) => {
      for (const each of absolute(gaps)) (carriedByMessage.get(each) ?? carriedByMessage.set(each, []).get(each)).push(value);
    });
  }
  return carriedByMessage.get(place) ?? [];
}

/** The values of the page that can be followed, and where each was. */
class Values {
  constructor(values) {
    this.values = values;
    this.places = new Map(values.value.map((value, i) => [value, i]));
  }

  get kind() {
    return this.values.kind;
  }

  /** The place of a value as a person writes it; undefined when it is none. */
  find(text) {
    return this.places.get(text) ?? this.places.get(`"${text}"`) ?? this.places.get(text.replace(/^"|"$/g, ""));
  }

  messages(value) {
    return absolute(this.values.messages[value]);
  }

  /** {place, isGone} each: whether a read misses what its node had shown. */
  operations(value) {
    return this.values.operations[value].map((place) => (place < 0 ? { place: -1 - place, isGone: true } : { place, isGone: false }));
  }

  /** The values that an operation or a message is about, the first of many. */
  about(kind, place) {
    const most = 12;
    if (kind === "message") return carriedBy(place).slice(0, most);
    const found = [];
    for (let value = 0; value < this.values.value.length && found.length < most; ++value) {
      if (this.values.operations[value].some((each) => each === place || each === -1 - place)) found.push(value);
    }
    return found;
  }
}

/** Tests for the words of a query; each is a time, a node, a fate, a type, or else a value. */
function testsOf(query, { messages, operations, values }) {
  const words = query.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  return words.map((word) => {
    const lower = word.toLowerCase();
    // 1.4s is the tenth of a second that begins there; 1.4..2s and 800ms..1s are spans.
    const time = /^@?(\d+(?:\.\d+)?)(s|ms)?(?:(?:\.\.|-)(\d+(?:\.\d+)?))?(s|ms)?$/.exec(lower);
    if (time && (time[2] || time[4])) {
      const unitOf = (name) => (name === "s" ? 1e6 : 1e3);
      const unit = unitOf(time[2] ?? time[4]);
      const digits = (time[1].split(".")[1] ?? "").length;
      const from = Number(time[1]) * unit;
      const to = time[3] ? Number(time[3]) * unitOf(time[4] ?? time[2]) : from + unit / 10 ** digits;
      const isIn = (at) => at >= from && at < to + 0.5;
      return { message: (i) => isIn(messages.sent[i]), operation: (i) => isIn(operations.start[i]), from };
    }
    const name = messages.names.indexOf(word);
    if (name >= 0 || data.head.nodes.includes(word)) {
      return {
        message: (i) => messages.src[i] === name || messages.dest[i] === name,
        operation: (i) => nodeOf(operations.process[i]) === word,
      };
    }
    if (lower === "lost") return { message: (i) => messages.fate[i] === lost, operation: () => false };
    const outcome = outcomes.findIndex((each) => each.name === lower);
    if (outcome >= 0) return { message: () => false, operation: (i) => operations.outcome[i] === outcome };
    const fits = (each) => each.toLowerCase() === lower || each.toLowerCase().startsWith(`${lower}_`);
    const types = new Set(messages.types.map((_, i) => i).filter((i) => fits(messages.types[i])));
    const names = new Set(operations.names.map((_, i) => i).filter((i) => fits(operations.names[i])));
    if (types.size + names.size > 0) return { message: (i) => types.has(messages.type[i]), operation: (i) => names.has(operations.name[i]) };
    const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const pattern = new RegExp(`(?<![\\w.-])${escaped}(?![\\w-]|\\.\\d)`);
    const value = values.find(word);
    const inMessages = new Set(value === undefined ? [] : values.messages(value));
    const inOperations = new Set(value === undefined ? [] : values.operations(value).map((each) => each.place));
    const isElement = value !== undefined && values.kind === "element";
    return {
      message: (i) => inMessages.has(i) || (!isElement && pattern.test(payloadOf(messages.body[i]))),
      operation: (i) => inOperations.has(i) || (!isElement && [operations.asked, operations.answered, operations.error].some((column) => pattern.test(column[i]))),
    };
  });
}

/** The box to search in, and the trail that it or a value leads to. */
class Finder {
  /** `go(item)` chooses an item in the diagrams; `changed()` is called when what is lit has changed. */
  constructor(parent, { messages, operations, values, go, changed }) {
    Object.assign(this, { messages, operations, values, go, changed });
    this.trail = null;
    this.at = -1;
    const input = html("input", { type: "search", id: "query", autocomplete: "off", spellcheck: "false", "aria-describedby": "query-help" });
    const form = html("form", { class: "controls", role: "search" }, html("label", { for: "query" }, "Find or follow"), input, html("button", { type: "submit", id: "find" }, "Find"));
    const times = operations.start.length > 0 ? `${(operations.start[operations.start.length >> 1] / 1e6).toFixed(1)}s` : "1.4s";
    const examples = [values.values.value[0], data.head.nodes[0], messages.types.find((type) => type && !/^init|^topology/.test(type)), times, messages.length > 0 ? "lost" : "fail"];
    const help = html("p", { class: "muted", id: "query-help" },
      `${values.kind ? `The value of ${values.kind === "id" ? "an id" : values.kind === "element" ? "an element" : "a key"} follows it through the run. ` : ""}Words find what fits all of them: values, nodes, types, times, such as ${examples.filter((each) => each).join(" ")}.`);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.search(input.value.trim());
    });
    this.input = input;
    this.panel = html("section", { class: "trail", id: "trail", "aria-label": "What was found", hidden: true });
    parent.append(form, help, this.panel);
  }

  search(query) {
    if (query === "") return this.stop();
    const value = this.values.find(query);
    if (value !== undefined) return this.follow(value);
    const tests = testsOf(query, this);
    const items = [];
    for (let place = 0; place < this.messages.length; ++place) {
      if (tests.every((test) => test.message(place))) items.push({ kind: "message", place, at: this.messages.sent[place] });
    }
    for (let place = 0; place < this.operations.start.length; ++place) {
      if (tests.every((test) => test.operation(place))) items.push({ kind: "operation", place, at: this.operations.start[place] });
    }
    if (items.length === 0 && tests.length === 1 && tests[0].from !== undefined) places.moment(tests[0].from);
    this.show(`found ${query}`, items);
  }

  /** The way of a value through the run, from its first operation to its last. */
  follow(value) {
    const { values, messages, operations } = this;
    const name = values.values.value[value];
    const items = values.messages(value).map((place) => ({ kind: "message", place, at: messages.sent[place] }));
    const isShown = new Set();
    for (const { place, isGone } of values.operations(value)) {
      const isRead = operations.names[operations.name[place]] === "read" && values.kind === "element";
      const at = operations.start[place] + (isRead ? Math.max(0, operations.took[place]) : 0);
      items.push({ kind: "operation", place, at, isGone, note: isRead ? (isGone ? `a read misses ${name}, which the one before had` : `a read shows ${name}${isShown.has(nodeOf(operations.process[place])) ? " again" : " for the first time"}`) : undefined });
      if (isRead) isShown.add(nodeOf(operations.process[place]));
    }
    for (const [node, place] of missingAt(value)) {
      if (place >= 0) items.push({ kind: "operation", place, at: operations.start[place] + Math.max(0, operations.took[place]), isGone: true, note: `the last read of ${node} lacks ${name}` });
    }
    this.input.value = name;
    this.show(`${values.kind} ${name}`, items);
  }

  show(title, items) {
    const rank = { operation: 0, message: 1 };
    items.sort((a, b) => a.at - b.at || rank[a.kind] - rank[b.kind] || a.place - b.place);
    this.trail = { title, items, messages: new Map(), operations: new Set() };
    for (const { kind, place } of items) kind === "message" ? this.trail.messages.set(place, "found") : this.trail.operations.add(place);
    this.at = -1;
    const shown = 400;
    const list = html("ol", { tabindex: "0", "aria-label": "In the order of time" }, ...items.slice(0, shown).map((item, i) => {
      const line = button(itemWords(item, this.messages, this.operations), () => this.choose(i), { class: "link" });
      const isBad = item.isGone || (item.kind === "message" && this.messages.fate[item.place] === lost);
      return html("li", { class: isBad ? "bad" : undefined }, html("span", { class: "when" }, moment(item.at, 1e6)), line);
    }));
    const number = (kind) => items.filter((item) => item.kind === kind).length;
    const cutNote = items.length > shown ? `; the first ${count(shown)} are listed` : "";
    const { followed_until: until } = this.values.values;
    const limit = until >= 0 && title.startsWith(this.values.kind) ? `; behind ${moment(this.messages.sent[until], 1e6)} not all that carried it is here` : "";
    this.status = html("output", { id: "trail-at", class: "muted" });
    this.panel.hidden = false;
    this.panel.replaceChildren(
      html("div", { class: "controls" }, html("b", {}, title),
        html("span", { class: "muted" }, items.length === 0 ? "nothing" : `${plural(number("message"), "message")}, ${plural(number("operation"), "operation")}${cutNote}${limit}`),
        button("Previous", () => this.step(-1), { id: "trail-previous", disabled: items.length === 0 }),
        button("Next", () => this.step(1), { id: "trail-next", disabled: items.length === 0 }),
        button("Stop", () => this.stop(), { id: "trail-stop" }), this.status),
      ...(items.length > 0 ? [list] : []));
    this.changed();
  }

  step(by) {
    const { items } = this.trail;
    this.choose((this.at + by + items.length + (this.at < 0 && by < 0 ? 1 : 0)) % items.length);
  }

  choose(i) {
    this.at = i;
    this.status.textContent = `${count(i + 1)} of ${count(this.trail.items.length)}`;
    const lines = this.panel.querySelectorAll("li");
    lines.forEach((line, number) => line.classList.toggle("current", number === i));
    const list = this.panel.querySelector("ol");
    if (lines[i]) list.scrollTop = lines[i].offsetTop - list.offsetTop - 40;
    this.go(this.trail.items[i]);
  }

  /** Goes to the first message that was lost, or else to the first item. */
  chooseLost() {
    const { items } = this.trail;
    if (items.length === 0) return;
    const first = items.findIndex(({ kind, place }) => kind === "message" && this.messages.fate[place] === lost);
    this.choose(Math.max(0, first));
  }

  stop() {
    this.trail = null;
    this.at = -1;
    this.input.value = "";
    this.panel.hidden = true;
    this.changed();
  }
}
