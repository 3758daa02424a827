// A batch as the network receives it: real characters over their integers, input and target side by
// side; above, where in the text each of its rows begins.
//
// data: rows [{place, inputs, targets, ids, target_ids}], batch, length, starts [share of the text],
// strip (sentence), input_shape, target_shape, locale, labels.

import { element, shape, visible } from "../shared/components/dom.js";

const CELL = 47; // pixels of a column

function build(root) {
  root.textContent = "";
  const board = element("div", "batch", root);
  const strip = element("div", "strip leaf", board);
  const heading = element("h3", "", strip);
  const svg = shape("svg", { role: "img" }, strip);
  const tables = element("div", "tables", board);
  const sides = ["inputs", "targets"].map((kind) => {
    const side = element("section", "side leaf " + kind, tables);
    return { heading: element("h3", "", side), table: element("table", "", side) };
  });
  return { board, heading, svg, tables, sides };
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  const view = root.view ?? (root.view = build(root));
  const { labels } = data;

  const fill = (side, first, chars, ids) => {
    side.table.textContent = "";
    const room = Math.max(
      4,
      Math.floor((side.table.parentElement.clientWidth - (first ? 96 : 24)) / CELL),
    );
    const all = data.length <= room;
    const places = all
      ? Array.from({ length: data.length }, (_, i) => i)
      : [...Array.from({ length: room - 2 }, (_, i) => i), -1, data.length - 1];
    const head = element("tr", "", element("thead", "", side.table));
    if (first) element("th", "small", head, labels.row).scope = "col";
    for (const place of places)
      element("th", "small", head, place < 0 ? "\u22ef" : String(place + 1)).scope = "col";
    const body = element("tbody", "", side.table);
    data.rows.forEach((row) => {
      const line = element("tr", "", body);
      if (first) element("th", "small", line, row.place).scope = "row";
      const text = Array.from(row[chars]);
      for (const place of places) {
        const cell = element("td", "", line);
        if (place < 0) {
          cell.textContent = "\u22ef";
          continue;
        }
        element("span", "glyph mono", cell, visible(text[place]));
        element("span", "id", cell, String(row[ids][place]));
      }
    });
  };

  const draw = () => {
    const width = view.svg.clientWidth,
      height = view.svg.clientHeight;
    view.svg.textContent = "";
    shape("rect", { class: "whole", x: 0, y: 6, width, height: height - 12, rx: 4 }, view.svg);
    for (const share of data.starts) {
      shape(
        "line",
        { class: "mark", x1: share * width, x2: share * width, y1: 0, y2: height },
        view.svg,
      );
    }
    fill(view.sides[0], true, "inputs", "ids");
    fill(view.sides[1], false, "targets", "target_ids");
  };
  view.heading.textContent = data.strip;
  view.svg.setAttribute("aria-label", data.strip);
  view.sides[0].heading.textContent = data.input_shape;
  view.sides[1].heading.textContent = data.target_shape;
  draw();
  root.observer?.disconnect();
  root.observer = new ResizeObserver(draw);
  root.observer.observe(view.board);
  return () => root.observer.disconnect();
}
