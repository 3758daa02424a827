// What somebody does waits for its answer. Until the server has given it, the document has
// `data-acts`, and components send nothing by themselves (`answered` in components/dom.js): Streamlit
// sends what they say with the page and with the values of the widgets that are still on screen, and
// the server, which has changed them meanwhile, would change them back.
//
// The answer is a run of the page that begins after the deed, and ends. Where none begins, nobody was
// asked, or the run that was there has taken the deed along; another page, after a link, may take
// longer to come.
if (!("moliereActing" in window)) {
  const LOOK = 50; // milliseconds from one look to the next
  const AFTER_ANSWER = 2; // looks without a run
  const AFTER_ANOTHER = 6; // the same, after a run that was there before
  const WITHOUT_RUN = 20; // where there was none
  const TRAVEL = 400; // after a link to another page
  Object.assign(window, { moliereActing: true });
  const { dataset } = document.documentElement;
  const STATE = "data-test-script-state";
  const RUNS = /^(running|rerunRequested)$/;
  let stop = () => {};
  let leaving = false; // on the way to another page

  const wait = () => {
    stop();
    dataset.acts = "";
    const { pathname } = location;
    let before = true; // whether the run that is there, if any, was there before
    let seen = false;
    let answers = false;
    let rest = 0; // looks without a run, one after the other
    const note = (/** @type {string | null | undefined} */ state) => {
      const runs = RUNS.test(state ?? "");
      seen ||= runs;
      before &&= runs;
      answers ||= runs && !before;
      return runs;
    };
    const look = () => note(document.querySelector("[data-testid=stApp]")?.getAttribute(STATE));
    const observer = new MutationObserver((changes) => {
      for (const { oldValue } of changes) note(oldValue); // a run may be shorter than a look
      look();
    });
    observer.observe(document, {
      subtree: true,
      attributeFilter: [STATE],
      attributeOldValue: true,
    });
    look();
    const looking = setInterval(() => {
      rest = look() ? 0 : rest + 1;
      if (location.pathname !== pathname) leaving = false;
      const silent = leaving ? TRAVEL : seen ? AFTER_ANOTHER : WITHOUT_RUN;
      if (rest >= (answers ? AFTER_ANSWER : silent)) stop();
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
  /** @type {(event: Event) => boolean} whether a key scrolls, or types what is not yet sent */
  const isIdle = (event) => {
    if (!(event instanceof KeyboardEvent)) return false;
    if (/^(Shift|Control|Alt|Meta|CapsLock|Page(Up|Down))/.test(event.key)) return true;
    const [field] = event.composedPath();
    const types = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
    return types && event.key !== "Enter";
  };
  for (const deed of ["click", "keydown", "change", "popstate"]) {
    addEventListener(
      deed,
      (event) => {
        if (isIdle(event)) return;
        leaving = leaves(event) || (leaving && "acts" in dataset);
        wait();
      },
      true,
    );
  }
}
