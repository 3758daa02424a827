// Contiguous streams: the text cut into pieces read side by side, the state carried from window to
// window; beneath them, as a contrast, windows drawn at random, each from a state of zeros.
//
// data: id, length, batch (streams in all), per_stream (characters), left_out (share of the text),
// rows [{name, text}] (some of the streams, from their beginnings), windows (how many each has),
// random [[share of the text]] (where the windows of each shuffled batch begin), facts, locale, labels.

import { element, shape, showFacts, visible } from "../shared/components/dom.js";
import { buildTransport, conduct } from "../shared/components/transport.js";

const PACE = { slow: 2600, normal: 1300, fast: 450 };
const WIDE = 14.5; // pixels a character

function build(root) {
  root.textContent = "";
  const board = element("div", "streams", root);
  const bar = buildTransport(element("div", "top", board));
  const whole = element("div", "strip leaf", board);
  const heading = element("h3", "", whole);
  const strip = shape("svg", { role: "img" }, whole);
  const list = element("div", "list leaf", board);
  const chance = element("div", "strip leaf", board);
  const other = element("h3", "", chance);
  const scattered = shape("svg", { role: "img" }, chance);
  return {
    board,
    bar,
    heading,
    strip,
    list,
    other,
    scattered,
    facts: element("div", "facts", board),
  };
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  const view = root.view ?? (root.view = build(root));
  const show = root.show ?? (root.show = { id: null, at: 0, playing: false, speed: "normal" });
  const { length, labels } = data;
  const rows = data.rows.map((row) => ({ ...row, chars: Array.from(row.text) }));
  const number = new Intl.NumberFormat(data.locale);
  const last = Math.max(
    Math.min(data.windows, Math.floor((rows[0].chars.length - 1) / length), data.random.length) - 1,
    0,
  );

  const drawStrip = (svg, marks, pieces) => {
    svg.textContent = "";
    const width = svg.clientWidth,
      height = svg.clientHeight;
    if (!width) return;
    shape("rect", { class: "whole", x: 0, y: 6, width, height: height - 12, rx: 4 }, svg);
    for (let i = 1; i < pieces; i++) {
      shape(
        "line",
        { class: "cut", x1: (i / pieces) * width, x2: (i / pieces) * width, y1: 2, y2: height - 2 },
        svg,
      );
    }
    for (const share of marks)
      shape(
        "line",
        { class: "mark", x1: share * width, x2: share * width, y1: 0, y2: height },
        svg,
      );
  };

  const drawRows = () => {
    view.list.textContent = "";
    const room = Math.max(20, Math.floor((view.list.clientWidth - 150) / WIDE));
    const behind = 6,
      state = 5;
    const inner = Math.min(length, room - behind - state - 4);
    const start = show.at * length;
    for (const row of rows) {
      const line = element("div", "row", view.list);
      element("span", "name small", line, row.name);
      const text = element("span", "mono", line);
      const put = (from, upto, kind) => {
        for (let i = Math.max(from, 0); i < upto; i++)
          element("span", "char " + kind, text, visible(row.chars[i]));
      };
      for (let i = start - behind; i < 0 && i < start; i++) element("span", "char", text, "\u00a0");
      put(start - behind, start, "past");
      element(
        "span",
        "state" + (show.at === 0 ? " zero" : ""),
        text,
        show.at === 0 ? "0" : labels.state,
      );
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
    const share = (show.at * length) / data.per_stream;
    const used = 1 - data.left_out;
    drawStrip(
      view.strip,
      Array.from({ length: data.batch }, (_, i) => ((i + share) / data.batch) * used),
      data.batch,
    );
    drawStrip(view.scattered, data.random[show.at] ?? [], 1);
    drawRows();
    view.bar.when.textContent = labels.when
      .replace("{at}", number.format(show.at + 1))
      .replace("{all}", number.format(data.windows));
  };
  view.heading.textContent = labels.heading;
  view.other.textContent = labels.other;
  view.strip.setAttribute("aria-label", labels.heading);
  view.scattered.setAttribute("aria-label", labels.other);
  showFacts(view.facts, data.facts);
  if (show.id !== data.id) Object.assign(show, { id: data.id, at: 0, playing: false });
  return conduct({ root, board: view.board, bar: view.bar, show, last, pace: PACE, labels, draw });
}
