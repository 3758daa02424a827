// The ladder of models, from the simplest to the largest, one rung at a time: arrows, the keys of the
// arrows and the names go from one to another. Texts grow in place while they are being written.
// "rung" is sent with the number of the rung that is shown, "listen" with the value of a recording.

import { component } from "../shared/components/component.js";
import {
  button,
  element,
  offerRecordings,
  remembered,
  rootOf,
  visible,
} from "../shared/components/dom.js";
import { chances } from "../shared/components/numbers.js";
import { iconButton, isForAWidget } from "../shared/components/transport.js";

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string} whole the same, not shortened
 * @property {string} note
 * @property {string} measure
 * @property {string} arrow what changes from the link of the chain before it, "" of no link
 * @property {string} worse why it is worse than the rung before, "" where it is not
 * @property {string} text
 * @property {string} recorded when the text was, "" of one that is written here
 * @property {import("../shared/components/dom.js").Recordings} choices
 * @property {[char: string, chance: number][]} bars
 */

/**
 * @typedef {object} Data
 * @property {Step[]} steps
 * @property {number} at the rung that the address names
 * @property {string} locale
 * @property {{previous: string, next: string}} labels
 */

/** What is shown, from one drawing to the next. */
class Show {
  at = 0;
  /** Where the address was at the last drawing. */
  heard = -1;
  /** @type {Set<number>} rungs that were told, and are still to come back in the address */
  told = new Set();
  stop = () => {};
}

export default component(render);

/** @param {import("../shared/components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement);
  const show = remembered(root, () => new Show());
  const last = data.steps.length - 1;
  if (data.at !== show.heard) {
    show.heard = data.at;
    if (!show.told.delete(data.at)) show.at = data.at;
  }
  show.at = Math.min(show.at, last);
  const go = (/** @type {number} */ to) => {
    if (to < 0 || to > last || to === show.at) return;
    show.at = to;
    show.told.add(to);
    setTriggerValue("rung", to);
    draw();
  };
  const draw = () => {
    root.textContent = "";
    const ladder = element("div", "ladder", root);
    drawSteps(ladder, data, show.at, go);
    drawRung(ladder, data, show.at, (value) => setTriggerValue("listen", value));
  };
  const listen = (/** @type {KeyboardEvent} */ event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined || isForAWidget(event)) return;
    event.preventDefault();
    go(show.at + by);
  };
  show.stop();
  draw();
  document.addEventListener("keydown", listen);
  show.stop = () => document.removeEventListener("keydown", listen);
  return show.stop;
}

/**
 * The way up: arrows, and the names of all rungs.
 *
 * @param {HTMLElement} ladder
 * @param {Data} data
 * @param {number} at
 * @param {(to: number) => void} go
 */
function drawSteps(ladder, { steps, labels }, at, go) {
  const way = element("div", "way transport", ladder);
  const previous = iconButton("previous", way);
  previous.disabled = at === 0;
  previous.setAttribute("aria-label", labels.previous);
  previous.onclick = () => go(at - 1);
  const names = element("div", "names", way);
  steps.forEach(({ name }, number) => {
    const step = button("step", names, name);
    if (number === at) step.setAttribute("aria-current", "step");
    step.onclick = () => go(number);
  });
  const next = iconButton("next", way, "main");
  next.disabled = at === steps.length - 1;
  next.setAttribute("aria-label", labels.next);
  next.onclick = () => go(at + 1);
}

/**
 * What a model writes and expects, large.
 *
 * @param {HTMLElement} ladder
 * @param {Data} data
 * @param {number} at
 * @param {(value: string) => void} listen
 */
function drawRung(ladder, { steps, locale }, at, listen) {
  const step = steps[at];
  const percent = chances(locale, 0);
  const rung = element("section", "rung leaf", ladder);
  rung.setAttribute("aria-label", step.name);
  const head = element("header", "", rung);
  element("h2", "serif", head, step.name).title = step.whole;
  element("span", "note", head, step.note);
  if (step.recorded) element("span", "recorded", head, step.recorded);
  element("span", "measure", head, step.measure);
  if (step.arrow) element("p", "arrow", rung, step.arrow);
  if (step.worse) element("p", "worse", rung, step.worse);
  const text = element("p", "said serif", rung, step.text.replaceAll("\n", " \u21b5 "));
  offerRecordings(text, step.choices, listen);
  const bars = element("div", "candidates", rung);
  for (const [char, chance] of step.bars) {
    const bar = element("div", "candidate", bars);
    bar.title = `${visible(char)} ${percent(chance)}`;
    element("span", "glyph mono", bar, visible(char));
    element("span", "fill", element("span", "track", bar)).style.width = `${chance * 100}%`;
    element("span", "percent", bar, percent(chance));
  }
}
