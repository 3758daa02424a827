// The page of a model taken home: what is set, the text as it is written, and the choice behind
// each of its characters, which a tap on it shows again.

import { normalise, Writer, weightsOf } from "./engine.js";

const BARS = 8;
const MOST = 20_000; // characters of a text
const PIECE = 25; // milliseconds of writing between two pictures
const SAID = 1500; // milliseconds for which a button says that it has copied

/** @typedef {{char: string, chances: [char: string, probability: number][]}} Choice */

/**
 * @template {HTMLElement} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 */
function one(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`there is no ${id}`);
  return found;
}

const told = (/** @type {string} */ id) => one(id, HTMLElement).textContent ?? "";
const model = JSON.parse(told("model"));
const labels = JSON.parse(told("labels"));
const weights = weightsOf(model, told("weights"));
const known = new Set(model.chars);

const prompt = one("prompt", HTMLTextAreaElement);
const temperature = one("temperature", HTMLInputElement);
const seed = one("seed", HTMLInputElement);
const topK = one("topK", HTMLInputElement);
const topP = one("topP", HTMLInputElement);
const speed = one("speed", HTMLSelectElement);
const page = one("page", HTMLElement);
const written = one("written", HTMLElement);
const pause = one("pause", HTMLButtonElement);
const copy = one("copy", HTMLButtonElement);

let language = navigator.language.startsWith("fr") ? "fr" : "en";
/** @type {Writer | null} */
let writer = null;
/** @type {Choice[]} one a character written */
let choices = [];
let running = false;
let owed = 0; // characters that should have been written by now, and are not
let before = 0; // time of the picture before, 0 where there is none

const label = (/** @type {string} */ name) => String(labels[language][name]);

/**
 * @param {number} value
 * @param {Intl.NumberFormatOptions} [options]
 */
const number = (value, options) => new Intl.NumberFormat(language, options).format(value);

/**
 * A label with values in its places.
 *
 * @param {string} name
 * @param {Record<string, string>} values
 */
const filled = (name, values) =>
  label(name).replace(/\{(\w+)\}/g, (place, found) => values[found] ?? place);

function speak() {
  document.documentElement.lang = language;
  document.title = `${label("title")} · ${model.name}`;
  for (const element of document.querySelectorAll("[data-label]")) {
    element.textContent = label(element.getAttribute("data-label") ?? "");
  }
  for (const element of document.querySelectorAll("[data-name]")) {
    element.setAttribute("aria-label", label(element.getAttribute("data-name") ?? ""));
  }
  one("language", HTMLElement).textContent = label("other");
  one("about", HTMLElement).textContent = filled("about", {
    name: model.name,
    parameters: number(model.parameters),
    cell: model.cell.toUpperCase(),
    symbols: number(model.chars.length + 1),
  });
  const bits = model.bits;
  one("facts", HTMLElement).textContent =
    bits === null ? "" : filled("facts", { bits: number(bits, { maximumFractionDigits: 2 }) });
  tell();
}

/** What is set, in words. */
function tell() {
  one("told", HTMLElement).textContent = number(Number(temperature.value), {
    minimumFractionDigits: 1,
  });
  pause.textContent = label(running || !writer ? "pause" : "resume");
  pause.disabled = !writer;
  copy.disabled = !writer;
  const unread = one("unread", HTMLElement);
  const lacking = new Set([...normalise(prompt.value)].filter((char) => !known.has(char)));
  unread.hidden = !lacking.size;
  unread.textContent = label("unread") + [...lacking].join(" ");
}

const visible = (/** @type {string} */ char) => ({ "\n": "↵", " ": "␣", "\t": "⇥" })[char] ?? char;

/** @param {Choice} choice */
function drawBars({ char, chances }) {
  const rows = chances.map(([symbol, chance]) => {
    const row = document.createElement("li");
    row.className = symbol === char ? "drawn" : "";
    const parts = ["char", "track", "share"].map((name) => {
      const part = document.createElement("span");
      part.className = name;
      return part;
    });
    parts[0].textContent = visible(symbol);
    const fill = document.createElement("span");
    fill.className = "fill";
    fill.style.width = `${100 * chance}%`;
    parts[1].append(fill);
    parts[2].textContent = number(chance, { style: "percent", minimumFractionDigits: 1 });
    row.append(...parts);
    return row;
  });
  one("bars", HTMLElement).replaceChildren(...rows);
}

/** @param {number} time of the picture, in milliseconds */
function tick(time) {
  if (!running || !writer) return;
  const rate = Number(speed.value);
  owed = rate ? Math.min(owed + ((time - (before || time)) / 1000) * rate, rate) : MOST;
  before = time;
  const stop = performance.now() + PIECE;
  let added = "";
  while (owed >= 1 && choices.length < MOST && performance.now() < stop) {
    const chances = writer.chances(BARS);
    const char = writer.step();
    choices.push({ char, chances });
    added += char;
    owed -= 1;
  }
  if (added) {
    const below = page.scrollHeight - page.scrollTop - page.clientHeight;
    written.append(added);
    written.normalize();
    if (below < 60) page.scrollTop = page.scrollHeight;
    drawBars(choices[choices.length - 1]);
  }
  if (choices.length >= MOST) run(false);
  else requestAnimationFrame(tick);
}

/** What is set of the draws; an empty field, or one that is no such number, keeps all. */
function sampling() {
  const p = Number(topP.value);
  return {
    temperature: Number(temperature.value),
    topK: Math.max(Math.trunc(Number(topK.value)) || 0, 0),
    topP: p > 0 && p < 1 ? p : 1,
  };
}

/** @param {boolean} goes */
function run(goes) {
  const starts = goes && !running;
  running = goes;
  before = owed = 0;
  if (starts) requestAnimationFrame(tick);
  tell();
}

one("write", HTMLButtonElement).onclick = () => {
  const chosen = Math.trunc(Math.abs(Number(seed.value))) || 0;
  writer = new Writer(model, weights, prompt.value, sampling(), chosen);
  choices = [];
  one("before", HTMLElement).textContent = prompt.value;
  written.textContent = "";
  run(true);
};
pause.onclick = () => run(!running);
copy.onclick = async () => {
  const text = `${prompt.value}${written.textContent}`;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea"); // a file has no clipboard everywhere
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  copy.textContent = label("copied");
  setTimeout(() => (copy.textContent = label("copy")), SAID);
};
written.onclick = (event) => {
  const range = document.caretRangeFromPoint?.(event.clientX, event.clientY);
  if (!range || !written.contains(range.startContainer)) return;
  const at = [...(range.startContainer.textContent ?? "").slice(0, range.startOffset)].length;
  run(false);
  if (choices[at]) drawBars(choices[at]);
};
prompt.oninput = temperature.oninput = tell;
one("language", HTMLButtonElement).onclick = () => {
  language = language === "fr" ? "en" : "fr";
  speak();
};
one("theme", HTMLButtonElement).onclick = () => {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
};

prompt.value = model.prompt;
temperature.value = String(model.temperature);
seed.value = String(model.seed);
topK.value = String(model.top_k);
topP.value = String(model.top_p);
one("filters", HTMLDetailsElement).open = model.top_k > 0 || model.top_p < 1;
speak();
