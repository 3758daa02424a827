// Streamlit's own words, in the reader's language.

export const SPOKEN = ["aria-label", "title", "placeholder"];
const LONGEST = 120; // characters of a word of Streamlit's
const OURS = "*"; // at the end of a word: whatever follows is ours already, and stays
const TEXT = 3; // of a node

/** @typedef {{word: string, now: string}} Spoken a word of Streamlit's, and how it is said */

/** @type {WeakMap<Node, Map<string, Spoken>>} what was said where: in an attribute, or "" in a text */
const spoken = new WeakMap();

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
 * Says a part of the page in the reader's words, and what was said in others before, anew.
 *
 * @param {Node} root
 * @param {Record<string, string>} words
 */
export function translate(root, words) {
  if (root.nodeType === TEXT) {
    const now = anew(root, "", root.nodeValue, words);
    if (now) root.nodeValue = now;
    return;
  }
  if (!(root instanceof HTMLElement)) return;
  for (const element of [root, ...root.querySelectorAll("*")]) {
    for (const name of SPOKEN) {
      const now = anew(element, name, element.getAttribute(name), words);
      if (now) element.setAttribute(name, now);
    }
    for (const child of element.childNodes) if (child.nodeType === TEXT) translate(child, words);
  }
}

/**
 * What to say in a place from now on; undefined where what it says stays.
 *
 * @param {Node} node
 * @param {string} name of the attribute, "" of a text
 * @param {string | null} text what it says
 * @param {Record<string, string>} words
 */
function anew(node, name, text, words) {
  const places = spoken.get(node) ?? new Map();
  const last = places.get(name);
  const word = last?.now === text ? last.word : text;
  const now = said(word, words) ?? word;
  if (now === text) return undefined;
  spoken.set(node, places.set(name, { word, now }));
  return now;
}
