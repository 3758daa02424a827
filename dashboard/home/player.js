// Plays a recorded text character by character, entirely in the browser: the server sends a text
// and the choice behind each character once, and is not asked again until the text is about to run
// out ("more"). "keep" is sent with the number of characters that are to be kept.

import { copyButton } from "../shared/components/clipboard.js";
import { component } from "../shared/components/component.js";
import {
  answered,
  button,
  element,
  remembered,
  rootOf,
  visible,
} from "../shared/components/dom.js";
import { chances } from "../shared/components/numbers.js";

/**
 * @typedef {object} Data
 * @property {string} id a longer text under the same one goes on where it was
 * @property {import("../shared/components/dom.js").Run[]} prompt
 * @property {string} text
 * @property {string} candidates `bars` characters for each one of the text
 * @property {number[]} chances of the candidates, in ten thousandths
 * @property {number[]} drawn chances of the characters of the text, the same
 * @property {number} bars
 * @property {number} speed characters a second, 0 for at once
 * @property {boolean} paused
 * @property {boolean} hidden
 * @property {number} piece characters that are there before anything else, at no speed
 * @property {boolean} more whether the server can send a longer text
 * @property {string} locale
 * @property {{heading: string, note: string, looked: string, hush: string, copy: string,
 *   copied: string, keep: string}} labels
 */

const AHEAD = 3; // seconds of text left when more is asked for

/** @typedef {ReturnType<typeof build>} View */
/** @typedef {View["rows"][number]} Row */

/**
 * @param {HTMLElement} root
 * @param {number} bars
 */
function build(root, bars) {
  root.textContent = "";
  const player = element("div", "player", root);
  const page = element("div", "page leaf serif", player);
  page.tabIndex = 0; // a scrolling region must be reachable with the keyboard
  const text = element("div", "text", page);
  const prompt = element("span", "prompt", text);
  const written = element("span", "written", text);
  const caret = element("span", "caret", text);
  const hush = element("p", "hush small", page);
  const side = element("div", "side leaf", player);
  const heading = element("h2", "heading", side);
  const note = element("p", "note small", side);
  const list = element("div", "rows", side);
  const rows = Array.from({ length: bars }, () => {
    const row = element("div", "row faint", list);
    const glyph = element("span", "glyph mono", row);
    const fill = element("div", "fill", element("div", "track", row));
    return { row, glyph, fill, percent: element("span", "percent", row) };
  });
  const tools = element("div", "tools", side);
  const copy = copyButton(tools, () => `${prompt.textContent}${written.textContent}`);
  const keep = button("tool", tools);
  return { player, page, prompt, written, caret, hush, heading, note, rows, copy, keep };
}

/** What the player shows. */
class Show {
  /** @type {string | null} */
  id = null;
  /** Characters written. */
  at = 0;
  /** Characters there were when more were asked for. */
  asked = 0;
  /** @type {HTMLElement | null} the character whose choice is looked at */
  looked = null;
  stop = () => {};
}

export default component(render);

/** @param {import("../shared/components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement);
  const memory = remembered(root, () => ({ view: build(root, data.bars), show: new Show() }));
  const { view, show } = memory;
  const text = Array.from(data.text);
  const candidates = Array.from(data.candidates);
  const percent = chances(data.locale, 0);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const speed = still ? 0 : data.speed;

  /** @type {(bar: Row, char: string, chance: number, chosen: boolean) => void} */
  const place = (bar, char, chance, chosen) => {
    bar.row.className = `row${chosen ? " chosen" : ""}`;
    bar.glyph.textContent = visible(char);
    bar.fill.style.width = `${chance / 100}%`;
    bar.percent.textContent = percent(chance / 1e4);
  };
  /** @param {number} at the character behind which the choice was made */
  const bars = (at) => {
    let found = false;
    view.rows.forEach((bar, i) => {
      const from = at * data.bars + i;
      const chosen = !found && candidates[from] === text[at];
      found = found || chosen;
      // A character drawn from further down takes the last row.
      if (i === data.bars - 1 && !found) place(bar, text[at], data.drawn[at], true);
      else if (data.chances[from] > 0 || chosen)
        place(bar, candidates[from], data.chances[from], chosen);
      else bar.row.className = "row faint";
    });
  };

  /** @param {HTMLElement | null} span */
  const look = (span) => {
    show.looked?.classList.remove("looked");
    show.looked = span;
    if (span) {
      span.classList.add("looked");
      bars(Number(span.dataset.at));
    }
    view.note.textContent = span ? data.labels.looked : data.labels.note;
  };

  if (show.id !== data.id) {
    Object.assign(show, { id: data.id, at: 0, asked: 0, looked: null });
    view.written.textContent = "";
    for (const bar of view.rows) bar.row.className = "row faint";
    view.prompt.textContent = "";
    for (const [run, known] of data.prompt) {
      element("span", known ? "" : "unknown", view.prompt, run);
    }
  }
  view.heading.textContent = data.labels.heading;
  view.hush.textContent = data.labels.hush;
  view.copy.dress(data.labels.copy, data.labels.copied);
  view.keep.textContent = data.labels.keep;
  view.keep.onclick = () => setTriggerValue("keep", show.at);
  for (const tool of [view.copy.made, view.keep]) tool.disabled = data.hidden;
  view.player.classList.toggle("hidden", data.hidden);
  view.player.classList.toggle("smooth", speed > 0 && speed < 20);
  view.player.dataset.state = data.paused ? "paused" : "playing";
  if (!data.paused || !show.looked) look(null);
  view.written.onclick = (event) => {
    const span = event.target instanceof Element && event.target.closest("[data-at]");
    if (span instanceof HTMLElement) look(span === show.looked ? null : span);
  };

  /** @param {number} until the number of characters */
  const write = (until) => {
    const nearEnd = view.page.scrollHeight - view.page.scrollTop - view.page.clientHeight < 80;
    const piece = document.createDocumentFragment();
    for (; show.at < until; show.at++) {
      element("span", "", piece, text[show.at]).dataset.at = String(show.at);
    }
    view.written.appendChild(piece);
    if (nearEnd || speed === 0) view.page.scrollTop = speed === 0 ? 0 : view.page.scrollHeight;
    if (!show.looked) bars(show.at - 1);
    view.player.dataset.at = String(show.at);
    view.caret.style.display = show.at >= text.length && !data.more ? "none" : "";
  };

  let frame = 0;
  const first = show.at;
  /** @type {number | undefined} */
  let began;
  /** @param {number} now */
  const tick = (now) => {
    began ??= now;
    const due = first + Math.floor(((now - began) / 1000) * speed);
    const until = Math.min(speed === 0 ? text.length : due, text.length);
    if (until > show.at) write(until);
    const short = speed > 0 ? text.length - show.at <= AHEAD * speed : text.length < data.piece;
    const lacks = short && data.more && show.asked < text.length;
    const asks = lacks && answered();
    if (asks) {
      show.asked = text.length;
      setTriggerValue("more", text.length);
    }
    if (show.at < text.length || (lacks && !asks)) frame = requestAnimationFrame(tick);
  };
  show.stop();
  show.stop = () => cancelAnimationFrame(frame);
  if (!data.paused) frame = requestAnimationFrame(tick);
  return show.stop;
}
