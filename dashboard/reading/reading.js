// A text that a model has read. data: text, bits, ranks (0: unknown), entropy, top (one string of
// alternatives a character), probs (thousandths, the same shape), colour "bits" or "rank", locale,
// labels {unknown, rank, bit, bits, expected, entropy, hint, scale [2], classes [4]}. Everything is
// looked at in the browser: pointing at a character costs the server nothing.

import { element, redrawn, shows, visible } from "../shared/components/dom.js";

const STRONG = 8; // bits that get the full colour
const STEP = 3; // pixels of a character on the curve, at least
const SVG = "http://www.w3.org/2000/svg";
const drawn = (tag, attributes, parent) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent.appendChild(made);
  return made;
};

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  if (shows(root, data)) return;
  const restore = redrawn(root, ".sheet");
  const page = element("div", "page", root);
  const detail = element("div", "told", page); // always one line: the text must not move under the pointer
  const sheet = element("div", "sheet leaf serif", page);
  const legend = element("div", "legend small", page);
  sheet.tabIndex = 0;
  const number = new Intl.NumberFormat(data.locale, {
    maximumFractionDigits: 1,
    minimumFractionDigits: 1,
  });
  const percent = new Intl.NumberFormat(data.locale, {
    style: "percent",
    maximumFractionDigits: 0,
  });
  const chars = Array.from(data.text);
  const rankClass = (rank) =>
    rank === 0 ? "lost" : rank === 1 ? "" : rank <= 3 ? "r2" : rank <= 10 ? "r3" : "r4";

  if (data.colour === "bits") {
    legend.append(data.labels.scale[0]);
    element("span", "ramp", legend);
    legend.append(data.labels.scale[1]);
  } else {
    data.labels.classes.forEach((name, i) => {
      const item = element("span", "", legend);
      element("span", "swatch r" + (i + 1), item);
      item.append(name);
    });
  }

  const spans = chars.map((char, i) => {
    const span = element("span", "c", sheet);
    if (data.colour === "bits") {
      const share = Math.min(data.bits[i] / STRONG, 1);
      span.style.background = `color-mix(in srgb, var(--hot) ${Math.round(share * 100)}%, transparent)`;
      if (data.ranks[i] === 0) span.classList.add("lost");
    } else if (rankClass(data.ranks[i])) span.classList.add(rankClass(data.ranks[i]));
    if (char === "\n") {
      element("span", "line", span, "\u21b5");
      span.append("\n");
    } else span.textContent = char;
    span.dataset.i = i;
    return span;
  });

  const head = element("div", "striphead small", page);
  element("span", "", head, data.labels.entropy);
  const high = Math.max(4, ...data.entropy);
  element("span", "", head, "0 \u2013 " + number.format(high));
  const frame = element("div", "frame", page);
  const strip = drawn(
    "svg",
    {
      viewBox: `0 0 ${chars.length} 100`,
      preserveAspectRatio: "none",
      class: "strip",
      role: "img",
      "aria-label": data.labels.entropy,
    },
    frame,
  );
  strip.style.width = `max(100%, ${STEP * chars.length}px)`;
  drawn(
    "polyline",
    { points: data.entropy.map((bits, i) => `${i + 0.5},${98 - (96 * bits) / high}`).join(" ") },
    strip,
  );
  const cursor = drawn("line", { y1: 0, y2: 100, class: "cursor" }, strip);

  let kept = -1;
  const keep = (i) => {
    kept = root.kept = i;
    look(i);
  };
  function look(i) {
    root.querySelector(".at")?.classList.remove("at");
    detail.textContent = "";
    if (i < 0) {
      element("span", "small", detail, data.labels.hint);
      cursor.style.display = "none";
      return;
    }
    spans[i].classList.add("at");
    cursor.style.display = "";
    cursor.setAttribute("x1", i + 0.5);
    cursor.setAttribute("x2", i + 0.5);
    const x = ((i + 0.5) / chars.length) * strip.clientWidth;
    if (x < frame.scrollLeft || x > frame.scrollLeft + frame.clientWidth)
      frame.scrollLeft = x - frame.clientWidth / 2;
    element("span", "glyph mono", detail, visible(chars[i]));
    element(
      "b",
      "",
      detail,
      data.ranks[i] === 0
        ? data.labels.unknown
        : data.labels.rank.replace("{rank}", data.ranks[i]) +
            " \u00b7 " +
            data.labels[data.bits[i] < 2 ? "bit" : "bits"].replace(
              "{value}",
              number.format(data.bits[i]),
            ),
    );
    element("span", "small", detail, data.labels.expected);
    Array.from(data.top[i]).forEach((char, place) => {
      const option = element("span", "option", detail);
      element("span", "glyph mono", option, visible(char));
      element("span", "small", option, percent.format(data.probs[i][place] / 1000));
    });
  }
  const at = (event) => {
    const span = event.target.closest?.(".c");
    return span ? Number(span.dataset.i) : -1;
  };
  sheet.onpointermove = (event) => {
    if (kept < 0) look(at(event));
  };
  sheet.onpointerleave = () => look(kept);
  sheet.onclick = (event) => {
    const i = at(event);
    keep(i === kept ? -1 : i);
  };
  sheet.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    keep(Math.min(Math.max(kept + step, 0), chars.length - 1));
    spans[kept].scrollIntoView({ block: "nearest" });
  };
  strip.onpointermove = (event) => {
    const box = strip.getBoundingClientRect();
    const i = Math.floor(((event.clientX - box.left) / box.width) * chars.length);
    if (kept < 0) look(Math.min(Math.max(i, 0), chars.length - 1));
  };
  strip.onpointerleave = () => look(kept);
  if (root.text === data.text) kept = root.kept; // another colour, another model
  root.text = data.text;
  look(kept);
  restore(sheet);
}
