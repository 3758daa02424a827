// Passages of a corpus. data: passages [{before, text, after, source, cells}]: what precedes, the
// passage itself, what follows, where it is, and how many cells are active, already in words.

import { element, rootOf } from "../shared/components/dom.js";

/**
 * @param {import("../shared/components/dom.js").Drawing<{passages: {before: string, text: string,
 *   after: string, source: string, cells: string}[]}>} drawing
 */
export default function ({ data, parentElement }) {
  const root = rootOf(parentElement);
  root.textContent = "";
  const list = element("div", "list", root);
  const flat = (/** @type {string} */ text) => text.replaceAll("\n", " \u21b5 ");
  for (const passage of data.passages) {
    const leaf = element("div", "passage leaf", list);
    const said = element("div", "said serif", leaf);
    element("span", "small", said, flat(passage.before));
    element("mark", "", said, flat(passage.text));
    element("span", "small", said, flat(passage.after));
    const from = element("div", "from small", leaf);
    element("span", "", from, passage.source);
    element("span", "", from, passage.cells);
  }
}
