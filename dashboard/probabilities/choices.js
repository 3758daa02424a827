// The next character: what was read and chosen, then one bar a character, each of them a button. A
// click sends "pick" with the character; while playing the drawn bar lights up, and "pick" is sent
// with "", which asks for the draw.

import { component } from "../shared/components/component.js";
import {
  button,
  element,
  onceAnswered,
  onOneLine,
  remembered,
  rootOf,
  visible,
} from "../shared/components/dom.js";
import { chances } from "../shared/components/numbers.js";

/**
 * @typedef {object} Data
 * @property {number} step
 * @property {import("../shared/components/dom.js").Run[]} prompt
 * @property {[char: string, chance: number][]} chain characters chosen behind it
 * @property {{char: string, before: number, after: number}[]} bars before and after the settings
 * @property {boolean} voted whether `before` is the share of the class's votes
 * @property {boolean} narrow whether another board is beside it
 * @property {{label: string, before: number, after: number} | null} others characters without a bar
 * @property {string | null} drawn
 * @property {number} play milliseconds between two steps, 0 for stopped
 * @property {string} locale
 * @property {{before: string, after: string, before_short: string, after_short: string,
 *   choose: string}} labels
 */

/** @param {HTMLElement} root */
function build(root) {
  root.textContent = "";
  const board = element("div", "board", root);
  const strip = element("div", "strip leaf", board);
  const lead = element("span", "", element("div", "lead serif prompt", strip));
  const links = element("div", "links", strip);
  const heads = element("div", "heads small", board);
  const list = element("div", "rows", board);
  const others = element("div", "others small", board);
  return { board, lead, links, heads, list, others, rows: /** @type {Row[]} */ ([]) };
}

/** @typedef {ReturnType<typeof buildRow>} Row */

/** @param {HTMLElement} list */
function buildRow(list) {
  const row = button("row", list);
  const glyph = element("span", "glyph mono", row);
  const track = element("span", "track", row);
  const fill = element("span", "fill", track);
  const ghost = element("span", "ghost", track);
  const before = element("span", "percent small", row);
  const after = element("span", "percent", row);
  return { row, glyph, fill, ghost, before, after, choose: element("span", "spoken", row) };
}

export default component(render);

/** @param {import("../shared/components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement);
  const memory = remembered(root, () => ({
    view: build(root),
    flash: /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined),
    unplay: () => {},
  }));
  const { view } = memory;
  const { labels } = data;
  const percent = chances(data.locale);
  const whole = chances(data.locale, 0);

  view.board.dataset.step = String(data.step);
  view.board.classList.toggle("narrow", data.narrow);
  view.board.classList.toggle("voted", data.voted);
  view.lead.textContent = "";
  for (const [run, known] of data.prompt) {
    element("span", known ? "" : "unknown", view.lead, onOneLine(run));
  }
  view.links.textContent = "";
  for (const [char, chance] of data.chain) {
    const link = element("span", "link", view.links);
    element("span", "glyph mono", link, visible(char));
    element("span", "small", link, whole(chance));
  }
  const next = element("span", "link next", view.links);
  element("span", "glyph mono", next, "?");
  element("span", "small", next, "\u00a0");

  view.heads.textContent = "";
  element("span", "", view.heads);
  const legend = element("span", "", view.heads);
  for (const [kind, label] of [
    ["old", labels.before],
    ["new", labels.after],
  ]) {
    const named = element("span", "named", legend);
    element("span", `key ${kind}`, named);
    named.append(label);
  }
  element("span", "", view.heads, labels.before_short);
  element("span", "", view.heads, labels.after_short);

  for (const { row } of view.rows.splice(data.bars.length)) row.remove();
  while (view.rows.length < data.bars.length) view.rows.push(buildRow(view.list));
  data.bars.forEach((bar, i) => {
    const { row, glyph, fill, ghost, before, after, choose } = view.rows[i];
    glyph.textContent = visible(bar.char);
    fill.style.width = `${bar.after * 100}%`;
    ghost.style.width = `${bar.before * 100}%`;
    before.textContent = percent(bar.before);
    after.textContent = percent(bar.after);
    row.classList.toggle("zero", bar.after === 0);
    row.classList.remove("drawn");
    choose.textContent = labels.choose;
    row.dataset.char = bar.char;
    row.onclick = () => setTriggerValue("pick", bar.char);
  });
  view.heads.style.display = data.bars.length === 0 ? "none" : "";
  view.others.textContent = data.others
    ? `${data.others.label} ${percent(data.others.before)} \u2192 ${percent(data.others.after)}`
    : "";

  const stop = () => {
    memory.unplay();
    clearTimeout(memory.flash);
  };
  stop();
  if (data.play > 0) {
    const drawn = view.rows.find((_row, i) => data.bars[i].char === data.drawn);
    memory.flash = setTimeout(() => drawn?.row.classList.add("drawn"), data.play / 2);
    memory.unplay = onceAnswered(() => setTriggerValue("pick", ""), data.play);
  }
  return stop;
}
