// A text coloured by one number a character, on both sides of zero. data: text, values (one a
// character, null: none), bound (the value of the full colour), span [from, to] or null, target (a
// character that is set apart) or null, locale, labels {hint, value, low, high}. Clicking a
// character, or dragging over several, triggers "span": {from, to}, to excluded.

import { element, redrawn, shows, visible } from "../shared/components/dom.js";
import { numbers } from "../shared/components/numbers.js";

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  if (shows(root, data)) return;
  const restore = redrawn(root, ".sheet");
  const page = element("div", "page", root);
  const told = element("div", "told", page);
  const detail = element("div", "value", told);
  const legend = element("div", "legend small", told);
  const number = numbers(data.locale, { maximumSignificantDigits: 3 });
  legend.append(data.labels.low + " " + number(-data.bound));
  element("span", "ramp", legend);
  legend.append(number(data.bound) + " " + data.labels.high);
  const sheet = element("div", "sheet leaf serif", page);
  sheet.tabIndex = 0;
  sheet.setAttribute("role", "textbox");
  sheet.setAttribute("aria-readonly", "true");
  sheet.setAttribute("aria-label", data.labels.hint);
  const chars = Array.from(data.text);
  // What has been chosen here since stays, also while the server still answers for what was before.
  const heard = JSON.stringify([data.text, data.span]);
  const chosen =
    root.chosen ?? (root.chosen = { from: -1, to: -1, anchor: -1, heard: "", sent: [] });
  const answers = chosen.sent.indexOf(heard);
  if (answers >= 0) chosen.sent.splice(0, answers);
  else if (heard !== chosen.heard) {
    const [from, to] = data.span ?? [-1, -1];
    Object.assign(chosen, { from, to, anchor: -1, sent: [] });
  }
  chosen.heard = heard;

  const spans = chars.map((char, i) => {
    const span = element("span", "c", sheet);
    const value = data.values[i];
    if (value !== null && value !== undefined) {
      const share = Math.min(Math.abs(value) / (data.bound || 1), 1);
      span.style.background = `color-mix(in srgb, var(${value < 0 ? "--low" : "--high"}) ${Math.round(share * 100)}%, transparent)`;
    } else span.classList.add("later");
    if (i === data.target)
      span.classList.replace("later", "target") || span.classList.add("target");
    if (char === "\n") {
      element("span", "line", span, "\u21b5");
      if (i > 0) span.append("\n");
    } else span.textContent = char;
    span.dataset.i = i;
    return span;
  });

  function mark() {
    spans.forEach((span, i) => span.classList.toggle("chosen", chosen.from <= i && i < chosen.to));
  }
  function look(i) {
    root.querySelector(".at")?.classList.remove("at");
    detail.textContent = "";
    if (i < 0) {
      element("span", "small", detail, data.labels.hint);
      return;
    }
    spans[i].classList.add("at");
    element("span", "glyph mono", detail, visible(chars[i]));
    const value = data.values[i];
    if (value !== null && value !== undefined)
      element("b", "", detail, data.labels.value + " " + number(value));
  }
  const at = (event) => {
    const span = event.target.closest?.(".c");
    return span ? Number(span.dataset.i) : -1;
  };
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
    chosen.anchor = at(event);
    if (chosen.anchor >= 0) choose(chosen.anchor, chosen.anchor + 1);
  };
  sheet.onpointermove = (event) => {
    const i = at(event);
    look(i);
    if (chosen.anchor >= 0 && i >= 0)
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
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Enter" && chosen.from >= 0) send();
    if (!step) return;
    event.preventDefault();
    const from = event.shiftKey
      ? chosen.from
      : Math.min(Math.max(chosen.from + step, 0), chars.length - 1);
    const to = event.shiftKey
      ? Math.min(Math.max(chosen.to + step, from + 1), chars.length)
      : from + 1;
    choose(from, to);
    look(to - 1);
    spans[to - 1].scrollIntoView({ block: "nearest" });
  };
  mark();
  look(-1);
  restore(sheet);
}
