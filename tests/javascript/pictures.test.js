import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Window } from "happy-dom";

const SOURCE = readFileSync("dashboard/shared/pictures.js", "utf8");

/** A page with a figure, as Plotly draws it; its button for a picture notes the kind it reads. */
function opened() {
  const window = new Window();
  const { document } = window;
  document.documentElement.dataset.saveSvg = "Enregistrer en SVG";
  document.body.innerHTML =
    '<p></p><div class="js-plotly-plot"><svg></svg><div><a class="modebar-btn"></a></div></div>';
  const find = (/** @type {string} */ selector) => {
    const found = document.querySelector(selector);
    if (!(found instanceof window.HTMLElement)) throw new Error(selector);
    return found;
  };
  /** @type {object[]} */
  const kinds = [];
  const settings = { toImageButtonOptions: { format: "png", filename: "axis" } };
  const graph = Object.assign(find(".js-plotly-plot"), { _context: settings });
  find(".modebar-btn").addEventListener("click", () =>
    kinds.push({ ...settings.toImageButtonOptions }),
  );
  const names = ["window", "document", "addEventListener", "Element", "HTMLElement"];
  const run = new Function(...names, SOURCE);
  const start = () =>
    run(window, document, window.addEventListener.bind(window), window.Element, window.HTMLElement);
  start();
  const point = (/** @type {string} */ at) =>
    find(at).dispatchEvent(new window.PointerEvent("pointerover", { bubbles: true }));
  return { document, find, kinds, settings, graph, point, start };
}

test("a figure that is pointed at has a second button, once, which saves it as SVG", () => {
  const { document, find, kinds, settings, point, start } = opened();
  point("p");
  assert.equal(document.querySelector(".moliere-svg"), null);
  start(); // as each run of a page does
  point(".js-plotly-plot");
  point(".modebar-btn");
  assert.equal(document.querySelectorAll(".moliere-svg").length, 1);
  assert.equal(find(".moliere-svg").title, "Enregistrer en SVG");
  find(".moliere-svg").click();
  assert.deepEqual(kinds, [{ format: "svg", filename: "axis" }]);
  assert.equal(settings.toImageButtonOptions.format, "png"); // the first button is what it was
});

test("it does nothing where Plotly is another", () => {
  const { find, kinds, graph, point } = opened();
  point(".js-plotly-plot");
  Object.assign(graph, { _context: undefined });
  find(".moliere-svg").click();
  assert.deepEqual(kinds, []);
});
