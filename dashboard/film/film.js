// The film of a training: at each moment the text, the bars of the next character, and a point on
// the curves; played, stepped and dragged in the browser alone, two moments side by side on demand.
//
// data: id, view ("film" or "compare"), autoplay, at, before (indices of moments), cursor (index of
// a place), prompt [[text, known]], places [characters], rows, moments [{name, title, sub, update,
// train, validation, text, runs, known, chances (a list a place), bits, among, hesitates, said}],
// curve [[update, train, validation]], references [{label, bits}], symbols, locale, labels. The
// places are the last characters of the prompt, and what follows it: a click on one shows its bars.
// `runs` are the lengths of the stretches of the text outside and inside known words, by turns.
// Once at rest, "rest" is sent with {at, before (names), back (places from the end)}, for the address.

import { element, shape, visible } from "../shared/components/dom.js";
import { dressTransport, iconButton, wireTransport } from "../shared/components/transport.js";

const DWELL = { slow: 4200, normal: 2200, fast: 1000 }; // milliseconds a moment
const TYPED = 0.4; // share of them in which the text is written
const REST = 500; // milliseconds without a move before the address follows
const SPACE = { left: 44, right: 128, top: 10, bottom: 56 }; // around the curves, in pixels
const PITCH = 27; // pixels a bar needs
const WHOLE = 1.995; // from there on, shown with two decimals, a unit is in the plural in French
const NONE = "\u2013"; // in the place of a figure that nobody has measured
const CONTEXT = 16; // characters named above the bars

function buildPage(className, parent) {
  const page = element("section", "page leaf serif " + className, parent);
  page.tabIndex = 0; // a scrolling region must be reachable with the keyboard
  const heading = element("h3", "", page);
  const prompt = element("span", "prompt", page);
  const first = element("span", "first", page);
  const written = element("span", "written", page);
  element("span", "caret", page);
  return { page, heading, prompt, first, written };
}

function build(root) {
  root.textContent = "";
  const film = element("div", "film", root);
  const top = element("div", "top", film);
  const when = element("div", "when", top);
  const title = element("h2", "serif", when);
  const sub = element("p", "small", when);
  const speeds = element("div", "speeds", top);
  speeds.setAttribute("role", "group");
  const transport = element("div", "transport", top);
  const previous = iconButton("previous", transport);
  const play = iconButton("play", transport, "main");
  const ring = shape("svg", { class: "ring", viewBox: "0 0 44 44", "aria-hidden": "true" }, play);
  shape("circle", { cx: 22, cy: 22, r: 20, pathLength: 100 }, ring);
  const next = iconButton("next", transport);
  const left = element("div", "left", film);
  const right = element("div", "right", film);
  const scene = element("div", "scene", left);
  const old = buildPage("old", scene);
  const now = buildPage("now", scene);
  const side = element("div", "side leaf", right);
  const heading = element("h3", "", side);
  const race = element("div", "race", side);
  const others = element("p", "others small", side);
  const key = element("b", "", others);
  const rest = element("span", "", others);
  const curve = element("div", "curve", element("div", "foot", left));
  const svg = shape("svg", { role: "img" }, curve);
  const ranges = ["old", "now"].map((className) => {
    const range = element("input", className, curve);
    range.type = "range";
    range.min = 0;
    range.max = 1000;
    range.step = "any";
    return range;
  });
  const facts = element("div", "facts leaf", right);
  const big = element("p", "big", facts);
  const bits = element("b", "serif", big);
  const held = element("span", "small", big);
  const alphabet = element("div", "alphabet", facts);
  alphabet.setAttribute("aria-hidden", "true"); // the next line says it
  const hesitates = element("p", "hesitates", facts);
  const wordly = element("p", "big", facts);
  const known = element("b", "serif", wordly);
  const words = element("span", "small", wordly);
  const said = element("p", "said", facts);
  return { film, when, title, sub, speeds, previous, play, next, old, now, heading, race, key, rest, curve, svg,
    ranges, ring, bits, held, alphabet, hesitates, known, words, said, rows: new Map(), marks: null };
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const view = root.view ?? (root.view = build(root));
  const show = root.show ?? (root.show = { id: null, at: 0, before: 0, place: 0, playing: false, speed: "normal", told: [], heard: "" });
  const { moments, labels } = data;
  const prompt = data.prompt.flatMap(([text, known]) => Array.from(text, (char) => [char, known]));
  const end = data.places.length - 1; // the place of what follows the prompt
  const last = moments.length - 1;
  const compare = data.view === "compare";
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const percent = new Intl.NumberFormat(data.locale, { style: "percent", maximumFractionDigits: 0 });
  const share = (tenths) => tenths > 0 && tenths < 50 ? "<\u00a0" + percent.format(0.01) : percent.format(tenths / 1e4);

  // Time runs as the logarithm of the updates, so that the first of them are seen.
  const updates = [...data.curve.map((p) => p[0]), ...moments.map((m) => m.update)].filter((u) => u > 0);
  const unit = updates.length ? Math.min(...updates) : 1;
  const longest = Math.max(...updates, 1);
  const along = (update) => Math.log1p(update / unit) / Math.log1p(longest / unit); // 0 to 1

  const texts = (page, moment, upto) => {
    const text = Array.from(moment.text).slice(0, upto);
    page.heading.textContent = moment.title;
    page.first.textContent = (text[0] ?? "").replace("\n", "\u21b5\n");
    page.first.classList.toggle("faint", moment.runs[0] > 0);
    page.written.textContent = "";
    let start = 0;
    moment.runs.forEach((length, i) => {
      const stretch = text.slice(Math.max(start, 1), start + length).join("");
      if (stretch) element("span", i % 2 ? "" : "faint", page.written, stretch);
      start += length;
    });
  };

  const type = (moment, milliseconds) => {
    cancelAnimationFrame(root.frame);
    const length = Array.from(moment.text).length;
    view.film.classList.toggle("typing", milliseconds > 0);
    view.now.page.scrollTop = 0;
    if (milliseconds === 0) { texts(view.now, moment); return; }
    const began = performance.now();
    const tick = (time) => {
      const gone = Math.min(Math.max((time - began) / milliseconds, 0), 1);
      texts(view.now, moment, Math.ceil(gone * length));
      if (gone < 1) root.frame = requestAnimationFrame(tick);
      else view.film.classList.remove("typing");
    };
    texts(view.now, moment, 0);
    root.frame = requestAnimationFrame(tick);
  };

  const bars = () => {
    const { place } = show;
    const chars = Array.from(data.places[place]);
    const after = moments[show.at].chances[place];
    const before = moments[show.before].chances[place];
    const follows = place === end ? Array.from(moments[show.at].text)[0] : prompt[prompt.length - end + place][0];
    const rows = Math.min(Math.max(Math.floor(view.race.clientHeight / PITCH), 3), data.rows);
    const order = chars.map((_, i) => i).filter((i) => after[i] > 0)
      .sort((a, b) => after[b] - after[a] || a - b);
    const rank = order.indexOf(chars.indexOf(follows));
    const shown = order.slice(0, rows);
    const known = chars.indexOf(follows);
    if (known >= 0 && (rank < 0 || rank >= rows)) shown.splice(Math.min(shown.length, rows - 1), 1, known); // it takes the last row
    view.race.style.setProperty("--rows", rows);
    for (const [char, { row }] of view.rows) {
      if (!chars.includes(char)) { row.remove(); view.rows.delete(char); }
    }
    chars.forEach((char, i) => {
      let bar = view.rows.get(char);
      if (!bar) {
        const row = element("div", "row gone", view.race);
        const glyph = element("span", "glyph mono", row, visible(char));
        const track = element("div", "track", row);
        bar = { row, glyph, fill: element("div", "fill", track), ghost: element("div", "ghost", track),
          percent: element("span", "percent", row) };
        view.rows.set(char, bar);
        row.style.transform = `translateY(${rows * 100}%)`;
      }
      const at = shown.indexOf(i);
      bar.row.classList.toggle("gone", at < 0);
      bar.row.classList.toggle("chosen", i === known);
      bar.row.setAttribute("aria-hidden", at < 0);
      bar.row.style.transform = `translateY(${(at < 0 ? rows : at) * 100}%)`;
      bar.fill.style.width = after[i] / 100 + "%";
      bar.ghost.style.width = before[i] / 100 + "%";
      bar.percent.textContent = compare ? `${share(before[i])} \u2192 ${share(after[i])}` : share(after[i]);
    });
    const context = prompt.slice(0, prompt.length - end + place).map(([char]) => char).join("");
    const tail = Array.from(context.replaceAll("\n", "\u21b5")).slice(-CONTEXT).join("");
    const named = context.length > CONTEXT ? "\u2026" + tail.replace(/^\S*\s(?=\S)/, "") : tail;
    view.heading.textContent = labels.after_text.replace("{text}", named);
    view.key.textContent = place === end ? labels.drawn : labels.true;
    const rest = Math.max(0, 1e4 - shown.reduce((sum, i) => sum + after[i], 0));
    view.rest.textContent = labels.others.replace("{share}", percent.format(rest / 1e4));
    for (const page of [view.old, view.now]) {
      page.page.querySelectorAll(".cursor").forEach((node) => node.classList.remove("cursor"));
      (place === end ? page.first : page.prompt.querySelector(`[data-place="${place}"]`))?.classList.add("cursor");
    }
  };
  const look = (place) => { show.place = place; bars(); tell(); };

  const facts = () => {
    const moment = moments[show.at];
    const old = moments[show.before];
    const pair = (name) => compare && old[name] !== NONE ? `${old[name]} \u2192 ${moment[name]}` : moment[name];
    view.bits.textContent = pair("bits");
    view.held.textContent = labels.held[compare || moment.validation >= WHOLE ? 1 : 0];
    while (view.alphabet.children.length > data.symbols) view.alphabet.lastChild.remove();
    while (view.alphabet.children.length < data.symbols) element("i", "", view.alphabet);
    Array.from(view.alphabet.children).forEach((tick, i) => {
      tick.style.setProperty("--lit", Math.min(Math.max((moment.among ?? 0) - i, 0), 1));
      tick.classList.toggle("was", compare && i < Math.round(old.among ?? 0));
    });
    view.known.textContent = pair("known");
    view.words.textContent = compare ? labels.words_beside : labels.words;
    view.hesitates.textContent = moment.among == null ? "" : labels.hesitates.replace("{count}", pair("hesitates"));
    view.said.textContent = moment.said;
  };

  const draw = () => {
    const width = view.curve.clientWidth, height = view.curve.clientHeight;
    if (!width || !height) return;
    const values = [...data.curve.flatMap((p) => p.slice(1)), ...data.references.map((r) => r.bits)].filter((v) => v != null);
    const low = Math.min(...values, 6) * 0.94, high = Math.max(...values) * 1.03;
    const x = (update) => SPACE.left + along(update) * (width - SPACE.left - SPACE.right);
    const y = (bits) => SPACE.top + (Math.log(high / bits) / Math.log(high / low)) * (height - SPACE.top - SPACE.bottom);
    const floor = height - SPACE.bottom;
    const svg = view.svg;
    svg.textContent = "";
    svg.setAttribute("aria-label", labels.chart);
    const put = (text, left, baseline, attributes = {}) => {
      shape("text", { x: left, y: baseline, ...attributes }, svg).textContent = text;
    };
    for (const bits of [1, 2, 3, 4, 6, 8, 12]) {
      if (bits < low || bits > high) continue;
      shape("line", { class: "grid", x1: SPACE.left, x2: width - SPACE.right, y1: y(bits), y2: y(bits) }, svg);
      put(bits, SPACE.left - 9, y(bits) + 5, { "text-anchor": "end" });
    }
    const number = new Intl.NumberFormat(data.locale);
    let free = -Infinity;
    for (const update of [0, 1, 3, 10, 30, 100, 300, 1e3, 3e3, 1e4, 3e4, 1e5]) {
      const half = number.format(update).length * 4.5;
      if (update > longest || (update > 0 && update < unit) || x(update) - half < free) continue;
      put(number.format(update), x(update), floor + 19, { "text-anchor": "middle" });
      free = x(update) + half + 10;
    }
    put(labels.updates, width - SPACE.right + 12, floor + 19);
    let above = -Infinity;
    for (const { label, bits } of data.references) {
      shape("line", { class: "reference", x1: SPACE.left, x2: width - SPACE.right, y1: y(bits), y2: y(bits) }, svg);
      above = Math.max(above + 17, y(bits) + 5);
      put(label, width - SPACE.right + 10, above);
    }
    const path = (column) => data.curve.filter((p) => p[column] != null)
      .map((p, i) => `${i ? "L" : "M"}${x(p[0]).toFixed(1)} ${y(p[column]).toFixed(1)}`).join("");
    const clip = shape("rect", { class: "moving", x: 0, y: 0, height }, shape("clipPath", { id: "past" }, svg));
    for (const parent of [shape("g", { class: "ahead" }, svg), shape("g", { "clip-path": "url(#past)" }, svg)]) {
      shape("path", { class: "train", d: path(1) }, parent);
      shape("path", { class: "validation", d: path(2) }, parent);
    }
    for (const moment of moments) {
      if (moment.validation != null) shape("circle", { class: "dot", cx: x(moment.update), cy: y(moment.validation), r: 3.5 }, svg);
    }
    // A legend in the empty upper right, away from the curves.
    const legend = width - SPACE.right - 8 - Math.max(labels.validation.length, labels.train.length) * 8;
    [["validation", 32, 2], ["train", 53, 1]].forEach(([kind, top, column]) => {
      if (!data.curve.some((p) => p[column] != null)) return;
      shape("path", { class: kind, d: `M${legend - 40} ${SPACE.top + top - 5}h32` }, svg);
      put(labels[kind], legend, SPACE.top + top, { class: "legend" });
    });
    put(labels.axis, width - SPACE.right - 8, SPACE.top + 74, { "text-anchor": "end" });
    const marker = (className) => {
      const group = shape("g", { class: "marker " + className }, svg);
      const line = shape("line", { class: "moving", y1: SPACE.top - 6, y2: floor, x1: 0, x2: 0 }, group);
      const under = shape("circle", { class: "under moving", r: 6 }, group);
      const on = shape("circle", { class: "on moving", r: 8.5 }, group);
      return (moment) => {
        const place = (node, bits) => {
          node.style.display = bits == null ? "none" : "";
          node.style.transform = `translate(${x(moment.update)}px, ${bits == null ? 0 : y(bits)}px)`;
        };
        line.style.transform = `translate(${x(moment.update)}px, 0)`;
        place(under, moment.train);
        place(on, moment.validation);
      };
    };
    const old = marker("old"), now = marker("now");
    view.marks = () => {
      old(moments[show.before]);
      now(moments[show.at]);
      clip.style.width = x(moments[show.at].update) + 1 + "px";
    };
    for (const range of view.ranges) { // the thumb's middle stands under its point
      range.style.left = SPACE.left - 12 + "px";
      range.style.width = width - SPACE.left - SPACE.right + 24 + "px";
    }
    view.nearest = (left) => {
      const gaps = moments.map((m) => Math.abs(x(m.update) - left));
      return gaps.indexOf(Math.min(...gaps));
    };
    view.marks();
  };

  const tell = () => {
    clearTimeout(root.rest);
    if (show.playing) return;
    root.rest = setTimeout(() => {
      const rest = { at: moments[show.at].name, before: moments[show.before].name, back: end - show.place };
      const told = rest.at + rest.before + show.place;
      if (told === show.told.at(-1)) return;
      show.told.push(told);
      setTriggerValue("rest", rest);
    }, REST);
  };

  const controls = () => {
    const moment = moments[show.at];
    view.film.dataset.state = show.playing ? "playing" : "paused";
    view.film.dataset.at = moment.name;
    view.film.dataset.before = moments[show.before].name;
    view.when.setAttribute("aria-live", show.playing ? "off" : "polite");
    view.title.textContent = moment.title;
    view.sub.textContent = compare ? labels.compare : moment.sub;
    [show.before, show.at].forEach((index, i) => {
      const range = view.ranges[i];
      range.value = along(moments[index].update) * 1000;
      range.setAttribute("aria-label", i ? labels.after : labels.before);
      range.setAttribute("aria-valuetext", moments[index].title);
    });
    dressTransport(view, show, last, labels);
  };

  const go = (index, milliseconds = 0) => {
    show.at = Math.min(Math.max(index, 0), last);
    controls();
    type(moments[show.at], still ? 0 : milliseconds);
    bars();
    facts();
    view.marks?.();
    tell();
  };
  const goBefore = (index) => {
    show.before = Math.min(Math.max(index, 0), last);
    controls();
    texts(view.old, moments[show.before]);
    bars();
    facts();
    view.marks?.();
    tell();
  };

  const run = () => {
    clearTimeout(root.timer);
    view.ring.style.animation = "none";
    if (!show.playing) return;
    void view.ring.clientWidth; // so that it begins again
    view.ring.style.animation = `wait ${DWELL[show.speed]}ms linear`;
    root.timer = setTimeout(() => {
      if (show.at >= last) play(false);
      else { go(show.at + 1, DWELL[show.speed] * TYPED); run(); }
    }, DWELL[show.speed]);
  };
  const play = (on) => {
    show.playing = on && last > 0;
    if (show.playing && show.at >= last) go(0, DWELL[show.speed] * TYPED);
    controls();
    run();
    if (!show.playing) tell();
  };
  const step = (by) => { play(false); go(show.at + by, 350); };

  const key = wireTransport({ bar: view, show, pace: DWELL, labels, play, step, hasten: () => { controls(); run(); } });

  // Dragging: on the curve, the nearest marker follows; on a thumb, its own.
  const drag = (set) => (event) => {
    if (show.playing) play(false);
    const index = view.nearest(event.clientX - view.svg.getBoundingClientRect().left);
    set(index);
  };
  const takeOld = (event) => {
    if (!compare) return false;
    const left = view.nearest(event.clientX - view.svg.getBoundingClientRect().left);
    return Math.abs(left - show.before) < Math.abs(left - show.at);
  };
  const changed = (set, get) => (index) => { if (index !== get()) set(index); };
  const moveNow = changed(go, () => show.at), moveOld = changed(goBefore, () => show.before);
  view.svg.onpointerdown = (event) => {
    view.svg.setPointerCapture(event.pointerId);
    view.film.classList.add("dragging");
    root.drag = drag(takeOld(event) ? moveOld : moveNow);
    root.drag(event);
  };
  view.svg.onpointermove = (event) => root.drag && root.drag(event);
  view.svg.onpointerup = view.svg.onpointercancel = () => { root.drag = null; view.film.classList.remove("dragging"); };
  view.ranges.forEach((range, i) => {
    const set = i ? moveNow : moveOld;
    range.oninput = () => {
      if (show.playing) play(false);
      const value = Number(range.value) / 1000;
      const gaps = moments.map((m) => Math.abs(along(m.update) - value));
      set(gaps.indexOf(Math.min(...gaps)));
      range.value = along(moments[i ? show.at : show.before].update) * 1000;
    };
    range.onkeydown = (event) => {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -last, End: last }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      if (i) step(by); else goBefore(show.before + by);
    };
  });

  // What this call brings: another film, another view, another moment in the address.
  for (const page of [view.old, view.now]) {
    page.prompt.textContent = "";
    prompt.forEach(([char, known], i) => {
      const node = element("span", known ? "" : "unknown", page.prompt, char);
      if (i >= prompt.length - end) node.dataset.place = i - prompt.length + end;
    });
    page.page.onclick = (event) => {
      const place = event.target.closest("[data-place]");
      if (place) look(Number(place.dataset.place));
      else if (event.target.closest(".first, .written")) look(end);
    };
  }
  view.film.dataset.view = data.view;
  const named = moments[data.at].name + moments[data.before].name + data.cursor;
  const fresh = show.id !== data.id;
  const answers = show.told.lastIndexOf(named); // to what was told here, and has moved on since
  if (answers >= 0) show.told.splice(0, answers);
  if (fresh || (named !== show.heard && answers < 0)) {
    show.at = data.at;
    show.before = data.before;
    show.place = data.cursor;
  }
  show.at = Math.min(show.at, last);
  show.before = Math.min(show.before, last);
  show.place = Math.min(show.place, end);
  show.heard = named;
  root.stop?.();
  if (fresh) {
    show.id = data.id;
    show.told = [named];
    show.playing = data.autoplay && !still && last > 0;
  }
  if (compare && show.view !== "compare") {
    show.playing = false;
    if (show.at === show.before) show.at = last;
  }
  show.view = data.view;
  const typing = view.film.classList.contains("typing");
  texts(view.old, moments[show.before]);
  controls();
  if (fresh || !typing) type(moments[show.at], fresh && show.playing ? DWELL[show.speed] * TYPED : 0);
  bars();
  facts();
  draw();
  run();
  if (!fresh) tell();

  document.addEventListener("keydown", key);
  const observer = new ResizeObserver(() => { draw(); bars(); });
  observer.observe(view.curve);
  root.stop = () => {
    document.removeEventListener("keydown", key);
    observer.disconnect();
    clearTimeout(root.timer);
    clearTimeout(root.rest);
  };
  return () => { root.stop?.(); cancelAnimationFrame(root.frame); };
}
