// The head of the page: the verdict and why, what was lost, figures, settings.

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

/** The elements that were lost, each of which leads to its way through the run. */
function drawLostElements(parent) {
  const { set, values } = data;
  const places = new Map(values.value.map((value, i) => [value, i]));
  const lacking = data.reads.missing.flat().map((place) => values.value[place]);
  const lostOnes = set.lost.map((place) => set.element[place]).filter((each) => places.has(each));
  const elements = [...new Set(lostOnes.length > 0 ? lostOnes : lacking)];
  if (elements.length === 0) return;
  const most = 24;
  const link = (element) => lead(element, () => followed.value(places.get(element)), { "aria-label": `${element}: follow it through the run`, "data-element": element });
  parent.append(html("p", { class: "links", id: "lost-elements" }, lostOnes.length > 0 ? "Follow what was lost: " : "Follow what last reads lack: ", ...elements.slice(0, most).map(link),
    ...(elements.length > most ? [html("span", { class: "muted" }, `and ${count(elements.length - most)} more`)] : [])));
}

function drawHead(parent, head) {
  const at = head.title.indexOf(": ");
  const what = at < 0 ? head.title : head.title.slice(0, at);
  const rest = at < 0 ? "" : head.title.slice(at + 2);
  const verdict = { yes: ["✓ Valid", "Every check passed"], no: ["✗ Invalid", "A check failed"], unknown: ["? Unknown", "The checks could not decide"] }[head.valid];
  const box = html("section", { class: `verdict ${head.valid}`, id: "verdict" }, html("strong", {}, verdict[0]),
    html("span", {}, head.demand ? `${verdict[1]}. What is demanded: ${head.demand}.` : `${verdict[1]}.`));
  if (head.reasons.length > 0) {
    const list = html("dl");
    for (const { label, text } of head.reasons) {
      // What stands in the log of a node keeps its form: a traceback is read by its columns.
      const [first, ...rest] = label === "nodes" ? text.split("\n") : [text];
      const log = rest.length > 0 ? [html("pre", { tabindex: "0" }, rest.join("\n"))] : [];
      list.append(html("dt", {}, label), html("dd", {}, first, ...log));
    }
    box.append(list);
  }
  drawLostElements(box);
  parent.append(
    html("header", {}, html("h1", {}, what), html("p", { class: "subtitle" }, rest)),
    box,
    html("dl", { class: "figures" }, ...head.figures.map(term)),
    html("dl", { class: "settings" }, ...head.settings.map(term)));
}

