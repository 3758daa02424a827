import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import sit from "../../dashboard/server/phone.js";
import rooms from "../../dashboard/shared/rooms.js";
import votes from "../../dashboard/shared/votes.js";
import { mount } from "./browser.js";

/** @type {{path: string, more: RequestInit}[]} what was asked of the server */
let asked = [];
/** @type {(path: string, more: RequestInit) => Response} */
let server = () => new Response(null, { status: 304 });

mock.method(
  globalThis,
  "fetch",
  async (/** @type {string} */ path, /** @type {RequestInit} */ more) => {
    asked.push({ path, more });
    return server(path, more);
  },
);
/** @type {Map<string, string>} */
const kept = new Map();
Object.assign(globalThis, {
  localStorage: {
    getItem: (/** @type {string} */ name) => kept.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ value) => kept.set(name, value),
  },
  addEventListener: () => {},
});
mock.timers.enable({ apis: ["setTimeout"] });

afterEach(() => {
  asked = [];
});

/** Lets promises settle. */
const settle = async () => {
  for (let i = 0; i < 20; i += 1) await turn();
};

/**
 * Time passes.
 *
 * @param {number} milliseconds
 */
const pass = async (milliseconds) => {
  mock.timers.tick(milliseconds);
  await settle();
};

/** @param {unknown} document */
const json = (document, status = 200) =>
  new Response(JSON.stringify(document), { status, headers: { ETag: '"a"' } });

const LABELS = {
  votes: /** @type {[string, string]} */ (["vote", "votes"]),
  phones: /** @type {[string, string]} */ (["is there", "there"]),
  show: "Show",
  hide: "Hide",
};
/** @type {import("../../dashboard/shared/votes.js").Data} */
const QUIZ = {
  results: "./s/BFKR/results?question=1",
  key: "secret",
  kind: "choice",
  names: ["Tartuffe", "<b>Orgon</b>"],
  large: false,
  hushed: false,
  told: { phones: 2, votes: 0, open: true, counts: [] },
  right: null,
  locale: "en",
  labels: LABELS,
};

test("votes grow by themselves, and another window's end of the vote is told", async () => {
  /** @type {[number, number][]} */
  let counts = [[1, 2]];
  let open = true;
  server = () => json({ phones: 5, votes: 2, open, counts });
  const { texts, one, sent, unmount } = mount(votes, QUIZ);
  assert.deepEqual(texts(".count"), ["0", "0"]);
  await settle();
  assert.deepEqual(texts(".name"), ["A. Tartuffe", "B. <b>Orgon</b>"]);
  assert.deepEqual(texts(".count"), ["0", "2"]);
  assert.equal(one(".votes").dataset.votes, "2");
  counts = [
    [0, 1],
    [1, 2],
  ];
  await pass(400);
  assert.deepEqual(texts(".count"), ["1", "2"]);
  const headers = /** @type {Record<string, string>} */ (asked[1].more.headers);
  assert.equal(headers["X-Room-Key"], "secret");
  assert.equal(headers["If-None-Match"], '"a"');
  open = false;
  await pass(400);
  await pass(0);
  assert.deepEqual(sent, [["closed", 2]]);
  await pass(4000);
  assert.equal(sent.length, 1);
  unmount();
});

test("bars that are hushed are shown when somebody wants them, and once all is told", () => {
  server = () => new Response(null, { status: 304 });
  const { one, draw, unmount } = mount(votes, { ...QUIZ, hushed: true });
  assert.ok(one(".votes").classList.contains("hushed"));
  one(".tool").click();
  assert.ok(!one(".votes").classList.contains("hushed"));
  draw({ ...QUIZ, hushed: true });
  assert.ok(!one(".votes").classList.contains("hushed")); // a run of the page hides nothing again
  /** @type {import("../../dashboard/shared/votes.js").Data} */
  const closed = {
    ...QUIZ,
    right: 1,
    told: { phones: 2, votes: 1, open: false, counts: [[1, 1]] },
  };
  draw(closed);
  assert.equal(one(".row.right .name").textContent, "B. <b>Orgon</b>");
  unmount();
});

test("numbers stand in classes of a round width, letters in the order of their votes", () => {
  server = () => new Response(null, { status: 304 });
  /** @type {import("../../dashboard/shared/votes.js").Data} */
  const data = {
    ...QUIZ,
    kind: "number",
    names: [],
    told: {
      phones: 4,
      votes: 4,
      open: true,
      counts: [
        [1, 1],
        [1.4, 2],
        [6, 1],
      ],
    },
  };
  const bet = mount(votes, data);
  assert.deepEqual(bet.texts(".name"), ["1 – 2", "2 – 3", "3 – 4", "4 – 5", "5 – 6", "6 – 7"]);
  assert.deepEqual(bet.texts(".count"), ["3", "0", "0", "0", "0", "1"]);
  bet.unmount();
  const guess = mount(votes, {
    ...data,
    kind: "letter",
    told: {
      ...data.told,
      counts: [
        ["e", 1],
        [" ", 3],
      ],
    },
  });
  assert.deepEqual(guess.texts(".name"), ["\u2423", "e"]);
  guess.unmount();
});

test("a room says how many telephones are there, until it is gone", async () => {
  server = () => json({ phones: 7 });
  const data = {
    code: "BFKR",
    address: "http://10.0.0.1:8501/s",
    picture: "data:,",
    results: "./s/BFKR/results",
    key: "secret",
    phones: 0,
    labels: {
      scan: "",
      type: "",
      phones: /** @type {[string, string]} */ (["is there", "there"]),
    },
    locale: "fr",
  };
  const { one, unmount } = mount(rooms, data);
  await settle();
  assert.equal(one(".here").textContent, "7there");
  server = () => new Response(null, { status: 404 });
  await pass(400);
  const before = asked.length;
  await pass(5000);
  assert.equal(asked.length, before);
  unmount();
});

/** @param {string} kind */
const question = (kind, more = {}) => ({
  question: {
    id: "1",
    kind,
    text: "Which?",
    options: ["one", "<b>two</b>"],
    low: 0,
    high: 20,
    longest: 40,
    ...more,
  },
  open: true,
  mine: null,
});

const SAID = {
  room: "Room",
  coming: "One moment",
  wait: "Look",
  choose: "Choose",
  sending: "Sending",
  counted: "Counted.",
  yours: "Yours:",
  closed: "Closed",
  missed: "Missed",
  refused: "Refused",
  lost: "Lost",
  unknown: "Unknown",
  over: "Over",
  full: "Full",
  again: "Again",
  vote: "Vote",
  space: "space",
  newline: "line",
};

/** A telephone in a room whose server says this. */
const phone = async () => {
  document.body.textContent = "";
  const room = document.body.appendChild(document.createElement("main"));
  room.dataset.code = "BFKR";
  room.dataset.labels = JSON.stringify(SAID);
  sit(room);
  await settle();
  const all = (/** @type {string} */ selector) =>
    /** @type {HTMLElement[]} */ (Array.from(room.querySelectorAll(selector)));
  return { all, state: () => all(".state")[0].textContent };
};

test("a telephone votes, tries again once the network is back, and is told what came out", async () => {
  let lost = false;
  /** @type {unknown} */
  let said = question("choice");
  server = (path) => {
    if (lost) throw new TypeError("no network");
    return path.endsWith("vote") ? json({ counted: 1 }) : json(said);
  };
  const { all, state } = await phone();
  assert.equal(state(), "Choose");
  lost = true;
  all("button[data-answer]")[1].click();
  await settle();
  assert.equal(state(), "Lost");
  assert.equal(all("button[data-answer]")[1].getAttribute("aria-pressed"), "true");
  assert.equal(all("b").length, 2); // what an option says is text
  lost = false;
  await pass(12000);
  await settle();
  assert.equal(state(), "Counted.");
  const [vote] = asked.filter(({ path, more }) => path.endsWith("vote") && more.body).slice(-1);
  assert.deepEqual(JSON.parse(String(vote.more.body)), { question: "1", answer: 1 });
  said = { ...question("choice"), open: false, mine: 1, right: 0, said: "So", counts: [3, 1] };
  await pass(3000);
  assert.deepEqual(
    all(".answer").map(({ className, textContent }) => [className, textContent]),
    [
      ["answer right", "A. one \u2713"],
      ["answer mine", "B. <b>two</b>"],
    ],
  );
  server = () => new Response(null, { status: 404 });
  await pass(3000);
  assert.equal(all(".wait")[0].textContent, "Over");
  await pass(60000);
});

test("the same telephone keeps its token, and another code is no room", async () => {
  const first = kept.get("moliere.telephone");
  assert.match(first ?? "", /^[0-9a-f]{32}$/);
  server = () => new Response(null, { status: 404 });
  const { all } = await phone();
  assert.equal(all(".wait")[0].textContent, "Unknown");
  assert.equal(kept.get("moliere.telephone"), first);
  const headers = /** @type {Record<string, string>} */ (asked[0].more.headers);
  assert.equal(headers["X-Telephone"], first);
});

test("a number has its bounds and a comma, a letter is sent as it is typed", async () => {
  /** @type {unknown[]} */
  const sent = [];
  let kind = "number";
  server = (path, more) => {
    if (!path.endsWith("vote")) return json(question(kind));
    const { answer } = JSON.parse(String(more.body));
    sent.push(answer);
    return json({ counted: answer });
  };
  const bet = await phone();
  const [box] = /** @type {HTMLInputElement[]} */ (bet.all("input"));
  for (const typed of ["", "x", "21", "6,25"]) {
    box.value = typed;
    bet.all("button.main")[0].click();
    await settle();
  }
  assert.deepEqual(sent, [6.25]);
  kind = "letter";
  const guess = await phone();
  const [letter] = /** @type {HTMLInputElement[]} */ (guess.all("input"));
  letter.value = "ae\u0301";
  letter.oninput?.(/** @type {never} */ (undefined));
  await settle();
  guess.all("button[data-answer]")[1].click();
  await settle();
  assert.deepEqual(sent, [6.25, "é", "\n"]);
});
