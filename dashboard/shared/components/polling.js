// What the server is asked again and again, beside Streamlit: no run of a page, nothing that flickers.

const EVERY = 400; // milliseconds between two questions
const SELDOM = 2000; // where nobody looks, or nobody answers

/**
 * Asks an address until it is told to stop, or until nothing is there any longer.
 *
 * @template Told
 * @param {string} address
 * @param {Record<string, string>} headers
 * @param {(told: Told) => void} tell is told what has changed
 */
export function poll(address, headers, tell) {
  let stopped = false;
  let tag = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const ask = async () => {
    let wait = document.hidden ? SELDOM : EVERY;
    try {
      const known = tag ? { "If-None-Match": tag } : undefined;
      const answer = await fetch(address, { headers: { ...headers, ...known }, cache: "no-store" });
      if (answer.status === 404) return;
      if (answer.status === 200) {
        tag = answer.headers.get("ETag") ?? "";
        const told = await answer.json();
        if (!stopped) tell(told);
      } else if (answer.status !== 304) {
        wait = SELDOM;
      }
    } catch {
      wait = SELDOM;
    }
    if (!stopped) timer = setTimeout(ask, wait);
  };
  ask();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
