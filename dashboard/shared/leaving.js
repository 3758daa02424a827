// Who has clicked on a link to another page is leaving until that page comes, however long the
// server takes. The document says so in `data-leaves`, the path that is left, and components ask for
// nothing by themselves (`leaves` in components/dom.js): Streamlit sends what they ask with the page
// that is still on screen, and would bring it back.
if (!("moliereLeaving" in window)) {
  Object.assign(window, { moliereLeaving: true });
  const { dataset } = document.documentElement;
  const stay = () => {
    delete dataset.leaves;
  };
  addEventListener(
    "click",
    (event) => {
      stay();
      const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
      const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
      if (!link || elsewhere || link.target || link.download) return;
      if (link.origin === location.origin && link.pathname !== location.pathname) {
        dataset.leaves = location.pathname;
      }
    },
    true,
  );
  addEventListener("keydown", stay, true);
  addEventListener("popstate", stay);
}
