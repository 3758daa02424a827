// The bars of the next character, which change places from one moment to the next.

import { element, unit, visible } from "../shared/components/dom.js";
import { chances, percents } from "../shared/components/numbers.js";

/** @typedef {import("./view.js").Data} Data */
/** @typedef {import("./view.js").Show} Show */

/**
 * @typedef {object} Bar
 * @property {HTMLElement} row
 * @property {HTMLElement} fill at this moment
 * @property {HTMLElement} ghost at the one that it is compared with
 * @property {HTMLElement} percent
 */

/** @typedef {ReturnType<typeof buildBars>} Bars */

const PITCH = 27; // pixels a bar needs, where a unit is one
const LEAST_ROWS = 3;
const CONTEXT = 16; // characters named above the bars

/** @param {HTMLElement} parent */
export function buildBars(parent) {
  const side = element("div", "side leaf", parent);
  const heading = element("h3", "", side);
  const race = element("div", "race", side);
  const others = element("p", "others small", side);
  const key = element("b", "", others);
  const rest = element("span", "", others);
  return { heading, race, key, rest, rows: /** @type {Map<string, Bar>} */ (new Map()) };
}

/**
 * Draws the bars of a place of the prompt.
 *
 * @param {Bars} bars
 * @param {Data} data
 * @param {Show} show which moments, and which place
 * @param {string[]} prompt its characters
 */
export function drawBars(bars, data, show, prompt) {
  const { place } = show;
  const ending = place === data.places.length - 1;
  const read = prompt.length - (data.places.length - 1) + place; // characters before the place
  const moment = data.moments[show.at];
  const chars = Array.from(data.places[place]);
  const after = moment.chances[place];
  const follows = chars.indexOf(ending ? Array.from(moment.text)[0] : prompt[read]);
  const fitting = Math.max(Math.floor(bars.race.clientHeight / (PITCH * unit())), LEAST_ROWS);
  const rows = Math.min(fitting, data.rows);
  const shown = ranked(after, rows, follows);
  bars.race.style.setProperty("--rows", String(rows));
  dropBars(bars, chars);
  const before = data.moments[show.before].chances[place];
  const compare = data.view === "compare";
  const percent = chances(data.locale, 0);
  chars.forEach((char, i) => {
    const { row, fill, ghost, percent: label } = bars.rows.get(char) ?? addBar(bars, char, rows);
    const at = shown.indexOf(i);
    row.classList.toggle("gone", at < 0);
    row.classList.toggle("chosen", i === follows);
    row.setAttribute("aria-hidden", String(at < 0));
    row.style.transform = `translateY(${(at < 0 ? rows : at) * 100}%)`;
    fill.style.width = `${after[i] / 100}%`;
    ghost.style.width = `${before[i] / 100}%`;
    const now = percent(after[i] / 1e4);
    label.textContent = compare ? `${percent(before[i] / 1e4)} \u2192 ${now}` : now;
  });
  const rest = Math.max(0, 1e4 - shown.reduce((sum, i) => sum + after[i], 0)) / 1e4;
  bars.heading.textContent = data.labels.after_text.replace("{text}", lastWords(prompt, read));
  bars.key.textContent = ending ? data.labels.drawn : data.labels.true;
  bars.rest.textContent = data.labels.others.replace("{share}", percents(data.locale)(rest));
}

/**
 * Which characters have a row, the most probable first; the one that follows always has.
 *
 * @param {number[]} chances of all characters
 * @param {number} rows
 * @param {number} follows its index, -1 for none
 */
function ranked(chances, rows, follows) {
  const shown = chances
    .map((_, i) => i)
    .filter((i) => chances[i] > 0)
    .sort((a, b) => chances[b] - chances[a] || a - b)
    .slice(0, rows);
  if (follows >= 0 && !shown.includes(follows)) {
    shown.splice(Math.min(shown.length, rows - 1), 1, follows);
  }
  return shown;
}

/**
 * @param {Bars} bars
 * @param {string[]} chars that stay
 */
function dropBars(bars, chars) {
  for (const [char, { row }] of bars.rows) {
    if (chars.includes(char)) continue;
    row.remove();
    bars.rows.delete(char);
  }
}

/**
 * A bar that rises from below the rows.
 *
 * @param {Bars} bars
 * @param {string} char
 * @param {number} rows
 * @returns {Bar}
 */
function addBar(bars, char, rows) {
  const row = element("div", "row gone", bars.race);
  element("span", "glyph mono", row, visible(char));
  const track = element("div", "track", row);
  const fill = element("div", "fill", track);
  const ghost = element("div", "ghost", track);
  const bar = { row, fill, ghost, percent: element("span", "percent", row) };
  bars.rows.set(char, bar);
  row.style.transform = `translateY(${rows * 100}%)`;
  return bar;
}

/**
 * The end of what was read, from the beginning of a word where there is one.
 *
 * @param {string[]} prompt
 * @param {number} read characters
 */
function lastWords(prompt, read) {
  const context = prompt.slice(0, read).join("");
  const tail = Array.from(context.replaceAll("\n", "\u21b5")).slice(-CONTEXT).join("");
  return context.length > CONTEXT ? `\u2026${tail.replace(/^\S*\s(?=\S)/, "")}` : tail;
}
