import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, mock, test } from "node:test";
import { Window } from "happy-dom";

const SOURCE = readFileSync("dashboard/shared/acting.js", "utf8");

beforeEach(() => mock.timers.reset());

/** A browser at a page with a link, whose clicks nothing follows. */
function opened() {
  mock.timers.enable({ apis: ["setInterval"] });
  const window = new Window({ url: "http://school/film?seed=7" });
  const { document } = window;
  const listen = window.addEventListener.bind(window);
  const known = {
    window,
    document,
    location: window.location,
    addEventListener: listen,
    MutationObserver: window.MutationObserver,
    HTMLAnchorElement: window.HTMLAnchorElement,
    HTMLInputElement: window.HTMLInputElement,
    HTMLTextAreaElement: window.HTMLTextAreaElement,
    MouseEvent: window.MouseEvent,
    KeyboardEvent: window.KeyboardEvent,
  };
  new Function(...Object.keys(known), SOURCE)(...Object.values(known));
  document.body.innerHTML = '<div data-testid="stApp"></div><a href="http://school/reading"></a>';
  const [app, link] = document.querySelectorAll("div, a");
  if (!(link instanceof window.HTMLAnchorElement)) throw new Error("no link");
  link.addEventListener("click", (event) => event.preventDefault()); // as Streamlit does
  return {
    window,
    link,
    /** What Streamlit does, and for how many milliseconds. */
    state: (/** @type {string} */ state, time = 0) => {
      app.setAttribute("data-test-script-state", state);
      mock.timers.tick(time);
    },
    act: (
      name = "click",
      keys = {},
      /** @type {import("happy-dom").HTMLElement} */ on = window.document.body,
    ) => {
      const Kind = name === "keydown" ? window.KeyboardEvent : window.MouseEvent;
      const passing = { bubbles: true, composed: true, cancelable: true };
      on.dispatchEvent(new Kind(name, { ...passing, ...keys }));
    },
    waits: () => "acts" in document.documentElement.dataset,
  };
}

for (const [deed, keys] of /** @type {[string, object][]} */ ([
  ["click", {}],
  ["keydown", { key: "n" }],
  ["change", {}],
])) {
  test(`a ${deed} is answered by a run, from its beginning to its end`, () => {
    const { state, act, waits } = opened();
    state("notRunning", 1000);
    assert(!waits());
    act(deed, keys);
    state("notRunning", 900);
    state("rerunRequested", 100);
    state("running", 5000);
    assert(waits());
    state("notRunning", 50);
    assert(waits());
    state("notRunning", 50);
    assert(!waits());
  });
}

test("a run that was there before is no answer, unless none comes after it", () => {
  const { state, act, waits } = opened();
  state("running");
  act();
  state("running", 5000);
  state("notRunning", 200);
  assert(waits());
  state("running", 200);
  state("notRunning", 100);
  assert(!waits());
  state("running");
  act();
  state("notRunning", 300);
  assert(!waits());
});

test("a run that is shorter than a look is an answer", async () => {
  const { state, act, waits } = opened();
  act();
  state("running");
  state("notRunning");
  await Promise.resolve();
  state("notRunning", 100);
  assert(!waits());
});

test("what nobody was asked for is waited for a moment", () => {
  const { state, act, waits } = opened();
  act();
  state("notRunning", 900);
  act("keydown", { key: "ArrowRight" });
  state("notRunning", 950);
  assert(waits());
  state("notRunning", 50);
  assert(!waits());
});

test("keys that scroll, or type what is not sent, ask for nothing", () => {
  const { window, act, waits } = opened();
  for (const key of ["Shift", "Control", "PageDown"]) act("keydown", { key });
  const field = window.document.createElement("input");
  window.document.body.append(field);
  act("keydown", { key: "n" }, field);
  assert(!waits());
  act("keydown", { key: "Enter" }, field);
  assert(waits());
});

test("who clicks on a link to another page waits for it longer, impatient or not", () => {
  const { window, state, act, waits, link } = opened();
  act("click", {}, link);
  act();
  state("notRunning", 19_000);
  assert(waits());
  window.location.href = "http://school/reading";
  state("running", 1000);
  assert(waits());
  state("notRunning", 100);
  assert(!waits());
});

test("a link to this page, to a window, to a file or to another site is a click like another", () => {
  const { link, state, act, waits } = opened();
  act("click", { ctrlKey: true }, link);
  state("notRunning", 1000);
  assert(!waits());
  for (const [name, value] of [
    ["href", "http://school/film?seed=8"],
    ["href", "http://elsewhere/reading"],
    ["download", "film.csv"],
    ["target", "_blank"],
  ]) {
    link.href = "http://school/reading";
    link.setAttribute(name, value);
    act("click", {}, link);
    state("notRunning", 1000);
    assert(!waits(), name);
    link.removeAttribute(name);
  }
});

test("Back is answered by a run of the page that it goes to", () => {
  const { window, state, waits } = opened();
  window.dispatchEvent(new window.Event("popstate"));
  assert(waits());
  state("running", 50);
  state("notRunning", 100);
  assert(!waits());
});
