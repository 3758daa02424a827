// Texts that are taken away.

import { button, element } from "./dom.js";

const SAID = 1500; // milliseconds for which a button says that it has copied

/**
 * Copies a text; whether it is on the clipboard. A school's server has no certificate, and its pages
 * no clipboard: there the browser copies what is selected, beside the button because a dialog keeps
 * the keyboard inside.
 *
 * @param {string} text
 * @param {HTMLElement} pressed the button that asks for it
 */
export async function copied(text, pressed) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = element("textarea", "", pressed.parentElement ?? document.body);
    area.value = text;
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    pressed.focus();
    return done;
  }
}

/**
 * A button that copies what `text` gives, and says so.
 *
 * @param {Node} parent
 * @param {() => string} text
 */
export function copyButton(parent, text) {
  const made = button("tool", parent);
  let says = { label: "", done: "" };
  let said = false; // a moment ago; a page that is drawn anew does not take it back
  /**
   * @param {string} label
   * @param {string} done
   */
  const dress = (label, done) => {
    says = { label, done };
    made.textContent = said ? done : label;
  };
  made.onclick = async () => {
    if (!(await copied(text(), made))) return;
    said = true;
    made.textContent = says.done;
    setTimeout(() => {
      said = false;
      made.textContent = says.label;
    }, SAID);
  };
  return { made, dress };
}
