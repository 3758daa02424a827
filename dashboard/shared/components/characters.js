// Characters as tiles, numbers, tokens or bytes, by `data.view`. A click on a character sends "pick"
// with it.

import { component } from "./component.js";
import { button, element, rootOf, shows, visible } from "./dom.js";

/**
 * From a text to numbers and back.
 *
 * @typedef {object} Trip
 * @property {"trip"} view
 * @property {"text" | "chars" | "ids" | "back"} step
 * @property {string} text
 * @property {{char: string, index: number, back: string}[]} tiles
 * @property {number} more characters than the tiles
 * @property {{char: string, index: number, used: boolean}[]} alphabet
 * @property {import("./dom.js").Labels} labels
 */

/**
 * All characters with their counts.
 *
 * @typedef {object} Alphabet
 * @property {"alphabet"} view
 * @property {{char: string, index: number, count: string, level: number, used: boolean,
 *   said: string}[]} cells index 0: not in the alphabet; level: depth of the colour, 0 to 1
 * @property {import("./dom.js").Labels} labels
 */

/**
 * Texts cut by several models.
 *
 * @typedef {object} Tokens
 * @property {"tokens"} view
 * @property {{title: string, note: string, figures: string,
 *   segments: {text: string, ids: number[]}[]}[]} rows
 * @property {{title: string, items: string[]}[]} chips
 */

/**
 * A character down to its bits.
 *
 * @typedef {object} Bytes
 * @property {"bytes"} view
 * @property {string} char
 * @property {string} name
 * @property {string} number its code point
 * @property {string[]} choices other characters
 * @property {{value: number, hex: string, marker: string, payload: string, letter: string}[]} bytes
 * @property {string} joined the payloads
 * @property {{id: number, hex: string}[]} tokens
 * @property {import("./dom.js").Labels} labels
 */

/** @typedef {(className: string, parent: Node, char: string, said: string) => HTMLElement} Pick */

export default component(render);

/** @param {import("./component.js").Drawing<Trip | Alphabet | Tokens | Bytes>} drawing */
function render({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement);
  if (shows(root, data)) return;
  root.textContent = "";
  const place = element("div", data.view, root);
  /** @type {Pick} */
  const pick = (className, parent, char, said) => {
    const made = button(className, parent);
    made.title = said;
    made.setAttribute("aria-label", said);
    made.onclick = () => setTriggerValue("pick", char);
    return made;
  };
  if (data.view === "trip") showTrip(data, place, pick);
  else if (data.view === "alphabet") showAlphabet(data, place, pick);
  else if (data.view === "tokens") showTokens(data, place);
  else showBytes(data, place, pick);
}

/** @type {(data: Trip, root: HTMLElement, pick: Pick) => void} */
function showTrip({ step, text, tiles, more, alphabet, labels }, root, pick) {
  if (step === "text") element("p", "whole serif leaf", root, text);
  else {
    const list = element("div", `tiles step-${step}`, root);
    const legend = element("div", "tile legend small", list);
    element("span", "char", legend, labels.char);
    if (step !== "chars") element("span", "", legend, labels.index);
    if (step === "back") element("span", "", legend, labels.back);
    for (const { char, index, back } of tiles) {
      const tile = pick("tile", list, char, `${visible(char)}, ${labels.pick}`);
      if (index === 0) tile.classList.add("lost");
      element("span", "char mono", tile, visible(char));
      if (step !== "chars") element("span", "index mono", tile, String(index));
      if (step === "back") element("span", "char mono back", tile, visible(back));
    }
    if (more) element("span", "more small", list, labels.more);
  }
  element("h2", "small", root, labels.alphabet);
  const strip = element("div", "strip", root);
  for (const { char, index, used } of alphabet) {
    const slot = element("span", "slot mono", strip);
    slot.classList.toggle("used", used && step !== "text");
    element("b", "", slot, visible(char));
    element("i", "", slot, String(index));
    slot.title = index ? "" : labels.unknown;
  }
}

/** @type {(data: Alphabet, root: HTMLElement, pick: Pick) => void} */
function showAlphabet({ cells, labels }, root, pick) {
  const grid = element("div", "grid", root);
  for (const { char, index, count, level, used, said } of cells) {
    const cell = pick("cell", grid, char, said);
    cell.classList.toggle("removed", !index);
    cell.classList.toggle("used", used);
    cell.style.setProperty("--level", String(level));
    element("span", "index", cell, String(index));
    element("span", "char mono", cell, visible(char));
    element("span", "count", cell, count);
  }
  const legend = element("p", "key small", root);
  element("span", "", legend, labels.rare);
  element("span", "ramp", legend);
  element("span", "", legend, labels.frequent);
  element("span", "swatch used", legend);
  element("span", "", legend, labels.used);
  element("span", "swatch removed", legend);
  element("span", "", legend, labels.removed);
}

/** @type {(data: Tokens, root: HTMLElement) => void} */
function showTokens({ rows, chips }, root) {
  const spaced = (/** @type {string} */ text) => Array.from(text, visible).join("");
  for (const { title, note, figures, segments } of rows) {
    const row = element("section", "cut", root);
    const head = element("header", "", row);
    element("h2", "", head, title);
    element("span", "small", head, note);
    element("strong", "", head, figures);
    const line = element("p", "pieces", row);
    segments.forEach(({ text, ids }, i) => {
      const piece = element("span", "piece mono", line);
      piece.classList.toggle("odd", i % 2 === 1);
      piece.classList.toggle("shared", ids.length > 1);
      element("span", "said", piece, spaced(text));
      if (ids.length) element("span", "id", piece, ids.join("\u00b7"));
    });
  }
  for (const { title, items } of chips) {
    const line = element("div", "learned", root);
    element("span", "small", line, title);
    for (const item of items) element("span", "chip mono", line, spaced(item));
  }
}

/** @type {(data: Bytes, root: HTMLElement, pick: Pick) => void} */
function showBytes({ char, name, number, choices, bytes, joined, tokens, labels }, root, pick) {
  const list = element("div", "choices", root);
  for (const other of choices) {
    const made = pick("choice mono", list, other, other);
    made.classList.toggle("now", other === char);
    made.textContent = visible(other);
  }
  const board = element("div", "octets", root);
  const left = element("div", "big leaf", board);
  element("span", "huge serif", left, visible(char));
  element("span", "name small", left, name);
  const right = element("div", "", board);
  /** @type {(label: string, value: string) => HTMLElement} */
  const fact = (label, value) => {
    const line = element("p", "fact", right);
    element("span", "small", line, label);
    element("b", "mono", line, value);
    return line;
  };
  element("b", "", fact(labels.code, number), `${bytes.length} ${labels.bytes}`);
  const row = element("div", "row", right);
  for (const { value, hex, marker, payload } of bytes) {
    const box = element("div", "byte leaf mono", row);
    const bits = element("span", "bits", box);
    element("span", "marker", bits, marker);
    element("span", "payload", bits, payload);
    const values = element("span", "values", box);
    element("b", "", values, String(value));
    element("span", "small", values, `hex ${hex}`);
  }
  fact(labels.joined, `${joined} = ${number}`).classList.add("joined");
  fact(labels.letters, bytes.map(({ letter }) => letter).join(" "));
  fact(labels.alphabet, labels.index);
  const line = element("p", "fact", right);
  element("span", "small", line, labels.tokens);
  for (const { id, hex } of tokens) {
    element("span", "small", element("span", "chip mono", line, String(id)), ` ${hex}`);
  }
}
