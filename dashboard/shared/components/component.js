// A component as Streamlit draws it, which may draw what is past, and end what is there.
//
// Streamlit imports a component's module anew for each drawing (1.67, BidiComponent). While the
// module is still on its way, several imports wait for it, and Chromium completes them in any order:
// on a busy machine what was told first could be drawn last, and stay.

/**
 * What Streamlit gives a component each time it is drawn.
 *
 * @template Data
 * @typedef {object} Drawing
 * @property {Data} data
 * @property {ParentNode} parentElement
 * @property {(name: string, value: unknown) => void} setStateValue
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/**
 * The place of some data among all that a session was told: see components/__init__.py.
 *
 * @typedef {{order: [session: string, number: number]}} Ordered
 */

/**
 * Where a component is, and what of it is there: the order of its data, and what ends it.
 *
 * @typedef {ParentNode & {drawn?: Ordered["order"], end?: () => void}} Place
 */

/**
 * A component that never draws older data over newer ones, and ends once it has left the page.
 *
 * @template Data
 * @param {(drawing: Drawing<Data>) => (() => void) | void} draw returns what ends it
 * @returns {(drawing: Drawing<Data>) => () => void}
 */
export function component(draw) {
  return (drawing) => {
    const place = /** @type {Place} */ (drawing.parentElement);
    const { order } = /** @type {Data & Ordered} */ (drawing.data);
    // Streamlit also ends a drawing that another has followed: its component stays, and goes on.
    const end = () => {
      if (!place.isConnected) place.end?.();
    };
    if (place.drawn?.[0] === order[0] && place.drawn[1] > order[1]) return end;
    place.drawn = order;
    place.end = draw(drawing) ?? undefined;
    return end;
  };
}
