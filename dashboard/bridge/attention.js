// Where each token of a text looks. A click asks a token; the earlier ones are coloured by what it
// takes from them, in one layer or on average over all.

import { button, element, onOneLine, remembered, rootOf } from "../shared/components/dom.js";
import { percents } from "../shared/components/numbers.js";

const AVERAGE = -1; // in the place of a layer

/**
 * @typedef {object} Data
 * @property {string[]} pieces the tokens
 * @property {number[][][]} weights a layer, a token that looks, the tokens that it looks at: these
 *   add up to 1
 * @property {string} locale
 * @property {{layer: string, mean: string, hint: string}} labels
 */

/** @param {import("../shared/components/dom.js").Drawing<Data>} drawing */
export default function ({ data, parentElement }) {
  const root = rootOf(parentElement);
  const show = remembered(root, () => ({ layer: AVERAGE, asked: -1 }));
  const { weights, labels } = data;
  root.textContent = "";
  const view = element("div", "view", root);
  element("div", "small", view, labels.hint);
  const tools = element("div", "tools", view);
  element("span", "", tools, labels.layer);
  const percent = percents(data.locale);
  const layers = [AVERAGE, ...weights.keys()].map((layer) => {
    const made = button("", tools, layer === AVERAGE ? labels.mean : String(layer + 1));
    made.onclick = () => {
      show.layer = layer;
      draw();
    };
    return { layer, made };
  });
  const sentence = element("div", "sentence leaf serif", view);
  const tokens = data.pieces.map((piece, i) => {
    const token = button("token", sentence, onOneLine(piece).replace(/^ /, "\u2423"));
    token.onclick = () => {
      show.asked = i;
      draw();
    };
    return token;
  });
  if (show.asked < 0 || show.asked >= tokens.length) show.asked = tokens.length - 1;

  /** @param {number} at the token that is looked at */
  const weight = (at) => {
    if (show.layer !== AVERAGE) return weights[show.layer][show.asked][at];
    return weights.reduce((sum, layer) => sum + layer[show.asked][at], 0) / weights.length;
  };
  function draw() {
    for (const { layer, made } of layers) {
      made.setAttribute("aria-pressed", String(layer === show.layer));
    }
    const seen = tokens.slice(0, show.asked + 1).map((_token, at) => weight(at));
    const most = Math.max(...seen, 1e-6);
    tokens.forEach((token, at) => {
      const share = at <= show.asked ? seen[at] / most : 0;
      token.style.background = `color-mix(in srgb, var(--hot) ${Math.round(70 * share)}%, transparent)`;
      token.classList.toggle("asked", at === show.asked);
      token.classList.toggle("after", at > show.asked);
      token.title = at <= show.asked ? percent(seen[at]) : "";
    });
  }
  draw();
}
