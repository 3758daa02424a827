// The ladder of models, from the simplest to the largest. Texts grow in place while they are being
// written; a click on a recording sends "listen" with its value.

import { element, offerRecordings, rootOf, visible } from "../shared/components/dom.js";
import { percents } from "../shared/components/numbers.js";

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string} whole the same, not shortened
 * @property {string} note
 * @property {string} measure
 * @property {string} text
 * @property {string} recorded when the text was, "" of one that is written here
 * @property {import("../shared/components/dom.js").Recordings} choices
 * @property {[char: string, chance: number][]} bars
 */

/** @param {import("../shared/components/dom.js").Drawing<{steps: Step[], locale: string}>} drawing */
export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement);
  root.textContent = "";
  const ladder = element("div", "ladder", root);
  const percent = percents(data.locale);
  for (const step of data.steps) {
    const rung = element("section", "rung leaf", ladder);
    rung.setAttribute("aria-label", step.name);
    const head = element("div", "", rung);
    const line = element("div", "name", head);
    element("b", "serif", line, step.name).title = step.whole;
    element("span", "measure", line, step.measure);
    element("span", "note small", head, step.note);
    if (step.recorded) element("span", "recorded", head, step.recorded);
    const text = element("p", "serif", rung, step.text.replaceAll("\n", " \u21b5 "));
    offerRecordings(text, step.choices, (value) => setTriggerValue("listen", value));
    const bars = element("div", "candidates", rung);
    for (const [char, chance] of step.bars) {
      const bar = element("div", "candidate", bars);
      bar.title = `${visible(char)} ${percent(chance)}`;
      bar.setAttribute("aria-label", bar.title);
      element("span", "column", bar).style.height = `${Math.max(chance * 100, 3)}%`;
      element("span", "glyph mono", bar, visible(char));
    }
  }
}
