// The Characters page: one of four views, by data.view.
//
// trip: step, text, tiles [{char, index, back}], more, alphabet [{char, index, used}], labels.
// alphabet: cells [{char, index, count, level, used, said}], labels.
// tokens: rows [{title, note, figures, segments [{text, ids}]}], chips [{title, items}].
// bytes: char, name, number, choices, bytes [{value, hex, marker, payload, letter}], joined,
//   tokens [{id, hex}], labels.
// A click on a character sends "pick" with it.

import { element, shows, visible } from "./dom.js";

const show = (char) => visible(char);
const spaced = (text) =>
  text.replaceAll(" ", "\u2423").replaceAll("\n", "\u21b5").replaceAll("\t", "\u21e5");

const VIEWS = {
  trip(data, root, pick) {
    if (data.step === "text") {
      element("p", "whole serif leaf", root, data.text);
    } else {
      const tiles = element("div", `tiles step-${data.step}`, root);
      const legend = element("div", "tile legend small", tiles);
      element("span", "char", legend, data.labels.char);
      if (data.step !== "chars") element("span", "", legend, data.labels.index);
      if (data.step === "back") element("span", "", legend, data.labels.back);
      for (const { char, index, back } of data.tiles) {
        const tile = pick("tile", tiles, char, `${show(char)}, ${data.labels.pick}`);
        if (index === 0) tile.classList.add("lost");
        element("span", "char mono", tile, show(char));
        if (data.step !== "chars") element("span", "index mono", tile, String(index));
        if (data.step === "back") element("span", "char mono back", tile, show(back));
      }
      if (data.more) element("span", "more small", tiles, data.labels.more);
    }
    element("h2", "small", root, data.labels.alphabet);
    const strip = element("div", "strip", root);
    for (const { char, index, used } of data.alphabet) {
      const slot = element(
        "span",
        "slot mono" + (used && data.step !== "text" ? " used" : ""),
        strip,
      );
      element("b", "", slot, show(char));
      element("i", "", slot, String(index));
      slot.title = index ? "" : data.labels.unknown;
    }
  },

  alphabet(data, root, pick) {
    const grid = element("div", "grid", root);
    for (const { char, index, count, level, used, said } of data.cells) {
      const cell = pick(
        "cell" + (index ? "" : " removed") + (used ? " used" : ""),
        grid,
        char,
        said,
      );
      cell.style.setProperty("--level", level);
      element("span", "index", cell, String(index));
      element("span", "char mono", cell, show(char));
      element("span", "count", cell, count);
    }
    const legend = element("p", "key small", root);
    element("span", "", legend, data.labels.rare);
    element("span", "ramp", legend);
    element("span", "", legend, data.labels.frequent);
    element("span", "swatch used", legend);
    element("span", "", legend, data.labels.used);
    element("span", "swatch removed", legend);
    element("span", "", legend, data.labels.removed);
  },

  tokens(data, root) {
    for (const { title, note, figures, segments } of data.rows) {
      const row = element("section", "cut", root);
      const head = element("header", "", row);
      element("h2", "", head, title);
      element("span", "small", head, note);
      element("strong", "", head, figures);
      const text = element("p", "pieces", row);
      segments.forEach(({ text: said, ids }, i) => {
        const piece = element(
          "span",
          "piece mono" + (i % 2 ? " odd" : "") + (ids.length > 1 ? " shared" : ""),
          text,
        );
        element("span", "said", piece, spaced(said));
        if (ids.length) element("span", "id", piece, ids.join("\u00b7"));
      });
    }
    for (const { title, items } of data.chips) {
      const line = element("div", "learned", root);
      element("span", "small", line, title);
      items.forEach((item) => element("span", "chip mono", line, spaced(item)));
    }
  },

  bytes(data, root, pick) {
    const choices = element("div", "choices", root);
    for (const char of data.choices) {
      const made = pick("choice mono" + (char === data.char ? " now" : ""), choices, char, char);
      made.textContent = show(char);
    }
    const board = element("div", "octets", root);
    const left = element("div", "big leaf", board);
    element("span", "huge serif", left, show(data.char));
    element("span", "name small", left, data.name);
    const right = element("div", "", board);
    const fact = (label, value) => {
      const line = element("p", "fact", right);
      element("span", "small", line, label);
      element("b", "mono", line, value);
      return line;
    };
    const code = fact(data.labels.code, data.number);
    element("b", "", code, `${data.bytes.length} ${data.labels.bytes}`);
    const row = element("div", "row", right);
    for (const byte of data.bytes) {
      const box = element("div", "byte leaf mono", row);
      const bits = element("span", "bits", box);
      element("span", "marker", bits, byte.marker);
      element("span", "payload", bits, byte.payload);
      const values = element("span", "values", box);
      element("b", "", values, String(byte.value));
      element("span", "small", values, `hex ${byte.hex}`);
    }
    fact(data.labels.joined, `${data.joined} = ${data.number}`).classList.add("joined");
    fact(data.labels.letters, data.bytes.map((byte) => byte.letter).join(" "));
    fact(data.labels.alphabet, data.labels.index);
    const tokens = element("p", "fact", right);
    element("span", "small", tokens, data.labels.tokens);
    for (const { id, hex } of data.tokens) {
      const chip = element("span", "chip mono", tokens, String(id));
      element("span", "small", chip, ` ${hex}`);
    }
  },
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  if (shows(root, data)) return;
  root.textContent = "";
  const place = element("div", data.view, root);
  const pick = (className, parent, char, said) => {
    const made = element("button", className, parent);
    made.type = "button";
    made.title = said;
    made.setAttribute("aria-label", said);
    made.onclick = () => setTriggerValue("pick", char);
    return made;
  };
  VIEWS[data.view](data, place, pick);
}
