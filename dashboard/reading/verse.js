// Verse that is counted as it is typed: under the text each of its lines, syllable by syllable, with
// the pause after the sixth, the count, and the letter of its rhyme. All of it in the browser; the
// server is told the text once the typing stops.

import { component } from "../shared/components/component.js";
import { element, onceAnswered, remembered, rootOf, shows } from "../shared/components/dom.js";
import {
  ALEXANDRINE,
  counter,
  HEMISTICH,
  normalised,
  rhymeLetters,
  spans,
} from "../shared/components/syllables.js";

const QUIET = 800; // milliseconds without a key after which the server is told
const RHYMES = 6; // colours; the seventh rhyme has the first again

/**
 * @typedef {object} Data
 * @property {string} text
 * @property {import("../shared/components/syllables.js").Tables} tables
 * @property {{label: string, hint: string, caesura: string, or: string,
 *   rhyme: string, alone: string, syllables: string, told: string}} labels
 */

export default component(render);

/** @param {import("../shared/components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement);
  const current = root.querySelector("textarea");
  if (shows(root, data) || (current && document.activeElement === current)) return;
  const memory = remembered(root, () => ({ untell: () => {} }));
  memory.untell();
  root.textContent = "";
  const { labels } = data;
  const counting = counter(data.tables);
  const page = element("div", "page", root);
  const input = element("textarea", "serif", page);
  input.setAttribute("aria-label", labels.label);
  input.placeholder = labels.hint;
  input.spellcheck = false;
  input.value = data.text;
  const told = element("p", "told", page);
  told.setAttribute("aria-live", "polite");
  const sheet = element("ol", "lines leaf serif", page);
  sheet.tabIndex = 0; // it scrolls

  const draw = () => {
    const lines = normalised(input.value)
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean)
      .map(counting.count);
    const letters = rhymeLetters(counting.neighbours(lines));
    sheet.textContent = "";
    lines.forEach((counted, i) => {
      drawLine(element("li", "", sheet), counted, letters[i], labels);
    });
    sheet.hidden = !lines.length;
    const twelve = lines.filter(({ readings }) => readings.has(ALEXANDRINE)).length;
    told.textContent = labels.told
      .replace("{twelve}", String(twelve))
      .replace("{lines}", String(lines.length));
  };
  input.oninput = () => {
    draw();
    memory.untell();
    memory.untell = onceAnswered(() => setTriggerValue("text", input.value), QUIET);
  };
  draw();
}

/**
 * One line, counted.
 *
 * @param {HTMLElement} item
 * @param {import("../shared/components/syllables.js").Count} counted
 * @param {number | null} rhyme
 * @param {Data["labels"]} labels
 */
function drawLine(item, counted, rhyme, labels) {
  const shown = counted.readings.has(ALEXANDRINE) ? ALEXANDRINE : counted.best;
  const reading = counted.readings.get(shown);
  const whole = shown === ALEXANDRINE;
  item.className = whole ? "twelve" : "";
  const text = element("span", "text", item);
  spans(counted, shown).forEach(([start, stop], i) => {
    element("span", i % 2 ? "odd" : "even", text, counted.line.slice(start, stop));
    if (whole && i + 1 === HEMISTICH && reading?.caesura) {
      const pause = element("span", "caesura", text, "\u2016");
      pause.title = labels.caesura;
    }
  });
  if (!reading) text.textContent = counted.line;
  const others = [...counted.readings.keys()].filter((count) => count !== shown);
  const count = element("b", "count", item, String(shown || "\u2013"));
  count.title = `${labels.syllables.replace("{count}", String(shown))}${others.length ? ` ${labels.or.replace("{others}", others.join(", "))}` : ""}`;
  count.setAttribute("aria-label", count.title);
  const letter = element("span", "rhyme", item, rhyme === null ? "" : letterOf(rhyme));
  letter.title = rhyme === null ? labels.alone : labels.rhyme;
  if (rhyme !== null) letter.classList.add(`r${rhyme % RHYMES}`);
  if (rhyme !== null) underline(item, rhyme);
}

/**
 * A stroke under the last syllable, in the colour of its rhyme.
 *
 * @param {HTMLElement} item
 * @param {number} rhyme
 */
function underline(item, rhyme) {
  const last = item.querySelector(".text > span:last-of-type");
  last?.classList.add("ending", `r${rhyme % RHYMES}`);
}

/** @param {number} rhyme */
const letterOf = (rhyme) => String.fromCharCode(65 + (rhyme % 26));
