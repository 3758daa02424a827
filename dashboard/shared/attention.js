// Where each symbol of a text looks. A click asks a symbol; the earlier ones are coloured by what it
// takes from them. Heads stand beside the text as thumbnails, a row a layer. Clicks are sent as
// "look" with {at, layer, head} where somebody listens.

import { component } from "./components/component.js";
import { button, element, onOneLine, remembered, rootOf, shows } from "./components/dom.js";
import { percents } from "./components/numbers.js";

/** @typedef {{image: string, name: string, title: string}} Cell */

/**
 * @typedef {object} Data
 * @property {string[]} pieces the symbols
 * @property {{label: string, rows: number[][]}[]} looks ways to look: a symbol that looks, and what
 *   it takes from those up to itself, which adds up to 1
 * @property {number | null} asked the symbol that is asked; null: the last, or what was clicked
 * @property {{chosen: [layer: number, head: number], rows: {label: string, cells: Cell[]}[]} | null} grid
 * @property {boolean} listens
 * @property {string} locale
 * @property {{choose: string, hint: string}} labels
 */

export default component(render);

/** @param {import("./components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement);
  if (shows(root, data)) return;
  const show = remembered(root, () => ({
    look: 0,
    asked: -1,
    heard: /** @type {unknown} */ (null),
  }));
  const { looks, labels, grid } = data;
  const focused = root.querySelector(".token:focus, .cell:focus")?.getAttribute("data-i");
  root.textContent = "";
  const view = element("div", "view", root);
  element("div", "small", view, labels.hint);
  const percent = percents(data.locale);
  const listed = looks.length > 1 ? looks : [];
  const tools = listed.length ? element("div", "tools", view) : null;
  if (tools) element("span", "", tools, labels.choose);
  const choices = listed.map(({ label }, look) => {
    const made = button("", /** @type {HTMLElement} */ (tools), label);
    made.onclick = () => {
      show.look = look;
      draw();
    };
    return made;
  });
  const both = element("div", grid ? "both" : "", view);
  const sentence = element("div", "sentence leaf serif", both);
  /** @param {[layer: number, head: number]} chosen */
  const send = ([layer, head]) => {
    if (data.listens) setTriggerValue("look", { at: show.asked, layer, head });
  };
  const tokens = data.pieces.map((piece, i) => {
    const shown = onOneLine(piece).replace(/^ /, "\u2423");
    const token = button("token", sentence, piece.length === 1 ? onOneLine(piece) : shown);
    if (!piece.trim()) token.setAttribute("aria-label", shown || "\u00b7"); // a space has no name
    token.dataset.i = `token ${i}`;
    token.onclick = () => {
      show.asked = i;
      draw();
      send(grid?.chosen ?? [0, 0]);
    };
    if (piece.endsWith("\n") && i) sentence.append("\n");
    return token;
  });
  const letters = data.pieces.every((piece) => piece.length < 2);
  sentence.classList.toggle("letters", letters);
  sentence.classList.toggle("compact", data.listens);
  if (data.asked !== null && data.asked !== show.heard) show.asked = data.asked;
  show.heard = data.asked;
  if (show.asked < 0 || show.asked >= tokens.length) show.asked = tokens.length - 1;
  if (show.look >= looks.length) show.look = 0;
  if (grid) drawGrid(both, grid, send);

  function draw() {
    choices.forEach((made, look) => {
      made.setAttribute("aria-pressed", String(look === show.look));
    });
    const seen = looks[show.look].rows[show.asked];
    const most = Math.max(...seen, 1e-6);
    tokens.forEach((token, at) => {
      const share = at <= show.asked ? seen[at] / most : 0;
      token.style.background = `color-mix(in srgb, var(--hot) ${Math.round(70 * share)}%, transparent)`;
      token.classList.toggle("asked", at === show.asked);
      token.classList.toggle("after", at > show.asked);
      token.title = at <= show.asked ? percent(seen[at]) : "";
    });
  }
  draw();
  if (focused) {
    for (const made of root.querySelectorAll("button")) {
      if (made.dataset.i === focused) made.focus({ preventScroll: true });
    }
  }
}

/**
 * The heads: dark where a row's place looks at a column's.
 *
 * @param {HTMLElement} parent
 * @param {NonNullable<Data["grid"]>} grid
 * @param {(chosen: [layer: number, head: number]) => void} send
 */
function drawGrid(parent, grid, send) {
  const table = element("div", "grid", parent);
  table.style.setProperty("--heads", String(grid.rows[0].cells.length));
  grid.rows.forEach(({ label, cells }, layer) => {
    element("div", "layer small", table, label);
    cells.forEach(({ image, name, title }, head) => {
      const cell = button("cell", table);
      cell.title = title;
      cell.dataset.i = `cell ${layer} ${head}`;
      cell.setAttribute("aria-label", title);
      const chosen = grid.chosen[0] === layer && grid.chosen[1] === head;
      cell.setAttribute("aria-pressed", String(chosen));
      const picture = element("span", "picture", cell);
      picture.style.setProperty("--picture", `url("${image}")`);
      if (name) element("span", "name", cell, name);
      cell.onclick = () => send([layer, head]);
    });
  });
}
