// Plays a recorded text character by character, entirely in the browser: the server sends a text
// and the choice behind each character once, and is not asked again until the text runs out.
//
// data: id, prompt [[text, known]], text, candidates, chances, drawn, bars, speed (characters a
// second, 0 for at once), paused, hidden, more (whether the server can send a longer text), locale,
// labels {heading, note, looked, hush}. A longer text under the same id goes on where it was.

import { element, visible } from "../shared/components/dom.js";

function build(root, bars) {
  root.textContent = "";
  const player = element("div", "player", root);
  const page = element("div", "page leaf serif", player);
  page.tabIndex = 0; // a scrolling region must be reachable with the keyboard
  const text = element("div", "text", page);
  const prompt = element("span", "prompt", text);
  const written = element("span", "written", text);
  const caret = element("span", "caret", text);
  const hush = element("div", "hush small", page);
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
  return { player, page, prompt, written, caret, hush, heading, note, rows };
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const view = root.view ?? (root.view = build(root, data.bars));
  const show = root.show ?? (root.show = { id: null, at: 0, asked: 0, looked: null });
  const text = Array.from(data.text);
  const candidates = Array.from(data.candidates);
  const percent = new Intl.NumberFormat(data.locale, {
    style: "percent",
    maximumFractionDigits: 0,
  });
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const speed = still ? 0 : data.speed;

  const bars = (at) => {
    const place = (bar, char, chance, chosen) => {
      bar.row.className = "row" + (chosen ? " chosen" : "");
      bar.glyph.textContent = visible(char);
      bar.fill.style.width = chance / 100 + "%";
      bar.percent.textContent =
        chance > 0 && chance < 50 ? "<\u00a0" + percent.format(0.01) : percent.format(chance / 1e4);
    };
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

  const look = (span) => {
    if (show.looked) show.looked.classList.remove("looked");
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
    view.rows.forEach((bar) => (bar.row.className = "row faint"));
    view.prompt.textContent = "";
    data.prompt.forEach(([run, known]) => {
      element("span", known ? "" : "unknown", view.prompt).textContent = run;
    });
  }
  view.heading.textContent = data.labels.heading;
  view.hush.textContent = data.labels.hush;
  view.player.classList.toggle("hidden", data.hidden);
  view.player.classList.toggle("smooth", speed > 0 && speed < 20);
  view.player.dataset.state = data.paused ? "paused" : "playing";
  if (!data.paused || !show.looked) look(null);
  view.written.onclick = (event) => {
    const span = event.target.closest("[data-at]");
    if (span) look(span === show.looked ? null : span);
  };

  const write = (until) => {
    const nearEnd = view.page.scrollHeight - view.page.scrollTop - view.page.clientHeight < 80;
    const piece = document.createDocumentFragment();
    for (; show.at < until; show.at++) {
      const span = element("span", "", piece);
      span.dataset.at = show.at;
      span.textContent = text[show.at];
    }
    view.written.appendChild(piece);
    if (nearEnd || speed === 0) view.page.scrollTop = speed === 0 ? 0 : view.page.scrollHeight;
    if (!show.looked) bars(show.at - 1);
    view.player.dataset.at = show.at;
    view.caret.style.display = show.at >= text.length && !data.more ? "none" : "";
  };

  let frame = 0;
  const began = { time: null, at: show.at };
  const tick = (now) => {
    began.time ??= now;
    const due = began.at + Math.floor(((now - began.time) / 1000) * speed);
    const until = Math.min(speed === 0 ? text.length : due, text.length);
    if (until > show.at) write(until);
    if (show.at < text.length) frame = requestAnimationFrame(tick);
    else if (speed > 0 && data.more && show.asked < text.length) {
      show.asked = text.length;
      setTriggerValue("more", text.length);
    }
  };
  if (root.stop) root.stop();
  root.stop = () => cancelAnimationFrame(frame);
  if (!data.paused) frame = requestAnimationFrame(tick);
  return root.stop;
}
