// What is said of a moment: bits per character, how many characters it hesitates between, words.

import { element } from "../shared/components/dom.js";

/** @typedef {import("./view.js").Data} Data */
/** @typedef {import("./view.js").Show} Show */
/** @typedef {ReturnType<typeof buildFacts>} Facts */

const PLURAL = 1.995; // from there on, shown with two decimals, a unit is in the plural in French
const NONE = "\u2013"; // in the place of a figure that nobody has measured

/** @param {HTMLElement} parent */
export function buildFacts(parent) {
  const facts = element("div", "facts leaf", parent);
  const measure = element("p", "big", facts);
  const bits = element("b", "serif", measure);
  const held = element("span", "small", measure);
  const alphabet = element("div", "alphabet", facts);
  alphabet.setAttribute("aria-hidden", "true"); // the next line says it
  const hesitates = element("p", "hesitates", facts);
  const share = element("p", "big", facts);
  const known = element("b", "serif", share);
  const words = element("span", "small", share);
  const said = element("p", "said", facts);
  return { bits, held, alphabet, hesitates, known, words, said };
}

/**
 * @param {Facts} facts
 * @param {Data} data
 * @param {Show} show which moments
 */
export function writeFacts(facts, data, show) {
  const { labels } = data;
  const [moment, old] = [data.moments[show.at], data.moments[show.before]];
  const compare = data.view === "compare";
  const pair = (/** @type {"bits" | "known" | "hesitates"} */ name) =>
    compare && old[name] !== NONE ? `${old[name]} \u2192 ${moment[name]}` : moment[name];
  facts.bits.textContent = pair("bits");
  facts.held.textContent = data.held[compare || (moment.validation ?? 0) >= PLURAL ? 1 : 0];
  lightAlphabet(facts.alphabet, data.symbols, moment.among ?? 0, compare ? (old.among ?? 0) : 0);
  facts.known.textContent = pair("known");
  facts.words.textContent = compare ? labels.words_beside : labels.words;
  facts.hesitates.textContent =
    moment.among == null ? "" : labels.hesitates.replace("{count}", pair("hesitates"));
  facts.said.textContent = moment.said;
}

/**
 * As many symbols are lit as the network hesitates between.
 *
 * @param {HTMLElement} alphabet
 * @param {number} symbols
 * @param {number} among
 * @param {number} before the same at the moment that it is compared with
 */
function lightAlphabet(alphabet, symbols, among, before) {
  while (alphabet.children.length > symbols) alphabet.lastChild?.remove();
  while (alphabet.children.length < symbols) element("i", "", alphabet);
  alphabet.querySelectorAll("i").forEach((tick, i) => {
    tick.style.setProperty("--lit", String(Math.min(Math.max(among - i, 0), 1)));
    tick.classList.toggle("was", i < Math.round(before));
  });
}
