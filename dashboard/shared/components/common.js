// What all components share, put before each of them: how invisible characters are shown, and how
// an element, a shape and a button are made. Text reaches the screen through textContent alone.

const SHOWN = { " ": "\u2423", "\n": "\u21b5", "\t": "\u21e5" };
const element = (tag, className, parent, text) => {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  if (parent) parent.appendChild(made);
  return made;
};
// Whether a component already shows these data. A rerun that changes nothing leaves its elements
// alone, and with them a click whose second half is still to come.
const shows = (root, data) => {
  const told = JSON.stringify(data);
  const same = root.told === told;
  root.told = told;
  return same;
};
// Empties a component that is drawn again, and gives back, once it is, the place in a long text and
// the keyboard to the element of that selector.
const redrawn = (root, selector) => {
  const old = root.querySelector(selector);
  const [top, held] = [old?.scrollTop ?? 0, Boolean(old?.matches(":focus"))];
  root.textContent = "";
  return (made) => {
    made.scrollTop = top;
    if (held) made.focus({ preventScroll: true });
  };
};
// Numbers as the reader's language writes them, with a true minus sign.
const numbers = (locale, options) => {
  const format = new Intl.NumberFormat(locale, options);
  return (value) => format.format(value).replace("-", "\u2212");
};
// Probabilities: what is next to nothing is not nothing, and what is all but sure is not sure.
const chances = (locale) => {
  const format = new Intl.NumberFormat(locale, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return (p) =>
    p > 0 && p < 0.0005 ? "<\u00a0" + format.format(0.001)
      : p < 1 && p > 0.9994 ? ">\u00a0" + format.format(0.999) : format.format(p);
};
// What can be heard instead of a model that is not here: a lead and a button for each choice, whose
// value is sent. choices: {lead, items [{label, value}]}; nothing is drawn without items.
const choicesToHear = (parent, { lead, items }, send) => {
  if (!items.length) return;
  const made = element("div", "to-hear", parent);
  element("span", "small", made, lead);
  for (const { label, value } of items) {
    const button = element("button", "", made, label);
    button.type = "button";
    button.onclick = () => send(value);
  }
};
const ICONS = {
  play: "M6 3l15 9-15 9z", pause: "M5 3h5v18H5zM14 3h5v18h-5z",
  previous: "M18 3v18L7 12zM4 3h3v18H4z", next: "M6 3v18l11-9zM17 3h3v18h-3z",
};
const shape = (tag, attributes, parent) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (parent) parent.appendChild(made);
  return made;
};
const iconButton = (name, parent, className = "") => {
  const made = element("button", className, parent);
  made.type = "button";
  shape("path", { d: ICONS[name] }, shape("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, made));
  return made;
};
// Whether a key was meant for a widget, or for the browser, rather than for a component that plays.
const TYPED_INTO = 'input, textarea, select, [contenteditable="true"], [role="slider"], [role="radio"], [role="radiogroup"], [role="listbox"], [role="combobox"]';
const forAWidget = (event) =>
  event.ctrlKey || event.metaKey || event.altKey || Boolean(event.composedPath()[0].closest?.(TYPED_INTO));
// The looks and the work of a player's buttons. `show` holds at, playing and speed, `pace` the speeds
// and their milliseconds; `wireTransport` returns the handler of the keys P and the arrows.
const dressTransport = (bar, show, last, labels) => {
  bar.play.querySelector("path").setAttribute("d", ICONS[show.playing ? "pause" : "play"]);
  for (const [button, label] of [[bar.play, show.playing ? labels.pause : labels.play],
    [bar.previous, labels.previous], [bar.next, labels.next]]) {
    button.title = label;
    button.setAttribute("aria-label", label);
  }
  bar.play.disabled = last === 0;
  bar.previous.disabled = show.at === 0;
  bar.next.disabled = show.at >= last;
  for (const button of bar.speeds.children) button.setAttribute("aria-pressed", button.dataset.speed === show.speed);
};
const wireTransport = ({ bar, show, pace, labels, play, step, hasten }) => {
  bar.play.onclick = () => play(!show.playing);
  bar.previous.onclick = () => step(-1);
  bar.next.onclick = () => step(1);
  bar.speeds.setAttribute("aria-label", labels.speed);
  if (!bar.speeds.children.length) {
    for (const speed of Object.keys(pace)) element("button", "", bar.speeds).dataset.speed = speed;
  }
  for (const button of bar.speeds.children) {
    button.type = "button";
    button.textContent = labels[button.dataset.speed];
    button.onclick = () => { show.speed = button.dataset.speed; hasten(); };
  }
  return (event) => {
    if (forAWidget(event)) return;
    if (event.key === "ArrowRight") step(1);
    else if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "p" || event.key === "P") play(!show.playing);
    else return;
    event.preventDefault();
  };
};

// A player: previous, play or pause, next, and speeds, with the keys P and the arrows.
// `conduct` gives them their work: `show` holds at, playing and speed; `draw` shows the moment
// `show.at`, from 0 to `last`; `pace` is the milliseconds of a moment at each speed. It returns what
// stops the player, and leaves the same under root.stop.
const buildTransport = (parent) => {
  const transport = element("div", "transport", parent);
  const previous = iconButton("previous", transport);
  const play = iconButton("play", transport, "main");
  const next = iconButton("next", transport);
  const when = element("p", "when serif", parent);
  const speeds = element("div", "speeds", parent);
  speeds.setAttribute("role", "group");
  return { previous, play, next, when, speeds };
};
const conduct = ({ root, board, bar, show, last, pace, labels, draw }) => {
  root.stop?.();
  const refresh = () => {
    draw();
    board.dataset.at = show.at;
    board.dataset.state = show.playing ? "playing" : "paused";
    dressTransport(bar, show, last, labels);
  };
  const run = () => {
    clearTimeout(root.timer);
    if (!show.playing) return;
    root.timer = setTimeout(() => {
      if (show.at >= last) show.playing = false;
      else show.at += 1;
      refresh();
      run();
    }, pace[show.speed]);
  };
  const play = (on) => {
    show.playing = on && last > 0;
    if (show.playing && show.at >= last) show.at = 0;
    refresh();
    run();
  };
  const step = (by) => {
    show.at = Math.min(Math.max(show.at + by, 0), last);
    play(false);
  };
  const key = wireTransport({ bar, show, pace, labels, play, step, hasten: () => { refresh(); run(); } });
  document.addEventListener("keydown", key);
  const observer = new ResizeObserver(refresh);
  observer.observe(board);
  show.at = Math.min(show.at, last);
  refresh();
  run();
  root.stop = () => {
    document.removeEventListener("keydown", key);
    observer.disconnect();
    clearTimeout(root.timer);
  };
  return root.stop;
};
const write = (svg, text, x, y, attributes = {}) => {
  const made = shape("text", { x, y, ...attributes }, svg);
  made.textContent = text;
  return made;
};
const showFacts = (parent, facts) => {
  parent.textContent = "";
  for (const [number, label] of facts) {
    const fact = element("p", "fact", parent);
    element("b", "serif", fact, number);
    element("span", "small", fact, label);
  }
};

