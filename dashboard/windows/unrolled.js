// A network unrolled along a window: where it answers, what it is compared with, and what does not fit.
//
// data: variant ("many", "one" or "notebook"), inputs [character], targets [character], gap (columns
// before the ellipsis), length, shapes [[name, shape, fits]], verdict (sentence), fits (boolean), labels.

import { element, shape, visible, write } from "../shared/components/dom.js";

function build(root) {
  root.textContent = "";
  const board = element("div", "unrolled", root);
  const scene = element("div", "scene leaf", board);
  const svg = shape("svg", { role: "img" }, scene);
  const side = element("div", "side leaf", board);
  const table = element("dl", "", side);
  return { board, svg, table, verdict: element("p", "verdict", side) };
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  const view = root.view ?? (root.view = build(root));
  const { labels } = data;
  const count = data.inputs.length;

  const draw = () => {
    const { svg } = view;
    const width = svg.clientWidth,
      height = svg.clientHeight;
    svg.textContent = "";
    if (!width || !height) return;
    svg.setAttribute("aria-label", labels.picture);
    const lead = 100,
      pitch = (width - lead - 26) / (count + 1);
    const half = Math.min((pitch - 20) / 2, 31); // of a box
    const x = (i) => lead + (i + 0.5 + (i >= data.gap ? 1 : 0)) * pitch;
    const rows = ["target", "output", "cell", "embedding", "input"];
    const y = Object.fromEntries(
      rows.map((name, i) => [name, 34 + (i * (height - 68)) / (rows.length - 1)]),
    );
    const marker = shape(
      "marker",
      {
        id: "tip",
        viewBox: "0 0 8 8",
        refX: 7,
        refY: 4,
        markerUnits: "userSpaceOnUse",
        markerWidth: 11,
        markerHeight: 11,
        orient: "auto",
      },
      shape("defs", {}, svg),
    );
    shape("path", { class: "tip", d: "M0 0L8 4L0 8z" }, marker);
    const arrow = (x1, y1, x2, y2, kind = "") =>
      shape("line", { class: "arrow " + kind, x1, y1, x2, y2, "marker-end": "url(#tip)" }, svg);
    const box = (name, i, text, kind) => {
      shape(
        "rect",
        {
          class: kind,
          x: x(i) - half,
          y: y[name] - 18,
          width: 2 * half,
          height: 36,
          rx: name === "cell" ? 8 : 5,
        },
        svg,
      );
      if (text) write(svg, text, x(i), y[name] + 6, { "text-anchor": "middle", class: kind });
    };
    for (const name of rows) write(svg, labels[name], 0, y[name] + 5, { class: "name" });
    for (let i = 0; i < count; i++) {
      const ending = i === count - 1;
      arrow(x(i), y.input - 19, x(i), y.embedding + 20);
      arrow(x(i), y.embedding - 19, x(i), y.cell + 20);
      if (!ending && i + 1 !== data.gap)
        arrow(x(i) + half, y.cell, x(i + 1) - half, y.cell, "state");
      if (i + 1 === data.gap) {
        arrow(x(i) + half, y.cell, x(i) + pitch - 14, y.cell, "state");
        arrow(x(i) + pitch + 14, y.cell, x(i + 1) - half, y.cell, "state");
      }
      box("input", i, visible(data.inputs[i]), "letter read");
      box("embedding", i, "", "layer");
      box("cell", i, labels.cell_short, "cell");
      const answers = data.variant === "many" || ending;
      if (answers) arrow(x(i), y.cell - 19, x(i), y.output + 20);
      box("output", i, "", answers ? "answer" : "none");
      if (answers)
        [6, 20, 11, 4, 14].forEach(
          (
            tall,
            bar, // probabilities, as bars
          ) =>
            shape(
              "rect",
              {
                class: "bar",
                x: x(i) - 17 + bar * 7,
                y: y.output + 13 - tall,
                width: 5,
                height: tall,
              },
              svg,
            ),
        );
      const asked = data.variant !== "one" || ending;
      if (!asked) {
        box("target", i, "", "none");
        continue;
      }
      box("target", i, visible(data.targets[i]), "letter wanted");
      if (answers && data.variant !== "notebook")
        arrow(x(i), y.output - 19, x(i), y.target + 20, "loss");
      else if (data.variant === "notebook")
        write(svg, "\u2717", x(i), (y.output + y.target) / 2 + 7, {
          class: "wrong",
          "text-anchor": "middle",
        });
    }
    for (const name of ["input", "cell"])
      write(svg, "\u22ef", x(data.gap - 1) + pitch, y[name] + 6, { "text-anchor": "middle" });
  };

  view.table.textContent = "";
  for (const [name, form, fits] of data.shapes) {
    element("dt", "small", view.table, name);
    element("dd", "mono" + (fits ? "" : " wrong"), view.table, form);
  }
  view.verdict.textContent = data.verdict;
  view.verdict.classList.toggle("wrong", !data.fits);
  view.board.dataset.variant = data.variant;
  draw();
  root.observer?.disconnect();
  root.observer = new ResizeObserver(draw);
  root.observer.observe(view.board);
  return () => root.observer.disconnect();
}
