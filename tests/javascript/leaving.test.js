import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Window } from "happy-dom";

const SOURCE = readFileSync("dashboard/shared/leaving.js", "utf8");

/** A browser at a page with a link, whose clicks nothing follows. */
function opened() {
  const window = new Window({ url: "http://school/film?seed=7" });
  const { document } = window;
  const listen = window.addEventListener.bind(window);
  const names = ["window", "document", "location", "addEventListener", "HTMLAnchorElement"];
  new Function(...names, SOURCE)(
    window,
    document,
    window.location,
    listen,
    window.HTMLAnchorElement,
  );
  const link = document.createElement("a");
  link.href = "http://school/reading";
  link.addEventListener("click", (event) => event.preventDefault()); // as Streamlit does
  document.body.append(link);
  const click = (/** @type {import("happy-dom").HTMLElement} */ on = link, keys = {}) =>
    on.dispatchEvent(
      new window.MouseEvent("click", { bubbles: true, composed: true, cancelable: true, ...keys }),
    );
  const left = () => document.documentElement.dataset.leaves;
  return { window, link, click, left };
}

test("who clicks on a link to another page leaves this one", () => {
  const { click, left } = opened();
  assert.equal(left(), undefined);
  click();
  assert.equal(left(), "/film");
});

test("who does something else, or goes back, stays", () => {
  const { window, click, left } = opened();
  for (const name of ["keydown", "popstate"]) {
    click();
    window.dispatchEvent(new window.Event(name));
    assert.equal(left(), undefined);
  }
  click();
  click(window.document.body);
  assert.equal(left(), undefined);
});

test("a link to this page, to a window, to a file or to another site leaves nothing", () => {
  const { link, click, left } = opened();
  click(link, { ctrlKey: true });
  for (const [name, value] of [
    ["href", "http://school/film?seed=8"],
    ["href", "http://elsewhere/reading"],
    ["download", "film.csv"],
    ["target", "_blank"],
  ]) {
    link.href = "http://school/reading";
    link.setAttribute(name, value);
    click();
    assert.equal(left(), undefined, name);
    link.removeAttribute(name);
  }
});
