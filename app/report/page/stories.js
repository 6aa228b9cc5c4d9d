// Stories: the few events that explain a failure, each of which leads to its operation or its message below.

/** Where the parts of the page that come later are found: they put their functions here. */
const places = { operation: () => {}, message: () => {}, moment: () => {}, element: () => {} };

/** The node that a client's process works on. */
const nodeOf = (process) =>
  data.head.nodes.length > 0 ? data.head.nodes[(process % data.head.workers) % data.head.nodes.length] : `process ${process}`;
/** The same, and which process of the node it is. */
const processOf = (process) => (data.head.nodes.length > 0 ? `${nodeOf(process)}, process ${process}` : `process ${process}`);

/** Where the reader came from, to get back there. */
let cameFrom = null;
let hasJumped = false;
const comeFrom = (event) => {
  cameFrom = event.currentTarget;
  hasJumped = true;
};
/** A button that leads to a place further down, and back from there. */
const lead = (text, go, attributes = {}) =>
  button(text, (event) => {
    comeFrom(event);
    go();
  }, { class: "link", ...attributes });

/** A button that leads back. */
function wayBack() {
  const origin = cameFrom;
  if (origin === null || !origin.isConnected) return [];
  return [button("↑ back to where you came from", () => {
    origin.scrollIntoView({ behavior: "smooth", block: "center" });
    origin.focus({ preventScroll: true });
  }, { class: "link", id: "back" })];
}

/** The stories that an operation (or a message) is a part of, by its place. */
function storiesWith(kind, place) {
  return data.stories.map((story, number) => ({ story, number })).filter(({ story }) => story[kind].includes(place));
}

/** Buttons that lead back from an operation or a message to the stories about it. */
function storyLinks(kind, place) {
  return storiesWith(kind, place).map(({ story, number }) =>
    button(`↑ a part of: ${story.title}`, () => document.getElementById(`story-${number}`).scrollIntoView({ behavior: "smooth", block: "center" }), { class: "link", "data-story": number }));
}

/** What an event of a story leads to; nothing when the page does not have it. */
function leadOf(story, i) {
  if (story.message[i] >= 0) return { text: "see the message", go: () => places.message(story.message[i]) };
  if (story.operation[i] >= 0) return { text: "see the operation", go: () => places.operation(story.operation[i]) };
  if (story.at[i] >= 0) return { text: "see the moment", go: () => places.moment(story.at[i]) };
  return null;
}

function drawStories(parent, stories) {
  if (stories.length === 0) return;
  parent.append(html("h2", {}, "What happened"));
  stories.forEach((story, number) => {
    const rows = story.text.map((text, i) => {
      const target = leadOf(story, i);
      const when = story.at[i] < 0 ? "" : moment(story.at[i], 1e6);
      return html("tr", {}, html("td", { class: "number" }, when),
        html("td", { class: "wide" }, text, ...(target ? [" ", lead(target.text, target.go)] : [])));
    });
    parent.append(html("section", { class: "story", id: `story-${number}` }, html("h3", {}, story.title),
      html("div", { class: "scroll" }, html("table", {}, html("tbody", {}, ...rows)))));
  });
}
