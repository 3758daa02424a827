// A network drawn layer under layer: what comes out of each, its shape, an example, its parameters.

import { component } from "../shared/components/component.js";
import { drawWithSize, element, remembered, rootOf, shape } from "../shared/components/dom.js";

const TILE = 7; // pixels of a number
const TALL = 29; // pixels of the highest bar

/**
 * @typedef {object} Row
 * @property {string} kind
 * @property {string} title
 * @property {string} note
 * @property {string} shape of what comes out
 * @property {string} text
 * @property {number[] | null} values from -1 to 1
 * @property {number[] | null} bars shares of the largest
 * @property {number} chance share of the largest that an equal chance would be
 * @property {string} count of parameters
 * @property {number} share of all parameters
 * @property {string} sum
 */

/**
 * @typedef {object} Data
 * @property {Row[]} rows
 * @property {string} total
 * @property {Record<"layer" | "shape" | "example" | "values" | "bars", string>} labels
 */

/** @param {HTMLElement} root */
function build(root) {
  root.textContent = "";
  const board = element("div", "architecture leaf", root);
  const heads = element("div", "row heads small", board);
  return { heads, rows: element("div", "rows", board) };
}

export default component(render);

/** @param {import("../shared/components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement }) {
  const root = rootOf(parentElement);
  const view = remembered(root, () => build(root));
  const { labels } = data;
  const draw = () => {
    view.heads.textContent = "";
    for (const name of /** @type {const} */ (["layer", "shape", "example"])) {
      element("span", name, view.heads, labels[name]);
    }
    element("b", "parameters", view.heads, data.total);
    view.rows.textContent = "";
    data.rows.forEach((row, i) => {
      const line = element("div", `row ${row.kind}`, view.rows);
      const name = element("div", "layer", line);
      if (i) element("span", "down", name, "\u2193");
      element("b", "", name, row.title);
      element("span", "small", name, row.note);
      element("span", "shape mono", line, row.shape);
      const example = element("div", "example", line);
      if (row.text) element("span", "mono", example, row.text);
      if (row.values) drawValues(example, row.values, labels.values);
      if (row.bars) drawBars(example, row.bars, row.chance, labels.bars);
      const parameters = element("div", "parameters", line);
      element("span", "sum small", parameters, row.sum);
      element("b", "", parameters, row.count);
      const track = element("div", "track", parameters);
      element("div", "fill", track).style.width = `${row.share * 100}%`;
      if (!row.share) track.style.visibility = "hidden";
    });
  };
  draw();
  return drawWithSize(root, draw);
}

/** @type {(example: HTMLElement, values: number[], label: string) => void} */
function drawValues(example, values, label) {
  const room = Math.floor((example.clientWidth - 4) / TILE);
  const width = Math.min(room, values.length) * TILE;
  const svg = shape("svg", { role: "img", "aria-label": label, width, height: 24 }, example);
  values.slice(0, room).forEach((value, at) => {
    const look = {
      class: value < 0 ? "low" : "high",
      "fill-opacity": Math.min(Math.abs(value), 1).toFixed(3),
    };
    shape("rect", { ...look, x: at * TILE, y: 1, width: TILE - 1, height: 22 }, svg);
  });
}

/** @type {(example: HTMLElement, bars: number[], chance: number, label: string) => void} */
function drawBars(example, bars, chance, label) {
  const room = example.clientWidth - 4;
  const wide = room / bars.length;
  const base = TALL + 1;
  const svg = shape(
    "svg",
    { role: "img", "aria-label": label, width: room, height: base },
    example,
  );
  bars.forEach((share, at) => {
    const box = { x: at * wide, y: base - share * TALL };
    const size = { width: Math.max(wide - 1, 1), height: share * TALL };
    shape("rect", { class: "bar", ...box, ...size }, svg);
  });
  const y = base - Math.min(chance, 1) * TALL;
  shape("line", { class: "chance", x1: 0, x2: example.clientWidth, y1: y, y2: y }, svg);
}
