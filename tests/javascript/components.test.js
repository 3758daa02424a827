import assert from "node:assert/strict";
import { mock, test } from "node:test";
import alphabet from "../../dashboard/bridge/alphabet.js";
import rungs from "../../dashboard/bridge/rungs.js";
import tokens from "../../dashboard/bridge/tokens.js";
import { legendOf } from "../../dashboard/film/curves.js";
import film from "../../dashboard/film/film.js";
import gallery from "../../dashboard/home/gallery.js";
import player from "../../dashboard/home/player.js";
import cells from "../../dashboard/inside/cells.js";
import architecture from "../../dashboard/model/architecture.js";
import choices from "../../dashboard/probabilities/choices.js";
import stages from "../../dashboard/probabilities/stages.js";
import reading from "../../dashboard/reading/reading.js";
import attention from "../../dashboard/shared/attention.js";
import characters from "../../dashboard/shared/components/characters.js";
import batch from "../../dashboard/windows/batch.js";
import streams from "../../dashboard/windows/streams.js";
import unrolled from "../../dashboard/windows/unrolled.js";
import windows from "../../dashboard/windows/windows.js";
import { mount, paint, point, press } from "./browser.js";

const NONE = { lead: "", items: [] };
const SPEEDS = {
  play: "",
  pause: "",
  previous: "",
  next: "",
  speed: "",
  slow: "",
  normal: "",
  fast: "",
};

const PLAYED = {
  id: "a",
  prompt: /** @type {[string, boolean][]} */ ([
    ["Le ", true],
    ["ß", false],
  ]),
  text: "oui",
  candidates: "onuiia",
  chances: [9000, 1000, 6000, 30, 9990, 10],
  drawn: [9000, 6000, 9990],
  bars: 2,
  speed: 0,
  paused: false,
  hidden: false,
  piece: 3,
  more: true,
  locale: "en",
  labels: {
    heading: "Next",
    note: "Note",
    looked: "Looked",
    hush: "Hush",
    copy: "Copy",
    copied: "Copied",
    keep: "Keep",
  },
};

test("the player writes at once, with the choice behind each character", () => {
  const { one, texts, all } = mount(player, PLAYED);
  assert.deepEqual(texts(".unknown"), ["ß"]);
  assert.equal(one(".written").textContent, "");
  paint(0);
  assert.equal(one(".written").textContent, "oui");
  assert.deepEqual(texts(".row .glyph"), ["i", "a"]);
  all(".written span")[1].click();
  assert.deepEqual(texts(".row .percent"), ["60%", "<\u00a01%"]);
  assert.equal(one(".chosen .glyph").textContent, "u");
  assert.equal(one(".note").textContent, "Looked");
});

test("the player writes at its speed, asks for more once, and goes on where it was", () => {
  const { one, sent, draw } = mount(player, { ...PLAYED, speed: 10 });
  paint(1000);
  paint(1100);
  assert.equal(one(".written").textContent, "o");
  paint(1300);
  paint(1400);
  assert.deepEqual(sent, [["more", 3]]);
  draw({ ...PLAYED, speed: 10, text: "oui-", candidates: "onuiia-.", more: false });
  paint(2000);
  paint(2100);
  assert.equal(one(".written").textContent, "oui-");
  assert.equal(one(".caret").style.display, "none");
});

test("a player asks for nothing before what somebody has done is answered", () => {
  const { one, sent } = mount(player, { ...PLAYED, piece: 4 });
  document.documentElement.dataset.acts = "";
  paint(0);
  paint(1000);
  assert.equal(one(".written").textContent, "oui");
  assert.deepEqual(sent, []);
  delete document.documentElement.dataset.acts;
  paint(2000);
  assert.deepEqual(sent, [["more", 3]]);
});

test("a player that is paused writes nothing", () => {
  const { one } = mount(player, { ...PLAYED, paused: true });
  paint(0);
  assert.equal(one(".written").textContent, "");
  assert.equal(one(".player").dataset.state, "paused");
});

test("a player at no speed asks for the first piece at once", () => {
  const { one, sent } = mount(player, { ...PLAYED, piece: 4 });
  paint(0);
  assert.equal(one(".written").textContent, "oui");
  assert.deepEqual(sent, [["more", 3]]);
});

test("a player keeps what it has written, and nothing that is hidden", () => {
  const { one, all, sent, draw } = mount(player, PLAYED);
  paint(0);
  all(".tool")[1].click();
  assert.deepEqual(sent, [["keep", 3]]);
  draw({ ...PLAYED, hidden: true, paused: true });
  assert.equal(one(".hush").textContent, "Hush");
  assert.deepEqual(
    all(".tool:disabled").map((tool) => tool.textContent),
    ["Copy", "Keep"],
  );
});

test("a button that has copied says so for a moment, whatever is drawn meanwhile", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  document.execCommand = () => true;
  const { all, draw } = mount(player, PLAYED);
  paint(0);
  const [copy] = all(".tool");
  copy.click();
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(copy.textContent, "Copied");
  draw({ ...PLAYED, paused: true });
  assert.equal(copy.textContent, "Copied");
  mock.timers.tick(1500);
  assert.equal(copy.textContent, "Copy");
  mock.timers.reset();
});

test("kept texts are replayed and removed by their number", () => {
  const labels = { copy: "Copy", copied: "Copied", replay: "Replay", remove: "Remove" };
  const texts = ["a\nb", "<b>"].map((text) => ({ text, about: "grand", href: "?seed=1" }));
  const { all, sent } = mount(gallery, { texts, labels });
  assert.equal(all(".kept p")[1].textContent, "<b>");
  assert.equal(all("a")[1].getAttribute("href"), "?seed=1");
  all("a")[1].click();
  all("button")[3].click();
  assert.deepEqual(sent, [
    ["replay", 1],
    ["remove", 1],
  ]);
});

const COLOURED = {
  text: "a\nb",
  values: [0.5, -1, null],
  bound: 1,
  tried: [0, 2],
  span: /** @type {[number, number] | null} */ (null),
  target: null,
  locale: "fr",
  labels: { hint: "Choisir", value: "Cellule", low: "bas", high: "haut" },
};

test("a part of a text is chosen with the pointer, and with the keyboard", () => {
  const { one, all, sent, texts } = mount(cells, COLOURED);
  assert.equal(all(".later").length, 1);
  const spans = all(".c");
  assert.deepEqual(all(".tried"), [spans[0], spans[2]]);
  point(spans[2], "pointerdown");
  point(spans[1], "pointermove");
  assert.deepEqual(texts(".value b"), ["Cellule −1"]);
  point(one(".sheet"), "pointerup");
  press(one(".sheet"), "ArrowLeft");
  press(one(".sheet"), "Enter");
  assert.deepEqual(sent, [
    ["span", { from: 1, to: 3 }],
    ["span", { from: 0, to: 1 }],
  ]);
});

test("an answer to what was chosen before takes nothing back", () => {
  const { one, all, draw } = mount(cells, COLOURED);
  for (const i of [0, 2]) {
    point(all(".c")[i], "pointerdown");
    point(one(".sheet"), "pointerup");
  }
  draw({ ...COLOURED, span: [0, 1] });
  assert.equal(one(".chosen").textContent, "b");
  draw({ ...COLOURED, span: [2, 3] });
  draw({ ...COLOURED, span: [0, 1] }); // a new address
  assert.equal(one(".chosen").textContent, "a");
});

const BARS = {
  step: 1,
  prompt: /** @type {[string, boolean][]} */ ([["Oui\n", true]]),
  chain: /** @type {[string, number][]} */ ([[" ", 0.002]]),
  bars: [
    { char: "a", before: 0.5, after: 0.9997 },
    { char: " ", before: 0.25, after: 0 },
  ],
  voted: false,
  narrow: false,
  others: null,
  drawn: "a",
  play: 0,
  locale: "en",
  labels: { before: "", after: "", before_short: "", after_short: "", choose: "Choose" },
};

test("a click on a bar chooses its character; bars stay the same elements", () => {
  const { all, one, sent, draw, texts } = mount(choices, BARS);
  assert.equal(one(".lead").textContent, "Oui↵");
  assert.deepEqual(texts(".link .small"), ["<\u00a01%", "\u00a0"]);
  const [first, second] = all(".row");
  second.click();
  assert.deepEqual(sent, [["pick", " "]]);
  assert.equal(first.textContent, "a50.0%>\u00a099.9%Choose"); // its name, too
  draw({ ...BARS, bars: BARS.bars.slice(1) });
  assert.deepEqual(all(".row"), [first]);
  assert.deepEqual(texts(".row .glyph"), ["␣"]);
});

test("while it plays, the drawn bar lights up and a draw is asked for", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { one, sent, unmount } = mount(choices, { ...BARS, play: 100 });
  mock.timers.tick(50);
  assert.equal(one(".drawn").dataset.char, "a");
  mock.timers.tick(50);
  assert.deepEqual(sent, [["pick", ""]]);
  unmount();
  mock.timers.reset();
});

test("the stages of a draw say why a character is dropped", () => {
  const bar = { char: "a", score: 2, scaled: 0, dropped: null, after: 1 };
  const labels = { heads: ["1", "2", "3", "4"], kept: "kept", dropped: { top_k: "top_k = 1" } };
  const bars = [bar, { char: "b", score: 1, scaled: -2, dropped: "top_k", after: 0 }];
  const { texts, draw } = mount(stages, { bars, locale: "en", labels });
  assert.deepEqual(texts(".mark"), ["kept", "top_k = 1"]);
  assert.deepEqual(texts(".percent"), ["2.0", "0.0", "100.0%", "1.0", "−2.0", "0.0%"]);
  draw({ bars: [bar], locale: "en", labels });
  assert.deepEqual(texts(".mark"), ["kept"]);
});

const READ = {
  text: "ab\n",
  bits: [1, 9, 2],
  ranks: [1, 0, 4],
  entropy: [1, 2, 3],
  top: ["ab", "ba", "\na"],
  probs: [
    [900, 50],
    [1, 0],
    [500, 100],
  ],
  colour: /** @type {"bits" | "rank"} */ ("bits"),
  locale: "en",
  labels: {
    unknown: "unknown",
    rank: "rank {rank}",
    bit: "{value} bit",
    bits: "{value} bits",
    expected: "expected",
    entropy: "entropy",
    hint: "hint",
    scale: /** @type {[string, string]} */ (["0", "8"]),
    classes: ["1", "2-3", "4-10", "more"],
  },
};

test("a character that was read says how well it was foreseen, also in another colour", () => {
  const { all, one, texts, draw } = mount(reading, READ);
  assert.deepEqual(texts(".lost"), ["b"]);
  point(all(".c")[0], "pointermove");
  assert.equal(one(".told b").textContent, "rank 1 · 1.0 bit");
  assert.deepEqual(texts(".option"), ["a90%", "b5%"]);
  press(one(".sheet"), "ArrowRight");
  press(one(".sheet"), "ArrowRight");
  assert.equal(one(".told b").textContent, "unknown");
  draw({ ...READ, colour: "rank" });
  assert.equal(one(".told b").textContent, "unknown");
  assert.equal(all(".sheet .r3").length, 1);
  draw({ ...READ, text: "xyz" });
  assert.equal(one(".told").textContent, "hint");
});

const LOOKS = [
  { label: "mean", rows: [[1], [0.3, 0.7]] },
  { label: "1", rows: [[1], [0.5, 0.5]] },
  { label: "2", rows: [[1], [0.1, 0.9]] },
];
const ATTENTION = {
  pieces: [" a", "b"],
  looks: LOOKS,
  asked: null,
  grid: null,
  listens: false,
  locale: "en",
  labels: { choose: "Layer", hint: "Click" },
};

test("attention is that of one layer, or of all on average", () => {
  const { all, texts, sent } = mount(attention, ATTENTION);
  assert.deepEqual(texts(".token"), ["␣a", "b"]);
  assert.equal(all(".token")[0].title, "30%");
  all(".tools button")[2].click();
  assert.equal(all(".token")[0].title, "10%");
  all(".token")[0].click();
  assert.equal(all(".token")[0].title, "100%");
  assert.equal(all(".after").length, 1);
  assert.deepEqual(sent, []);
});

test("a head is chosen among thumbnails, and asked from the symbol that was clicked", () => {
  const cell = { image: "data:,", name: "nearby", title: "layer 1, head 1: nearby" };
  /** @type {[layer: number, head: number]} */
  const chosen = [1, 0];
  const rows = [1, 2].map((layer) => ({ label: `layer ${layer}`, cells: [cell, cell] }));
  const data = {
    ...ATTENTION,
    looks: LOOKS.slice(0, 1),
    asked: 1,
    grid: { chosen, rows },
    listens: true,
  };
  const { all, texts, sent, draw } = mount(attention, data);
  assert.equal(all(".tools").length, 0);
  assert.deepEqual(texts(".name"), Array(4).fill("nearby"));
  assert.equal(all('.cell[aria-pressed="true"]')[0], all(".cell")[2]);
  all(".token")[0].click();
  all(".cell")[3].click();
  assert.deepEqual(sent, [
    ["look", { at: 0, layer: 1, head: 0 }],
    ["look", { at: 0, layer: 1, head: 1 }],
  ]);
  draw({ ...data, asked: 0, grid: { chosen: [1, 1], rows } });
  assert.equal(all(".asked")[0].textContent, "␣a");
});

test("the next character of several models is one row for all of them", () => {
  const model = { name: "petit", said: "", note: "", draws: true, recorded: "", choices: NONE };
  const { one, texts, sent } = mount(alphabet, {
    step: 0,
    prompt: "a",
    chain: ["b"],
    models: [model, { ...model, name: "gpt", draws: false }],
    rows: [{ char: " ", probs: [0.5, null] }],
    extra: [{ label: "others", probs: [0.5, null] }],
    locale: "en",
    labels: { choose: "Choose" },
  });
  assert.deepEqual(texts(".percent"), ["50.0%", "…", "50.0%", "…"]);
  one("button.row").click();
  assert.deepEqual(sent, [["pick", " "]]);
});

test("tokens are told apart; those that go on have one colour", () => {
  const column = {
    heading: "gpt",
    facts: ["a", "b"],
    speed: "",
    said: "",
    problem: false,
    letters: false,
    recorded: "",
    choices: { lead: "Hear", items: [{ label: "Smol", value: "smol" }] },
    prompt: /** @type {[string, number][]} */ ([["Le", 1]]),
    pieces: /** @type {[string, number][]} */ ([
      ["é", 0],
      ["t", 2],
      ["é", 1],
    ]),
  };
  const { all, one, sent, draw, texts } = mount(tokens, { columns: [column] });
  assert.deepEqual(
    all(".token").map((token) => token.classList.contains("odd")),
    [true, false, false, true],
  );
  assert.equal(one(".goes-on").title, "2");
  one("button").click();
  assert.deepEqual(sent, [["listen", "smol"]]);
  draw({ columns: [{ ...column, letters: true, problem: true, said: "Refused" }] });
  assert.deepEqual(texts(".problem"), ["Refused"]);
  assert.deepEqual(texts(".text span:not(.small)"), ["Refused", "Le", "été"]);
});

/** @type {import("../../dashboard/bridge/rungs.js").Step} */
const RUNG = {
  name: "n",
  whole: "w",
  note: "",
  measure: "",
  worse: "",
  arrow: "",
  text: "a\nb",
  recorded: "",
  choices: NONE,
  bars: [
    [" ", 0.25],
    ["a", 0],
  ],
};
const LADDER = {
  steps: [RUNG, { ...RUNG, name: "m", worse: "worse" }, { ...RUNG, name: "o" }],
  at: 0,
  locale: "en",
  labels: { previous: "Previous", next: "Next" },
};

test("a rung of the ladder shows its text and what it expects", () => {
  const { one, all } = mount(rungs, LADDER);
  assert.equal(one(".rung .said").textContent, "a ↵ b");
  assert.deepEqual(
    all(".candidate").map((bar) => bar.title),
    ["␣ 25%", "a 0%"],
  );
  assert.equal(all(".worse").length, 0);
});

test("the ladder is climbed by its arrows, the keys and the names, a rung at a time", () => {
  const { one, all, sent, draw, unmount } = mount(rungs, LADDER);
  one(".main").click();
  assert.equal(one(".rung h2").textContent, "m");
  assert.equal(one(".worse").textContent, "worse");
  press(document, "ArrowRight");
  press(document, "ArrowRight"); // there is none above
  assert.equal(one(".rung h2").textContent, "o");
  assert.deepEqual(sent, [
    ["rung", 1],
    ["rung", 2],
  ]);
  draw({ ...LADDER, at: 1 }); // the address follows, late
  assert.equal(one(".rung h2").textContent, "o");
  draw({ ...LADDER, at: 2 });
  all(".step")[0].click();
  assert.equal(one(".step[aria-current]").textContent, "n");
  draw({ ...LADDER, at: 0 });
  draw({ ...LADDER, at: 1 }); // an address that somebody wrote
  assert.equal(one(".rung h2").textContent, "m");
  unmount();
});

test("a character is chosen among tiles", () => {
  const labels = {
    char: "c",
    index: "i",
    back: "b",
    pick: "look",
    alphabet: "A",
    unknown: "U",
    more: "and more",
  };
  const { all, one, sent } = mount(characters, {
    view: "trip",
    step: "back",
    text: "ß",
    tiles: [{ char: "ß", index: 0, back: "?" }],
    more: 2,
    alphabet: [{ char: "a", index: 1, used: false }],
    labels,
  });
  const [tile] = all("button.tile");
  assert.ok(tile.classList.contains("lost"));
  tile.click();
  assert.deepEqual(sent, [["pick", "ß"]]);
  assert.equal(one(".more").textContent, "and more");
});

test("a network is drawn layer under layer", () => {
  const row = {
    kind: "dense",
    title: "Dense",
    note: "",
    shape: "(1, 3)",
    text: "",
    values: null,
    bars: null,
    chance: 0,
    count: "6",
    share: 1,
    sum: "",
  };
  const rows = [
    { ...row, values: Array(200).fill(-0.5) },
    { ...row, bars: [1, 0.5], chance: 0.5 },
  ];
  const labels = { layer: "L", shape: "S", example: "E", values: "V", bars: "B" };
  const { all, draw } = mount(architecture, { rows, total: "6", labels });
  assert.equal(all("rect.low").length, 113); // as many as there is room for
  assert.deepEqual(
    all("rect.bar").map((bar) => bar.getAttribute("height")),
    ["29", "14.5"],
  );
  draw({ rows: rows.slice(1), total: "6", labels });
  assert.equal(all(".rows > .row").length, 1);
});

test("a batch shows as many columns as there is room for", () => {
  const length = 30;
  const text = "x".repeat(length);
  const ids = Array(length).fill(7);
  const { all } = mount(batch, {
    rows: [{ place: "0", inputs: text, targets: text, ids, target_ids: ids }],
    length,
    starts: [0, 0.5],
    strip: "Starts",
    input_shape: "(1, 30)",
    target_shape: "(1, 30)",
    labels: { row: "row" },
  });
  assert.equal(all("line.mark").length, 2);
  assert.equal(all(".inputs td").length, 14);
  assert.deepEqual(
    all(".inputs thead th")
      .map((e) => e.textContent)
      .slice(-2),
    ["⋯", "30"],
  );
});

test("streams go on together, window after window", () => {
  const rows = [
    { name: "1", text: "abcdefghij" },
    { name: "2", text: "klmnopqrst" },
  ];
  const labels = { ...SPEEDS, when: "{at}/{all}", state: "h", heading: "H", other: "O" };
  const { texts, unmount } = mount(streams, {
    id: "a",
    length: 3,
    batch: 2,
    per_stream: 10,
    left_out: 0,
    rows,
    windows: 3,
    random: [[0.1], [0.2], [0.3]],
    facts: [["2", "streams"]],
    locale: "en",
    labels,
  });
  assert.deepEqual(texts(".state"), ["0", "0"]);
  press(document, "ArrowRight");
  assert.deepEqual(texts(".state"), ["h", "h"]);
  assert.equal(texts(".in").join(""), "defnop");
  assert.deepEqual(texts(".aim"), ["g", "q"]);
  assert.deepEqual(texts(".when"), ["2/3"]);
  unmount();
});

test("a window slides over numbers and text, a step at a time", () => {
  const text = "abcdefghijklmnopqrstuvwxyz";
  const series = Array.from(text, (_char, i) => i);
  const labels = {
    ...SPEEDS,
    when: "{at}/{all}",
    curve: "",
    series_axis: "",
    series_unit: "",
    text: "",
    pairs: "",
    input: "I",
    target: "T",
    reads: "",
    reads_title: "",
    reads_axis: "",
    series_heading: "",
    text_heading: "",
  };
  const { texts, all, unmount } = mount(windows, {
    id: "a",
    series,
    text,
    length: 4,
    shift: 2,
    reads: series,
    windows: "11",
    facts: [],
    locale: "en",
    labels,
  });
  press(document, "ArrowRight");
  assert.deepEqual(texts(".when"), ["2/11"]);
  assert.deepEqual(texts(".half.text text.read:not(.name)"), ["c", "d", "e", "f"]);
  assert.deepEqual(texts(".half.text text.aim"), ["g"]);
  assert.equal(texts(".page .in").join(""), "cdef");
  assert.equal(all("circle.aim").length, 1);
  unmount();
});

test("a network that answers everywhere is compared everywhere, unless it does not fit", () => {
  const labels = {
    target: "t",
    output: "o",
    cell: "c",
    embedding: "e",
    input: "i",
    cell_short: "L",
    picture: "P",
  };
  const data = {
    variant: /** @type {"many" | "one" | "notebook"} */ ("many"),
    inputs: ["a", " ", "c"],
    targets: ["b", "c", "d"],
    gap: 2,
    shapes: /** @type {[string, string, boolean][]} */ ([["target", "(1, 3)", false]]),
    verdict: "No",
    fits: false,
    labels,
  };
  const { all, draw, texts } = mount(unrolled, data);
  assert.equal(all(".loss").length, 3);
  assert.deepEqual(texts("text.read"), ["a", "␣", "c"]);
  draw({ ...data, variant: "one" });
  assert.equal(all(".loss").length, 1);
  draw({ ...data, variant: "notebook" });
  assert.equal(all(".loss").length, 0);
  assert.equal(all("text.wrong").length, 3);
});

const MOMENT = {
  name: "epoch-000",
  title: "Before",
  sub: "0",
  update: 0,
  train: null,
  validation: 6,
  text: "xq",
  runs: [2],
  known: "0%",
  chances: [[5000, 3000]],
  bits: "6.00",
  among: 64,
  hesitates: "64",
  said: "noise",
};
const AFTER = {
  ...MOMENT,
  name: "epoch-001",
  title: "After",
  update: 100,
  validation: 2,
  text: "un",
  runs: [0, 2],
  chances: [[30, 9970]],
  bits: "2.00",
};
/** @type {import("../../dashboard/film/film.js").Data} */
const FILM = {
  id: "run",
  view: "film",
  autoplay: false,
  at: 0,
  before: 0,
  cursor: 0,
  prompt: [["a", true]],
  places: ["xu"],
  rows: 5,
  moments: [MOMENT, AFTER],
  curve: [
    [0, null, 6],
    [100, 2.5, 2],
  ],
  references: [{ label: "chance", bits: 6 }],
  symbols: 3,
  locale: "en",
  held: ["bit", "bits"],
  labels: {
    ...SPEEDS,
    compare: "Beside",
    before: "Before",
    after: "After",
    chart: "Curves",
    updates: "updates",
    validation: "new",
    train: "read",
    axis: "bits",
    after_text: "After {text}",
    drawn: "drawn",
    true: "true",
    others: "others {share}",
    words: "words",
    words_beside: "words",
    curve: "Curve (H)",
    hesitates: "between {count}",
  },
};

test("a film is stepped through, and its address follows once it rests", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { one, texts, sent, unmount } = mount(film, FILM);
  assert.equal(one(".now .first").textContent, "x");
  assert.deepEqual(texts(".row:not(.gone) .percent"), ["50%", "30%"]);
  press(document, "ArrowRight");
  paint(performance.now() + 1000);
  assert.equal(one(".now .first").textContent + one(".now .written").textContent, "un");
  assert.deepEqual(texts(".row:not(.gone) .percent"), ["<\u00a01%", "100%"]);
  assert.equal(one(".chosen .glyph").textContent, "u");
  assert.equal(one(".film").dataset.at, "epoch-001");
  assert.deepEqual(sent, []);
  mock.timers.tick(500);
  assert.deepEqual(sent, [["rest", { at: "epoch-001", before: "epoch-000", back: 0 }]]);
  unmount();
  mock.timers.reset();
});

test("the curves of a film are hidden by a key, and by a button", () => {
  const { one, unmount } = mount(film, FILM);
  const hidden = () => one(".film").classList.contains("bare");
  press(document, "h");
  assert.ok(hidden());
  one(".foot .tool").click();
  assert.ok(!hidden());
  press(document, "h", { ctrlKey: true });
  assert.ok(!hidden());
  unmount();
});

test("a film that plays stops at its end; two moments stand side by side", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { one, draw, texts, unmount } = mount(film, { ...FILM, autoplay: true });
  assert.equal(one(".film").dataset.state, "playing");
  mock.timers.tick(2200);
  mock.timers.tick(2200);
  assert.equal(one(".film").dataset.state, "paused");
  draw({ ...FILM, view: "compare" });
  assert.deepEqual(texts(".facts .big b"), ["6.00 → 2.00", "0% → 0%"]);
  assert.equal(one(".old .first").textContent, "x");
  unmount();
  mock.timers.reset();
});

test("the legend of the curves takes a second line where the first is full", () => {
  /** @type {[number, number, number][]} */
  const curve = [[1, 2, 3]];
  const labels = { validation: "x".repeat(14), train: "y".repeat(8) };
  assert.deepEqual(
    legendOf({ curve, labels }, 600).entries.map(({ line }) => line),
    [0, 0],
  );
  const narrow = legendOf({ curve, labels }, 260);
  assert.equal(narrow.lines, 2);
  assert.deepEqual(
    narrow.entries.map(({ line, left }) => [line, left]),
    [
      [0, 44],
      [1, 44],
    ],
  );
  assert.equal(legendOf({ curve: [[1, null, 3]], labels }, 60).lines, 1);
});
