// The sliding window, on numbers and on text side by side; played and stepped in the browser alone.
// Window k of both begins at k times the shift.

import { component } from "../shared/components/component.js";
import {
  element,
  remembered,
  rootOf,
  shape,
  showFacts,
  visible,
  write,
} from "../shared/components/dom.js";
import { numbers } from "../shared/components/numbers.js";
import { buildTransport, conduct } from "../shared/components/transport.js";

const PACE = { slow: 1500, normal: 700, fast: 250 }; // milliseconds a window
const CELL = { number: 42, letter: 28 }; // least pixels of a pair
const FONTS = [1.02, 0.9, 0.8, 0.7]; // of the text, in rem
const MARGIN = { left: 50, right: 12, top: 28, bottom: 44 }; // around the curve, in pixels
const ROOF = { left: 42, right: 8, top: 20, bottom: 22 }; // around the readings, in pixels
const LEAD = 76; // pixels for the names of the pairs
const LINE = 18; // least pixels from one number of an axis to the next
const CHARS = 4; // that a cell has room for in full size
const ELLIPSIS = -1; // in the place of the pairs that there is no room for

/**
 * @typedef {object} Data
 * @property {string} id
 * @property {number[]} series
 * @property {string} text its beginning
 * @property {number} length of a window
 * @property {number} shift
 * @property {number[]} reads how many windows read each of these characters in all
 * @property {string} windows how many there are in the whole text
 * @property {[number: string, label: string][]} facts
 * @property {string} locale
 * @property {import("../shared/components/dom.js").Labels} labels
 */

/**
 * What is drawn at a moment: a window of the series or of the text.
 *
 * @typedef {object} Moment
 * @property {number} start first place that is read
 * @property {number} length
 * @property {import("../shared/components/dom.js").Labels} labels
 * @property {import("../shared/components/numbers.js").Format} number
 */

/** @param {HTMLElement} root */
function build(root) {
  root.textContent = "";
  const board = element("div", "windows", root);
  const bar = buildTransport(element("div", "top", board));
  const [series, text] = ["series", "text"].map((kind) => {
    const half = element("section", `half leaf ${kind}`, board);
    const heading = element("h2", "", half);
    const scene = element("div", "scene", half);
    const pairs = element("div", "pairs", half);
    return { heading, scene, pairs, svg: shape("svg", { role: "img" }, pairs) };
  });
  const curve = shape("svg", { role: "img" }, series.scene);
  const page = element("div", "page mono", text.scene);
  const foot = element("div", "foot", board);
  const facts = element("div", "facts", foot);
  const reads = element("div", "reads", foot);
  const count = shape("svg", { role: "img" }, reads);
  return { board, bar, series, text, curve, page, facts, reads, count };
}

/** @typedef {ReturnType<typeof build>["series"]} Half */

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
  const { length, shift, labels, series } = data;
  const chars = Array.from(data.text);
  const shorter = Math.min(chars.length, series.length);
  const last = Math.max(Math.floor((shorter - length - 1) / shift), 0);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const number = numbers(data.locale);

  const draw = () => {
    const moment = { start: show.at * shift, length, labels, number };
    drawCurve(view.curve, series, moment);
    drawPage(view.page, chars, moment);
    drawPairs(view.series, (i) => number(series[i]), CELL.number, moment);
    drawPairs(view.text, (i) => visible(chars[i]), CELL.letter, moment);
    drawReads(view, chars.length, data, show.at, number);
    view.bar.when.textContent = labels.when
      .replace("{at}", number(show.at + 1))
      .replace("{all}", data.windows);
  };

  view.series.heading.textContent = labels.series_heading;
  view.text.heading.textContent = labels.text_heading;
  showFacts(view.facts, data.facts);
  if (show.id !== data.id) {
    show.playing = show.id === null && !still && last > 0;
    Object.assign(show, { id: data.id, at: 0 });
  }
  return conduct({ root, board: view.board, bar: view.bar, show, last, pace: PACE, labels, draw });
}

/**
 * Numbers: the curve, what is read, and the same shifted by one, which is to be predicted.
 *
 * @type {(svg: SVGSVGElement, series: number[], moment: Moment) => void}
 */
function drawCurve(svg, series, { start, length, labels, number }) {
  const { clientWidth: width, clientHeight: height } = svg;
  if (!width || !height) return;
  svg.textContent = "";
  svg.setAttribute("aria-label", labels.curve);
  const span = Math.max(Math.ceil(length * 1.5) + 4, 30);
  const before = start - Math.ceil(length / 5) - 2;
  const from = Math.max(0, Math.min(before, series.length - span));
  const seen = series.slice(from, from + span + 1);
  const high = Math.max(...seen, 1);
  const right = width - MARGIN.right;
  const floor = height - MARGIN.bottom;
  const step = (right - MARGIN.left) / span;
  const x = (/** @type {number} */ i) => MARGIN.left + (i - from + 0.5) * step;
  const y = (/** @type {number} */ value) => floor - (value / high) * (floor - MARGIN.top);
  const apart = tick(Math.max(high, 1), (floor - MARGIN.top) / LINE);
  for (let value = 0; value <= high; value += apart) {
    const level = y(value);
    shape("line", { class: "grid", x1: MARGIN.left, x2: right, y1: level, y2: level }, svg);
    write(svg, number(value), MARGIN.left - 6, level + 5, { "text-anchor": "end" });
  }
  /** @type {(first: number, kind: string, rise: number) => void} */
  const box = (first, kind, rise) => {
    const place = { x: x(first) - step / 2, y: MARGIN.top - rise };
    const size = { width: step * length, height: floor - MARGIN.top + 2 * rise };
    shape("rect", { class: kind, ...place, ...size, rx: 4 }, svg);
  };
  box(start, "read", 3);
  box(start + 1, "wanted", 9);
  const path = seen.map((value, i) => `${x(from + i).toFixed(1)} ${y(value).toFixed(1)}`);
  shape("path", { class: "line", d: `M${path.join("L")}` }, svg);
  seen.forEach((value, i) => {
    const at = from + i;
    const inside = at >= start && at < start + length;
    const place = { cx: x(at), cy: y(value) };
    if (at === start + length) shape("circle", { class: "aim", ...place, r: 8 }, svg);
    else if (inside || step > 7) {
      const r = Math.min(5, Math.max(2.2, step / 3));
      shape("circle", { class: inside ? "in" : "out", ...place, r }, svg);
    }
  });
  write(svg, labels.series_axis, right, height - 4, { "text-anchor": "end" });
  for (const at of [start, start + length]) {
    const look = { "text-anchor": "middle", class: at === start ? "" : "strong" };
    write(svg, number(at + 1), x(at), floor + 19, look);
  }
  write(svg, labels.series_unit, 4, 12);
}

/**
 * The distance between two marks of an axis from 0 to `high`.
 *
 * @param {number} high
 * @param {number} most marks that there is room for
 */
function tick(high, most) {
  const unit = 10 ** Math.floor(Math.log10(high / 2));
  const round = unit * (high / unit > 10 ? 5 : high / unit > 4 ? 2 : 1);
  return round * Math.max(1, Math.ceil(high / round / Math.max(most, 1)));
}

/**
 * Text: what is read on a ground, what is predicted underlined; the last of it is the new one.
 *
 * @type {(page: HTMLElement, chars: string[], moment: Moment) => void}
 */
function drawPage(page, chars, { start, length, labels }) {
  if (!page.clientWidth) return;
  const { columns, rows, needed } = fitted(page, length + 1);
  const above = Math.max(Math.floor((rows - needed) / 3), 0);
  const first = Math.max(0, Math.floor(start / columns) - above) * columns;
  const upto = Math.min(first + rows * columns, chars.length);
  page.textContent = "";
  for (let at = first; at < upto; at++) {
    const char = element("span", "char", page, visible(chars[at]));
    char.classList.toggle("in", at >= start && at < start + length);
    char.classList.toggle("wanted", at > start && at <= start + length);
    char.classList.toggle("aim", at === start + length);
    char.classList.toggle("past", at < start);
    if ((at + 1) % columns === 0) element("br", "", page);
  }
  page.setAttribute("role", "img");
  page.setAttribute("aria-label", labels.text);
}

/**
 * Sets the largest font at which that many characters are seen; the columns and rows that there are
 * then, and the rows that are needed.
 *
 * @param {HTMLElement} page
 * @param {number} count
 */
function fitted(page, count) {
  let found = { columns: 0, rows: 0, needed: 0 };
  for (const size of FONTS) {
    page.style.fontSize = `${size}rem`;
    const probe = element("span", "char", page, "m");
    const { width } = probe.getBoundingClientRect();
    probe.remove();
    const columns = Math.max(10, Math.floor((page.clientWidth - 4) / width));
    const tall = Number.parseFloat(getComputedStyle(page).lineHeight);
    const rows = Math.max(3, Math.floor(page.clientHeight / tall));
    found = { columns, rows, needed: Math.ceil(count / columns) + 1 };
    if (found.needed <= rows) break;
  }
  return found;
}

/**
 * The pairs: under each thing read the one to predict, which is the next one read.
 *
 * @type {(half: Half, shown: (i: number) => string, least: number, moment: Moment) => void}
 */
function drawPairs({ pairs, svg }, shown, least, { start, length, labels }) {
  const { clientWidth: width, clientHeight: height } = pairs;
  svg.textContent = "";
  if (!width || !height) return;
  const free = width - LEAD - 4;
  const all = length <= Math.floor(free / least);
  const pitch = all ? Math.min(free / length, CELL.number) : CELL.number;
  const places = [...Array(length).keys()];
  if (!all) {
    const room = Math.max(4, Math.floor(free / pitch));
    const head = Math.min(3, room - 3);
    places.splice(head, length - (room - 1), ELLIPSIS);
  }
  const tall = Math.min(32, (height - 26) / 2);
  const upper = 2;
  const lower = height - tall - 2;
  const middle = { "text-anchor": "middle" };
  svg.setAttribute("aria-label", labels.pairs);
  write(svg, labels.input, 0, upper + tall * 0.68, { class: "name read" });
  write(svg, labels.target, 0, lower + tall * 0.68, { class: "name wanted" });
  places.forEach((place, column) => {
    const x = LEAD + (column + 0.5) * pitch;
    if (place === ELLIPSIS) {
      write(svg, "\u22ef", x, upper + tall * 0.7, middle);
      write(svg, "\u22ef", x, lower + tall * 0.7, middle);
      return;
    }
    /** @type {(y: number, text: string, kind: string) => void} */
    const cell = (y, text, kind) => {
      const box = { x: x - pitch / 2 + 2, y, width: pitch - 4, height: tall, rx: 5 };
      shape("rect", { class: kind, ...box }, svg);
      const long = text.length > CHARS && {
        textLength: pitch - 6,
        lengthAdjust: "spacingAndGlyphs",
      };
      write(svg, text, x, y + tall * 0.7, { ...middle, class: `mono ${kind}`, ...long });
    };
    if (places[column + 1] === place + 1) {
      // The same thing, one column on.
      const ends = { x1: x + 8, y1: lower, x2: x + pitch - 8, y2: upper + tall };
      shape("line", { class: "same", ...ends }, svg);
    }
    cell(upper, shown(start + place), "read");
    cell(lower, shown(start + place + 1), place === length - 1 ? "aim" : "wanted");
  });
}

/**
 * How many windows have read each character: so far, and in all.
 *
 * @param {{reads: HTMLElement, count: SVGSVGElement}} view
 * @param {number} chars of the text
 * @param {Data} data
 * @param {number} at the window
 * @param {import("../shared/components/numbers.js").Format} number
 */
function drawReads({ reads, count: svg }, chars, data, at, number) {
  const { clientWidth: width, clientHeight: height } = reads;
  const { labels, length, shift } = data;
  svg.textContent = "";
  svg.setAttribute("aria-label", labels.reads);
  if (!width || !height) return;
  const inAll = data.reads.slice(0, chars);
  const shown = inAll.length;
  const most = Math.max(...inAll, 1);
  const { left } = ROOF;
  const right = width - ROOF.right;
  const floor = height - ROOF.bottom;
  const x = (/** @type {number} */ i) => left + (i / shown) * (right - left);
  const y = (/** @type {number} */ n) => floor - (n / most) * (floor - ROOF.top);
  const stairs = (/** @type {number[]} */ heights) => {
    const steps = heights.map((n, i) => {
      const level = y(n).toFixed(1);
      return `${x(i).toFixed(1)} ${level}L${x(i + 1).toFixed(1)} ${level}`;
    });
    return `M${steps.join("L")}`;
  };
  const soFar = inAll.map((_, i) => {
    const first = Math.max(0, Math.ceil((i - length + 1) / shift));
    return Math.max(0, Math.min(at, Math.floor(i / shift)) - first + 1);
  });
  shape("line", { class: "grid", x1: left, x2: right, y1: floor, y2: floor }, svg);
  const ground = `L${x(shown)} ${floor}L${x(0)} ${floor}Z`;
  shape("path", { class: "sofar", d: stairs(soFar) + ground }, svg);
  shape("path", { class: "all", d: stairs(inAll) }, svg);
  write(svg, number(most), left - 6, y(most) + 5, { "text-anchor": "end" });
  write(svg, "0", left - 6, floor + 5, { "text-anchor": "end" });
  write(svg, labels.reads_title, left, 13, { class: "strong" });
  write(svg, labels.reads_axis, right, height - 3, { "text-anchor": "end" });
}
