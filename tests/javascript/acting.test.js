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
  const names = ["document", "location", "addEventListener", "HTMLAnchorElement", "MouseEvent"];
  new Function("window", "MutationObserver", ...names, SOURCE)(
    window,
    window.MutationObserver,
    document,
    window.location,
    listen,
    window.HTMLAnchorElement,
    window.MouseEvent,
  );
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
    ) =>
      on.dispatchEvent(
        new window.MouseEvent(name, { bubbles: true, composed: true, cancelable: true, ...keys }),
      ),
    waits: () => "acts" in document.documentElement.dataset,
    leaves: () => document.documentElement.dataset.acts === "leaves",
  };
}

for (const deed of ["click", "keydown", "input", "change"]) {
  test(`a ${deed} is answered by a run, from its beginning to its end`, () => {
    const { state, act, waits } = opened();
    state("notRunning", 1000);
    assert(!waits());
    act(deed);
    state("notRunning", 1500);
    state("running", 5000);
    assert(waits());
    state("notRunning", 50);
    assert(waits());
    state("notRunning", 50);
    assert(!waits());
  });
}

test("a run that was there before is no answer", () => {
  const { state, act, waits } = opened();
  state("running");
  act();
  state("running", 5000);
  state("notRunning", 150);
  assert(waits());
  state("running", 200);
  state("notRunning", 100);
  assert(!waits());
});

test("a run that is shorter than a look is an answer", async () => {
  const { state, act, waits } = opened();
  act();
  state("running");
  await Promise.resolve();
  state("notRunning", 100);
  assert(!waits());
});

test("what nobody was asked for is waited for a while", () => {
  const { state, act, waits } = opened();
  act();
  state("notRunning", 1000);
  act("keydown");
  state("notRunning", 1950);
  assert(waits());
  state("notRunning", 50);
  assert(!waits());
});

test("who clicks on a link to another page waits for it longer, impatient or not", () => {
  const { window, state, act, waits, leaves, link } = opened();
  act();
  assert(!leaves());
  act("click", {}, link);
  act();
  state("notRunning", 19_000);
  assert(leaves());
  window.location.href = "http://school/reading";
  state("notRunning", 50);
  assert(!waits());
});

test("a link to this page, to a window, to a file or to another site is a click like another", () => {
  const { link, state, act, waits } = opened();
  act("click", { ctrlKey: true }, link);
  state("notRunning", 2000);
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
    state("notRunning", 2000);
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
