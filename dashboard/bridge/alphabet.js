// The next character of several models: one row a character, one column a model.
//
// data: step, prompt, chain [character], models [{name, said, note, draws, recorded, choices}],
// rows [{char, probs}], extra [{label, probs}], locale, labels {choose}. A probability is null while
// its model has not answered. A click on a row sends "pick" with its character, on one of the choices
// (see common.js) "listen" with its value.

import { element, offerRecordings, shows, visible } from "../shared/components/dom.js";

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  if (shows(root, data)) return;
  const number = new Intl.NumberFormat(data.locale, {
    style: "percent",
    maximumFractionDigits: 1,
    minimumFractionDigits: 1,
  });
  const percent = (p) =>
    p === null
      ? "\u2026"
      : p > 0 && p < 0.0005
        ? "<\u00a0" + number.format(0.001)
        : number.format(p);
  root.textContent = "";
  const board = element("div", "board", root);
  board.dataset.step = data.step;
  board.style.setProperty("--models", data.models.length);

  const strip = element("div", "strip leaf", board);
  element(
    "span",
    "",
    element("div", "lead serif prompt", strip),
    data.prompt.replaceAll("\n", "\u21b5"),
  );
  const links = element("div", "links", strip);
  for (const char of data.chain) element("span", "glyph mono", links, visible(char));
  element("span", "glyph mono next", links, "?");

  const heads = element("div", "line heads", board);
  element("span", "", heads, "");
  for (const model of data.models) {
    const head = element("div", "head", heads);
    element("b", model.draws ? "draws" : "", head, model.name);
    if (model.recorded) element("span", "recorded", head, model.recorded);
    if (model.said || model.choices.items.length) {
      const said = element("div", "said", head);
      element("span", "small", said, model.said);
      offerRecordings(said, model.choices, (value) => setTriggerValue("listen", value));
    }
    if (model.note) element("span", "small note", head, model.note);
  }
  const line = (made, name, probs, glyph) => {
    element("span", glyph ? "glyph mono" : "name", made, name);
    for (const p of probs) {
      const cell = element("span", "cell", made);
      const track = element("span", "track", cell);
      element("span", "fill", track).style.width = (p ?? 0) * 100 + "%";
      element("span", "percent", cell, percent(p));
    }
  };
  for (const row of data.rows) {
    const made = element("button", "line row", board);
    made.type = "button";
    made.dataset.char = row.char;
    const shown = visible(row.char);
    made.setAttribute(
      "aria-label",
      `${data.labels.choose} ${shown} (${row.probs.map(percent).join(", ")})`,
    );
    line(made, shown, row.probs, true);
    made.onclick = () => setTriggerValue("pick", row.char);
  }
  for (const row of data.extra)
    line(element("div", "line extra small", board), row.label, row.probs, false);
}
