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
 * Says a part of the page in the reader's words.
 *
 * @param {Node} root
 * @param {Record<string, string>} words
 */
export function translate(root, words) {
  visit(root, (node, name, word) => {
    const now = said(word, words);
    if (!now || !word) return undefined;
    const places = spoken.get(node) ?? new Map();
    spoken.set(node, places.set(name, { word, now }));
    return now;
  });
}

/**
 * Gives a part of the page Streamlit's own words back.
 *
 * @param {Node} root
 */
export function restore(root) {
  visit(root, (node, name, told) => {
    const { word, now } = spoken.get(node)?.get(name) ?? {};
    return told === now ? word : undefined;
  });
}

/**
 * Looks at all places of a part of the page where Streamlit says something, and changes some.
 *
 * @param {Node} root
 * @param {(node: Node, name: string, word: string | null) => string | undefined} change what to say
 *   there instead, in an attribute or, where it has no name, as a text
 */
function visit(root, change) {
  if (root.nodeType === TEXT) {
    const now = change(root, "", root.nodeValue);
    if (now) root.nodeValue = now;
    return;
  }
  if (!(root instanceof HTMLElement)) return;
  for (const element of [root, ...root.querySelectorAll("*")]) {
    for (const name of SPOKEN) {
      const now = change(element, name, element.getAttribute(name));
      if (now) element.setAttribute(name, now);
    }
    for (const child of element.childNodes) if (child.nodeType === TEXT) visit(child, change);
  }
}
