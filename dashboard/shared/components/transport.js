// A player: previous, play or pause, next, and speeds, with the keys P and the arrows.

import { button, element, shape } from "./dom.js";

const ICONS = {
  play: "M6 3l15 9-15 9z",
  pause: "M5 3h5v18H5zM14 3h5v18h-5z",
  previous: "M18 3v18L7 12zM4 3h3v18H4z",
  next: "M6 3v18l11-9zM17 3h3v18h-3z",
};
const FOR_A_WIDGET =
  'input, textarea, select, [contenteditable="true"], [role="slider"], [role="radio"], ' +
  '[role="radiogroup"], [role="listbox"], [role="combobox"]';

/** @typedef {"slow" | "normal" | "fast"} Speed */
/** @typedef {Record<Speed, number>} Pace milliseconds of a moment */

/**
 * @typedef {object} Playing
 * @property {number} at the moment that is shown, from 0
 * @property {boolean} playing
 * @property {Speed} speed
 */

/**
 * @typedef {object} Bar
 * @property {HTMLButtonElement} previous
 * @property {HTMLButtonElement} play
 * @property {HTMLButtonElement} next
 * @property {HTMLElement} speeds
 */

/** @typedef {import("./dom.js").Labels} Labels play, pause, previous, next, speed and the speeds */

/**
 * @param {keyof typeof ICONS} name
 * @param {Node} parent
 * @param {string} [className]
 */
export function iconButton(name, parent, className = "") {
  const made = button(className, parent);
  const svg = shape("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, made);
  shape("path", { d: ICONS[name] }, svg);
  return made;
}

/**
 * The buttons of a player, and a line that says where it is.
 *
 * @param {HTMLElement} parent
 */
export function buildTransport(parent) {
  const transport = element("div", "transport", parent);
  const previous = iconButton("previous", transport);
  const play = iconButton("play", transport, "main");
  const next = iconButton("next", transport);
  const when = element("p", "when serif", parent);
  const speeds = element("div", "speeds", parent);
  speeds.setAttribute("role", "group");
  return { previous, play, next, when, speeds };
}

/**
 * The looks of a player's buttons.
 *
 * @param {Bar} bar
 * @param {Playing} show
 * @param {number} last moment
 * @param {Labels} labels
 */
export function dressTransport(bar, show, last, labels) {
  const icon = show.playing ? "pause" : "play";
  bar.play.querySelector("path")?.setAttribute("d", ICONS[icon]);
  /** @type {[HTMLButtonElement, string][]} */
  const labelled = [
    [bar.play, labels[icon]],
    [bar.previous, labels.previous],
    [bar.next, labels.next],
  ];
  for (const [made, label] of labelled) {
    made.title = label;
    made.setAttribute("aria-label", label);
  }
  bar.play.disabled = last === 0;
  bar.previous.disabled = show.at === 0;
  bar.next.disabled = show.at >= last;
  for (const made of bar.speeds.querySelectorAll("button")) {
    made.setAttribute("aria-pressed", String(made.dataset.speed === show.speed));
  }
}

/**
 * The work of a player's buttons; returns what listens to the keys.
 *
 * @param {object} player
 * @param {Bar} player.bar
 * @param {Playing} player.show
 * @param {Pace} player.pace
 * @param {Labels} player.labels
 * @param {(on: boolean) => void} player.play
 * @param {(by: number) => void} player.step
 * @param {() => void} player.hasten the speed has changed
 * @returns {(event: KeyboardEvent) => void}
 */
export function wireTransport({ bar, show, pace, labels, play, step, hasten }) {
  bar.play.onclick = () => play(!show.playing);
  bar.previous.onclick = () => step(-1);
  bar.next.onclick = () => step(1);
  bar.speeds.setAttribute("aria-label", labels.speed);
  if (!bar.speeds.children.length) {
    for (const speed of Object.keys(pace)) button("", bar.speeds).dataset.speed = speed;
  }
  for (const made of bar.speeds.querySelectorAll("button")) {
    const speed = /** @type {Speed} */ (made.dataset.speed);
    made.textContent = labels[speed];
    made.onclick = () => {
      show.speed = speed;
      hasten();
    };
  }
  return (event) => {
    if (isForAWidget(event)) return;
    if (event.key === "ArrowRight") step(1);
    else if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "p" || event.key === "P") play(!show.playing);
    else return;
    event.preventDefault();
  };
}

/**
 * Whether a key was meant for a widget, or for the browser, rather than for a player.
 *
 * @param {KeyboardEvent} event
 */
export function isForAWidget(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  const [target] = event.composedPath();
  return target instanceof Element && target.closest(FOR_A_WIDGET) !== null;
}

/**
 * Gives a player its work; returns what stops it, and stops the one that `root` had before.
 *
 * @param {object} player
 * @param {HTMLElement} player.root of the component
 * @param {HTMLElement} player.board whose size the drawing follows
 * @param {Bar} player.bar
 * @param {Playing} player.show
 * @param {number} player.last moment
 * @param {Pace} player.pace
 * @param {Labels} player.labels
 * @param {() => void} player.draw shows the moment `show.at`
 */
export function conduct({ root, board, bar, show, last, pace, labels, draw }) {
  const keeper = /** @type {HTMLElement & { stop?: () => void }} */ (root);
  keeper.stop?.();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const refresh = () => {
    draw();
    board.dataset.at = String(show.at);
    board.dataset.state = show.playing ? "playing" : "paused";
    dressTransport(bar, show, last, labels);
  };
  const run = () => {
    clearTimeout(timer);
    if (!show.playing) return;
    timer = setTimeout(() => {
      if (show.at >= last) show.playing = false;
      else show.at += 1;
      refresh();
      run();
    }, pace[show.speed]);
  };
  const play = (/** @type {boolean} */ on) => {
    show.playing = on && last > 0;
    if (show.playing && show.at >= last) show.at = 0;
    refresh();
    run();
  };
  const step = (/** @type {number} */ by) => {
    show.at = Math.min(Math.max(show.at + by, 0), last);
    play(false);
  };
  const hasten = () => {
    refresh();
    run();
  };
  const listen = wireTransport({ bar, show, pace, labels, play, step, hasten });
  document.addEventListener("keydown", listen);
  const observer = new ResizeObserver(refresh);
  observer.observe(board);
  for (const svg of board.querySelectorAll("svg")) observer.observe(svg); // larger once --unit is
  show.at = Math.min(show.at, last);
  refresh();
  run();
  keeper.stop = () => {
    document.removeEventListener("keydown", listen);
    observer.disconnect();
    clearTimeout(timer);
  };
  return keeper.stop;
}
