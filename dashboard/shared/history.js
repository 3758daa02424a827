// One press of Back leaves a page. Streamlit enters a page under its bare address, then writes the
// full one as a new entry of the browser's history, and Back would stop at the bare one: the same
// page. What a page writes before the first choice made there, or after Back and Forward, therefore
// takes its entry's place; what people choose makes entries of its own.
if (!("moliereHistory" in window)) {
  const push = history.pushState;
  const replace = history.replaceState;
  let chosen = false; // whether somebody has done something here since the page was entered
  /** @type {{from: string, search: string, pushed: boolean} | undefined} */
  let written; // the last address written since somebody did something, and the one before it
  Object.assign(window, { moliereHistory: push });
  history.pushState = function (state, title, url) {
    const to = new URL(url ?? "", location.href);
    if (to.pathname === location.pathname) {
      written = { from: location.href, search: to.search, pushed: chosen };
      return (chosen ? push : replace).call(this, state, title, url);
    }
    // On a busy machine Streamlit writes the settings of the next page before it moves there: what
    // they have been written over is given back.
    const early = written?.search === to.search ? written : undefined;
    if (early && !early.pushed) replace.call(this, state, title, early.from);
    const write = early?.pushed ? replace : push;
    chosen = false;
    written = undefined;
    return write.call(this, state, title, url);
  };
  addEventListener("popstate", () => {
    chosen = false;
    written = undefined;
  });
  for (const act of ["pointerdown", "keydown", "click"]) {
    addEventListener(
      act,
      (event) => {
        const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
        // A link is a choice where it sets something of this page, and not in the second half of a
        // double click, which is on the page that the first half has opened.
        const once = event instanceof MouseEvent && event.type === "click" && event.detail < 2;
        const sets = link?.search && link.pathname === location.pathname;
        if (!link || (once && sets)) chosen = true;
        written = undefined;
      },
      true,
    );
  }
}
