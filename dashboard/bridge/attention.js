// Where each token of a text looks. data: pieces [text], weights [layer][row][column] (a row sums
// to 1), locale, labels {layer, mean, hint}. A click asks a token; the earlier ones are coloured by
// what it takes from them, in one layer or on average over all.

import { element } from "../shared/components/dom.js";

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  const state = root.state ?? (root.state = { layer: -1, asked: -1 });
  root.textContent = "";
  const view = element("div", "view", root);
  element("div", "small", view, data.labels.hint);
  const tools = element("div", "tools", view);
  element("span", "", tools, data.labels.layer);
  const layers = data.weights.length,
    count = data.pieces.length;
  const buttons = [-1, ...Array(layers).keys()].map((layer) => {
    const button = element("button", "", tools, layer < 0 ? data.labels.mean : String(layer + 1));
    button.type = "button";
    button.onclick = () => {
      state.layer = layer;
      draw();
    };
    return [layer, button];
  });
  const sentence = element("div", "sentence leaf serif", view);
  const percent = new Intl.NumberFormat(data.locale, {
    style: "percent",
    maximumFractionDigits: 0,
  });
  const tokens = data.pieces.map((piece, i) => {
    const token = element(
      "button",
      "token",
      sentence,
      piece.replaceAll("\n", "\u21b5").replace(/^ /, "\u2423"),
    );
    token.type = "button";
    token.onclick = () => {
      state.asked = i;
      draw();
    };
    return token;
  });
  if (state.asked < 0 || state.asked >= count) state.asked = count - 1;
  function row() {
    if (state.layer >= 0) return data.weights[state.layer][state.asked];
    return data.weights[0][state.asked].map(
      (_, j) => data.weights.reduce((sum, layer) => sum + layer[state.asked][j], 0) / layers,
    );
  }
  function draw() {
    buttons.forEach(([layer, button]) =>
      button.setAttribute("aria-pressed", layer === state.layer),
    );
    const weights = row();
    const most = Math.max(...weights.slice(0, state.asked + 1), 1e-6);
    tokens.forEach((token, j) => {
      const share = j <= state.asked ? weights[j] / most : 0;
      token.style.background = `color-mix(in srgb, var(--hot) ${Math.round(70 * share)}%, transparent)`;
      token.classList.toggle("asked", j === state.asked);
      token.classList.toggle("after", j > state.asked);
      token.title = j <= state.asked ? percent.format(weights[j]) : "";
    });
  }
  draw();
}
