import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Window } from "happy-dom";

const SOURCE = readFileSync("dashboard/shared/history.js", "utf8");

/** A browser at a page, in which what is written into the history is noted. */
function opened() {
  const window = new Window({ url: "http://school/film" });
  /** @type {string[]} */
  const written = [];
  const history = {
    pushState: (
      /** @type {unknown} */ _state,
      /** @type {string} */ _title,
      /** @type {string} */ url,
    ) => go("push", url),
    replaceState: (
      /** @type {unknown} */ _state,
      /** @type {string} */ _title,
      /** @type {string} */ url,
    ) => go("replace", url),
  };
  const go = (/** @type {string} */ how, /** @type {string} */ url) => {
    window.location.href = new URL(url, window.location.href).href;
    written.push(`${how} ${url}`);
  };
  const names = ["window", "history", "location", "addEventListener", "HTMLAnchorElement"];
  const run = new Function(...names, "MouseEvent", SOURCE);
  const listen = window.addEventListener.bind(window);
  run(window, history, window.location, listen, window.HTMLAnchorElement, window.MouseEvent);
  const link = window.document.createElement("a");
  link.addEventListener("click", (event) => event.preventDefault()); // as Streamlit does
  window.document.body.append(link);
  const click = (/** @type {string} */ to, detail = 1) => {
    link.href = to;
    link.dispatchEvent(new window.PointerEvent("pointerdown", { bubbles: true, composed: true }));
    const passing = { bubbles: true, composed: true, cancelable: true };
    link.dispatchEvent(new window.MouseEvent("click", { ...passing, detail }));
  };
  const choose = () => window.dispatchEvent(new window.PointerEvent("pointerdown"));
  const back = () => window.dispatchEvent(new window.Event("popstate"));
  const write = (/** @type {string} */ url) => history.pushState({}, "", url);
  return { written, write, choose, back, click };
}

test("what a page writes by itself takes the place of its entry, choices make their own", () => {
  const { written, write, choose } = opened();
  write("/film?model=petit");
  write("/film?model=petit&at=3");
  choose();
  write("/film?at=4");
  write("/reading");
  write("/reading?model=petit");
  assert.deepEqual(written, [
    "replace /film?model=petit",
    "replace /film?model=petit&at=3",
    "push /film?at=4",
    "push /reading",
    "replace /reading?model=petit",
  ]);
});

test("after Back, what a page writes by itself takes the place of its entry", () => {
  const { written, write, choose, back } = opened();
  choose();
  back();
  write("/film?at=5");
  assert.deepEqual(written, ["replace /film?at=5"]);
});

test("a link to a page is no choice there, nor is the second half of a double click", () => {
  const { written, write, click } = opened();
  click("http://school/reading?seed=7");
  write("/reading");
  click("http://school/reading?seed=7", 2);
  write("/reading?seed=7");
  assert.deepEqual(written, ["push /reading", "replace /reading?seed=7"]);
});

test("a link that sets something of its own page is a choice", () => {
  const { written, write, click } = opened();
  click("http://school/film?job=1");
  write("/film?job=1");
  assert.deepEqual(written, ["push /film?job=1"]);
});

test("what is written before Streamlit moves is given back to the page that it is about to leave", () => {
  const { written, write, click } = opened();
  click("http://school/reading");
  write("/film?seed=7");
  write("/reading?seed=7");
  assert.deepEqual(written, [
    "replace /film?seed=7",
    "replace http://school/film",
    "push /reading?seed=7",
  ]);
});

test("after a choice, what is written before Streamlit moves is no entry", () => {
  const { written, write, choose } = opened();
  choose();
  write("/film?seed=7");
  write("/reading?seed=7");
  assert.deepEqual(written, ["push /film?seed=7", "replace /reading?seed=7"]);
});

test("an address keeps its entry where another page is entered with the same settings", () => {
  const { written, write, click } = opened();
  write("/film?seed=7");
  click("http://school/reading");
  write("/reading?seed=7");
  assert.deepEqual(written, ["replace /film?seed=7", "push /reading?seed=7"]);
});
