// The film of a training: at each moment the text, the bars of the next character, and a point on
// the curves; played, stepped and dragged in the browser alone, two moments side by side on demand.
//
// Once at rest, "rest" is sent with {at, before (names), back (places from the end)}, for the
// address. What there is on the screen is in view.js, the text in pages.js, the bars in bars.js, the
// figures in facts.js, the learning curves in curves.js.

import { component } from "../shared/components/component.js";
import { onceAnswered, remembered, rootOf } from "../shared/components/dom.js";
import { dressTransport, isForAWidget, wireTransport } from "../shared/components/transport.js";
import { drawBars } from "./bars.js";
import { drawCurves, nearestOf, placeSlider, timeOf } from "./curves.js";
import { writeFacts } from "./facts.js";
import { markPlace, showPrompt, showWritten } from "./pages.js";
import { remember, STEPS } from "./view.js";

/** @typedef {import("./view.js").Data} Data */
/** @typedef {import("./view.js").Marker} Marker */
/** @typedef {import("./view.js").Memory} Memory */
/** @typedef {import("./view.js").Moment} Moment */

const DWELL = { slow: 4200, normal: 2200, fast: 1000 }; // milliseconds a moment
const TYPED = 0.4; // share of them in which the text is written
const STEP = 350; // milliseconds in which it is written after a step
const REST = 500; // milliseconds without a move before the address follows

export default component(render);

/** @param {import("../shared/components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement);
  const memory = remembered(root, () => remember(root));
  const film = new Film(memory, data, setTriggerValue);
  memory.stop?.();
  memory.stop = film.begin();
  return () => {
    memory.stop?.();
    cancelAnimationFrame(memory.frame);
  };
}

/** A film with the data of one drawing. */
class Film {
  /**
   * @param {Memory} memory
   * @param {Data} data
   * @param {(name: string, value: unknown) => void} send
   */
  constructor(memory, data, send) {
    this.memory = memory;
    this.view = memory.view;
    this.show = memory.show;
    this.data = data;
    this.send = send;
    this.moments = data.moments;
    this.last = data.moments.length - 1;
    this.end = data.places.length - 1; // the place of what follows the prompt
    this.compare = data.view === "compare";
    this.still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.along = timeOf(data).along;
    this.prompt = data.prompt.flatMap(([text, known]) =>
      Array.from(text, (char) => /** @type {[string, boolean]} */ ([char, known])),
    );
    this.chars = this.prompt.map(([char]) => char);
  }

  get now() {
    return this.moments[this.show.at];
  }

  get old() {
    return this.moments[this.show.before];
  }

  /** Shows what this drawing brings; returns what stops it. */
  begin() {
    const { view, show } = this;
    const listen = this.wire();
    for (const page of [view.old, view.now]) {
      showPrompt(page, this.prompt, this.end, (place) => this.look(place));
    }
    view.film.dataset.view = this.data.view;
    const fresh = this.follow();
    const typing = view.film.classList.contains("typing");
    showWritten(view.old, this.old);
    this.dress();
    if (fresh || !typing) this.type(fresh && show.playing ? DWELL[show.speed] * TYPED : 0);
    this.drawBars();
    writeFacts(view.facts, this.data, show);
    this.drawCurves();
    this.run();
    if (!fresh) this.tell();
    document.addEventListener("keydown", listen);
    const observer = new ResizeObserver(() => {
      this.drawCurves();
      this.drawBars();
    });
    observer.observe(view.curve);
    return () => {
      document.removeEventListener("keydown", listen);
      observer.disconnect();
      clearTimeout(this.memory.timer);
      this.memory.untell();
    };
  }

  /** Follows the data to another film, another view, another moment in the address. */
  follow() {
    const { data, show } = this;
    const fresh = show.id !== data.id;
    const named = this.moments[data.at].name + this.moments[data.before].name + data.cursor;
    const answers = show.told.lastIndexOf(named); // to what was told here, and has moved on since
    if (answers >= 0) show.told.splice(0, answers);
    if (fresh || (named !== show.heard && answers < 0)) {
      show.at = data.at;
      show.before = data.before;
      show.place = data.cursor;
    }
    show.at = Math.min(show.at, this.last);
    show.before = Math.min(show.before, this.last);
    show.place = Math.min(show.place, this.end);
    show.heard = named;
    if (fresh) {
      show.id = data.id;
      show.told = [named];
      show.playing = data.autoplay && !this.still && this.last > 0;
    }
    if (this.compare && show.view !== "compare") {
      show.playing = false;
      if (show.at === show.before) show.at = this.last;
    }
    show.view = data.view;
    return fresh;
  }

  // What is drawn

  /** The buttons and the sliders, and where the film is. */
  dress() {
    const { view, show, now, old } = this;
    const { labels } = this.data;
    view.film.classList.toggle("bare", show.bare);
    view.hide.textContent = labels.curve;
    view.hide.setAttribute("aria-pressed", String(!show.bare));
    view.film.dataset.state = show.playing ? "playing" : "paused";
    view.film.dataset.at = now.name;
    view.film.dataset.before = old.name;
    view.when.setAttribute("aria-live", show.playing ? "off" : "polite");
    view.title.textContent = now.title;
    view.sub.textContent = this.compare ? labels.compare : now.sub;
    this.dressSlider(view.ranges.before, old, labels.before);
    this.dressSlider(view.ranges.at, now, labels.after);
    dressTransport(view, show, this.last, labels);
  }

  /**
   * @param {HTMLInputElement} range
   * @param {Moment} moment
   * @param {string} label
   */
  dressSlider(range, moment, label) {
    range.value = String(this.along(moment.update) * STEPS);
    range.setAttribute("aria-label", label);
    range.setAttribute("aria-valuetext", moment.title);
  }

  /**
   * Writes the text of this moment, a character after the other.
   *
   * @param {number} milliseconds 0 for at once
   */
  type(milliseconds) {
    const { memory, view, now } = this;
    cancelAnimationFrame(memory.frame);
    const length = Array.from(now.text).length;
    view.film.classList.toggle("typing", milliseconds > 0);
    view.now.page.scrollTop = 0;
    if (milliseconds === 0) {
      showWritten(view.now, now);
      return;
    }
    const began = performance.now();
    /** @param {number} time */
    const tick = (time) => {
      const gone = Math.min(Math.max((time - began) / milliseconds, 0), 1);
      showWritten(view.now, now, Math.ceil(gone * length));
      if (gone < 1) memory.frame = requestAnimationFrame(tick);
      else view.film.classList.remove("typing");
    };
    showWritten(view.now, now, 0);
    memory.frame = requestAnimationFrame(tick);
  }

  drawBars() {
    const { view, show } = this;
    drawBars(view.bars, this.data, show, this.chars);
    for (const page of [view.old, view.now]) markPlace(page, show.place, this.end);
  }

  drawCurves() {
    const { clientWidth: width, clientHeight: height } = this.view.curve;
    if (!width || !height) return;
    this.memory.curves = drawCurves(this.view.svg, this.data, width, height);
    placeSlider(this.view.ranges.before, width);
    placeSlider(this.view.ranges.at, width);
    this.memory.curves.mark(this.old, this.now);
  }

  // What moves it

  /**
   * Goes to a moment.
   *
   * @param {number} index
   * @param {number} [milliseconds] in which its text is written
   */
  go(index, milliseconds = 0) {
    this.show.at = Math.min(Math.max(index, 0), this.last);
    this.dress();
    this.type(this.still ? 0 : milliseconds);
    this.moved();
  }

  /**
   * Compares with another moment.
   *
   * @param {number} index
   */
  goBefore(index) {
    this.show.before = Math.min(Math.max(index, 0), this.last);
    this.dress();
    showWritten(this.view.old, this.old);
    this.moved();
  }

  moved() {
    this.drawBars();
    writeFacts(this.view.facts, this.data, this.show);
    this.memory.curves?.mark(this.old, this.now);
    this.tell();
  }

  /**
   * Shows the bars of another place of the prompt.
   *
   * @param {number} place
   */
  look(place) {
    this.show.place = place;
    this.drawBars();
    this.tell();
  }

  /** @param {boolean} on */
  play(on) {
    const { show } = this;
    show.playing = on && this.last > 0;
    if (show.playing && show.at >= this.last) this.go(0, DWELL[show.speed] * TYPED);
    this.dress();
    this.run();
    if (!show.playing) this.tell();
  }

  /** @param {number} by */
  step(by) {
    this.play(false);
    this.go(this.show.at + by, STEP);
  }

  /** Waits for the next moment, where the film plays. */
  run() {
    const { memory, show } = this;
    const { ring } = this.view;
    clearTimeout(memory.timer);
    ring.style.animation = "none";
    if (!show.playing) return;
    void ring.clientWidth; // so that it begins again
    const dwell = DWELL[show.speed];
    ring.style.animation = `wait ${dwell}ms linear`;
    memory.timer = setTimeout(() => {
      if (show.at >= this.last) {
        this.play(false);
      } else {
        this.go(show.at + 1, dwell * TYPED);
        this.run();
      }
    }, dwell);
  }

  /** Tells where the film is, once it rests there. */
  tell() {
    const { memory, show } = this;
    memory.untell();
    if (show.playing) return;
    memory.untell = onceAnswered(() => {
      const rest = { at: this.now.name, before: this.old.name, back: this.end - show.place };
      const told = rest.at + rest.before + show.place;
      if (told === show.told.at(-1)) return;
      show.told.push(told);
      this.send("rest", rest);
    }, REST);
  }

  // Who moves it

  /** Gives buttons, curves and sliders their work; returns what listens to the keys. */
  wire() {
    this.wireCurves();
    this.wireSlider("before");
    this.wireSlider("at");
    this.view.hide.onclick = () => this.hideCurve();
    const listen = wireTransport({
      bar: this.view,
      show: this.show,
      pace: DWELL,
      labels: this.data.labels,
      play: (on) => this.play(on),
      step: (by) => this.step(by),
      hasten: () => {
        this.dress();
        this.run();
      },
    });
    return (/** @type {KeyboardEvent} */ event) => {
      if (event.key.toLowerCase() === "h" && !isForAWidget(event)) this.hideCurve();
      else listen(event);
    };
  }

  /** Hides the curves, which give the end away; and shows them again. */
  hideCurve() {
    this.show.bare = !this.show.bare;
    this.dress();
  }

  /**
   * One of the two markers is dragged to a moment.
   *
   * @param {Marker} marker
   * @param {number} index
   */
  drag(marker, index) {
    if (this.show.playing) this.play(false);
    if (index === this.show[marker]) return;
    if (marker === "at") this.go(index);
    else this.goBefore(index);
  }

  /** On the curves, the nearest marker follows. */
  wireCurves() {
    const { memory } = this;
    const { svg, film } = this.view;
    /** @param {PointerEvent} event @returns {number} a moment */
    const under = ({ clientX }) => {
      const box = svg.getBoundingClientRect(); // on the screen, where the drawing may be enlarged
      const left = ((clientX - box.left) / box.width) * svg.clientWidth;
      return memory.curves?.nearest(left) ?? this.show.at;
    };
    svg.onpointerdown = (event) => {
      svg.setPointerCapture(event.pointerId);
      film.classList.add("dragging");
      memory.held = this.nearestMarker(under(event));
      this.drag(memory.held, under(event));
    };
    svg.onpointermove = (event) => {
      if (memory.held) this.drag(memory.held, under(event));
    };
    svg.onpointerup = svg.onpointercancel = () => {
      memory.held = null;
      film.classList.remove("dragging");
    };
  }

  /**
   * @param {number} index of a moment
   * @returns {Marker}
   */
  nearestMarker(index) {
    const { at, before } = this.show;
    return this.compare && Math.abs(index - before) < Math.abs(index - at) ? "before" : "at";
  }

  /**
   * A slider moves its own marker, from moment to moment.
   *
   * @param {Marker} marker
   */
  wireSlider(marker) {
    const { show, last } = this;
    const range = this.view.ranges[marker];
    const updates = this.moments.map(({ update }) => this.along(update));
    range.oninput = () => {
      if (show.playing) this.play(false); // which puts the thumb back under its moment
      this.drag(marker, nearestOf(updates, Number(range.value) / STEPS));
      range.value = String(updates[show[marker]] * STEPS);
    };
    range.onkeydown = (event) => {
      const by = {
        ArrowRight: 1,
        ArrowUp: 1,
        ArrowLeft: -1,
        ArrowDown: -1,
        Home: -last,
        End: last,
      }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      if (marker === "at") this.step(by);
      else this.goBefore(show.before + by);
    };
  }
}
