// Texts side by side. data: columns [{heading, long, figures, loop, prompt, text, differs_at,
// cycle [from, to] or null, worth [what is measured on it]}]. What is shared with the left neighbour is quiet, the first character
// that differs is marked, a passage that goes round in circles is underlined twice.

import { component } from "../shared/components/component.js";
import { element, rootOf, tied } from "../shared/components/dom.js";

export default component(render);

/**
 * @param {import("../shared/components/component.js").Drawing<{columns: {heading: string, long: boolean,
 *   figures: string, loop: string, prompt: string, text: string, differs_at: number | null,
 *   cycle: [number, number] | null, worth: string[]}[]}>} drawing
 */
function render({ data, parentElement }) {
  const root = rootOf(parentElement);
  root.textContent = "";
  const columns = element("div", "columns", root);
  for (const column of data.columns) {
    const leaf = element("section", "column leaf", columns);
    leaf.setAttribute("aria-label", column.heading);
    element("h2", `serif${column.long ? " long" : ""}`, leaf, column.heading);
    const figures = element("p", "figures small", leaf, column.figures);
    if (column.loop) {
      element("br", "", figures);
      element("span", "loop", figures, column.loop);
    }
    const text = element("p", "text serif", leaf);
    const chars = Array.from(column.text);
    const differs = column.differs_at ?? -1;
    const [from, to] = column.cycle ?? [-1, -1];
    const kind = (/** @type {number} */ i) =>
      (i === differs ? "mark" : i < differs ? "same" : "") + (i >= from && i < to ? " cycle" : "");
    for (let i = 0, j; i < chars.length; i = j) {
      for (j = i + 1; j < chars.length && kind(j) === kind(i); j++);
      const run = chars.slice(i, j).join("");
      // A line break that starts a text, or that is the difference, would not be seen.
      const visible =
        i === differs
          ? run.replace(" ", "\u2423").replace("\n", "\u21b5\n")
          : i === 0
            ? run.replace(/^\n/, "\u21b5\n")
            : run;
      element(i === differs ? "mark" : "span", kind(i).replace("mark", ""), text, tied(visible));
    }
    const worth = element("ul", "worth small", leaf);
    for (const line of column.worth) element("li", "", worth, line);
  }
  // What scrolls can be reached with the keyboard.
  if (columns.scrollHeight > columns.clientHeight) columns.tabIndex = 0;
}
