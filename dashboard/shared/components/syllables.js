// How many syllables a line of French verse counts, and what it rhymes with: the twin of
// moliere_core/text/syllables.py and rhyme.py, where the reasons are. Both read the tables of
// moliere_core/assets/prosody/rules.toml, and a test holds them to the same answers.

const LICENCES = 2; // departures from the rules, in one line
export const HEMISTICH = 6;
const MOST_CHARS = 400;
const REACH = 3; // lines to the furthest that a line may rhyme with
export const ALEXANDRINE = 12;
export const VOWELS = "aàâäeéèêëiîïoôöuùûüyœæ";
const GLIDES = ["i", "ï", "y", "o", "u", "ou"];
const LETTERS = "[\\p{L}\\p{Nl}\\p{No}]"; // Python's [^\W\d_]
const WORD = new RegExp(`${LETTERS}+`, "gu");

/** @typedef {[syllables: number, licences: number][]} Choices the rule first */

/** @type {Record<string, Choices>} */
const VERDICTS = {
  1: [[0, 0]],
  2: [[1, 0]],
  "1+": [
    [0, 0],
    [1, 1],
  ],
  "2-": [
    [1, 0],
    [0, 1],
  ],
};
/** @type {Choices} */
const EITHER = [
  [1, 0],
  [0, 0],
];
const ONE = VERDICTS["2"];
const NONE = VERDICTS["1"];
const RATHER_ONE = VERDICTS["2-"];
const RATHER_NONE = VERDICTS["1+"];

/**
 * The tables as they are written.
 *
 * @typedef {object} Tables
 * @property {[string, string][]} respell
 * @property {string[]} nuclei
 * @property {[string, string, string][]} glides
 * @property {string[]} aspirated
 * @property {[string, string][]} ent
 * @property {{exceptions: [string, string][], vowels: [string, string][],
 *   nasals: [string, string][], consonants: [string, string][]}} rhyme
 */

/**
 * A vowel, or several that make one.
 *
 * @typedef {object} Vowel
 * @property {number} start
 * @property {number} stop
 * @property {Choices} choices
 * @property {boolean} mute
 * @property {boolean} last
 */

/** @typedef {{syllables: number, licences: number, counted: number[], caesura: boolean}} Reading */

/** @typedef {{line: string, vowels: Vowel[], readings: Map<number, Reading>, best: number}} Count */

/**
 * A counter of these tables.
 *
 * @param {Tables} tables
 */
export function counter(tables) {
  const rules = {
    respell: tables.respell.map(([found, spelled]) => ({
      found: new RegExp(found, "gu"),
      spelled,
    })),
    nucleus: new RegExp([...tables.nuclei, `[${VOWELS}]`].join("|"), "gu"),
    glides: tables.glides.map(([left, right, how]) => ({
      left: new RegExp(left, "u"),
      right: new RegExp(right, "u"),
      choices: VERDICTS[how],
    })),
    aspirated: new RegExp(`^(?:${tables.aspirated.join("|")})`, "u"),
    ent: tables.ent.map(([word, how]) => ({ word: new RegExp(word, "u"), how })),
    exceptions: bySpelling(tables.rhyme.exceptions),
    vowels: bySpelling(tables.rhyme.vowels),
    nasals: bySpelling(tables.rhyme.nasals),
    consonants: tables.rhyme.consonants.map(([found, sign]) => ({
      found: new RegExp(found, "gu"),
      sign: sign.replace("\\1", "$1"),
    })),
  };

  /** @param {string} word */
  const ent = (word) => rules.ent.find((rule) => rule.word.test(word))?.how ?? "mute";

  /** @param {string} after */
  const elides = (after) => `${VOWELS}h`.includes(after[0]) && !rules.aspirated.test(after);

  /**
   * @param {string} word
   * @param {string} ending
   * @param {boolean} leads
   * @param {string} after
   * @returns {[Choices, boolean]}
   */
  function final(word, ending, leads, after) {
    if (ending === "ent") {
      const how = ent(word);
      if (how !== "mute") return [how === "said" ? ONE : RATHER_ONE, false];
      if (/(ai|oi)ent$/.test(word)) return [NONE, true];
    }
    if (!after) return [NONE, true];
    if (word === "encore" && ending === "e" && !elides(after)) return [EITHER, true];
    if (ending === "e" && (elides(after) || after === "oui")) {
      return [after !== "oui" ? NONE : RATHER_NONE, true];
    }
    return [leads ? RATHER_ONE : ONE, true];
  }

  /**
   * @param {string} word
   * @param {string} after
   * @param {boolean} hyphen
   * @returns {Vowel[]}
   */
  function vowelsOf(word, after, hyphen) {
    let spelled = word;
    for (const { found, spelled: instead } of rules.respell) {
      spelled = spelled.replace(found, instead);
    }
    const nuclei = [...spelled.matchAll(rules.nucleus)]
      .map((m) => /** @type {[number, number]} */ ([m.index, m.index + m[0].length]))
      .filter(([start, stop]) => !isConsonantY(spelled, start, stop));
    return nuclei.map(([start, stop], place) => {
      const last = place === nuclei.length - 1;
      const follows = !last && nuclei[place + 1][0] === stop;
      const leads = place > 0 && nuclei[place - 1][1] === start;
      const sound = spelled.slice(start, stop);
      const ending = spelled.slice(start);
      let choices = ONE;
      let mute = false;
      if (sound === "e" && (place > 0 || (hyphen && (word === "je" || word === "ce")))) {
        if (last && ["e", "es", "ent"].includes(ending)) {
          [choices, mute] = final(word, ending, leads, after);
        } else if (
          leads &&
          /^e(?:[\p{L}\p{Nl}\p{No}][aàâeéèêiîoôuûy]|ment|r[aoeié])/u.test(ending)
        ) {
          [choices, mute] = [RATHER_NONE, true];
        } else if (spelled[start - 1] === "y" && /^(?:er[aoi]|ement)/.test(ending)) {
          [choices, mute] = [RATHER_ONE, true];
        }
      } else if (
        follows &&
        GLIDES.includes(sound) &&
        !isMute(word, spelled.slice(nuclei[place + 1][0]))
      ) {
        const left = spelled.slice(0, start);
        const rule = rules.glides.find((rule) => rule.left.test(left) && rule.right.test(ending));
        choices = rule?.choices ?? ONE;
      }
      return { start, stop, choices, mute, last };
    });
  }

  /**
   * @param {string} word
   * @param {string} ending
   */
  function isMute(word, ending) {
    if (ending === "e" || ending === "es") return true;
    return ending === "ent" ? ent(word) === "mute" : /^e(ment|r[aoeié])/.test(ending);
  }

  /**
   * Counts a line, in the spelling of `normalise`.
   *
   * @param {string} whole
   * @returns {Count}
   */
  function count(whole) {
    const line = Array.from(whole).slice(0, MOST_CHARS).join("");
    const lowered = line.toLowerCase().length === line.length ? line.toLowerCase() : line;
    const words = [...lowered.matchAll(WORD)];
    const vowels = words.flatMap((match, place) =>
      vowelsOf(match[0], words[place + 1]?.[0] ?? "", lowered[match.index - 1] === "-").map(
        (vowel) => ({
          ...vowel,
          start: match.index + vowel.start,
          stop: match.index + vowel.stop,
        }),
      ),
    );
    const readings = readingsOf(vowels);
    let best = 0;
    for (const [syllables, { licences }] of readings) {
      if (!best || licences < (readings.get(best)?.licences ?? 0)) best = syllables;
    }
    return { line, vowels, readings, best };
  }

  /**
   * What the end of a line sounds like; "" where nothing is said.
   *
   * @param {Count} counted
   */
  function sound({ line, vowels, readings, best }) {
    const reading = readings.get(best);
    if (!reading) return "";
    const said = vowels.filter((_, i) => reading.counted[i]).at(-1);
    const final = vowels.at(-1);
    if (!said || !final) return "";
    const feminine = final.mute && final.start > said.start;
    let tail =
      line
        .slice(said.start)
        .toLowerCase()
        .match(new RegExp(`^${LETTERS}*`, "u"))?.[0] ?? "";
    if (feminine) tail = tail.replace(/(?:es?|ent)$/, "");
    const match = tail.match(new RegExp(`^([aàâäeéèêëiîïoôöuùûüyœ]+)(${LETTERS}*)`, "u"));
    if (!match) return "";
    const exception = rules.exceptions.get(lastWord(line));
    if (exception) return exception;
    const before = line.slice(0, said.start).toLowerCase().at(-1) ?? "";
    return soundOf(match[1], match[2], before, feminine) + (feminine ? "-" : "");
  }

  /**
   * @param {string} vowel
   * @param {string} after
   * @param {string} before
   * @param {boolean} feminine
   */
  function soundOf(vowel, after, before, feminine) {
    const { vowels, nasals } = rules;
    if (vowel === "i" && after === "ll" && !["v", "m", "u"].includes(before)) return "iJ";
    if (!vowels.has(vowel) && vowel.length > 1 && vowel.endsWith("i")) {
      vowel = vowel.slice(0, -1);
      after = `i${after}`;
    }
    if ((vowel === "ai" || vowel === "ei") && /^ll?(?![a-z])/.test(after)) {
      vowel = vowel[0];
      after = `i${after}`;
    }
    const nasal = /^[nm](?![nmh])/.test(after) && (!feminine || after.length > 1);
    const sign = nasals.get(vowel);
    if (nasal && sign) {
      const open = vowel === "e" && ["i", "é", "y"].includes(before) && after === "n";
      const rest = after.slice(1).replace(/^s$/, "ss");
      return (open ? "I~" : sign) + (feminine ? consonants(rest.replace(/^p/, "")) : "");
    }
    if (vowel === "é" || (!feminine && vowel === "e" && /^(?:rs?|z|ds?)$/.test(after))) {
      return `e${feminine ? consonants(after) : ""}`;
    }
    return (
      (vowels.get(vowel) ?? vowel) + consonants(feminine ? after : after.replace(/[^cflqri]/gu, ""))
    );
  }

  /** @param {string} after */
  const consonants = (after) =>
    rules.consonants.reduce((text, { found, sign }) => text.replace(found, sign), after);

  /**
   * Of each line the number of the nearest that it rhymes with; null for none.
   *
   * @param {Count[]} lines
   */
  function neighbours(lines) {
    const heard = lines.map(sound);
    const words = lines.map(({ line }) => lastWord(line));
    return lines.map((_, at) => {
      for (let step = 1; step <= REACH; step++) {
        for (const other of [at - step, at + step]) {
          if (heard[at] && heard[at] === heard[other] && words[at] !== words[other]) return other;
        }
      }
      return null;
    });
  }

  return { count, sound, neighbours };
}

/**
 * The sign of each spelling, from groups of spellings.
 *
 * @param {[string, string][]} groups
 */
const bySpelling = (groups) =>
  new Map(groups.flatMap(([group, sign]) => group.split(" ").map((spelling) => [spelling, sign])));

/** @param {string} line */
const lastWord = (line) => line.toLowerCase().match(WORD)?.at(-1) ?? "";

/**
 * Whether this is the y of « ayez », which begins the syllable of the vowel after it.
 *
 * @param {string} spelled
 * @param {number} start
 * @param {number} stop
 */
function isConsonantY(spelled, start, stop) {
  if (spelled.slice(start, stop) !== "y") return false;
  const after = stop < spelled.length && VOWELS.includes(spelled[stop]);
  return after && (start === 0 || VOWELS.includes(spelled[start - 1]));
}

/**
 * The cheapest reading of each number of syllables, one with a caesura where costs are equal.
 *
 * @param {Vowel[]} vowels
 */
function readingsOf(vowels) {
  /** @typedef {{syllables: number, caesura: boolean, licences: number, counted: number[]}} State */
  /** @type {Map<string, State>} */
  let states = new Map([["0", { syllables: 0, caesura: false, licences: 0, counted: [] }]]);
  for (const vowel of vowels) {
    /** @type {Map<string, State>} */
    const reached = new Map();
    for (const state of states.values()) {
      for (const [adds, costs] of vowel.choices) {
        const syllables = state.syllables + adds;
        const pause = syllables === HEMISTICH && vowel.last && !(vowel.mute && adds);
        const caesura = state.caesura || pause;
        const licences = state.licences + costs;
        const counted = [...state.counted, adds];
        const key = `${syllables}${caesura ? "|" : ""}`;
        const known = reached.get(key);
        if (licences <= LICENCES && (!known || isLess(licences, counted, known))) {
          reached.set(key, { syllables, caesura, licences, counted });
        }
      }
    }
    states = reached;
  }
  /** @type {Map<number, Reading>} */
  const readings = new Map();
  const cheapest = [...states.values()].sort(
    (a, b) => a.licences - b.licences || Number(b.caesura) - Number(a.caesura),
  );
  for (const state of cheapest) {
    if (state.syllables && !readings.has(state.syllables)) readings.set(state.syllables, state);
  }
  return new Map([...readings].sort(([a], [b]) => a - b));
}

/**
 * Whether a way is cheaper than a known one; of two as cheap, whether it comes first.
 *
 * @param {number} licences
 * @param {number[]} counted
 * @param {{licences: number, counted: number[]}} known
 */
function isLess(licences, counted, known) {
  if (licences !== known.licences) return licences < known.licences;
  const at = counted.findIndex((n, i) => n !== known.counted[i]);
  return at >= 0 && counted[at] < known.counted[at];
}

/**
 * Where each syllable of a reading is in its line: they cover it without a gap.
 *
 * @param {Count} counted
 * @param {number} [syllables]
 * @returns {[number, number][]}
 */
export function spans({ line, vowels, readings, best }, syllables = best) {
  const reading = readings.get(syllables);
  if (!reading) return [];
  const cuts = [0];
  let before = -1;
  let start = -1;
  vowels.forEach((vowel, i) => {
    const says = reading.counted[i];
    if ((says || !vowel.mute || before < vowel.start) && start < 0) start = vowel.start;
    if (says) {
      if (before >= 0) cuts.push(cut(line, before, start));
      before = vowel.stop;
      start = -1;
    }
  });
  return cuts.map((from, i) => [from, cuts[i + 1] ?? line.length]);
}

const TOGETHER = /(?:[bcdfgptv][lr]|ch|ph|th|gn|qu|gu)$/i;

/**
 * @param {string} line
 * @param {number} stop
 * @param {number} start
 */
function cut(line, stop, start) {
  const between = line.slice(stop, start);
  const gap = Math.max(...[" ", "-", "–"].map((char) => between.lastIndexOf(char)));
  if (gap >= 0) return stop + gap + 1;
  let onset = start;
  while (onset > stop && VOWELS.includes(line[onset - 1].toLowerCase())) onset--;
  if (onset > stop) onset -= TOGETHER.test(line.slice(stop, onset)) ? 2 : 1;
  return Math.max(onset, stop);
}

/**
 * Lines that rhyme have one number, by the order in which rhymes come; null for a line alone.
 *
 * @param {(number | null)[]} neighbours
 */
export function rhymeLetters(neighbours) {
  /** @type {(number | null)[]} */
  const found = neighbours.map(() => null);
  let rhymes = 0;
  neighbours.forEach((other, i) => {
    if (other === null) return;
    const known = found[i] ?? found[other];
    const rhyme = known ?? rhymes++;
    found[i] = rhyme;
    found[other] = rhyme;
  });
  return found;
}

/**
 * What `normalise` of moliere_core/text/normalise.py makes of a text that somebody types.
 *
 * @param {string} text
 */
export const normalised = (text) =>
  text
    .normalize("NFC")
    .replace(/\r\n?/g, "\n")
    .replace(/[\u00a0\u202f\u2009]/g, " ")
    .replaceAll("\u2019", "'")
    .replaceAll("\u2026", "...")
    .replaceAll("\ufeff", "")
    .replace(/oe(?=u)/gi, (pair) => (pair[0] === "o" ? "œ" : "Œ"));
