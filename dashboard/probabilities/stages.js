// The same characters through the four stages of a draw: scores, gaps divided by the temperature,
// filters, probabilities. data: bars [{char, score, scaled, dropped, after}], locale, labels
// {heads [4], kept, dropped {reason: text}}. Redrawn in place, so that bars slide with the slider.

import { element, visible } from "../shared/components/dom.js";
import { chances, numbers } from "../shared/components/numbers.js";

function build(root) {
  root.textContent = "";
  return { page: element("div", "stages", root) };
}

function line(page) {
  const row = element("div", "line", page);
  const glyph = element("span", "glyph mono", row);
  const measures = [0, 1].map(() => cell(row, ""));
  const mark = element("span", "mark", element("div", "filter", row));
  return { row, glyph, measures, mark, last: cell(row, "last") };
}

function cell(row, kind) {
  const made = element("div", "cell " + kind, row);
  const fill = element("span", "fill", element("span", "track", made));
  return { fill, told: element("span", "percent small", made) };
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  if (!root.view || root.view.count !== data.bars.length) {
    root.view = build(root);
    root.view.count = data.bars.length;
    root.view.heads = element("div", "line heads", root.view.page);
    root.view.lines = data.bars.map(() => line(root.view.page));
  }
  const { heads, lines } = root.view;
  heads.textContent = "";
  element("span", "", heads, "");
  data.labels.heads.forEach((text) => element("span", "", heads, text));
  const number = numbers(data.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const percent = chances(data.locale);
  const scores = data.bars.map((bar) => bar.score);
  const low = Math.min(...scores) - 0.5,
    high = Math.max(...scores);
  const depth = Math.max(6, high - low); // the same ruler at all temperatures, so that gaps are seen to grow
  data.bars.forEach((bar, i) => {
    const { row, glyph, measures, mark, last } = lines[i];
    row.classList.toggle("out", bar.after === 0);
    glyph.textContent = visible(bar.char);
    measures[0].fill.style.width = (100 * (bar.score - low)) / (high - low || 1) + "%";
    measures[0].told.textContent = number(bar.score);
    measures[1].fill.style.width = Math.max(0, 100 * (1 + bar.scaled / depth)) + "%";
    measures[1].told.textContent = number(bar.scaled);
    mark.className = "mark " + (bar.dropped ? "gone" : "kept");
    mark.textContent = bar.dropped ? data.labels.dropped[bar.dropped] : data.labels.kept;
    last.fill.style.width = 100 * bar.after + "%";
    last.told.textContent = percent(bar.after);
  });
}
