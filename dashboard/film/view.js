// What there is on the film's screen, what it shows, and what it keeps from one drawing to the next.

import { button, element, shape } from "../shared/components/dom.js";
import { iconButton } from "../shared/components/transport.js";
import { buildBars } from "./bars.js";
import { buildFacts } from "./facts.js";
import { buildPage } from "./pages.js";

/**
 * @typedef {object} Moment
 * @property {string} name epoch-003, step-000100
 * @property {string} title
 * @property {string} sub how much was read by then
 * @property {number} update
 * @property {number | null} train bits per character on what is read
 * @property {number | null} validation on what is not
 * @property {string} text what was written after the prompt
 * @property {number[]} runs lengths of its stretches outside and inside known words, by turns
 * @property {string} known share of its words that are known
 * @property {number[][]} chances of the characters of each place, in ten thousandths
 * @property {string} bits
 * @property {number | null} among how many characters it hesitates between
 * @property {string} hesitates the same, written
 * @property {string} said
 */

/** @typedef {[update: number, train: number | null, validation: number | null]} Point */

/**
 * @typedef {object} Data
 * @property {string} id of the film
 * @property {"film" | "compare"} view
 * @property {boolean} autoplay
 * @property {number} at index of a moment
 * @property {number} before index of the moment that it is compared with
 * @property {number} cursor index of a place
 * @property {import("../shared/components/dom.js").Run[]} prompt
 * @property {string[]} places the characters of the last places of the prompt, and of what follows
 * @property {number} rows at most
 * @property {Moment[]} moments
 * @property {Point[]} curve
 * @property {{label: string, bits: number}[]} references
 * @property {number} symbols of the alphabet
 * @property {string} locale
 * @property {[one: string, several: string]} held what bits are measured on, after their number
 * @property {import("../shared/components/dom.js").Labels} labels
 */

/**
 * What is shown, from one drawing to the next.
 *
 * @typedef {object} Show
 * @property {string | null} id of the film
 * @property {string} view
 * @property {number} at
 * @property {number} before
 * @property {number} place whose bars are shown
 * @property {boolean} playing
 * @property {boolean} bare whether the curves are hidden
 * @property {import("../shared/components/transport.js").Speed} speed
 * @property {string[]} told where it was at rest, as it was sent
 * @property {string} heard where the address was at the last drawing
 */

/** @typedef {ReturnType<typeof build>} View */
/** @typedef {ReturnType<typeof setTimeout>} Timer */
/** @typedef {"before" | "at"} Marker on the curves: of the moment before, of the one shown */

/**
 * @typedef {object} Memory
 * @property {View} view
 * @property {Show} show
 * @property {number} frame of the text that writes itself
 * @property {Timer | undefined} timer until the next moment
 * @property {() => void} untell calls off what the address is about to be told
 * @property {import("./curves.js").Curves | null} curves once they have room
 * @property {Marker | null} held by a pointer on the curves
 * @property {(() => void) | null} stop
 */

export const STEPS = 1000; // of a slider

/**
 * What the film keeps, at its first drawing.
 *
 * @param {HTMLElement} root
 * @returns {Memory}
 */
export function remember(root) {
  /** @type {Show} */
  const show = {
    id: null,
    view: "",
    at: 0,
    before: 0,
    place: 0,
    playing: false,
    bare: false,
    speed: "normal",
    told: [],
    heard: "",
  };
  const timers = { frame: 0, timer: undefined, untell: () => {} };
  return { view: build(root), show, ...timers, curves: null, held: null, stop: null };
}

/** @param {HTMLElement} root */
function build(root) {
  root.textContent = "";
  const film = element("div", "film", root);
  const top = buildTop(element("div", "top", film));
  const left = element("div", "left", film);
  const right = element("div", "right", film);
  const scene = element("div", "scene", left);
  const old = buildPage("old", scene);
  const now = buildPage("now", scene);
  const bars = buildBars(right);
  const foot = element("div", "foot", left);
  const hide = button("tool", foot);
  const curve = element("div", "curve", foot);
  const svg = shape("svg", { role: "img" }, curve);
  const ranges = { before: buildSlider("old", curve), at: buildSlider("now", curve) };
  return { film, ...top, old, now, bars, hide, curve, svg, ranges, facts: buildFacts(right) };
}

/** @param {HTMLElement} top */
function buildTop(top) {
  const when = element("div", "when", top);
  const title = element("h2", "serif", when);
  const sub = element("p", "small", when);
  const speeds = element("div", "speeds", top);
  speeds.setAttribute("role", "group");
  const transport = element("div", "transport", top);
  const previous = iconButton("previous", transport);
  const play = iconButton("play", transport, "main");
  const ring = shape("svg", { class: "ring", viewBox: "0 0 44 44", "aria-hidden": "true" }, play);
  shape("circle", { cx: 22, cy: 22, r: 20, pathLength: 100 }, ring);
  const next = iconButton("next", transport);
  return { when, title, sub, speeds, previous, play, ring, next };
}

/**
 * @param {string} className
 * @param {HTMLElement} parent
 */
function buildSlider(className, parent) {
  const range = element("input", className, parent);
  range.type = "range";
  range.min = "0";
  range.max = String(STEPS);
  range.step = "any";
  return range;
}
