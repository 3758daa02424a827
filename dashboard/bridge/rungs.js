// The ladder of models. data: steps [{name, whole, note, measure, text, recorded, choices, bars
// [[char, probability]]}], from the simplest to the largest, and locale. Texts grow in place while they are
// being written; a click on one of the choices (see common.js) sends "listen" with its value.

import { element, offerRecordings, visible } from "../shared/components/dom.js";

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  root.textContent = "";
  const ladder = element("div", "ladder", root);
  const percent = new Intl.NumberFormat(data.locale, {
    style: "percent",
    maximumFractionDigits: 0,
  });
  for (const step of data.steps) {
    const rung = element("section", "rung leaf", ladder);
    rung.setAttribute("aria-label", step.name);
    const head = element("div", "", rung);
    const line = element("div", "name", head);
    element("b", "serif", line, step.name).title = step.whole;
    element("span", "measure", line, step.measure);
    element("span", "note small", head, step.note);
    if (step.recorded) element("span", "recorded", head, step.recorded);
    const text = element("p", "serif", rung, step.text.replaceAll("\n", " \u21b5 "));
    offerRecordings(text, step.choices, (value) => setTriggerValue("listen", value));
    const bars = element("div", "candidates", rung);
    for (const [char, chance] of step.bars) {
      const shown = visible(char);
      const bar = element("div", "candidate", bars);
      bar.title = `${shown} ${percent.format(chance)}`;
      bar.setAttribute("aria-label", bar.title);
      element("span", "column", bar).style.height = Math.max(chance * 100, 3) + "%";
      element("span", "glyph mono", bar, shown);
    }
  }
}
