// Streamlit's own words, in the reader's language.

export const SPOKEN = ["aria-label", "title", "placeholder"];
const LONGEST = 120; // characters of a word of Streamlit's
const OURS = "*"; // at the end of a word: whatever follows is ours already, and stays
const TEXT = 3; // of a node

/**
 * How the reader says a word of Streamlit's; undefined for a word of ours.
 *
 * @param {string | null} text
 * @param {Record<string, string>} words
 * @returns {string | undefined}
 */
export function said(text, words) {
  if (!text || text.length > LONGEST) return undefined;
  const word = text.trim();
  if (Object.hasOwn(words, word)) return words[word];
  for (const [begins, told] of Object.entries(words)) {
    const start = begins.slice(0, -OURS.length);
    if (begins.endsWith(OURS) && word.startsWith(start))
      return told.replace(OURS, () => word.slice(start.length));
  }
  return undefined;
}

/**
 * Says a part of the page in the reader's words.
 *
 * @param {Node} root
 * @param {Record<string, string>} words
 */
export function translate(root, words) {
  if (root.nodeType === TEXT) {
    const now = said(root.nodeValue, words);
    if (now) root.nodeValue = now;
    return;
  }
  if (!(root instanceof HTMLElement)) return;
  for (const element of [root, ...root.querySelectorAll("*")]) {
    for (const name of SPOKEN) {
      const now = said(element.getAttribute(name), words);
      if (now) element.setAttribute(name, now);
    }
    for (const child of element.childNodes) if (child.nodeType === TEXT) translate(child, words);
  }
}
