// The learning curves of a film: bits per character along the updates, with a marker that moves.

import { shape, write } from "../shared/components/dom.js";
import { numbers } from "../shared/components/numbers.js";

/** @typedef {import("./view.js").Data} Data */
/** @typedef {import("./view.js").Moment} Moment */

/**
 * @typedef {object} Scales
 * @property {number} left of the curves, in pixels, as all that follow
 * @property {number} top
 * @property {number} right
 * @property {number} floor
 * @property {(update: number) => number} x
 * @property {(bits: number) => number} y
 * @property {(bits: number) => boolean} holds whether it is inside
 */

/** @typedef {ReturnType<typeof timeOf>} Time */

/**
 * @typedef {object} Curves
 * @property {(before: Moment, at: Moment) => void} mark
 * @property {(left: number) => number} nearest index of a moment to a place in pixels
 */

const SPACE = { left: 44, right: 128, top: 34, bottom: 56 }; // around the curves, in pixels
const LINE = 20; // pixels of a line of the legend
const LETTER = 8; // pixels of one of its letters, at most
const BITS = [1, 2, 3, 4, 6, 8, 12];
const UPDATES = [0, 1, 3, 10, 30, 100, 300, 1e3, 3e3, 1e4, 3e4, 1e5];
const COLUMNS = { train: 1, validation: 2 }; // of the curve's points
const THUMB = 12; // pixels from the end of a slider to the middle of its thumb

/**
 * Time runs as the logarithm of the updates, so that the first of them are seen.
 *
 * @param {Data} data
 */
export function timeOf({ curve, moments }) {
  const all = [...curve.map(([update]) => update), ...moments.map(({ update }) => update)];
  const updates = all.filter((update) => update > 0);
  const unit = updates.length ? Math.min(...updates) : 1;
  const longest = Math.max(...updates, 1);
  /** @param {number} update @returns {number} from 0 to 1 */
  const along = (update) => Math.log1p(update / unit) / Math.log1p(longest / unit);
  return { unit, longest, along };
}

/**
 * Which of some numbers is nearest to a value: its index.
 *
 * @param {number[]} numbers
 * @param {number} value
 */
export function nearestOf(numbers, value) {
  const gaps = numbers.map((number) => Math.abs(number - value));
  return gaps.indexOf(Math.min(...gaps));
}

/**
 * Puts a slider under the curves: the thumb's middle stands under its point.
 *
 * @param {HTMLInputElement} range
 * @param {number} width of the drawing, in pixels
 */
export function placeSlider(range, width) {
  range.style.left = `${SPACE.left - THUMB}px`;
  range.style.width = `${width - SPACE.left - SPACE.right + 2 * THUMB}px`;
}

/**
 * @param {SVGSVGElement} svg
 * @param {Data} data
 * @param {number} width in pixels, as the height
 * @param {number} height
 * @returns {Curves}
 */
export function drawCurves(svg, data, width, height) {
  const time = timeOf(data);
  const legend = legendOf(data, width);
  const scales = scalesOf(data, time, width, height, SPACE.top + LINE * (legend.lines - 1));
  svg.textContent = "";
  svg.setAttribute("aria-label", data.labels.chart);
  drawGrid(svg, scales);
  drawLegend(svg, data, legend, scales);
  drawUpdates(svg, data, time, scales);
  drawReferences(svg, data, scales);
  const past = drawPaths(svg, data, scales, height);
  const old = addMarker("old", svg, scales);
  const now = addMarker("now", svg, scales);
  return {
    mark(before, at) {
      old(before);
      now(at);
      past.style.width = `${scales.x(at.update) + 1}px`;
    },
    nearest: (left) =>
      nearestOf(
        data.moments.map(({ update }) => scales.x(update)),
        left,
      ),
  };
}

/**
 * @param {Data} data
 * @param {Time} time
 * @param {number} width
 * @param {number} height
 * @param {number} top
 * @returns {Scales}
 */
function scalesOf({ curve, references }, { along }, width, height, top) {
  const measured = curve.flatMap(([, train, validation]) => [train, validation]);
  const values = [...measured, ...references.map(({ bits }) => bits)].filter((v) => v != null);
  const low = Math.min(...values, 6) * 0.94;
  const high = Math.max(...values) * 1.03;
  const [left, right, floor] = [SPACE.left, width - SPACE.right, height - SPACE.bottom];
  return {
    left,
    right,
    top,
    floor,
    x: (update) => left + along(update) * (right - left),
    y: (bits) => top + (Math.log(high / bits) / Math.log(high / low)) * (floor - top),
    holds: (bits) => bits >= low && bits <= high,
  };
}

/**
 * @param {SVGSVGElement} svg
 * @param {Scales} scales
 */
function drawGrid(svg, { left, right, y, holds }) {
  for (const bits of BITS.filter(holds)) {
    shape("line", { class: "grid", x1: left, x2: right, y1: y(bits), y2: y(bits) }, svg);
    write(svg, String(bits), left - 9, y(bits) + 5, { "text-anchor": "end" });
  }
}

/**
 * The numbers of updates, as many as have room.
 *
 * @param {SVGSVGElement} svg
 * @param {Data} data
 * @param {Time} time
 * @param {Scales} scales
 */
function drawUpdates(svg, { locale, labels }, { unit, longest }, { right, floor, x }) {
  const number = numbers(locale);
  let free = -Infinity;
  for (const update of UPDATES) {
    const half = number(update).length * 4.5;
    if (update > longest || (update > 0 && update < unit) || x(update) - half < free) continue;
    write(svg, number(update), x(update), floor + 19, { "text-anchor": "middle" });
    free = x(update) + half + 10;
  }
  write(svg, labels.updates, Math.max(right + 12, free), floor + 19);
}

/**
 * @param {SVGSVGElement} svg
 * @param {Data} data
 * @param {Scales} scales
 */
function drawReferences(svg, { references }, { left, right, y }) {
  let above = -Infinity;
  for (const { label, bits } of references) {
    shape("line", { class: "reference", x1: left, x2: right, y1: y(bits), y2: y(bits) }, svg);
    above = Math.max(above + 17, y(bits) + 5);
    write(svg, label, right + 10, above);
  }
}

/**
 * The curves, faint where they are still to come, and a dot a moment.
 *
 * @param {SVGSVGElement} svg
 * @param {Data} data
 * @param {Scales} scales
 * @param {number} height
 * @returns {SVGRectElement} what is past
 */
function drawPaths(svg, { curve, moments }, { x, y }, height) {
  /** @param {1 | 2} column */
  const path = (column) =>
    curve
      .flatMap((point) => {
        const bits = point[column];
        return bits == null ? [] : [`${x(point[0]).toFixed(1)} ${y(bits).toFixed(1)}`];
      })
      .map((point, i) => (i ? "L" : "M") + point)
      .join("");
  const clip = shape("clipPath", { id: "past" }, svg);
  const past = shape("rect", { class: "moving", x: 0, y: 0, height }, clip);
  const ahead = shape("g", { class: "ahead" }, svg);
  for (const parent of [ahead, shape("g", { "clip-path": "url(#past)" }, svg)]) {
    shape("path", { class: "train", d: path(1) }, parent);
    shape("path", { class: "validation", d: path(2) }, parent);
  }
  for (const { update, validation } of moments) {
    if (validation == null) continue;
    shape("circle", { class: "dot", cx: x(update), cy: y(validation), r: 3.5 }, svg);
  }
  return past;
}

/**
 * Where each part of the legend stands above the curves: on as many lines as it needs.
 *
 * @param {Pick<Data, "curve" | "labels">} data
 * @param {number} width in pixels
 */
export function legendOf({ curve, labels }, width) {
  /** @type {("validation" | "train")[]} */
  const kinds = ["validation", "train"];
  const entries = [];
  let [left, line] = [SPACE.left, 0];
  for (const kind of kinds) {
    if (!curve.some((point) => point[COLUMNS[kind]] != null)) continue;
    const room = 40 + labels[kind].length * LETTER;
    if (left > SPACE.left && left + room > width) [left, line] = [SPACE.left, line + 1];
    entries.push({ kind, left, line });
    left += room + 24;
  }
  return { entries, end: left, lines: line + 1 };
}

/**
 * @param {SVGSVGElement} svg
 * @param {Data} data
 * @param {ReturnType<typeof legendOf>} legend
 * @param {Scales} scales
 */
function drawLegend(svg, { labels }, { entries, end, lines }, { right }) {
  for (const { kind, left, line } of entries) {
    shape("path", { class: kind, d: `M${left} ${11 + LINE * line}h32` }, svg);
    write(svg, labels[kind], left + 40, 16 + LINE * line, { class: "legend" });
  }
  const edge = right + SPACE.right;
  if (lines === 1 && end + labels.axis.length * LETTER < edge)
    write(svg, labels.axis, edge, 16, { "text-anchor": "end" });
}

/**
 * A line and a point on each curve; what moves them to a moment.
 *
 * @param {string} className
 * @param {SVGSVGElement} svg
 * @param {Scales} scales
 * @returns {(moment: Moment) => void}
 */
function addMarker(className, svg, { top, floor, x, y }) {
  const group = shape("g", { class: `marker ${className}` }, svg);
  const ends = { y1: top - 6, y2: floor, x1: 0, x2: 0 };
  const line = shape("line", { class: "moving", ...ends }, group);
  const under = shape("circle", { class: "under moving", r: 6 }, group);
  const on = shape("circle", { class: "on moving", r: 8.5 }, group);
  return (moment) => {
    const left = x(moment.update);
    /** @param {SVGElement} node @param {number | null} bits */
    const place = (node, bits) => {
      node.style.display = bits == null ? "none" : "";
      node.style.transform = `translate(${left}px, ${bits == null ? 0 : y(bits)}px)`;
    };
    line.style.transform = `translate(${left}px, 0)`;
    place(under, moment.train);
    place(on, moment.validation);
  };
}
