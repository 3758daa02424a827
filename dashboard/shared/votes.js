// The votes of a class as they come: how many, and a bar for each answer. The component asks the server
// itself, with the room's key, so that no vote makes the page run.

import { component } from "./components/component.js";
import { button, element, onceAnswered, remembered, rootOf, visible } from "./components/dom.js";
import { numbers, plural } from "./components/numbers.js";
import { poll } from "./components/polling.js";

/**
 * @typedef {string | number} Answer
 * @typedef {[answer: Answer, count: number][]} Counts
 *
 * @typedef {import("./components/numbers.js").Forms} Forms
 *
 * @typedef {object} Told
 * @property {number} phones
 * @property {number} votes
 * @property {boolean} open
 * @property {Counts} counts
 *
 * @typedef {object} Data
 * @property {string} results the address of the votes on this question
 * @property {string} key
 * @property {"choice" | "number" | "letter" | "line"} kind
 * @property {string[]} names of the options
 * @property {boolean} large whether options are read from the back row, their bars behind them
 * @property {boolean} hushed whether bars are hidden until somebody wants them
 * @property {Told} told what was known when the page was drawn
 * @property {Answer | null} right
 * @property {string} locale
 * @property {{votes: Forms, phones: Forms, show: string, hide: string}} labels
 */

const MOST_ROWS = 8; // of letters and of numbers
const MOST_LINES = 12;

/** @typedef {{name: string, count: number, right: boolean}} Row */

/**
 * Numbers in a few classes of one round width, from the least to the greatest.
 *
 * @param {Counts} counts
 * @param {number} most
 * @returns {{low: number, high: number, count: number}[]}
 */
function binned(counts, most) {
  if (!counts.length) return [];
  const values = counts.map(([answer]) => Number(answer));
  const least = Math.min(...values);
  const spread = Math.max(...values) - least;
  let width = 0.1;
  for (let turn = 0; (spread + width) / width > most; turn += 1) width *= turn % 3 === 1 ? 2.5 : 2;
  const first = Math.floor(least / width + 1e-9);
  const last = Math.floor((least + spread) / width + 1e-9);
  const bins = Array.from({ length: last - first + 1 }, (_, i) => ({
    low: (first + i) * width,
    high: (first + i + 1) * width,
    count: 0,
  }));
  for (const [answer, count] of counts) {
    bins[Math.floor(Number(answer) / width + 1e-9) - first].count += count;
  }
  return bins;
}

/**
 * What is drawn of the votes on a question.
 *
 * @param {Data} data
 * @param {Told} told
 * @returns {Row[]}
 */
function rowsOf({ kind, names, right, locale }, { counts }) {
  if (kind === "choice") {
    const by = new Map(counts);
    return names.map((name, i) => {
      const letter = String.fromCharCode(65 + i);
      return {
        name: name === letter ? name : `${letter}. ${name}`,
        count: by.get(i) ?? 0,
        right: i === right,
      };
    });
  }
  if (kind === "number") {
    const write = numbers(locale, { maximumFractionDigits: 2 });
    return binned(counts, MOST_ROWS).map(({ low, high, count }) => ({
      name: `${write(low)} – ${write(high)}`,
      count,
      right: right !== null && low <= Number(right) && Number(right) < high,
    }));
  }
  const most = [...counts].sort(([, one], [, other]) => other - one);
  return most.slice(0, kind === "line" ? MOST_LINES : MOST_ROWS).map(([answer, count]) => ({
    name: kind === "line" ? String(answer) : visible(String(answer)),
    count,
    right: answer === right,
  }));
}

/** @param {HTMLElement} root */
function build(root) {
  const votes = element("div", "votes", root);
  const head = element("div", "head", votes);
  const voted = element("p", "", head);
  const count = element("b", "", voted);
  const said = element("span", "", voted);
  const there = element("p", "small", head);
  const toggle = button("tool", head);
  const rows = element("div", "rows", votes);
  return {
    votes,
    count,
    said,
    there,
    toggle,
    rows,
    asked: "",
    hushed: false,
    /** @type {Told | null} */
    told: null,
    shape: "",
    stop: () => {},
  };
}

export default component(render);

/** @param {import("./components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement, setTriggerValue }) {
  const view = remembered(rootOf(parentElement), () => build(rootOf(parentElement)));
  const { labels } = data;

  const draw = () => {
    const told = view.told ?? data.told;
    view.count.textContent = String(told.votes);
    view.said.textContent = plural(data.locale, told.votes, labels.votes);
    view.there.textContent = `${told.phones} ${plural(data.locale, told.phones, labels.phones)}`;
    view.votes.className = `votes ${data.kind}${data.large ? " large" : " small-rows"}${view.hushed ? " hushed" : ""}`;
    view.votes.dataset.votes = String(told.votes);
    view.toggle.textContent = view.hushed ? labels.show : labels.hide;
    const rows = rowsOf(data, told);
    if (data.kind === "line") return lines(rows);
    const most = data.large ? Math.max(told.votes, 1) : Math.max(1, ...rows.map((r) => r.count));
    const shape = JSON.stringify(rows.map(({ name, right }) => [name, right]));
    if (view.shape !== shape) {
      view.shape = shape;
      view.rows.textContent = "";
      const longest = Math.min(Math.max(...rows.map(({ name }) => name.length), 1), 22);
      view.votes.style.setProperty("--names", `${longest * 0.62 + 0.6}em`);
      for (const { name, right } of rows) {
        const row = element("div", right ? "row right" : "row", view.rows);
        element("span", "name", row, name);
        element("div", "fill", element("div", "track", row));
        element("span", "count", row);
      }
    }
    rows.forEach(({ count }, i) => {
      const row = view.rows.children[i];
      const fill = row.querySelector(".fill");
      if (fill instanceof HTMLElement) fill.style.width = `${(100 * count) / most}%`;
      const number = row.querySelector(".count");
      if (number) number.textContent = String(count);
    });
  };

  /** @param {Row[]} rows */
  const lines = (rows) => {
    view.rows.textContent = "";
    const list = element("ol", "lines serif", view.rows);
    for (const { name, count } of rows) {
      element("li", "", list, count > 1 ? `${name} (${count})` : name);
    }
  };

  if (view.asked !== data.results || !data.told.open) {
    if (view.asked !== data.results) view.hushed = data.hushed;
    view.told = null;
    view.stop();
    view.asked = data.results;
    view.stop = () => {};
    if (data.told.open) {
      view.stop = poll(data.results, { "X-Room-Key": data.key }, (/** @type {Told} */ told) => {
        view.told = told;
        draw();
        if (told.open) return;
        view.stop();
        // Another window of the teacher has closed the vote.
        view.stop = onceAnswered(() => setTriggerValue("closed", told.votes), 0);
      });
    } else {
      view.hushed = false;
    }
  }
  view.toggle.hidden = !data.told.open;
  view.toggle.onclick = () => {
    view.hushed = !view.hushed;
    draw();
  };
  draw();
  return () => {
    view.stop();
    view.asked = "";
  };
}
