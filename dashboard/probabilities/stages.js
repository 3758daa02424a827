// The same characters through the four stages of a draw: scores, gaps divided by the temperature,
// filters, probabilities. Redrawn in place, so that bars slide with the slider.

import { component } from "../shared/components/component.js";
import { element, remembered, rootOf, visible } from "../shared/components/dom.js";
import { chances, numbers } from "../shared/components/numbers.js";

const DEPTH = 6; // of the ruler of gaps, at least: the same at all temperatures, so that they grow

/**
 * @typedef {object} Bar
 * @property {string} char
 * @property {number} score
 * @property {number} scaled its gap to the best, divided by the temperature
 * @property {string | null} dropped why it cannot be drawn
 * @property {number} after its probability
 */

/**
 * @typedef {object} Data
 * @property {Bar[]} bars
 * @property {string} locale
 * @property {{heads: string[], kept: string, dropped: Record<string, string>}} labels
 */

/**
 * @param {HTMLElement} root
 * @param {number} count
 */
function build(root, count) {
  root.textContent = "";
  const page = element("div", "stages", root);
  const heads = element("div", "line heads", page);
  return { heads, lines: Array.from({ length: count }, () => buildLine(page)) };
}

/** @param {HTMLElement} page */
function buildLine(page) {
  const row = element("div", "line", page);
  const glyph = element("span", "glyph mono", row);
  const score = buildCell(row, "");
  const scaled = buildCell(row, "");
  const mark = element("span", "mark", element("div", "filter", row));
  return { row, glyph, score, scaled, mark, last: buildCell(row, "last") };
}

/**
 * @param {HTMLElement} row
 * @param {string} kind
 */
function buildCell(row, kind) {
  const made = element("div", `cell ${kind}`, row);
  const fill = element("span", "fill", element("span", "track", made));
  const told = element("span", "percent small", made);
  return (/** @type {number} */ share, /** @type {string} */ text) => {
    fill.style.width = `${100 * share}%`;
    told.textContent = text;
  };
}

export default component(render);

/** @param {import("../shared/components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement }) {
  const root = rootOf(parentElement);
  const count = data.bars.length;
  const memory = remembered(root, () => ({ view: build(root, count) }));
  if (memory.view.lines.length !== count) memory.view = build(root, count);
  const { heads, lines } = memory.view;
  const { labels } = data;
  heads.textContent = "";
  element("span", "", heads);
  for (const text of labels.heads) element("span", "", heads, text);
  const number = numbers(data.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const percent = chances(data.locale);
  const scores = data.bars.map((bar) => bar.score);
  const low = Math.min(...scores) - 0.5;
  const high = Math.max(...scores);
  const depth = Math.max(DEPTH, high - low);
  data.bars.forEach((bar, i) => {
    const { row, glyph, score, scaled, mark, last } = lines[i];
    row.classList.toggle("out", bar.after === 0);
    glyph.textContent = visible(bar.char);
    score((bar.score - low) / (high - low || 1), number(bar.score));
    scaled(Math.max(0, 1 + bar.scaled / depth), number(bar.scaled));
    mark.className = `mark ${bar.dropped ? "gone" : "kept"}`;
    mark.textContent = bar.dropped ? labels.dropped[bar.dropped] : labels.kept;
    last(bar.after, percent(bar.after));
  });
}
