// What surrounds every page in the browser: how large its type is, and Streamlit's own words.

import { unit } from "./dom.js";

const STEP = 8; // the server hears of eighths
const REST = 300; // milliseconds without a change before it does
const LONGEST = 60; // characters of a word of Streamlit's
const TEXT = 3; // of a node
const SPOKEN = ["aria-label", "title", "placeholder"];

/**
 * @typedef {object} Data
 * @property {number} type what the server takes the size of the type for, of 21 pixels
 * @property {Record<string, string>} words of Streamlit's, and how the reader says them
 */

/** @typedef {{data: Data, setStateValue: (name: string, value: unknown) => void}} Given */

/** @param {Given} given */
export default function screen({ data, setStateValue }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const measure = () => {
    document.documentElement.style.setProperty("--unit", unit().toFixed(3));
    clearTimeout(timer);
    timer = setTimeout(() => {
      const type = Math.round(unit() * STEP) / STEP;
      if (type !== data.type) setStateValue("type", type);
    }, REST);
  };
  measure();
  window.addEventListener("resize", measure);
  const observer = new MutationObserver((records) => {
    for (const { target, addedNodes } of records) {
      for (const node of addedNodes) translate(node, data.words);
      if (!addedNodes.length) translate(target, data.words);
    }
  });
  if (Object.keys(data.words).length) {
    translate(document.body, data.words);
    const attributes = { attributes: true, attributeFilter: SPOKEN };
    observer.observe(document.body, {
      childList: true,
      subtree: true,
      characterData: true,
      ...attributes,
    });
  }
  return () => {
    clearTimeout(timer);
    window.removeEventListener("resize", measure);
    observer.disconnect();
  };
}

/**
 * Says a part of the page in the reader's words.
 *
 * @param {Node} root
 * @param {Record<string, string>} words
 */
export function translate(root, words) {
  const said = (/** @type {string | null} */ text) =>
    text && text.length <= LONGEST ? words[text.trim()] : undefined;
  if (root.nodeType === TEXT) {
    const now = said(root.nodeValue);
    if (now) root.nodeValue = now;
    return;
  }
  if (!(root instanceof HTMLElement)) return;
  for (const element of [root, ...root.querySelectorAll("*")]) {
    for (const name of SPOKEN) {
      const now = said(element.getAttribute(name));
      if (now) element.setAttribute(name, now);
    }
    for (const child of element.childNodes) if (child.nodeType === TEXT) translate(child, words);
  }
}
