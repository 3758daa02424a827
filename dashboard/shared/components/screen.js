// What surrounds every page in the browser: how large its type is, and Streamlit's own words.

import { component } from "./component.js";
import { answered, remembered, rootOf, unit } from "./dom.js";
import { SPOKEN, translate } from "./translation.js";

const STEP = 8; // the server hears of eighths
const REST = 300; // milliseconds without a change before it does

/**
 * @typedef {object} Data
 * @property {number} type what the server takes the size of the type for, of 21 pixels
 * @property {Record<string, string>} words of Streamlit's, and how the reader says them
 */

export default component(render);

/** @param {import("./component.js").Drawing<Data>} drawing */
function render({ data, parentElement, setStateValue }) {
  const heard = remembered(rootOf(parentElement), () => ({ stop: () => {} }));
  heard.stop();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const measure = () => {
    document.documentElement.style.setProperty("--unit", unit().toFixed(3));
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!answered()) return measure();
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
  translate(document.body, data.words);
  if (Object.keys(data.words).length) {
    const attributes = { attributes: true, attributeFilter: SPOKEN };
    observer.observe(document.body, {
      childList: true,
      subtree: true,
      characterData: true,
      ...attributes,
    });
  }
  heard.stop = () => {
    clearTimeout(timer);
    window.removeEventListener("resize", measure);
    observer.disconnect();
  };
  return () => heard.stop();
}
