// The sliding window, on numbers and on text side by side; played and stepped in the browser alone.
//
// data: id, series [numbers], text (its beginning), length, shift, reads (how many windows read each
// of these characters in all), windows (in the whole text, as written), facts [[number, label]],
// locale, labels. Window k of both begins at k times the shift.

import { element, shape, showFacts, visible, write } from "../shared/components/dom.js";
import { buildTransport, conduct } from "../shared/components/transport.js";

const PACE = { slow: 1500, normal: 700, fast: 250 }; // milliseconds a window
const CELL = { number: 42, letter: 28 }; // least pixels of a pair
const FONTS = [1.02, 0.9, 0.8, 0.7]; // of the text, in rem
const MARGIN = { left: 50, right: 12, top: 22, bottom: 44 }; // around the curve, in pixels

function build(root) {
  root.textContent = "";
  const board = element("div", "windows", root);
  const top = element("div", "top", board);
  const bar = buildTransport(top);
  const halves = ["series", "text"].map((kind) => {
    const half = element("section", "half leaf " + kind, board);
    const heading = element("h3", "", half);
    const scene = element("div", "scene", half);
    const pairs = element("div", "pairs", half);
    return { heading, scene, pairs, svg: shape("svg", { role: "img" }, pairs) };
  });
  const curve = shape("svg", { role: "img" }, halves[0].scene);
  const page = element("div", "page mono", halves[1].scene);
  const foot = element("div", "foot", board);
  const facts = element("div", "facts", foot);
  const reads = element("div", "reads", foot);
  return {
    board,
    bar,
    halves,
    curve,
    page,
    facts,
    reads,
    count: shape("svg", { role: "img" }, reads),
  };
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  const view = root.view ?? (root.view = build(root));
  const show = root.show ?? (root.show = { id: null, at: 0, playing: false, speed: "normal" });
  const { length, shift, labels, series } = data;
  const chars = Array.from(data.text);
  const last = Math.max(
    Math.floor((Math.min(chars.length, series.length) - length - 1) / shift),
    0,
  );
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const whole = new Intl.NumberFormat(data.locale);
  const [numbers, letters] = view.halves;

  // Numbers: the curve, what is read, and the same shifted by one, which is to be predicted.
  const drawCurve = () => {
    const width = view.curve.clientWidth,
      height = view.curve.clientHeight;
    if (!width || !height) return;
    view.curve.textContent = "";
    view.curve.setAttribute("aria-label", labels.curve);
    const start = show.at * shift;
    const span = Math.max(Math.ceil(length * 1.5) + 4, 30);
    const from = Math.max(0, Math.min(start - Math.ceil(length / 5) - 2, series.length - span));
    const seen = series.slice(from, from + span + 1);
    const high = Math.max(...seen, 1);
    const floor = height - MARGIN.bottom;
    const x = (i) => MARGIN.left + ((i - from + 0.5) / span) * (width - MARGIN.left - MARGIN.right);
    const y = (v) => floor - (v / high) * (floor - MARGIN.top);
    const step = (width - MARGIN.left - MARGIN.right) / span;
    const unit = 10 ** Math.floor(Math.log10(high / 2));
    const tick = unit * (high / unit > 10 ? 5 : high / unit > 4 ? 2 : 1);
    for (let v = 0; v <= high; v += tick) {
      shape(
        "line",
        { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(v), y2: y(v) },
        view.curve,
      );
      write(view.curve, whole.format(v), MARGIN.left - 6, y(v) + 5, { "text-anchor": "end" });
    }
    const box = (first, kind, up) =>
      shape(
        "rect",
        {
          class: kind,
          x: x(first) - step / 2,
          y: MARGIN.top - up,
          width: step * length,
          height: floor - MARGIN.top + 2 * up,
          rx: 4,
        },
        view.curve,
      );
    box(start, "read", 3);
    box(start + 1, "wanted", 9);
    const path = seen
      .map((v, i) => `${i ? "L" : "M"}${x(from + i).toFixed(1)} ${y(v).toFixed(1)}`)
      .join("");
    shape("path", { class: "line", d: path }, view.curve);
    seen.forEach((v, i) => {
      const at = from + i,
        inside = at >= start && at < start + length;
      if (at === start + length)
        shape("circle", { class: "aim", cx: x(at), cy: y(v), r: 8 }, view.curve);
      else if (inside || step > 7)
        shape(
          "circle",
          {
            class: inside ? "in" : "out",
            cx: x(at),
            cy: y(v),
            r: Math.min(5, Math.max(2.2, step / 3)),
          },
          view.curve,
        );
    });
    write(view.curve, labels.series_axis, width - MARGIN.right, height - 4, {
      "text-anchor": "end",
    });
    for (const at of [start, start + length]) {
      const first = at === start;
      write(view.curve, whole.format(at + 1), x(at), floor + 19, {
        "text-anchor": "middle",
        class: first ? "" : "strong",
      });
    }
    write(view.curve, labels.series_unit, 4, 13);
  };

  // Text: what is read on a ground, what is predicted underlined; the last of it is the new one.
  const drawPage = () => {
    const start = show.at * shift;
    const { page } = view;
    if (!page.clientWidth) return;
    let columns, rows, needed;
    for (const size of FONTS) {
      // the largest at which the whole window is seen
      page.style.fontSize = size + "rem";
      const probe = element("span", "char", page, "m");
      const { width } = probe.getBoundingClientRect();
      probe.remove();
      columns = Math.max(10, Math.floor((page.clientWidth - 4) / width));
      rows = Math.max(
        3,
        Math.floor(page.clientHeight / parseFloat(getComputedStyle(page).lineHeight)),
      );
      needed = Math.ceil((length + 1) / columns) + 1;
      if (needed <= rows) break;
    }
    const line = Math.max(
      0,
      Math.floor(start / columns) - Math.max(Math.floor((rows - needed) / 3), 0),
    );
    page.textContent = "";
    for (let at = line * columns; at < Math.min((line + rows) * columns, chars.length); at++) {
      const kind = ["char"];
      if (at >= start && at < start + length) kind.push("in");
      if (at > start && at <= start + length) kind.push("wanted");
      if (at === start + length) kind.push("aim");
      if (at < start) kind.push("past");
      element("span", kind.join(" "), page, visible(chars[at]));
      if ((at + 1) % columns === 0) element("br", "", page);
    }
    page.setAttribute("role", "img");
    page.setAttribute("aria-label", labels.text);
  };

  // The pairs: under each thing read the one to predict, which is the next one read.
  const drawPairs = (half, shown, least) => {
    const width = half.pairs.clientWidth,
      height = half.pairs.clientHeight;
    const { svg } = half;
    svg.textContent = "";
    if (!width || !height) return;
    const start = show.at * shift;
    const lead = 76,
      free = width - lead - 4;
    const all = length <= Math.floor(free / least);
    const pitch = all ? Math.min(free / length, CELL.number) : CELL.number;
    const room = Math.max(4, Math.floor(free / pitch));
    const head = all ? length : Math.min(3, room - 3);
    const places = all
      ? Array.from({ length }, (_, i) => i)
      : [
          ...Array.from({ length: head }, (_, i) => i),
          -1,
          ...Array.from({ length: room - head - 1 }, (_, i) => length - (room - head - 1) + i),
        ];
    const tall = Math.min(32, (height - 26) / 2),
      upper = 2,
      lower = height - tall - 2;
    svg.setAttribute("aria-label", labels.pairs);
    write(svg, labels.input, 0, upper + tall * 0.68, { class: "name read" });
    write(svg, labels.target, 0, lower + tall * 0.68, { class: "name wanted" });
    places.forEach((place, column) => {
      const middle = lead + (column + 0.5) * pitch;
      if (place < 0) {
        write(svg, "\u22ef", middle, upper + tall * 0.7, { "text-anchor": "middle" });
        write(svg, "\u22ef", middle, lower + tall * 0.7, { "text-anchor": "middle" });
        return;
      }
      const newest = place === length - 1;
      const cell = (row, text, kind) => {
        shape(
          "rect",
          { class: kind, x: middle - pitch / 2 + 2, y: row, width: pitch - 4, height: tall, rx: 5 },
          svg,
        );
        write(svg, text, middle, row + tall * 0.7, {
          "text-anchor": "middle",
          class: "mono " + kind,
        });
      };
      if (places[column + 1] === place + 1) {
        // the same thing, one column on
        shape(
          "line",
          { class: "same", x1: middle + 8, y1: lower, x2: middle + pitch - 8, y2: upper + tall },
          svg,
        );
      }
      cell(upper, shown(start + place), "read");
      cell(lower, shown(start + place + 1), newest ? "aim" : "wanted");
    });
  };

  // How many windows have read each character: so far, and in all.
  const drawReads = () => {
    const width = view.reads.clientWidth,
      height = view.reads.clientHeight;
    const { count } = view;
    count.textContent = "";
    count.setAttribute("aria-label", labels.reads);
    if (!width || !height) return;
    const shown = Math.min(chars.length, data.reads.length);
    const most = Math.max(...data.reads.slice(0, shown), 1);
    const left = 42,
      floor = height - 22,
      roof = 20;
    const x = (i) => left + (i / shown) * (width - left - 8);
    const y = (n) => floor - (n / most) * (floor - roof);
    const stairs = (heights) =>
      heights
        .map(
          (n, i) =>
            `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(n).toFixed(1)}L${x(i + 1).toFixed(1)} ${y(n).toFixed(1)}`,
        )
        .join("");
    const sofar = Array.from({ length: shown }, (_, i) => {
      const first = Math.max(0, Math.ceil((i - length + 1) / shift)),
        final = Math.min(show.at, Math.floor(i / shift));
      return Math.max(0, final - first + 1);
    });
    shape("line", { class: "grid", x1: left, x2: width - 8, y1: floor, y2: floor }, count);
    shape(
      "path",
      { class: "sofar", d: `${stairs(sofar)}L${x(shown)} ${floor}L${x(0)} ${floor}Z` },
      count,
    );
    shape("path", { class: "all", d: stairs(data.reads.slice(0, shown)) }, count);
    write(count, whole.format(most), left - 6, y(most) + 5, { "text-anchor": "end" });
    write(count, "0", left - 6, floor + 5, { "text-anchor": "end" });
    write(count, labels.reads_title, left, 13, { class: "strong" });
    write(count, labels.reads_axis, width - 8, height - 3, { "text-anchor": "end" });
  };

  const draw = () => {
    drawCurve();
    drawPage();
    drawPairs(numbers, (i) => whole.format(series[i]), CELL.number);
    drawPairs(letters, (i) => visible(chars[i]), CELL.letter);
    drawReads();
    view.bar.when.textContent = labels.when
      .replace("{at}", whole.format(show.at + 1))
      .replace("{all}", data.windows);
  };

  numbers.heading.textContent = labels.series_heading;
  letters.heading.textContent = labels.text_heading;
  showFacts(view.facts, data.facts);
  if (show.id !== data.id) {
    show.playing = show.id === null && !still && last > 0;
    Object.assign(show, { id: data.id, at: 0 });
  }
  return conduct({ root, board: view.board, bar: view.bar, show, last, pace: PACE, labels, draw });
}
