// A figure as SVG, beside Plotly's own button for PNG. Streamlit hands Plotly its settings as JSON, in
// which no button can be made; and keeps Plotly to itself. So a second button asks the first for a
// picture of another kind: Plotly reads the kind at the click, then draws and saves it in the browser.
if (!("moliereSvg" in window)) {
  /** @typedef {{format: string}} Kind */
  /** @typedef {HTMLElement & {_context?: {toImageButtonOptions: Kind}}} Graph */

  /** @type {(graph: Graph, png: HTMLElement) => void} */
  const save = (graph, png) => {
    const settings = graph._context;
    if (!settings) return;
    const usual = settings.toImageButtonOptions;
    settings.toImageButtonOptions = { ...usual, format: "svg" };
    png.click();
    settings.toImageButtonOptions = usual;
  };

  /** @param {Event} event over a figure, or on its way to one by the keyboard */
  const offer = (event) => {
    const graph = event.target instanceof Element ? event.target.closest(".js-plotly-plot") : null;
    const png = graph?.querySelector(".modebar-btn");
    if (!(png instanceof HTMLElement) || png.parentElement?.querySelector(".moliere-svg")) return;
    const svg = document.createElement("button");
    svg.type = "button";
    svg.className = "moliere-svg";
    svg.textContent = "SVG";
    svg.title = document.documentElement.dataset.saveSvg ?? "SVG"; // of `i18n.language_script`
    svg.onclick = () => save(/** @type {Graph} */ (graph), png);
    png.after(svg);
  };
  Object.assign(window, { moliereSvg: offer });
  for (const act of ["pointerover", "pointerdown", "focusin"]) addEventListener(act, offer, true);
}
