// Streamlit's own words, in the reader's language.

export const SPOKEN = ["aria-label", "title", "placeholder"];
const LONGEST = 60; // characters of a word of Streamlit's
const TEXT = 3; // of a node

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
