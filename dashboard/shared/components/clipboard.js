// Texts that are taken away.

import { button, element } from "./dom.js";

const SAID = 1500; // milliseconds for which a button says that it has copied

/**
 * Copies a text. A school's server has no certificate, and its pages no clipboard: there the browser
 * copies what is selected.
 *
 * @param {string} text
 */
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = element("textarea", "", document.body);
  area.value = text;
  area.select();
  document.execCommand("copy");
  area.remove();
}

/**
 * A button that copies what `text` gives, and says so.
 *
 * @param {Node} parent
 * @param {() => string} text
 */
export function copyButton(parent, text) {
  const made = button("tool", parent);
  /**
   * @param {string} label
   * @param {string} done
   */
  const dress = (label, done) => {
    made.textContent = label;
    made.onclick = async () => {
      await copy(text());
      made.textContent = done;
      setTimeout(() => (made.textContent = label), SAID);
    };
  };
  return { made, dress };
}
