// What somebody does waits for its answer. Until the server has given it, the document has
// `data-acts`, which is "leaves" after a link to another page, and components send nothing by
// themselves (`answered` and its neighbours in components/dom.js): Streamlit sends what they say
// with the page and with the values of the widgets that are still on screen, and the server, which
// has changed them meanwhile, would change them back.
//
// The answer is a run of the page that begins after the deed, and ends. Where none begins nobody was
// asked; another page, after a link, may take longer to come.
if (!("moliereActing" in window)) {
  const LOOK = 50; // milliseconds from one look to the next
  const REST = 2; // looks after the answer
  const PATIENCE = 2000 / LOOK; // looks without a run
  const TRAVEL = 20_000 / LOOK; // the same, after a link
  Object.assign(window, { moliereActing: true });
  const { dataset } = document.documentElement;
  const STATE = "data-test-script-state";
  const runs = () => {
    const app = document.querySelector("[data-testid=stApp]");
    return /^(running|rerunRequested)$/.test(app?.getAttribute(STATE) ?? "");
  };
  let stop = () => {};
  let leaving = false; // on the way to another page

  const wait = () => {
    stop();
    dataset.acts = leaving ? "leaves" : "";
    const { pathname } = location;
    let over = !runs(); // the run that was there before
    let begun = false; // the one that answers
    let rest = 0; // looks without a run, one after the other
    const note = () => {
      const running = runs();
      begun ||= over && running;
      over ||= !running;
      return running;
    };
    const observer = new MutationObserver(note); // a run may be shorter than a look
    observer.observe(document, { subtree: true, attributeFilter: [STATE] });
    const looking = setInterval(() => {
      rest = note() ? 0 : rest + 1;
      const enough = begun ? REST : leaving ? TRAVEL : PATIENCE;
      if (rest >= enough || location.pathname !== pathname) stop();
    }, LOOK);
    stop = () => {
      clearInterval(looking);
      observer.disconnect();
      delete dataset.acts;
    };
  };

  /** @type {(event: Event) => boolean} whether a click on a link leaves this page, in this window */
  const leaves = (event) => {
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    if (!link || !(event instanceof MouseEvent) || event.type !== "click") return false;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return false;
    if (link.target || link.download || link.origin !== location.origin) return false;
    return link.pathname !== location.pathname;
  };
  for (const deed of ["click", "keydown", "input", "change", "popstate"]) {
    addEventListener(
      deed,
      (event) => {
        leaving = leaves(event) || (leaving && "acts" in dataset);
        wait();
      },
      true,
    );
  }
}
