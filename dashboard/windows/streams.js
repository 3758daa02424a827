// Contiguous streams: the text cut into pieces read side by side, the state carried from window to
// window; beneath them, as a contrast, windows drawn at random, each from a state of zeros.

import { component } from "../shared/components/component.js";
import {
  element,
  remembered,
  rootOf,
  shape,
  showFacts,
  unit,
  visible,
} from "../shared/components/dom.js";
import { numbers } from "../shared/components/numbers.js";
import { buildTransport, conduct } from "../shared/components/transport.js";

const PACE = { slow: 2600, normal: 1300, fast: 450 }; // milliseconds a window
const WIDE = 14.5; // pixels a character, where a unit is one
const NARROW = 480; // pixels, where a unit is one: a telephone, which has no room for what is behind
const BEHIND = 6; // characters shown before a window
const STATE = 5; // the same for the room of the state

/**
 * @typedef {object} Data
 * @property {string} id
 * @property {number} length of a window
 * @property {number} batch streams in all
 * @property {number} per_stream characters
 * @property {number} left_out share of the text
 * @property {{name: string, text: string}[]} rows some of the streams, from their beginnings
 * @property {number} windows how many each has
 * @property {number[][]} random where the windows of each shuffled batch begin, shares of the text
 * @property {[number: string, label: string][]} facts
 * @property {string} locale
 * @property {import("../shared/components/dom.js").Labels} labels
 */

/** @param {HTMLElement} root */
function build(root) {
  root.textContent = "";
  const board = element("div", "streams", root);
  const bar = buildTransport(element("div", "top", board));
  const whole = element("div", "strip leaf", board);
  const heading = element("h2", "", whole);
  const strip = shape("svg", { role: "img" }, whole);
  const list = element("div", "list leaf", board);
  const chance = element("div", "strip leaf", board);
  const other = element("h2", "", chance);
  const scattered = shape("svg", { role: "img" }, chance);
  const facts = element("div", "facts", board);
  return { board, bar, heading, strip, list, other, scattered, facts };
}

class Show {
  /** @type {string | null} */
  id = null;
  at = 0;
  playing = false;
  /** @type {import("../shared/components/transport.js").Speed} */
  speed = "normal";
}

export default component(render);

/** @param {import("../shared/components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement }) {
  const root = rootOf(parentElement);
  const { view, show } = remembered(root, () => ({ view: build(root), show: new Show() }));
  const { length, labels } = data;
  const rows = data.rows.map(({ name, text }) => ({ name, chars: Array.from(text) }));
  const number = numbers(data.locale);
  const inText = Math.floor((rows[0].chars.length - 1) / length);
  const last = Math.max(Math.min(data.windows, inText, data.random.length) - 1, 0);

  const drawRows = () => {
    view.list.textContent = "";
    const wide = view.list.clientWidth / unit();
    const behind = wide < NARROW ? 0 : BEHIND;
    const room = Math.max(20, Math.floor((wide - 150) / WIDE));
    const inner = Math.min(length, room - behind - STATE - 4);
    const start = show.at * length;
    for (const { name, chars } of rows) {
      const line = element("div", "row", view.list);
      element("span", "name small", line, name);
      const text = element("span", "mono", line);
      /** @type {(from: number, upto: number, kind: string) => void} */
      const put = (from, upto, kind) => {
        for (const char of chars.slice(Math.max(from, 0), upto)) {
          element("span", `char ${kind}`, text, visible(char));
        }
      };
      const missing = Math.max(Math.min(behind - start, behind), 0);
      for (let i = 0; i < missing; i++) element("span", "char", text, "\u00a0");
      put(start - behind, start, "past");
      const zero = show.at === 0;
      element("span", `state${zero ? " zero" : ""}`, text, zero ? "0" : labels.state);
      if (inner >= length) put(start, start + length, "in");
      else {
        const head = Math.ceil((inner - 3) / 2);
        put(start, start + head, "in");
        element("span", "gap", text, "\u22ef");
        put(start + length - (inner - 3 - head), start + length, "in");
      }
      put(start + length, start + length + 1, "aim");
    }
  };

  const draw = () => {
    const inside = (show.at * length) / data.per_stream;
    const used = 1 - data.left_out;
    const places = Array.from({ length: data.batch }, (_, i) => ((i + inside) / data.batch) * used);
    drawStrip(view.strip, places, data.batch);
    drawStrip(view.scattered, data.random[show.at] ?? [], 1);
    drawRows();
    view.bar.when.textContent = labels.when
      .replace("{at}", number(show.at + 1))
      .replace("{all}", number(data.windows));
  };
  view.heading.textContent = labels.heading;
  view.other.textContent = labels.other;
  view.strip.setAttribute("aria-label", labels.heading);
  view.scattered.setAttribute("aria-label", labels.other);
  showFacts(view.facts, data.facts);
  if (show.id !== data.id) Object.assign(show, { id: data.id, at: 0, playing: false });
  return conduct({ root, board: view.board, bar: view.bar, show, last, pace: PACE, labels, draw });
}

/**
 * The text as a strip, cut into pieces, with marks at shares of it.
 *
 * @type {(svg: SVGElement, marks: number[], pieces: number) => void}
 */
function drawStrip(svg, marks, pieces) {
  svg.textContent = "";
  const { clientWidth: width, clientHeight: height } = svg;
  if (!width) return;
  shape("rect", { class: "whole", x: 0, y: 6, width, height: height - 12, rx: 4 }, svg);
  for (let i = 1; i < pieces; i++) {
    const x = (i / pieces) * width;
    shape("line", { class: "cut", x1: x, x2: x, y1: 2, y2: height - 2 }, svg);
  }
  for (const share of marks) {
    const x = share * width;
    shape("line", { class: "mark", x1: x, x2: x, y1: 0, y2: height }, svg);
  }
}
