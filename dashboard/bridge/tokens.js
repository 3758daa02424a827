// Texts of several models, cut where their tokens are. data: columns [{heading, facts, speed,
// said, problem, letters, recorded, choices, prompt [[text, tokens]], pieces [[text, tokens]]}]. A
// piece of 0 tokens goes on in the next one; where tokens are letters there is nothing to draw.
// `recorded` says when a text was, "" of one that is written here; a click on one of the choices (see
// common.js) sends "listen" with its value.

import { element, offerRecordings } from "../shared/components/dom.js";

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  root.textContent = "";
  const columns = element("div", "columns", root);
  for (const column of data.columns) {
    const leaf = element("section", "column leaf", columns);
    leaf.setAttribute("aria-label", column.heading);
    element("h2", "", leaf, column.heading);
    const facts = element("p", "figures small", leaf);
    facts.title = column.facts.join("\n"); // where columns are narrow, one of them is shown
    for (const [i, fact] of column.facts.entries())
      element("span", i === 1 || i === 2 ? "fact detail" : "fact", facts, fact);
    const speed = element("p", "speed", leaf, column.recorded ? "" : column.speed || "\u00a0");
    if (column.recorded) element("span", "recorded", speed, column.recorded);
    const text = element("p", "text serif" + (column.letters ? " letters" : ""), leaf);
    offerRecordings(text, column.choices, (value) => setTriggerValue("listen", value));
    if (column.problem) element("span", "said problem", text, column.said);
    let odd = false,
      open = false;
    for (const [pieces, kind] of [
      [column.prompt, " prompt"],
      [column.pieces, ""],
    ]) {
      if (column.letters) {
        element("span", kind, text, pieces.map(([piece]) => piece).join(""));
        continue;
      }
      for (const [piece, tokens] of pieces) {
        if (!open) odd = !odd;
        const drawn = element(
          "span",
          "token" + (odd ? " odd" : "") + kind + (open ? " goes-on" : ""),
          text,
          piece,
        );
        if (tokens > 1) drawn.title = String(tokens);
        open = tokens === 0;
      }
    }
    if (column.said && !column.problem) element("p", "said", leaf, column.said);
  }
}
