import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { component } from "../../dashboard/shared/components/component.js";
import * as dom from "../../dashboard/shared/components/dom.js";
import { chances, numbers, percents } from "../../dashboard/shared/components/numbers.js";
import screen from "../../dashboard/shared/components/screen.js";
import { translate } from "../../dashboard/shared/components/translation.js";
import { buildTransport, conduct } from "../../dashboard/shared/components/transport.js";
import { mount, press } from "./browser.js";

const LABELS = {
  play: "Lire",
  pause: "Pause",
  previous: "Avant",
  next: "Après",
  speed: "Vitesse",
  slow: "lent",
  normal: "normal",
  fast: "vite",
};

test("invisible characters have signs", () => {
  assert.equal([" ", "\n", "\t", "a"].map(dom.visible).join(""), "␣↵⇥a");
  assert.equal(dom.onOneLine("a b\nc\td"), "a b↵c⇥d");
});

test("a sign stays with the word before it", () => {
  assert.equal(
    dom.tied("Quoi ? \u00ab moi \u00bb : non ; et\u21b5! a b"),
    "Quoi\u00a0? \u00ab moi\u00a0\u00bb\u00a0: non\u00a0; et\u21b5! a b",
  );
});

test("what is done by itself waits for what somebody has done, and can be called off", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { dataset } = document.documentElement;
  let done = 0;
  const begin = () => dom.onceAnswered(() => done++, 100);
  begin();
  begin()();
  dataset.acts = "";
  mock.timers.tick(1000);
  assert.equal(done, 0);
  delete dataset.acts;
  mock.timers.tick(50);
  assert.equal(done, 1);
  begin();
  location.href = "http://school/elsewhere";
  mock.timers.tick(100);
  assert.equal(done, 1);
  mock.timers.reset();
});

test("a screen says how large its type is once what somebody has done is answered", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { dataset } = document.documentElement;
  dataset.acts = "";
  const { sent, unmount } = mount(screen, { type: 2, words: {} });
  mock.timers.tick(1000);
  assert.deepEqual(sent, []);
  delete dataset.acts;
  mock.timers.tick(300);
  assert.deepEqual(sent, [["type", 1]]);
  unmount();
  mock.timers.reset();
});

test("a screen in another language says nothing in the first any longer", async () => {
  const french = { type: 1, words: { Close: "Fermer", Open: "Ouvrir" } };
  const { draw, unmount } = mount(screen, french);
  const say = () => ["Close", "Open"].map((word) => dom.element("p", "", document.body, word));
  const before = say();
  before[0].title = "Close";
  const heard = () => new Promise((resolve) => setTimeout(resolve));
  const said = (/** @type {HTMLElement[]} */ made) => made.map((one) => one.textContent);
  await heard();
  assert.deepEqual(said(before), ["Fermer", "Ouvrir"]);
  assert.equal(before[0].title, "Fermer");
  draw({ type: 1, words: { Open: "Auf" } });
  const after = say();
  await heard();
  assert.deepEqual(said(before), ["Close", "Auf"]);
  assert.equal(before[0].title, "Close");
  assert.deepEqual(said(after), ["Close", "Auf"]);
  unmount();
});

test("a component draws nothing that is older than what it shows", () => {
  const { draw, texts } = mount(
    component(({ data, parentElement }) => {
      dom.rootOf(parentElement).textContent = "";
      dom.element("p", "", dom.rootOf(parentElement), data.text);
    }),
    { text: "first" },
  );
  draw({ text: "third" }, ["a session", 30]);
  draw({ text: "second" }, ["a session", 20]);
  assert.deepEqual(texts("p"), ["third"]);
  draw({ text: "third, in the dark" }, ["a session", 30]);
  assert.deepEqual(texts("p"), ["third, in the dark"]);
  draw({ text: "fourth" }, ["a session", 31]);
  assert.deepEqual(texts("p"), ["fourth"]);
  draw({ text: "after the server began anew" }, ["another session", 1]);
  assert.deepEqual(texts("p"), ["after the server began anew"]);
});

test("a component goes on while it is on the page, and then its last drawing ends", () => {
  const ended = mock.fn();
  const { draw, end, unmount } = mount(
    component(
      ({ data }) =>
        () =>
          ended(data.name),
    ),
    { name: "one" },
  );
  end();
  const second = draw({ name: "two" }, ["a session", 50]);
  draw({ name: "older" }, ["a session", 40]);
  draw({ name: "the same, which the browser took up before" }, ["a session", 50]);
  assert.equal(ended.mock.callCount(), 0);
  unmount(second); // which Streamlit takes for the last one
  assert.deepEqual(ended.mock.calls[0].arguments, ["the same, which the browser took up before"]);
  assert.equal(ended.mock.callCount(), 1);
});

test("text is never read as HTML", () => {
  const made = dom.element("p", "", document.body, "<b>gras</b>");
  assert.equal(made.children.length, 0);
  assert.equal(made.textContent, "<b>gras</b>");
});

test("a component remembers, and knows what it shows", () => {
  const root = document.createElement("div");
  const first = dom.remembered(root, () => ({ at: 3 }));
  assert.equal(
    dom.remembered(root, () => ({ at: 0 })),
    first,
  );
  assert.equal(dom.shows(root, { text: "a" }), false);
  assert.equal(dom.shows(root, { text: "a" }), true);
  assert.equal(dom.shows(root, { text: "b" }), false);
});

test("what is drawn again keeps its place and the keyboard", () => {
  document.body.textContent = "";
  const root = dom.element("div", "", document.body);
  const old = dom.element("div", "sheet", root);
  old.tabIndex = 0;
  old.scrollTop = 40;
  old.focus();
  const restore = dom.redrawn(root, ".sheet");
  const made = dom.element("div", "sheet", root);
  made.tabIndex = 0;
  restore(made);
  assert.equal(made.scrollTop, 40);
  assert.equal(document.activeElement, made);
});

test("numbers have a true minus, and no sign where they are 0", () => {
  const french = numbers("fr", { maximumFractionDigits: 1 });
  assert.equal(french(-1234.56), "−1\u202f234,6");
  assert.equal(french(-0.01), "0");
});

test("what is next to nothing is not nothing, and what is all but sure is not sure", () => {
  const french = chances("fr");
  assert.deepEqual(
    [0, 0.0004, 0.0006, 0.125, 0.9994, 0.9996, 1].map(french),
    ["0,0 %", "< 0,1 %", "0,1 %", "12,5 %", "99,9 %", "> 99,9 %", "100,0 %"].map((text) =>
      text.replaceAll(" ", "\u00a0"),
    ),
  );
  assert.deepEqual([0, 0.004, 0.006, 0.996].map(chances("en", 0)), [
    "0%",
    "<\u00a01%",
    "1%",
    "100%",
  ]);
  assert.equal(percents("en", 1)(0.0004), "0.0%");
});

/** A player of five moments. */
function player() {
  /** @type {import("../../dashboard/shared/components/transport.js").Playing} */
  const show = { at: 0, playing: false, speed: "normal" };
  /** @type {number[]} */
  const drawn = [];
  const mounted = mount(({ parentElement }) => {
    const root = dom.rootOf(parentElement);
    const bar = buildTransport(root);
    const pace = { slow: 1000, normal: 100, fast: 10 };
    const draw = () => drawn.push(show.at);
    return conduct({ root, board: root, bar, show, last: 4, pace, labels: LABELS, draw });
  }, null);
  const [previous, play, next] = mounted.all(".transport button");
  return { ...mounted, show, drawn, previous, play, next };
}

test("a player steps with its buttons and with the keys", () => {
  const { show, root, previous, next, unmount } = player();
  next.click();
  press(document, "ArrowRight");
  assert.equal(show.at, 2);
  previous.click();
  press(document, "ArrowLeft");
  press(document, "ArrowLeft");
  assert.equal(show.at, 0);
  assert.equal(root.dataset.at, "0");
  unmount();
  press(document, "ArrowRight");
  assert.equal(show.at, 0);
});

test("keys that are typed elsewhere move no player", () => {
  const { show, unmount } = player();
  const input = document.body.appendChild(document.createElement("input"));
  press(input, "ArrowRight");
  press(document, "p", { ctrlKey: true });
  assert.equal(show.at, 0);
  assert.equal(show.playing, false);
  unmount();
});

test("a player goes on at its pace, to its end, and begins again", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { show, root, play, all, unmount } = player();
  assert.equal(play.title, "Lire");
  press(document, "P");
  assert.equal(play.title, "Pause");
  mock.timers.tick(100);
  assert.equal(show.at, 1);
  all(".speeds button")[2].click();
  for (let i = 0; i < 4; i++) mock.timers.tick(10);
  assert.equal(show.at, 4);
  assert.equal(root.dataset.state, "paused");
  play.click();
  assert.equal(show.at, 0);
  assert.equal(show.playing, true);
  unmount();
  mock.timers.reset();
});

test("recordings are offered where there are some", () => {
  /** @type {string[]} */
  const heard = [];
  const parent = document.createElement("div");
  dom.offerRecordings(parent, { lead: "Écouter", items: [] }, (value) => heard.push(value));
  assert.equal(parent.children.length, 0);
  const items = [{ label: "Smol", value: "hf:smol" }];
  dom.offerRecordings(parent, { lead: "Écouter", items }, (value) => heard.push(value));
  parent.querySelector("button")?.click();
  assert.deepEqual(heard, ["hf:smol"]);
});

test("Streamlit's own words are said in the reader's language, and no others", () => {
  const words = { "Select all": "Tout choisir", Close: "Fermer", "Help for *": "Aide : *" };
  const root = dom.element("div", "", document.body);
  const all = dom.element("span", "", root, "Select all");
  const cross = dom.element("button", "", root);
  cross.setAttribute("aria-label", "Close");
  const help = dom.element("button", "", root);
  help.setAttribute("aria-label", "Help for Couches");
  const pupil = dom.element("p", "", root, "Close the door");
  translate(root, words);
  assert.equal(all.textContent, "Tout choisir");
  assert.equal(cross.getAttribute("aria-label"), "Fermer");
  assert.equal(help.getAttribute("aria-label"), "Aide : Couches");
  assert.equal(pupil.textContent, "Close the door");
});
