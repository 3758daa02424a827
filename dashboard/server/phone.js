// A pupil's telephone in a room: it asks again and again what is before the class, and sends one vote,
// which may be changed until the answer is revealed. What it keeps is a random token, no more. It
// lives in a page of its own without any library, and in browsers that are five years old.

/**
 * @typedef {string | number} Answer the place of an option, a number, a letter or a line
 *
 * @typedef {object} Asked
 * @property {string} id
 * @property {"choice" | "number" | "letter" | "line"} kind
 * @property {string} text
 * @property {string[]} options
 * @property {number} low
 * @property {number} high
 * @property {number} longest
 *
 * @typedef {object} State what the server says of the room to this telephone
 * @property {Asked | null} question
 * @property {boolean} open whether one may vote
 * @property {Answer | null} mine
 * @property {Answer | null} [right] once it is revealed, as what follows
 * @property {string} [said]
 * @property {number[]} [counts] of the options
 *
 * @typedef {Record<string, string>} Labels
 */

const EVERY = 1500; // milliseconds between two questions to the server
const HUSHED = 3000; // where the server asks for patience
const LONGEST = 12000; // between two, once the network is lost
const PATIENCE = 8000; // for an answer of the server
const TOKEN = "moliere.telephone";

/** A random token, which this browser keeps where it may. */
function token() {
  let kept = "";
  try {
    kept = localStorage.getItem(TOKEN) || "";
  } catch {
    // A private window: the token lives as long as the page.
  }
  if (/^[\w-]{16,64}$/.test(kept)) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const made = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    localStorage.setItem(TOKEN, made);
  } catch {
    // The same.
  }
  return made;
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {Node} parent
 * @param {string} [text]
 */
function element(tag, className, parent, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  parent.appendChild(made);
  return made;
}

/** @param {Answer} answer */
function visible(answer) {
  if (typeof answer === "number")
    return answer.toLocaleString(document.documentElement.lang || "fr");
  return answer === " " ? "\u2423" : answer === "\n" ? "\u21b5" : answer;
}

/** @param {number} option */
const lettered = (option) => `${String.fromCharCode(65 + option)}. `;

/**
 * Sits down in the room that the page names.
 *
 * @param {HTMLElement} room
 */
export default function sit(room) {
  const code = room.dataset.code || "";
  /** @type {Labels} */
  const labels = JSON.parse(room.dataset.labels || "{}");
  const door = document.getElementById("door");
  const me = token();
  /** @type {State | null} what was heard last */
  let heard = null;
  /** @type {{question: string, answer: Answer} | null} a vote that the server has not counted yet */
  let pending = null;
  let sending = false;
  let votes = 0; // that the server has counted
  let tag = "";
  let drawn = "";
  let failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let asking = false;

  if (!code) return;
  if (door) door.hidden = true;
  element("p", "code", room, `${labels.room} ${code}`);
  const board = element("div", "", room);
  const state = element("p", "state", room);
  state.setAttribute("role", "status");

  /**
   * @param {string} path
   * @param {RequestInit} [more]
   */
  async function request(path, more = {}) {
    const patience = new AbortController();
    const limit = setTimeout(() => patience.abort(), PATIENCE);
    try {
      // From /s/CODE: what is relative goes through any proxy.
      return await fetch(`${code}/${path}`, {
        ...more,
        cache: "no-store",
        signal: patience.signal,
        headers: { "X-Telephone": me, .../** @type {Record<string, string>} */ (more.headers) },
      });
    } finally {
      clearTimeout(limit);
    }
  }

  /** @param {number} [wait] milliseconds */
  function later(wait = 0) {
    clearTimeout(timer);
    timer = setTimeout(ask, wait);
  }

  async function ask() {
    if (asking) return;
    asking = true;
    let wait = EVERY;
    const before = votes;
    try {
      const answer = await request("question", { headers: tag ? { "If-None-Match": tag } : {} });
      if (answer.status === 200) {
        const told = await answer.json();
        failures = 0;
        if (votes === before) {
          tag = answer.headers.get("ETag") || "";
          heard = told;
        } else {
          wait = 0; // it was said before the vote was counted
        }
      } else if (answer.status === 304) {
        failures = 0;
      } else if (answer.status === 404) {
        leave(heard ? labels.over : labels.unknown);
        return;
      } else if (answer.status === 403) {
        leave(labels.full);
        return;
      } else {
        wait = HUSHED;
        if (answer.status >= 500) failures += 1;
      }
    } catch {
      failures += 1;
    } finally {
      asking = false;
    }
    show();
    if (pending) send();
    // A telephone that sleeps asks nothing; it asks at once when it wakes.
    if (!document.hidden) later(failures ? Math.min(EVERY * 2 ** failures, LONGEST) : wait);
  }

  /** @param {Answer} answer */
  function vote(answer) {
    if (!heard?.question || !heard.open) return;
    pending = { question: heard.question.id, answer };
    show();
    send();
  }

  async function send() {
    if (!pending || sending) return; // one after the other: the last choice is the last to arrive
    const sent = pending;
    sending = true;
    let refused = false;
    try {
      const answer = await request("vote", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(sent),
      });
      if (answer.status === 200) {
        const { counted } = await answer.json();
        votes += 1;
        if (heard?.question?.id === sent.question) heard.mine = counted;
        if (pending === sent) pending = null;
        failures = 0;
        tag = "";
      } else if (answer.status === 409 || answer.status === 422) {
        refused = answer.status === 422;
        if (pending === sent) pending = null; // closed this instant, or no answer
        tag = "";
        later();
      }
    } catch {
      failures += 1; // `ask` sends it again
    } finally {
      sending = false;
    }
    show();
    if (refused) tell("lost", labels.refused);
    if (pending && pending !== sent) send();
  }

  /** @param {string} said */
  function leave(said) {
    clearTimeout(timer);
    asking = false;
    board.textContent = "";
    drawn = "";
    element("p", "wait", board, said);
    const again = element("button", "main", board, labels.again);
    again.onclick = () => {
      board.textContent = "";
      ask();
    };
    tell("", "");
    if (door) door.hidden = false;
  }

  /**
   * @param {string} kind
   * @param {string} said
   */
  function tell(kind, said) {
    state.className = `state ${kind}`;
    state.hidden = !said;
    if (state.textContent !== said) state.textContent = said;
  }

  function show() {
    if (!heard) {
      tell(failures ? "lost" : "", failures ? labels.lost : labels.coming);
      return;
    }
    const { question, open } = heard;
    if (pending && (!question || !open || question.id !== pending.question)) pending = null;
    const mine = pending ? pending.answer : heard.mine;
    // What is being typed stays: a question is drawn anew when it is another one, or is revealed.
    const now = JSON.stringify([question, open, open ? null : heard]);
    if (now !== drawn) {
      drawn = now;
      board.textContent = "";
      if (!question) element("p", "wait", board, labels.wait);
      else {
        element("h1", "", board, question.text);
        if (open) draw(question);
        else reveal(question, heard);
      }
    }
    for (const button of board.querySelectorAll("button[data-answer]")) {
      const chosen = /** @type {HTMLElement} */ (button).dataset.answer === JSON.stringify(mine);
      button.setAttribute("aria-pressed", `${chosen}`);
    }
    if (failures) tell("lost", labels.lost);
    else if (!question || !open) tell("", "");
    else if (pending) tell("", labels.sending);
    else if (mine === null) tell("", labels.choose);
    else if (question.kind === "choice") tell("sent", labels.counted);
    else tell("sent", `${labels.counted} ${labels.yours} ${visible(mine)}`);
  }

  /** @param {Asked} question */
  function draw(question) {
    if (question.kind === "choice") {
      question.options.forEach((option, i) => {
        const button = element("button", "", board);
        element("b", "", button, lettered(i));
        button.append(option);
        button.dataset.answer = JSON.stringify(i);
        button.onclick = () => vote(i);
      });
    } else if (question.kind === "letter") {
      const box = field("input", "letter", question);
      box.oninput = () => {
        const typed = Array.from(box.value.normalize("NFC"));
        if (!typed.length) return;
        box.value = typed[typed.length - 1]; // the last one typed replaces the one before
        vote(box.value);
        box.select();
      };
      const pair = element("div", "pair", board);
      for (const [char, name] of [
        [" ", labels.space],
        ["\n", labels.newline],
      ]) {
        const button = element("button", "", pair, `${visible(char)} ${name}`);
        button.dataset.answer = JSON.stringify(char);
        button.onclick = () => {
          box.value = "";
          vote(char);
        };
      }
    } else if (question.kind === "number") {
      const box = field("input", "", question);
      box.inputMode = "decimal";
      submit(box, () => {
        const typed = Number(box.value.trim().replace(",", ".") || Number.NaN);
        return typed >= question.low && typed <= question.high ? typed : null;
      });
    } else {
      const box = field("textarea", "", question);
      submit(box, () => box.value.trim() || null);
    }
  }

  /**
   * @template {"input" | "textarea"} Tag
   * @param {Tag} tag
   * @param {string} className
   * @param {Asked} question
   */
  function field(tag, className, question) {
    const box = element(tag, className, board);
    box.setAttribute("aria-label", question.text);
    box.autocomplete = "off";
    box.spellcheck = false;
    box.setAttribute("autocapitalize", question.kind === "line" ? "sentences" : "off");
    box.setAttribute("autocorrect", "off");
    if (question.kind === "line") box.maxLength = question.longest;
    return box;
  }

  /**
   * A button that sends what a field holds, if it is an answer.
   *
   * @param {HTMLInputElement | HTMLTextAreaElement} box
   * @param {() => Answer | null} read
   */
  function submit(box, read) {
    const button = element("button", "main", board, labels.vote);
    const send = () => {
      const typed = read();
      if (typed !== null) vote(typed);
      else tell("lost", labels.refused);
    };
    button.onclick = send;
    box.onkeydown = (event) => {
      if (/** @type {KeyboardEvent} */ (event).key !== "Enter") return;
      event.preventDefault();
      send();
    };
  }

  /**
   * @param {Asked} question
   * @param {State} found
   */
  function reveal(question, found) {
    const { mine, right = null, counts = [], said = "" } = found;
    if (question.kind === "choice") {
      const all = counts.reduce((sum, count) => sum + count, 0) || 1;
      question.options.forEach((option, i) => {
        const kind = `${i === right ? " right" : ""}${i === mine ? " mine" : ""}`;
        const line = element("p", `answer${kind}`, board);
        element("i", "", line).style.width = `${(100 * (counts[i] || 0)) / all}%`;
        element("span", "", line, `${lettered(i)}${option}${i === right ? " \u2713" : ""}`);
      });
    } else if (right !== null) {
      element("p", "answer right", board, `${visible(right)} \u2713`);
    }
    if (mine !== null && question.kind !== "choice")
      element("p", "", board, `${labels.yours} ${visible(mine)}`);
    if (said) element("p", "said", board, said);
    element("p", "", board, mine === null ? labels.missed : labels.closed);
  }

  const wake = () => {
    if (document.hidden) clearTimeout(timer);
    else later();
  };
  document.addEventListener("visibilitychange", wake);
  addEventListener("pageshow", wake);
  addEventListener("online", wake);
  tell("", labels.coming);
  ask();
}
