// The next character: what was read and chosen, then one bar a character, each of them a button.
//
// data: step, prompt [[text, known]], chain [[char, probability]], bars [{char, before, after}],
// narrow (whether another board is beside it), others {label, before, after}, drawn (character), play (milliseconds between two steps, 0 for
// stopped), locale, labels {before, after, choose}. A click sends "pick" with the character;
// while playing the drawn bar lights up and "pick" is sent with "", which asks for the draw.

import { element, visible } from "../shared/components/dom.js";
import { chances } from "../shared/components/numbers.js";

function build(root) {
  root.textContent = "";
  const board = element("div", "board", root);
  const strip = element("div", "strip leaf", board);
  const lead = element("span", "", element("div", "lead serif prompt", strip));
  const links = element("div", "links", strip);
  const heads = element("div", "heads small", board);
  const list = element("div", "rows", board);
  return { board, lead, links, heads, list, others: element("div", "others small", board) };
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const view = root.view ?? (root.view = build(root));
  const percent = chances(data.locale);
  const whole = new Intl.NumberFormat(data.locale, { style: "percent", maximumFractionDigits: 0 });

  view.board.dataset.step = data.step;
  view.board.classList.toggle("narrow", data.narrow);
  view.lead.textContent = "";
  data.prompt.forEach(([run, known]) =>
    element("span", known ? "" : "unknown", view.lead, run.replaceAll("\n", "\u21b5")),
  );
  view.links.textContent = "";
  for (const [char, chance] of data.chain) {
    const link = element("span", "link", view.links);
    element("span", "glyph mono", link, visible(char));
    element(
      "span",
      "small",
      link,
      chance > 0 && chance < 0.005 ? "<\u00a0" + whole.format(0.01) : whole.format(chance),
    );
  }
  const next = element("span", "link next", view.links);
  element("span", "glyph mono", next, "?");
  element("span", "small", next, "\u00a0");

  view.heads.textContent = "";
  element("span", "", view.heads, "");
  const legend = element("span", "", view.heads);
  element("span", "key old", legend);
  legend.append(data.labels.before);
  element("span", "key new", legend);
  legend.append(data.labels.after);
  element("span", "", view.heads, data.labels.before_short);
  element("span", "", view.heads, data.labels.after_short);

  while (view.list.children.length > data.bars.length) view.list.lastChild.remove();
  while (view.list.children.length < data.bars.length) {
    const row = element("button", "row", view.list);
    row.type = "button";
    element("span", "glyph mono", row);
    const track = element("span", "track", row);
    element("span", "fill", track);
    element("span", "ghost", track);
    element("span", "percent small", row);
    element("span", "percent", row);
  }
  let drawn = null;
  data.bars.forEach((bar, i) => {
    const row = view.list.children[i];
    const [glyph, track, before, after] = row.children;
    const shown = visible(bar.char);
    glyph.textContent = shown;
    track.children[0].style.width = bar.after * 100 + "%";
    track.children[1].style.width = bar.before * 100 + "%";
    before.textContent = percent(bar.before);
    after.textContent = percent(bar.after);
    row.classList.toggle("zero", bar.after === 0);
    row.classList.remove("drawn");
    row.setAttribute("aria-label", `${data.labels.choose} ${shown} (${percent(bar.after)})`);
    row.dataset.char = bar.char;
    row.onclick = () => setTriggerValue("pick", bar.char);
    if (bar.char === data.drawn) drawn = row;
  });
  view.heads.style.display = data.bars.length === 0 ? "none" : "";
  view.others.textContent =
    data.others === null
      ? ""
      : `${data.others.label} ${percent(data.others.before)} \u2192 ${percent(data.others.after)}`;

  clearTimeout(root.timer);
  clearTimeout(root.flash);
  if (data.play > 0) {
    root.flash = setTimeout(() => drawn && drawn.classList.add("drawn"), data.play / 2);
    root.timer = setTimeout(() => setTriggerValue("pick", ""), data.play);
  }
  return () => {
    clearTimeout(root.timer);
    clearTimeout(root.flash);
  };
}
