// A batch as the network receives it: real characters over their integers, input and target side by
// side; above, where in the text each of its rows begins.

import { component } from "../shared/components/component.js";
import {
  drawWithSize,
  element,
  remembered,
  rootOf,
  shape,
  unit,
  visible,
} from "../shared/components/dom.js";

const CELL = 47; // pixels of a column, where a unit is one
const LEFT_OUT = -1; // in the place of the columns that there is no room for

/**
 * @typedef {object} Row
 * @property {string} place where in the text it begins
 * @property {string} inputs
 * @property {string} targets
 * @property {number[]} ids
 * @property {number[]} target_ids
 */

/**
 * @typedef {object} Data
 * @property {Row[]} rows
 * @property {number} length of a row
 * @property {number[]} starts shares of the text
 * @property {string} strip what they are, in a sentence
 * @property {string} input_shape
 * @property {string} target_shape
 * @property {{row: string}} labels
 */

/** @param {HTMLElement} root */
function build(root) {
  root.textContent = "";
  const board = element("div", "batch", root);
  const strip = element("div", "strip leaf", board);
  const heading = element("h2", "", strip);
  const svg = shape("svg", { role: "img" }, strip);
  const tables = element("div", "tables", board);
  const [inputs, targets] = ["inputs", "targets"].map((kind) => {
    const side = element("section", `side leaf ${kind}`, tables);
    return { side, heading: element("h2", "", side), table: element("table", "", side) };
  });
  return { board, heading, svg, inputs, targets };
}

/** @typedef {ReturnType<typeof build>["inputs"]} Side */

export default component(render);

/** @param {import("../shared/components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement }) {
  const root = rootOf(parentElement);
  const view = remembered(root, () => build(root));
  view.heading.textContent = data.strip;
  view.svg.setAttribute("aria-label", data.strip);
  view.inputs.heading.textContent = data.input_shape;
  view.targets.heading.textContent = data.target_shape;
  const draw = () => {
    drawStarts(view.svg, data.starts);
    fill(view.inputs, data, "inputs", "ids", data.labels.row);
    fill(view.targets, data, "targets", "target_ids", "");
  };
  draw();
  return drawWithSize(view.board, draw);
}

/** @type {(svg: SVGElement, starts: number[]) => void} */
function drawStarts(svg, starts) {
  const { clientWidth: width, clientHeight: height } = svg;
  svg.textContent = "";
  shape("rect", { class: "whole", x: 0, y: 6, width, height: height - 12, rx: 4 }, svg);
  for (const share of starts) {
    const x = share * width;
    shape("line", { class: "mark", x1: x, x2: x, y1: 0, y2: height }, svg);
  }
}

/**
 * One of the two tables, with as many columns as there is room for.
 *
 * @param {Side} side
 * @param {Data} data
 * @param {"inputs" | "targets"} chars
 * @param {"ids" | "target_ids"} ids
 * @param {string} named heads the names of the rows; "" for no names
 */
function fill({ side, table }, data, chars, ids, named) {
  table.textContent = "";
  const width = side.clientWidth / unit() - (named ? 96 : 24);
  const room = Math.max(4, Math.floor(width / CELL));
  const all = [...Array(data.length).keys()];
  const places = data.length <= room ? all : [...all.slice(0, room - 2), LEFT_OUT, data.length - 1];
  const head = element("tr", "", element("thead", "", table));
  if (named) element("th", "small", head, named).scope = "col";
  for (const place of places) {
    const number = place === LEFT_OUT ? "\u22ef" : String(place + 1);
    element("th", "small", head, number).scope = "col";
  }
  const body = element("tbody", "", table);
  for (const row of data.rows) {
    const line = element("tr", "", body);
    if (named) element("th", "small", line, row.place).scope = "row";
    const text = Array.from(row[chars]);
    for (const place of places) {
      const cell = element("td", "", line);
      if (place === LEFT_OUT) {
        cell.textContent = "\u22ef";
        continue;
      }
      element("span", "glyph mono", cell, visible(text[place]));
      element("span", "id", cell, String(row[ids][place]));
    }
  }
}
