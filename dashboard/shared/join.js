// An invitation: the QR code of a link, the address to type, and a button that copies the link. What
// a browser does not copy stays selected.

import { copied } from "./components/clipboard.js";
import { component } from "./components/component.js";
import { button, element, remembered, rootOf } from "./components/dom.js";

/**
 * @typedef {object} Data
 * @property {string} page short enough to be typed
 * @property {string} link the same with the settings of the view
 * @property {string} code the address of a picture
 * @property {{scan: string, more: string, copy: string, copied: string, selected: string}} labels
 */

/** @param {HTMLElement} root */
function build(root) {
  const invitation = element("div", "invitation", root);
  const picture = element("img", "code", invitation);
  const side = element("div", "side", invitation);
  const page = element("div", "address", side);
  const more = element("p", "small", side);
  const field = element("input", "link mono", side);
  field.readOnly = true;
  field.onfocus = () => field.select();
  const copy = button("copy", side);
  const said = element("p", "said small", side);
  said.setAttribute("role", "status");
  return { picture, page, more, field, copy, said };
}

export default component(render);

/** @param {import("./components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement }) {
  const root = rootOf(parentElement);
  const view = remembered(root, () => build(root));
  const { labels } = data;
  view.picture.src = data.code;
  view.picture.alt = labels.scan;
  // The scheme is what a browser adds by itself; lines break after slashes.
  view.page.textContent = data.page.replace(/^http:\/\//, "").replaceAll("/", "/\u200b");
  view.more.textContent = labels.more;
  view.more.hidden = data.link === data.page;
  view.field.value = data.link;
  view.field.setAttribute("aria-label", labels.copy);
  view.copy.textContent = labels.copy;
  view.copy.onclick = async () => {
    const done = await copied(data.link, view.copy);
    if (!done) view.field.focus(); // which selects it
    view.said.textContent = done ? labels.copied : labels.selected;
  };
}
