// Back leaves a page at once. Streamlit enters a page under its bare address, then writes the full
// one as a new entry of the browser's history; Back would stop at the bare one, which is the same
// page. What is first written after a page was entered therefore takes its entry's place; what
// people then change makes entries of its own, as before.
if (!window.moliereHistory) {
  window.moliereHistory = true;
  const push = history.pushState;
  let entering = true;
  history.pushState = function (state, title, url) {
    const path = new URL(url ?? location.href, location.href).pathname;
    const entered = path !== location.pathname;
    const write = entering && !entered ? history.replaceState : push;
    entering = entered;
    return write.call(history, state, title, url);
  };
  for (const act of ["pointerdown", "keydown"]) {
    addEventListener(act, () => { entering = false; }, true);
  }
}
