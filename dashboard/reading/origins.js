// A text with what was read of it word for word, the longer the stronger; where a passage is, and who
// says it there, is told above once it is pointed at, touched, or reached with the keyboard.

import { component } from "../shared/components/component.js";
import { element, redrawn, rootOf, shows } from "../shared/components/dom.js";

/**
 * @typedef {object} Data
 * @property {{text: string, shade?: number, told?: string}[]} runs of the text, in their order; those
 *   that were read have a shade from 1 and a place
 * @property {{hint: string, shades: string[]}} labels
 */

export default component(render);

/** @param {import("../shared/components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement }) {
  const root = rootOf(parentElement);
  if (shows(root, data)) return;
  const restore = redrawn(root, ".sheet");
  const page = element("div", "page", root);
  const told = element("p", "told", page, data.labels.hint);
  told.setAttribute("aria-live", "polite");
  const sheet = element("div", "sheet leaf serif", page);
  sheet.tabIndex = 0; // it scrolls
  for (const run of data.runs) {
    if (!run.shade) {
      sheet.append(run.text);
      continue;
    }
    const mark = element("mark", `s${run.shade}`, sheet, run.text);
    mark.tabIndex = 0;
    const look = () => {
      root.querySelector(".at")?.classList.remove("at");
      mark.classList.add("at");
      told.textContent = run.told ?? "";
    };
    mark.onpointerenter = look;
    mark.onfocus = look;
    mark.onclick = look;
  }
  const legend = element("div", "legend small", page);
  data.labels.shades.forEach((name, i) => {
    const item = element("span", "", legend);
    element("span", `swatch s${i + 1}`, item);
    item.append(name);
  });
  restore(sheet);
}
