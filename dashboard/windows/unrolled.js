// A network unrolled along a window: where it answers, what it is compared with, and what does not
// fit.

import { component } from "../shared/components/component.js";
import {
  drawWithSize,
  element,
  remembered,
  rootOf,
  shape,
  visible,
  write,
} from "../shared/components/dom.js";

const LEAD = 100; // pixels for the names of the rows
const TALL = 36; // pixels of a box
const LEAST = 50; // pixels of a column; where there are fewer, a telephone, fewer columns are drawn
const ROWS = /** @type {const} */ (["target", "output", "cell", "embedding", "input"]);
const PROBABILITIES = [6, 20, 11, 4, 14]; // as bars, in pixels: some

/** @typedef {(typeof ROWS)[number]} Row */

/**
 * @typedef {object} Data
 * @property {"many" | "one" | "notebook"} variant
 * @property {string[]} inputs characters
 * @property {string[]} targets characters
 * @property {number} gap columns before the ellipsis
 * @property {[name: string, shape: string, fits: boolean][]} shapes
 * @property {string} verdict
 * @property {boolean} fits
 * @property {Record<Row | "cell_short" | "picture", string>} labels
 */

/** @param {HTMLElement} root */
function build(root) {
  root.textContent = "";
  const board = element("div", "unrolled", root);
  const scene = element("div", "scene leaf", board);
  const svg = shape("svg", { role: "img" }, scene);
  const side = element("div", "side leaf", board);
  const table = element("dl", "", side);
  return { board, svg, table, verdict: element("p", "verdict", side) };
}

export default component(render);

/** @param {import("../shared/components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement }) {
  const root = rootOf(parentElement);
  const view = remembered(root, () => build(root));
  view.svg.setAttribute("aria-label", data.labels.picture);
  view.table.textContent = "";
  for (const [name, form, fits] of data.shapes) {
    element("dt", "small", view.table, name);
    element("dd", `mono${fits ? "" : " wrong"}`, view.table, form);
  }
  view.verdict.textContent = data.verdict;
  view.verdict.classList.toggle("wrong", !data.fits);
  view.board.dataset.variant = data.variant;
  const draw = () => drawNetwork(view.svg, data);
  draw();
  return drawWithSize(view.board, draw);
}

/** @type {(svg: SVGSVGElement, data: Data) => void} */
function drawNetwork(svg, { variant, labels, ...window }) {
  const { clientWidth: width, clientHeight: height } = svg;
  svg.textContent = "";
  if (!width || !height) return;
  const wide = width - LEAD - 26;
  const { inputs, targets, gap } = ends(window, Math.floor(wide / LEAST) - 1);
  const pitch = wide / (inputs.length + 1);
  const half = Math.min((pitch - 20) / 2, 31); // of a box
  const x = (/** @type {number} */ i) => LEAD + (i + 0.5 + (i >= gap ? 1 : 0)) * pitch;
  const y = (/** @type {Row} */ row) =>
    34 + (ROWS.indexOf(row) * (height - 68)) / (ROWS.length - 1);
  const middle = { "text-anchor": "middle" };
  drawTip(svg);

  /** @type {(x1: number, y1: number, x2: number, y2: number, kind?: string) => void} */
  const arrow = (x1, y1, x2, y2, kind = "") => {
    const ends = { x1, y1, x2, y2, "marker-end": "url(#tip)" };
    shape("line", { class: `arrow ${kind}`, ...ends }, svg);
  };
  /** @type {(i: number, from: Row, to: Row, kind?: string) => void} */
  const up = (i, from, to, kind) => {
    arrow(x(i), y(from) - TALL / 2 - 1, x(i), y(to) + TALL / 2 + 2, kind);
  };
  /** @type {(row: Row, i: number, text: string, kind: string) => void} */
  const box = (row, i, text, kind) => {
    const place = { x: x(i) - half, y: y(row) - TALL / 2, width: 2 * half, height: TALL };
    shape("rect", { class: kind, ...place, rx: row === "cell" ? 8 : 5 }, svg);
    if (text) write(svg, text, x(i), y(row) + 6, { ...middle, class: kind });
  };

  for (const row of ROWS) write(svg, labels[row], 0, y(row) + 5, { class: "name" });
  inputs.forEach((char, i) => {
    const ending = i === inputs.length - 1;
    up(i, "input", "embedding");
    up(i, "embedding", "cell");
    if (i + 1 === gap) {
      arrow(x(i) + half, y("cell"), x(i) + pitch - 14, y("cell"), "state");
      arrow(x(i) + pitch + 14, y("cell"), x(i + 1) - half, y("cell"), "state");
    } else if (!ending) arrow(x(i) + half, y("cell"), x(i + 1) - half, y("cell"), "state");
    box("input", i, visible(char), "letter read");
    box("embedding", i, "", "layer");
    box("cell", i, labels.cell_short, "cell");
    const answers = variant === "many" || ending;
    if (answers) up(i, "cell", "output");
    box("output", i, "", answers ? "answer" : "none");
    if (answers) {
      PROBABILITIES.forEach((tall, bar) => {
        const place = { x: x(i) - 17 + bar * 7, y: y("output") + 13 - tall };
        shape("rect", { class: "bar", ...place, width: 5, height: tall }, svg);
      });
    }
    if (variant === "one" && !ending) {
      box("target", i, "", "none");
      return;
    }
    box("target", i, visible(targets[i]), "letter wanted");
    if (variant === "notebook") {
      const between = (y("output") + y("target")) / 2 + 7;
      write(svg, "\u2717", x(i), between, { class: "wrong", ...middle });
    } else if (answers) up(i, "output", "target", "loss");
  });
  for (const row of /** @type {const} */ (["input", "cell"])) {
    write(svg, "\u22ef", x(gap - 1) + pitch, y(row) + 6, middle);
  }
}

/**
 * As many characters of a window as there is room for: its first and its last.
 *
 * @typedef {Pick<Data, "inputs" | "targets" | "gap">} Window
 * @type {(window: Window, room: number) => Window}
 */
function ends({ inputs, targets, gap }, room) {
  const first = Math.min(gap, Math.max(2, Math.ceil(room / 2)));
  const last = Math.min(inputs.length - gap, Math.max(2, room - first));
  /** @type {(chars: string[]) => string[]} */
  const kept = (chars) => [...chars.slice(0, first), ...chars.slice(chars.length - last)];
  return { inputs: kept(inputs), targets: kept(targets), gap: first };
}

/** @param {SVGElement} svg whose arrows get a tip */
function drawTip(svg) {
  const size = { markerUnits: "userSpaceOnUse", markerWidth: 11, markerHeight: 11 };
  const marker = shape(
    "marker",
    { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, ...size, orient: "auto" },
    shape("defs", {}, svg),
  );
  shape("path", { class: "tip", d: "M0 0L8 4L0 8z" }, marker);
}
