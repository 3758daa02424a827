// A room as the class sees it: the QR code, the address to type, the four letters, and how many
// telephones are there.

import { component } from "./components/component.js";
import { element, remembered, rootOf } from "./components/dom.js";
import { plural } from "./components/numbers.js";
import { poll } from "./components/polling.js";

/**
 * @typedef {object} Data
 * @property {string} code
 * @property {string} address where the code is typed
 * @property {string} picture a QR code
 * @property {string} results
 * @property {string} key
 * @property {number} phones present when the page was drawn
 * @property {{scan: string, type: string, phones: import("./components/numbers.js").Forms}} labels
 * @property {string} locale
 */

/** @param {HTMLElement} root */
function build(root) {
  const room = element("div", "room", root);
  const picture = element("img", "picture", room);
  const side = element("div", "side", room);
  const lead = element("p", "small", side);
  const address = element("div", "address", side);
  const code = element("div", "code mono", side);
  const here = element("p", "here", side);
  const count = element("b", "", here);
  const phones = element("span", "", here);
  return { picture, lead, address, code, count, phones, asked: "", stop: () => {} };
}

export default component(render);

/** @param {import("./components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement }) {
  const view = remembered(rootOf(parentElement), () => build(rootOf(parentElement)));
  view.picture.src = data.picture;
  view.picture.alt = data.labels.scan;
  view.lead.textContent = data.labels.type;
  view.address.textContent = data.address.replace(/^http:\/\//, "").replaceAll("/", "/\u200b");
  view.code.textContent = data.code;
  const draw = (/** @type {number} */ phones) => {
    view.count.textContent = String(phones);
    view.phones.textContent = plural(data.locale, phones, data.labels.phones);
  };
  if (view.asked !== data.results) {
    view.stop();
    view.asked = data.results;
    draw(data.phones);
    view.stop = poll(
      data.results,
      { "X-Room-Key": data.key },
      (/** @type {{phones: number}} */ told) => draw(told.phones),
    );
  }
  return () => {
    view.stop();
    view.asked = "";
  };
}
