// A text coloured by one number a character, on both sides of zero. Clicking a character, or dragging
// over several, sends "span" with {from, to}, to excluded.

import { component } from "../shared/components/component.js";
import { element, redrawn, remembered, rootOf, shows, visible } from "../shared/components/dom.js";
import { numbers } from "../shared/components/numbers.js";

/**
 * @typedef {object} Data
 * @property {string} text
 * @property {(number | null)[]} values one a character; null: none
 * @property {number} bound the value of the full colour
 * @property {number[]} tried characters that are underlined
 * @property {[from: number, to: number] | null} span
 * @property {number | null} target a character that is set apart
 * @property {string} locale
 * @property {{hint: string, value: string, low: string, high: string}} labels
 */

/** The part that is chosen, from `from` to before `to`, -1 for none. */
class Chosen {
  from = -1;
  to = -1;
  /** Where a part that is still being chosen begins; -1 for none. */
  anchor = -1;
  /** What the server last said. */
  heard = "";
  /** @type {string[]} what was sent to it, and has not come back */
  sent = [];
}

export default component(render);

/** @param {import("../shared/components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement);
  if (shows(root, data)) return;
  const restore = redrawn(root, ".sheet");
  const { labels } = data;
  const number = numbers(data.locale, { maximumSignificantDigits: 3 });
  const page = element("div", "page", root);
  const told = element("div", "told", page);
  const detail = element("div", "value", told);
  const legend = element("div", "legend small", told);
  legend.append(`${labels.low} ${number(-data.bound)}`);
  element("span", "ramp", legend);
  legend.append(`${number(data.bound)} ${labels.high}`);
  const sheet = element("div", "sheet leaf serif", page);
  sheet.tabIndex = 0;
  sheet.setAttribute("role", "textbox");
  sheet.setAttribute("aria-readonly", "true");
  sheet.setAttribute("aria-label", labels.hint);
  const chars = Array.from(data.text);
  const chosen = remembered(root, () => new Chosen());
  listenTo(data, chosen);

  const tried = new Set(data.tried);
  const spans = chars.map((char, i) => {
    const span = element("span", "c", sheet);
    const value = data.values[i] ?? null;
    if (value === null) span.classList.add("later");
    else {
      const share = Math.min(Math.abs(value) / (data.bound || 1), 1);
      const colour = value < 0 ? "--low" : "--high";
      span.style.background = `color-mix(in srgb, var(${colour}) ${Math.round(share * 100)}%, transparent)`;
    }
    span.classList.toggle("tried", tried.has(i));
    if (i === data.target) {
      span.classList.remove("later");
      span.classList.add("target");
    }
    if (char === "\n") {
      element("span", "line", span, visible(char));
      if (i > 0) span.append("\n");
    } else span.textContent = char;
    span.dataset.i = String(i);
    return span;
  });

  const mark = () => {
    spans.forEach((span, i) => {
      span.classList.toggle("chosen", chosen.from <= i && i < chosen.to);
    });
  };
  /** @param {number} i the character that is described, -1 for none */
  const look = (i) => {
    root.querySelector(".at")?.classList.remove("at");
    detail.textContent = "";
    if (i < 0) {
      element("span", "small", detail, labels.hint);
      return;
    }
    spans[i].classList.add("at");
    element("span", "glyph mono", detail, visible(chars[i]));
    const value = data.values[i] ?? null;
    if (value !== null) element("b", "", detail, `${labels.value} ${number(value)}`);
  };
  /** @type {(from: number, to: number) => void} */
  const choose = (from, to) => {
    Object.assign(chosen, { from, to });
    mark();
  };
  const send = () => {
    const { from, to } = chosen;
    chosen.sent.push(JSON.stringify([data.text, [from, to]]));
    setTriggerValue("span", { from, to });
  };

  sheet.onpointerdown = (event) => {
    chosen.anchor = characterAt(event);
    if (chosen.anchor >= 0) choose(chosen.anchor, chosen.anchor + 1);
  };
  sheet.onpointermove = (event) => {
    const i = characterAt(event);
    look(i);
    if (chosen.anchor < 0 || i < 0) return;
    choose(Math.min(chosen.anchor, i), Math.max(chosen.anchor, i) + 1);
  };
  const release = () => {
    if (chosen.anchor < 0) return;
    chosen.anchor = -1;
    send();
  };
  sheet.onpointerup = release;
  sheet.onpointerleave = () => {
    release();
    look(-1);
  };
  sheet.onkeydown = (event) => {
    if (event.key === "Enter" && chosen.from >= 0) send();
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    if (event.shiftKey) {
      const to = Math.min(Math.max(chosen.to + step, chosen.from + 1), chars.length);
      choose(chosen.from, to);
    } else {
      const from = Math.min(Math.max(chosen.from + step, 0), chars.length - 1);
      choose(from, from + 1);
    }
    look(chosen.to - 1);
    spans[chosen.to - 1].scrollIntoView({ block: "nearest" });
  };
  mark();
  look(-1);
  restore(sheet);
}

/**
 * Takes the part that the server names, unless something else has been chosen here since, which it
 * has not answered yet.
 *
 * @param {Data} data
 * @param {Chosen} chosen
 */
function listenTo(data, chosen) {
  const heard = JSON.stringify([data.text, data.span]);
  const answers = chosen.sent.indexOf(heard);
  if (answers >= 0) chosen.sent.splice(0, answers);
  else if (heard !== chosen.heard) {
    const [from, to] = data.span ?? [-1, -1];
    Object.assign(chosen, { from, to, anchor: -1, sent: [] });
  }
  chosen.heard = heard;
}

/**
 * The number of the character under a pointer, -1 for none.
 *
 * @param {PointerEvent} event
 */
function characterAt(event) {
  const span = event.target instanceof Element && event.target.closest(".c");
  return span instanceof HTMLElement ? Number(span.dataset.i) : -1;
}
