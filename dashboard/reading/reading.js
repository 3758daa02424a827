// A text that a model has read, each character coloured by how well it was foreseen. Everything is
// looked at in the browser: pointing at a character costs the server nothing.

import { component } from "../shared/components/component.js";
import {
  element,
  redrawn,
  remembered,
  rootOf,
  shape,
  shows,
  visible,
} from "../shared/components/dom.js";
import { numbers, percents } from "../shared/components/numbers.js";

const STRONG = 8; // bits that get the full colour
const STEP = 3; // pixels of a character on the curve, at least

/**
 * @typedef {object} Data
 * @property {string} text
 * @property {number[]} bits one a character
 * @property {number[]} ranks from 1; 0: unknown to the model
 * @property {number[]} entropy in bits
 * @property {string[]} top what was expected in the place of each character, a string of alternatives
 * @property {number[][]} probs of them, in thousandths
 * @property {"bits" | "rank"} colour
 * @property {string} locale
 * @property {{unknown: string, rank: string, bit: string, bits: string, expected: string,
 *   entropy: string, hint: string, scale: [string, string], classes: string[]}} labels
 */

/**
 * The class of a rank, "" for the first.
 *
 * @param {number} rank
 */
function classOf(rank) {
  if (rank === 0) return "lost";
  if (rank === 1) return "";
  return rank <= 3 ? "r2" : rank <= 10 ? "r3" : "r4";
}

export default component(render);

/** @param {import("../shared/components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement }) {
  const root = rootOf(parentElement);
  if (shows(root, data)) return;
  const restore = redrawn(root, ".sheet");
  const memory = remembered(root, () => ({ text: "", kept: -1 }));
  const { labels } = data;
  const chars = Array.from(data.text);
  const number = numbers(data.locale, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
  const percent = percents(data.locale);
  const page = element("div", "page", root);
  const detail = element("div", "told", page); // one line: the text must not move under the pointer
  const sheet = element("div", "sheet leaf serif", page);
  sheet.tabIndex = 0;
  drawLegend(element("div", "legend small", page), data);
  const spans = chars.map((char, i) => {
    const span = element("span", "c", sheet);
    if (data.colour === "bits") {
      const share = Math.min(data.bits[i] / STRONG, 1);
      span.style.background = `color-mix(in srgb, var(--hot) ${Math.round(share * 100)}%, transparent)`;
      span.classList.toggle("lost", data.ranks[i] === 0);
    } else if (classOf(data.ranks[i])) span.classList.add(classOf(data.ranks[i]));
    if (char === "\n") {
      element("span", "line", span, visible(char));
      span.append("\n");
    } else span.textContent = char;
    span.dataset.i = String(i);
    return span;
  });

  const head = element("div", "striphead small", page);
  element("span", "", head, labels.entropy);
  const high = Math.max(4, ...data.entropy);
  element("span", "", head, `0 \u2013 ${number(high)}`);
  const frame = element("div", "frame", page);
  frame.tabIndex = 0; // it scrolls
  const strip = shape(
    "svg",
    {
      viewBox: `0 0 ${chars.length} 100`,
      preserveAspectRatio: "none",
      class: "strip",
      role: "img",
      "aria-label": labels.entropy,
    },
    frame,
  );
  strip.style.width = `max(100%, ${STEP * chars.length}px)`;
  const points = data.entropy.map((bits, i) => `${i + 0.5},${98 - (96 * bits) / high}`);
  shape("polyline", { points: points.join(" ") }, strip);
  const cursor = shape("line", { y1: 0, y2: 100, class: "cursor" }, strip);

  /** @param {number} i the character that is described, -1 for none */
  const look = (i) => {
    root.querySelector(".at")?.classList.remove("at");
    detail.textContent = "";
    cursor.style.display = i < 0 ? "none" : "";
    if (i < 0) {
      element("span", "small", detail, labels.hint);
      return;
    }
    spans[i].classList.add("at");
    cursor.setAttribute("x1", String(i + 0.5));
    cursor.setAttribute("x2", String(i + 0.5));
    const x = ((i + 0.5) / chars.length) * strip.clientWidth;
    if (x < frame.scrollLeft || x > frame.scrollLeft + frame.clientWidth) {
      frame.scrollLeft = x - frame.clientWidth / 2;
    }
    element("span", "glyph mono", detail, visible(chars[i]));
    const bits = labels[data.bits[i] < 2 ? "bit" : "bits"];
    const read = `${labels.rank.replace("{rank}", String(data.ranks[i]))} \u00b7 ${bits.replace("{value}", number(data.bits[i]))}`;
    element("b", "", detail, data.ranks[i] === 0 ? labels.unknown : read);
    element("span", "small", detail, labels.expected);
    Array.from(data.top[i]).forEach((char, place) => {
      const option = element("span", "option", detail);
      element("span", "glyph mono", option, visible(char));
      element("span", "small", option, percent(data.probs[i][place] / 1000));
    });
  };
  /** @param {number} i the character that stays described, -1 for none */
  const keep = (i) => {
    memory.kept = i;
    look(i);
  };
  const leave = () => look(memory.kept);
  sheet.onpointermove = (event) => {
    if (memory.kept < 0) look(characterAt(event));
  };
  sheet.onpointerleave = leave;
  sheet.onclick = (event) => {
    const i = characterAt(event);
    keep(i === memory.kept ? -1 : i);
  };
  sheet.onkeydown = (event) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    keep(Math.min(Math.max(memory.kept + step, 0), chars.length - 1));
    spans[memory.kept].scrollIntoView({ block: "nearest" });
  };
  strip.onpointermove = (event) => {
    const box = strip.getBoundingClientRect();
    const i = Math.floor(((event.clientX - box.left) / box.width) * chars.length);
    if (memory.kept < 0) look(Math.min(Math.max(i, 0), chars.length - 1));
  };
  strip.onpointerleave = leave;
  if (memory.text !== data.text) memory.kept = -1; // not another colour, nor another model
  memory.text = data.text;
  look(memory.kept);
  restore(sheet);
}

/** @type {(legend: HTMLElement, data: Data) => void} */
function drawLegend(legend, { colour, labels }) {
  if (colour === "bits") {
    legend.append(labels.scale[0]);
    element("span", "ramp", legend);
    legend.append(labels.scale[1]);
    return;
  }
  labels.classes.forEach((name, i) => {
    const item = element("span", "", legend);
    element("span", `swatch r${i + 1}`, item);
    item.append(name);
  });
}

/**
 * The number of the character under a pointer, -1 for none.
 *
 * @param {MouseEvent} event
 */
function characterAt(event) {
  const span = event.target instanceof Element && event.target.closest(".c");
  return span instanceof HTMLElement ? Number(span.dataset.i) : -1;
}
