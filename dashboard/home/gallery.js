// Texts that were kept: each can be copied, replayed ("replay" is sent with its number) or removed
// ("remove").

import { copyButton } from "../shared/components/clipboard.js";
import { component } from "../shared/components/component.js";
import { button, element, rootOf, shows } from "../shared/components/dom.js";

/**
 * @typedef {object} Data
 * @property {{text: string, about: string, href: string}[]} texts
 * @property {{copy: string, copied: string, replay: string, remove: string}} labels
 */

export default component(render);

/** @param {import("../shared/components/component.js").Drawing<Data>} drawing */
function render({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement);
  if (shows(root, data)) return;
  const { texts, labels } = data;
  root.textContent = "";
  const gallery = element("div", "gallery", root);
  texts.forEach(({ text, about, href }, number) => {
    const kept = element("article", "kept leaf", gallery);
    element("p", "serif", kept, text);
    const foot = element("footer", "small", kept);
    element("span", "about", foot, about);
    copyButton(foot, () => text).dress(labels.copy, labels.copied);
    const replay = element("a", "tool", foot, labels.replay);
    replay.href = href; // which can be copied, too; a click stays in this session
    replay.onclick = (event) => {
      event.preventDefault();
      setTriggerValue("replay", number);
    };
    button("tool", foot, labels.remove).onclick = () => setTriggerValue("remove", number);
  });
}
