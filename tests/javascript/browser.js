// A browser's page without a browser, in which components are drawn.

import { Window } from "happy-dom";

const WIDTH = 800; // pixels of every element: happy-dom lays nothing out
const HEIGHT = 200;

const window = new Window();
const page = {
  window,
  document: window.document,
  location: window.location,
  Element: window.Element,
  HTMLElement: window.HTMLElement,
  MutationObserver: window.MutationObserver,
  ResizeObserver: window.ResizeObserver,
  getComputedStyle: () => ({ lineHeight: "20px" }),
  matchMedia: () => ({ matches: false }),
  requestAnimationFrame: (/** @type {(time: number) => void} */ tick) => frames.push(tick),
  cancelAnimationFrame: (/** @type {number} */ handle) => delete frames[handle - 1],
};
Object.assign(globalThis, page);
for (const { prototype } of [window.Element, window.HTMLElement]) {
  Object.defineProperties(prototype, {
    clientWidth: { get: () => WIDTH },
    clientHeight: { get: () => HEIGHT },
  });
}
window.HTMLElement.prototype.getBoundingClientRect = () => new window.DOMRect(0, 0, WIDTH, HEIGHT);
window.HTMLElement.prototype.scrollIntoView = () => {};

/** @type {((time: number) => void)[]} what is done before the page is painted again */
let frames = [];

/**
 * Paint the page at a time.
 *
 * @param {number} time in milliseconds
 */
export function paint(time) {
  const due = frames;
  frames = [];
  for (const tick of due) tick?.(time);
}

let told = 0; // how many drawings the server has asked for

/**
 * A component on a page, drawn with some data.
 *
 * @template Data
 * @param {ReturnType<typeof import("../../dashboard/shared/components/component.js").component<Data>>}
 *   component
 * @param {NoInfer<Data>} data
 */
export function mount(component, data) {
  document.body.textContent = "";
  const parentElement = document.body.appendChild(document.createElement("div"));
  const root = parentElement.appendChild(document.createElement("div"));
  root.className = "root";
  /** @type {[name: string, value: unknown][]} */
  const sent = [];
  const send = (/** @type {string} */ name, /** @type {unknown} */ value) => {
    sent.push([name, value]);
  };
  let stop = () => {};
  /** @type {(newer: Data, order?: [session: string, number: number]) => () => void} */
  const draw = (newer, order = ["a session", ++told]) => {
    const data = { ...newer, order };
    stop = component({ data, parentElement, setStateValue: send, setTriggerValue: send });
    return stop;
  };
  draw(data);
  return {
    root,
    sent,
    draw,
    /** Ends its last drawing. */
    end: () => stop(),
    /** Takes the component off the page, where Streamlit ends its last drawing, or another. */
    unmount: (end = stop) => {
      parentElement.remove();
      end();
    },
    /** The element of a selector. */
    one: (/** @type {string} */ selector) => {
      const [found, ...others] = all(root, selector);
      if (!found || others.length) throw new Error(`${others.length + 1} of ${selector}`);
      return found;
    },
    all: (/** @type {string} */ selector) => all(root, selector),
    /** Their texts. */
    texts: (/** @type {string} */ selector) => all(root, selector).map((e) => e.textContent),
  };
}

/**
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
function all(root, selector) {
  return Array.from(root.querySelectorAll(selector));
}

/**
 * A key is pressed.
 *
 * @param {EventTarget} target
 * @param {string} key
 * @param {{ctrlKey?: boolean}} [more]
 */
export function press(target, key, more = {}) {
  const event = new window.KeyboardEvent("keydown", {
    key,
    bubbles: true,
    composed: true,
    ...more,
  });
  target.dispatchEvent(/** @type {Event} */ (/** @type {unknown} */ (event)));
}

/**
 * Something is done with a pointer.
 *
 * @param {EventTarget} target
 * @param {string} kind "pointerdown" and its like
 */
export function point(target, kind) {
  const event = new window.PointerEvent(kind, { bubbles: true });
  target.dispatchEvent(/** @type {Event} */ (/** @type {unknown} */ (event)));
}
