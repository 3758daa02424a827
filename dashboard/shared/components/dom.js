// Elements, shapes and what components remember. Text reaches the screen through textContent alone,
// so that no prompt and no generated text is ever read as HTML.

/** @typedef {[run: string, known: boolean]} Run a part of a prompt, and whether a model knows it */

/** @typedef {Record<string, string>} Labels sentences in the reader's language, by name */

/** @type {Record<string, string>} */
const SIGNS = { " ": "\u2423", "\n": "\u21b5", "\t": "\u21e5" };

/**
 * A character as it is shown alone: an invisible one as its sign.
 *
 * @param {string} char
 */
export const visible = (char) => SIGNS[char] ?? char;

/**
 * A text with its line breaks and its tabulations as signs, as `visible` of dashboard/shared/i18n.py.
 *
 * @param {string} text
 */
export const onOneLine = (text) => text.replace(/[\n\t]/g, visible);

/**
 * The element that a component fills.
 *
 * @param {ParentNode} parentElement
 */
export function rootOf(parentElement) {
  const root = parentElement.querySelector(".root");
  if (!(root instanceof HTMLElement)) throw new Error("a component without its root");
  return root;
}

const LOOK = 50; // milliseconds from one look to the next

/** Whether the server has answered what somebody has done last: see `shared/acting.js`. */
export const answered = () => !("acts" in document.documentElement.dataset);

/**
 * Does something after a while, by itself: what somebody has done is answered first, and on another
 * page it is not done.
 *
 * @param {() => void} action
 * @param {number} delay in milliseconds
 * @returns {() => void} what calls it off
 */
export function onceAnswered(action, delay) {
  const { pathname } = location;
  const look = () => {
    if (!answered()) timer = setTimeout(look, LOOK);
    else if (location.pathname === pathname) action();
  };
  let timer = setTimeout(look, delay);
  return () => clearTimeout(timer);
}

/**
 * What a component keeps from one drawing to the next, made at the first.
 *
 * @template T
 * @param {HTMLElement} root
 * @param {() => T} make
 * @returns {T}
 */
export function remembered(root, make) {
  const keeper = /** @type {HTMLElement & { memory?: T }} */ (root);
  keeper.memory ??= make();
  return keeper.memory;
}

/**
 * Whether a component already shows these data. A rerun that changes nothing leaves its elements
 * alone, and with them a click whose second half is still to come.
 *
 * @param {HTMLElement} root
 * @param {unknown} data
 */
export function shows(root, data) {
  const keeper = /** @type {HTMLElement & { shown?: string }} */ (root);
  const asked = JSON.stringify(data);
  const same = keeper.shown === asked;
  keeper.shown = asked;
  return same;
}

/**
 * Empties a component that is drawn again. What it returns gives the place in a long text and the
 * keyboard back to the element of that selector.
 *
 * @param {HTMLElement} root
 * @param {string} selector
 * @returns {(made: HTMLElement) => void}
 */
export function redrawn(root, selector) {
  const old = root.querySelector(selector);
  const top = old?.scrollTop ?? 0;
  const focused = old?.matches(":focus") ?? false;
  root.textContent = "";
  return (made) => {
    made.scrollTop = top;
    if (focused) made.focus({ preventScroll: true });
  };
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {Node | null} [parent] where it is appended
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, className, parent, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  parent?.appendChild(made);
  return made;
}

/**
 * A text whose signs stay with the word before them, where its lines are broken on a screen.
 * @param {string} text
 */
export function tied(text) {
  return text.replace(/ (?=[?!:;\u00bb])/g, "\u00a0");
}

/**
 * @param {string} className
 * @param {Node} parent
 * @param {string} [text]
 */
export function button(className, parent, text) {
  const made = element("button", className, parent, text);
  made.type = "button";
  return made;
}

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number>} attributes
 * @param {Node} [parent] where it is appended
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function shape(tag, attributes, parent) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  parent?.appendChild(made);
  return made;
}

/**
 * A text inside a drawing.
 *
 * @param {SVGElement} svg
 * @param {string} text
 * @param {number} x
 * @param {number} y of its baseline
 * @param {Record<string, string | number>} [attributes]
 */
export function write(svg, text, x, y, attributes = {}) {
  shape("text", { x, y, ...attributes }, svg).textContent = text;
}

/**
 * @param {HTMLElement} parent
 * @param {[number: string, label: string][]} facts
 */
export function showFacts(parent, facts) {
  parent.textContent = "";
  for (const [number, label] of facts) {
    const fact = element("p", "fact", parent);
    element("b", "serif", fact, number);
    element("span", "small", fact, label);
  }
}

/**
 * What can be heard instead of a model that is not here: a lead, and a button for each choice.
 *
 * @typedef {object} Recordings
 * @property {string} lead
 * @property {{label: string, value: string}[]} items none: nothing is drawn
 */

/**
 * @param {HTMLElement} parent
 * @param {Recordings} recordings
 * @param {(value: string) => void} listen
 */
export function offerRecordings(parent, { lead, items }, listen) {
  if (!items.length) return;
  const made = element("div", "to-hear", parent);
  element("span", "small", made, lead);
  for (const { label, value } of items) button("", made, label).onclick = () => listen(value);
}

/**
 * Draws again whenever the size of an element, or of a drawing in it, changes, until told to stop.
 *
 * @param {HTMLElement} watched
 * @param {() => void} draw
 */
export function drawWithSize(watched, draw) {
  const keeper = /** @type {HTMLElement & { observer?: ResizeObserver }} */ (watched);
  keeper.observer?.disconnect();
  const observer = new ResizeObserver(draw);
  keeper.observer = observer;
  observer.observe(watched);
  for (const svg of watched.querySelectorAll("svg")) observer.observe(svg); // larger once --unit is
  return () => observer.disconnect();
}

/**
 * How many pixels of the screen stand for one of a projector of 1280: type grows with the screen.
 *
 * @returns {number} 1 where the page's type is of 21 pixels, as in shared/style.css
 */
export function unit() {
  const size = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  return size > 0 ? size / 21 : 1;
}
