// The next character of several models: one row a character, one column a model. A click on a row
// sends "pick" with its character, one on a recording "listen" with its value.

import { component } from "../shared/components/component.js";
import {
  button,
  element,
  offerRecordings,
  onOneLine,
  rootOf,
  shows,
  visible,
} from "../shared/components/dom.js";
import { chances } from "../shared/components/numbers.js";

/**
 * @typedef {object} Model
 * @property {string} name
 * @property {string} said
 * @property {string} note
 * @property {boolean} draws
 * @property {string} recorded when its answer was, "" of one that is computed here
 * @property {import("../shared/components/dom.js").Recordings} choices
 */

/** @typedef {(number | null)[]} Chances one a model; null while it has not answered */

/**
 * @typedef {object} Data
 * @property {number} step
 * @property {string} prompt
 * @property {string[]} chain characters chosen behind it
 * @property {Model[]} models
 * @property {{char: string, probs: Chances}[]} rows
 * @property {{label: string, probs: Chances}[]} extra what is left beside the rows
 * @property {string} locale
 * @property {{choose: string}} labels
 */

export default component(render);

/** @param {import("../shared/components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement);
  if (shows(root, data)) return;
  const format = chances(data.locale);
  const percent = (/** @type {number | null} */ p) => (p === null ? "\u2026" : format(p));
  root.textContent = "";
  const board = element("div", "board", root);
  board.dataset.step = String(data.step);
  board.style.setProperty("--models", String(data.models.length));

  const strip = element("div", "strip leaf", board);
  element("span", "", element("div", "lead serif prompt", strip), onOneLine(data.prompt));
  const links = element("div", "links", strip);
  for (const char of data.chain) element("span", "glyph mono", links, visible(char));
  element("span", "glyph mono next", links, "?");

  const heads = element("div", "line heads", board);
  element("span", "", heads);
  for (const model of data.models) {
    const head = element("div", "head", heads);
    element("b", model.draws ? "draws" : "", head, model.name);
    if (model.recorded) element("span", "recorded", head, model.recorded);
    if (model.said || model.choices.items.length) {
      const said = element("div", "said", head);
      element("span", "small", said, model.said);
      offerRecordings(said, model.choices, (value) => setTriggerValue("listen", value));
    }
    if (model.note) element("span", "small note", head, model.note);
  }

  /** @type {(line: HTMLElement, name: string, className: string, probs: Chances) => void} */
  const fill = (line, name, className, probs) => {
    element("span", className, line, name);
    for (const p of probs) {
      const cell = element("span", "cell", line);
      const track = element("span", "track", cell);
      element("span", "fill", track).style.width = `${(p ?? 0) * 100}%`;
      element("span", "percent", cell, percent(p));
    }
  };
  for (const { char, probs } of data.rows) {
    const row = button("line row", board);
    row.dataset.char = char;
    const told = probs.map(percent).join(", ");
    row.setAttribute("aria-label", `${data.labels.choose} ${visible(char)} (${told})`);
    row.onclick = () => setTriggerValue("pick", char);
    fill(row, visible(char), "glyph mono", probs);
  }
  for (const { label, probs } of data.extra) {
    fill(element("div", "line extra small", board), label, "name", probs);
  }
}
