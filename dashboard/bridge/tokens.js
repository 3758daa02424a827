// Texts of several models, cut where their tokens are. A click on a recording sends "listen" with
// its value.

import { component } from "../shared/components/component.js";
import { element, offerRecordings, rootOf } from "../shared/components/dom.js";

/** @typedef {[piece: string, tokens: number]} Piece one of 0 tokens goes on in the next one */

/**
 * @typedef {object} Column
 * @property {string} heading
 * @property {string[]} facts
 * @property {string} speed
 * @property {string} said
 * @property {boolean} problem whether `said` is one
 * @property {boolean} letters whether tokens are letters, and nothing is drawn around them
 * @property {string} recorded when the text was, "" of one that is written here
 * @property {import("../shared/components/dom.js").Recordings} choices
 * @property {Piece[]} prompt
 * @property {Piece[]} pieces
 */

export default component(render);

/** @param {import("../shared/components/component.js").Drawing<{columns: Column[]}>} drawing */
function render({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement);
  root.textContent = "";
  const columns = element("div", "columns", root);
  for (const column of data.columns) {
    const leaf = element("section", "column leaf", columns);
    leaf.setAttribute("aria-label", column.heading);
    const head = element("header", "", leaf);
    element("h2", "", head, column.heading);
    const speed = element("p", "speed", head, column.recorded ? "" : column.speed);
    if (column.recorded) element("span", "recorded", speed, column.recorded);
    const text = element("p", `text serif${column.letters ? " letters" : ""}`, leaf);
    offerRecordings(text, column.choices, (value) => setTriggerValue("listen", value));
    if (column.problem) element("span", "said problem", text, column.said);
    (column.letters ? writeLetters : writeTokens)(text, column);
    if (column.said && !column.problem) element("p", "said", leaf, column.said);
    element("p", "facts small", leaf, column.facts.join(" · "));
  }
}

/** @type {(text: HTMLElement, column: Column) => void} */
function writeLetters(text, { prompt, pieces }) {
  element("span", "prompt", text, prompt.map(([piece]) => piece).join(""));
  element("span", "", text, pieces.map(([piece]) => piece).join(""));
}

/** @type {(text: HTMLElement, column: Column) => void} */
function writeTokens(text, { prompt, pieces }) {
  let odd = false;
  let open = false; // whether the token before goes on
  [...prompt, ...pieces].forEach(([piece, tokens], i) => {
    if (!open) odd = !odd;
    const token = element("span", "token", text, piece);
    token.classList.toggle("odd", odd);
    token.classList.toggle("prompt", i < prompt.length);
    token.classList.toggle("goes-on", open);
    if (tokens > 1) token.title = String(tokens);
    open = tokens === 0;
  });
}
