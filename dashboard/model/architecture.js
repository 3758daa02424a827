// A network drawn layer under layer: what comes out of each, its shape, an example, its parameters.
//
// data: rows [{kind, title, note, shape, values (numbers from -1 to 1, or null), bars (shares of the
// largest, or null), chance (share of the largest that an equal chance would be), text, count, share,
// sum}], total (sentence), labels.

import { element, shape } from "../shared/components/dom.js";

const TILE = 7; // pixels of a number

function build(root) {
  root.textContent = "";
  const board = element("div", "architecture leaf", root);
  const heads = element("div", "row heads small", board);
  return { heads, rows: element("div", "rows", board) };
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  const view = root.view ?? (root.view = build(root));
  const { labels } = data;

  const draw = () => {
    view.heads.textContent = "";
    for (const name of ["layer", "shape", "example"])
      element("span", name, view.heads, labels[name]);
    element("b", "parameters", view.heads, data.total);
    view.rows.textContent = "";
    data.rows.forEach((row, i) => {
      const line = element("div", "row " + row.kind, view.rows);
      const name = element("div", "layer", line);
      if (i) element("span", "down", name, "\u2193");
      element("b", "", name, row.title);
      element("span", "small", name, row.note);
      element("span", "shape mono", line, row.shape);
      const example = element("div", "example", line);
      if (row.text) element("span", "mono", example, row.text);
      const room = Math.floor((example.clientWidth - 4) / TILE);
      if (row.values) {
        const svg = shape(
          "svg",
          {
            role: "img",
            "aria-label": labels.values,
            width: Math.min(room, row.values.length) * TILE,
            height: 24,
          },
          example,
        );
        row.values
          .slice(0, room)
          .forEach((value, at) =>
            shape(
              "rect",
              {
                class: value < 0 ? "low" : "high",
                "fill-opacity": Math.min(Math.abs(value), 1).toFixed(3),
                x: at * TILE,
                y: 1,
                width: TILE - 1,
                height: 22,
              },
              svg,
            ),
          );
      }
      if (row.bars) {
        const wide = (example.clientWidth - 4) / row.bars.length;
        const svg = shape(
          "svg",
          { role: "img", "aria-label": labels.bars, width: example.clientWidth - 4, height: 30 },
          example,
        );
        row.bars.forEach((share, at) =>
          shape(
            "rect",
            {
              class: "bar",
              x: at * wide,
              y: 30 - share * 29,
              width: Math.max(wide - 1, 1),
              height: share * 29,
            },
            svg,
          ),
        );
        const level = 30 - Math.min(row.chance, 1) * 29;
        shape(
          "line",
          { class: "chance", x1: 0, x2: example.clientWidth, y1: level, y2: level },
          svg,
        );
      }
      const parameters = element("div", "parameters", line);
      element("span", "sum small", parameters, row.sum);
      element("b", "", parameters, row.count);
      const track = element("div", "track", parameters);
      element("div", "fill", track).style.width = row.share * 100 + "%";
      if (!row.share) track.style.visibility = "hidden";
    });
  };
  draw();
  root.observer?.disconnect();
  root.observer = new ResizeObserver(draw);
  root.observer.observe(root);
  return () => root.observer.disconnect();
}
