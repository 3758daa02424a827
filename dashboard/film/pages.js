// The two pages of the film: the prompt, and what a network has written after it.

import { element } from "../shared/components/dom.js";

/** @typedef {import("./view.js").Moment} Moment */

/**
 * @typedef {object} FilmPage
 * @property {HTMLElement} page
 * @property {HTMLElement} heading
 * @property {HTMLElement} prompt
 * @property {HTMLElement} first character that is written
 * @property {HTMLElement} written the others
 */

/**
 * @param {string} className
 * @param {HTMLElement} parent
 * @returns {FilmPage}
 */
export function buildPage(className, parent) {
  const page = element("section", `page leaf serif ${className}`, parent);
  page.tabIndex = 0; // a scrolling region must be reachable with the keyboard
  const heading = element("h3", "", page);
  const prompt = element("span", "prompt", page);
  const first = element("span", "first", page);
  const written = element("span", "written", page);
  element("span", "caret", page);
  return { page, heading, prompt, first, written };
}

/**
 * Fills in the prompt, in which a click chooses a place.
 *
 * @param {FilmPage} page
 * @param {[char: string, known: boolean][]} prompt
 * @param {number} end place of what follows the prompt
 * @param {(place: number) => void} look
 */
export function showPrompt(page, prompt, end, look) {
  page.prompt.textContent = "";
  const first = prompt.length - end; // the character in front of which the places begin
  prompt.forEach(([char, known], i) => {
    const node = element("span", known ? "" : "unknown", page.prompt, char);
    if (i >= first) node.dataset.place = String(i - first);
  });
  page.page.onclick = ({ target }) => {
    if (!(target instanceof Element)) return;
    const chosen = target.closest("[data-place]");
    if (chosen instanceof HTMLElement) look(Number(chosen.dataset.place));
    else if (target.closest(".first, .written")) look(end);
  };
}

/**
 * Marks the place whose bars are shown.
 *
 * @param {FilmPage} page
 * @param {number} place
 * @param {number} end place of what follows the prompt
 */
export function markPlace({ page, prompt, first }, place, end) {
  for (const marked of page.querySelectorAll(".cursor")) marked.classList.remove("cursor");
  const chosen = place === end ? first : prompt.querySelector(`[data-place="${place}"]`);
  chosen?.classList.add("cursor");
}

/**
 * Shows what was written at a moment, words that nobody knows in grey.
 *
 * @param {FilmPage} page
 * @param {Moment} moment
 * @param {number} [upto] characters
 */
export function showWritten(page, moment, upto) {
  const text = Array.from(moment.text).slice(0, upto);
  page.heading.textContent = moment.title;
  page.first.textContent = (text[0] ?? "").replace("\n", "\u21b5\n");
  page.first.classList.toggle("faint", moment.runs[0] > 0);
  page.written.textContent = "";
  let start = 0;
  moment.runs.forEach((length, i) => {
    const stretch = text.slice(Math.max(start, 1), start + length).join("");
    if (stretch) element("span", i % 2 ? "" : "faint", page.written, stretch);
    start += length;
  });
}
