// What every part of a page uses: elements, numbers in words, scales, the tooltip.
//
// Texts reach the page as text nodes and attributes only, never as HTML: payloads may contain anything.

const data = JSON.parse(document.getElementById("data").textContent);

/** Gives an element its attributes and children; a child is an element or a text. */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

const html = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

/** A button that calls `act`. */
function button(text, act, attributes = {}) {
  const element = html("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", act);
  return element;
}

const count = (n) => n.toLocaleString("en");
const plural = (n, word) => `${count(n)} ${word}${n === 1 ? "" : "s"}`;

/** A number with the digits that matter. */
function short(value) {
  const size = Math.abs(value);
  if (size >= 1000) return count(Math.round(value));
  return String(Number(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)));
}

/** Microseconds as milliseconds or seconds. */
function duration(us) {
  if (Math.abs(us) < 1e6) return `${short(us / 1e3)} ms`;
  return `${short(us / 1e6)} s`;
}

/** A moment of the run: to the microsecond, or to the millisecond where nothing is lost or where the `span` is long. */
const moment = (us, span = 0) => `${(us / 1e6).toFixed(span > 2e4 || Math.round(us) % 1000 === 0 ? 3 : 6).replace(/^-(0\.0+)$/, "$1")} s`;

/** The steps at which an axis from `low` to `high` is labelled: 1, 2 or 5 times a power of ten, about `wanted` of them. */
function ticks(low, high, wanted) {
  const rough = (high - low) / Math.max(1, wanted);
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough * 0.75);
  const result = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; ++i) result.push(i * step);
  return result;
}

/** A linear map from [low, high] to pixels. */
function scale(low, high, from, to) {
  const factor = (to - from) / (high - low || 1);
  return (value) => from + (value - low) * factor;
}

/** How wide a text of the plots is, about. */
const textWidth = (text) => 6.1 * text.length;

/** The first place in sorted `values` that is not below `value`. */
function lowerBound(values, value) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The one tooltip of the page. */
const tooltip = {
  element: null,
  show(event, lines, code) {
    this.element ??= document.body.appendChild(html("div", { class: "tooltip", role: "tooltip" }));
    this.element.replaceChildren(...lines.map((line) => html("div", {}, line)), ...(code ? [html("code", {}, code)] : []));
    this.element.hidden = false;
    const { width, height } = this.element.getBoundingClientRect();
    const left = Math.min(event.clientX + 14, innerWidth - width - 12);
    const above = event.clientY - height - 12;
    this.element.style.left = `${Math.max(8, left)}px`;
    this.element.style.top = `${above > 8 ? above : event.clientY + 18}px`;
  },
  hide() {
    if (this.element) this.element.hidden = true;
  },
};
addEventListener("scroll", () => tooltip.hide(), { passive: true });

/** Draws `draw(width)`, an SVG, into `parent` now and whenever its width changes. Returns a function that draws again. */
function responsive(parent, draw) {
  let width = 0;
  const redraw = () => {
    if (width > 0) parent.replaceChildren(draw(width));
  };
  const measure = () => {
    const now = Math.floor(parent.clientWidth);
    if (now === width) return;
    width = now;
    redraw();
  };
  new ResizeObserver(measure).observe(parent);
  measure();
  return redraw;
}

/** The shapes that tell marks apart beside their colours. */
const marks = {
  dot: { class: "dots", path: (x, y) => `M${x} ${y}h0` },
  cross: { class: "crosses", path: (x, y) => `M${x - 3} ${y - 3}l6 6m0 -6l-6 6` },
  triangle: { class: "crosses", path: (x, y) => `M${x} ${y - 3.5}l3.5 6h-7z` },
  line: { class: "line", path: (x, y) => `M${x - 8} ${y}h16` },
};

/** A sample of a mark with its name. */
function legend(hue, mark, text, dashed = false) {
  const sample = svg("svg", { width: 20, height: 12, "aria-hidden": "true", class: hue });
  sample.append(svg("path", { class: marks[mark].class + (dashed ? " dashed" : ""), d: marks[mark].path(10, 6) }));
  return html("span", { class: "legend" }, sample, text);
}

/** A figure with a caption; `draw(width)` makes its SVG. */
function figure(parent, { title, note = "", keys = [], draw }) {
  const plot = html("div", { class: "plot" });
  const caption = html("figcaption", {}, html("b", {}, title), note ? html("span", { class: "muted" }, note) : null, ...keys);
  parent.append(html("figure", {}, caption, plot));
  return responsive(plot, draw);
}

/** The pattern of what is left out, for `fill: url(#hatch)`. */
const hatch = () =>
  svg("defs", {},
    svg("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      svg("line", { class: "hatch", y2: 6 })));

/** A term and its value for a list. */
const term = ({ label, text }) => html("div", {}, html("dt", {}, label), html("dd", {}, text));
