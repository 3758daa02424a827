// A trained network in the browser: the same steps as `moliere_core/networks` in Python, the same
// keyed draws as `moliere_core/models/sampling.py`, and so the same text, letter for letter.
// Sums are kept in double precision and rounded to single, in which Python keeps its arrays: both
// engines are within a hundred-thousandth of each other. Two characters are rarely drawn as close as
// that: once in 48,000 characters of `petit-rnn`, after which the texts are two.

/**
 * @typedef {object} Description
 * @property {"rnn" | "lstm" | "gru" | "transformer"} cell
 * @property {number} layers
 * @property {number} units
 * @property {number} heads of a transformer
 * @property {number} context of a transformer, in characters
 * @property {string[]} chars of the alphabet, sorted; the unknown symbol stands before them
 * @property {{name: string, shape: number[], half: boolean}[]} tensors in the order of the bytes
 */

/** @typedef {{data: Float32Array, shape: number[]}} Tensor */
/** @typedef {Map<string, Tensor>} Weights */
/** @typedef {{data: Float32Array, bias: Float32Array}} Affine */
/** @typedef {{step: (id: number) => Float32Array}} Network reads a symbol, gives the logits of the next */

export const UNKNOWN = 0;
const LEAST = Number.NEGATIVE_INFINITY;
const UNKNOWN_GLYPH = "\ufffd";
const CONTEXT_START = "\n"; // every context begins with a line break

/** @type {[RegExp, string][]} as `moliere_core/text/normalise.py` has them */
const REPLACEMENTS = [
  [/\r\n?/g, "\n"],
  [/[\u00a0\u202f\u2009]/g, " "],
  [/\u2019/g, "'"],
  [/\u2026/g, "..."],
  [/\ufeff/g, ""],
];

/**
 * Spaces, apostrophes, ellipses, the œ of -oeu- and line breaks in one spelling each, in NFC.
 *
 * @param {string} text
 */
export function normalise(text) {
  const spelt = REPLACEMENTS.reduce((found, [old, put]) => found.replace(old, put), text);
  return spelt.normalize("NFC").replace(/(o)e(?=u)/gi, (_, o) => (o === "o" ? "œ" : "Œ"));
}

/**
 * Numbers of half precision (IEEE 754) in single precision.
 *
 * @param {Uint16Array} halves
 */
export function single(halves) {
  const found = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i];
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const size = exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -24 * fraction;
    found[i] = half & 0x8000 ? -size : size;
  }
  return found;
}

/**
 * @param {Description} model
 * @param {string} base64 the bytes of all tensors, little-endian, one after the other
 * @returns {Weights}
 */
export function weightsOf(model, base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const weights = new Map();
  let at = 0;
  for (const { name, shape, half } of model.tensors) {
    const stop = at + shape.reduce((size, length) => size * length, half ? 2 : 4);
    const part = bytes.buffer.slice(at, stop); // which begins at a multiple of its numbers' size
    const data = half ? single(new Uint16Array(part)) : new Float32Array(part);
    weights.set(name, { data, shape });
    at = stop;
  }
  return weights;
}

/**
 * @param {Weights} weights
 * @param {string} name
 */
function take(weights, name) {
  const found = weights.get(name);
  if (!found) throw new Error(`these weights lack ${name}`);
  return found;
}

/**
 * x @ matrix + bias, of one row.
 *
 * @param {ArrayLike<number>} x
 * @param {Affine} matrix its data in rows, one an input
 */
function affine(x, { data, bias }) {
  const sums = new Float64Array(bias);
  const width = sums.length;
  for (let i = 0; i < x.length; i++) {
    const factor = x[i];
    const row = i * width;
    for (let j = 0; j < width; j++) sums[j] += factor * data[row + j];
  }
  return new Float32Array(sums);
}

/** @param {number} x */
const sigmoid = (x) => Math.tanh(x / 2) / 2 + 0.5;

/**
 * The next state of an Elman network's layer: from what comes from below, and from the state.
 *
 * @typedef {(below: Float32Array, own: Float32Array, h: Float32Array, c: Float32Array) => void} Cell
 */

/** @type {Record<string, Cell>} gates side by side in Keras' order; states are changed in place */
const CELLS = {
  rnn: (below, own, h) => {
    for (let j = 0; j < h.length; j++) h[j] = Math.tanh(below[j] + own[j]);
  },
  lstm: (below, own, h, c) => {
    const units = h.length;
    for (let j = 0; j < units; j++) {
      const gate = (/** @type {number} */ block) =>
        below[block * units + j] + own[block * units + j];
      c[j] = sigmoid(gate(1)) * c[j] + sigmoid(gate(0)) * Math.tanh(gate(2));
      h[j] = sigmoid(gate(3)) * Math.tanh(c[j]);
    }
  },
  gru: (below, own, h) => {
    const units = h.length;
    for (let j = 0; j < units; j++) {
      const update = sigmoid(below[j] + own[j]);
      const reset = sigmoid(below[units + j] + own[units + j]);
      const candidate = Math.tanh(below[2 * units + j] + reset * own[2 * units + j]);
      h[j] = candidate + update * (h[j] - candidate);
    }
  },
};

/** An RNN, LSTM or GRU stack, one step at a time; the sibling of `networks/recurrent.py`. */
export class Recurrent {
  /**
   * @param {Description} model
   * @param {Weights} weights
   */
  constructor(model, weights) {
    this.embedding = take(weights, "embedding");
    this.dense = {
      data: take(weights, "dense.kernel").data,
      bias: take(weights, "dense.bias").data,
    };
    this.cell = CELLS[model.cell];
    this.layers = Array.from({ length: model.layers }, (_, number) => {
      const name = `${model.cell}_${number}`;
      const kernel = take(weights, `${name}.kernel`);
      const recurrent = take(weights, `${name}.recurrent_kernel`);
      const bias = take(weights, `${name}.bias`).data;
      const [units, width] = recurrent.shape;
      const ofState = model.cell === "gru" ? bias.subarray(width) : new Float32Array(width);
      return {
        below: { data: kernel.data, bias: bias.subarray(0, width) },
        own: { data: recurrent.data, bias: ofState },
        h: new Float32Array(units),
        c: new Float32Array(units),
      };
    });
  }

  /** @param {number} id */
  step(id) {
    const width = this.embedding.shape[1];
    let x = this.embedding.data.subarray(id * width, (id + 1) * width);
    for (const { below, own, h, c } of this.layers) {
      this.cell(affine(x, below), affine(h, own), h, c);
      x = h;
    }
    return affine(x, this.dense);
  }
}

const EPSILON = 1e-5;
const GELU = Math.sqrt(2 / Math.PI);

/** @param {number} x */
const gelu = (x) => 0.5 * x * (1 + Math.tanh(GELU * (x + 0.044715 * x * x * x)));

/**
 * A layer norm: a vector centred, scaled to variance 1, then adjusted.
 *
 * @param {Float32Array} x
 * @param {Affine} adjustment
 */
function norm(x, { data, bias }) {
  let mean = 0;
  for (const value of x) mean += value / x.length;
  let variance = 0;
  for (const value of x) variance += (value - mean) ** 2 / x.length;
  const scale = 1 / Math.sqrt(variance + EPSILON);
  return x.map((value, i) => (value - mean) * scale * data[i] + bias[i]);
}

/**
 * @param {Float32Array} x changed in place
 * @param {Float32Array} more
 */
function add(x, more) {
  for (let i = 0; i < x.length; i++) x[i] += more[i];
}

/**
 * GPT-2's decoder over characters, in windows; the sibling of `networks/transformer.py` and of
 * `networks/window.py`: a full window begins again with its last half, which is read again.
 */
export class Transformer {
  /**
   * @param {Description} model
   * @param {Weights} weights
   */
  constructor(model, weights) {
    this.width = model.units;
    this.heads = model.heads;
    this.context = model.context;
    this.tokens = take(weights, "wte.weight");
    this.positions = take(weights, "wpe.weight").data;
    const affineOf = (/** @type {string} */ name) => ({
      data: take(weights, `${name}.weight`).data,
      bias: take(weights, `${name}.bias`).data,
    });
    this.blocks = Array.from({ length: model.layers }, (_, number) => ({
      norm1: affineOf(`h.${number}.ln_1`),
      queryKeyValue: affineOf(`h.${number}.attn.c_attn`),
      projection: affineOf(`h.${number}.attn.c_proj`),
      norm2: affineOf(`h.${number}.ln_2`),
      widen: affineOf(`h.${number}.mlp.c_fc`),
      narrow: affineOf(`h.${number}.mlp.c_proj`),
      keys: new Float32Array(model.context * model.units),
      values: new Float32Array(model.context * model.units),
    }));
    this.norm = affineOf("ln_f");
    /** @type {number[]} the characters of the window */
    this.ids = [];
  }

  /** @param {number} id */
  step(id) {
    if (this.ids.length >= this.context) {
      const kept = this.ids.slice(Math.floor(this.context / 2) - this.context);
      this.ids = [];
      for (const again of kept) this.read(again);
    }
    const stream = norm(this.read(id), this.norm);
    const logits = new Float32Array(this.tokens.shape[0]);
    for (let symbol = 0; symbol < logits.length; symbol++) {
      let sum = 0;
      for (let i = 0; i < this.width; i++) {
        sum += stream[i] * this.tokens.data[symbol * this.width + i];
      }
      logits[symbol] = sum;
    }
    return logits;
  }

  /**
   * Read a symbol for which the window has room: the residual stream after the last block.
   *
   * @param {number} id
   */
  read(id) {
    const { width } = this;
    const at = this.ids.length;
    const x = this.tokens.data.slice(id * width, (id + 1) * width);
    add(x, this.positions.subarray(at * width, (at + 1) * width));
    this.ids.push(id);
    for (const block of this.blocks) {
      const split = affine(norm(x, block.norm1), block.queryKeyValue);
      block.keys.set(split.subarray(width, 2 * width), at * width);
      block.values.set(split.subarray(2 * width), at * width);
      add(x, affine(this.attend(split, block.keys, block.values), block.projection));
      const wide = affine(norm(x, block.norm2), block.widen);
      add(x, affine(wide.map(gelu), block.narrow));
    }
    return x;
  }

  /**
   * What the heads take from the characters of the window, side by side.
   *
   * @param {Float32Array} queries
   * @param {Float32Array} keys
   * @param {Float32Array} values
   */
  attend(queries, keys, values) {
    const { width } = this;
    const size = width / this.heads;
    const mixed = new Float64Array(width);
    for (let begin = 0; begin < width; begin += size) {
      const scores = this.ids.map((_, time) => {
        let sum = 0;
        for (let i = begin; i < begin + size; i++) sum += queries[i] * keys[time * width + i];
        return sum / Math.sqrt(size);
      });
      const weights = softmax(scores);
      weights.forEach((weight, time) => {
        for (let i = begin; i < begin + size; i++) mixed[i] += weight * values[time * width + i];
      });
    }
    return mixed;
  }
}

/** @param {number[]} scores */
function softmax(scores) {
  const peak = scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
  const odds = scores.map((score) => Math.exp(score - peak));
  const total = odds.reduce((sum, odd) => sum + odd, 0);
  return odds.map((odd) => odd / total);
}

const GOLDEN = 0x9e3779b97f4a7c15n;
const modulo = (/** @type {bigint} */ x) => BigInt.asUintN(64, x);

/**
 * SplitMix64's finaliser (Steele, Lea and Flood 2014), on unsigned integers of 64 bits.
 *
 * @param {bigint} x
 */
function mix(x) {
  const once = modulo((x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n);
  const twice = modulo((once ^ (once >> 27n)) * 0x94d049bb133111ebn);
  return twice ^ (twice >> 31n);
}

/**
 * Standard Gumbel noise of each symbol at a step: of the seed, the step and the code point alone.
 *
 * @param {number | bigint} seed a whole number
 * @param {number} step
 * @param {bigint[]} offsets of the symbols, see `offsetsOf`
 */
export function gumbelNoise(seed, step, offsets) {
  const key = mix(modulo(BigInt(seed) + GOLDEN));
  const row = mix(modulo(key + BigInt(step) * GOLDEN));
  return Float32Array.from(offsets, (offset) => {
    const bits = mix(modulo(row + offset));
    const uniform = (Number(bits >> 11n) + 0.5) * 2 ** -53; // in (0, 1)
    return -Math.log(-Math.log(uniform));
  });
}

/**
 * What sets the draws of symbols apart; the unknown symbol has the code point 0.
 *
 * @param {string[]} chars
 */
export function offsetsOf(chars) {
  const points = [0, ...chars.map((char) => char.codePointAt(0) ?? 0)];
  return points.map((point) => modulo(BigInt(point + 1) * GOLDEN));
}

/**
 * @param {Description} model
 * @param {Weights} weights
 * @returns {Network} which has read nothing
 */
function networkOf(model, weights) {
  return model.cell === "transformer"
    ? new Transformer(model, weights)
    : new Recurrent(model, weights);
}

/** @typedef {{temperature: number, topK?: number, topP?: number}} Sampling 0 and 1 keep all */

/**
 * Logits over the temperature, above 0; what top_k, then top_p set aside is at minus infinity.
 *
 * @param {Float32Array} logits
 * @param {Sampling} sampling
 */
function filtered(logits, { temperature, topK = 0, topP = 1 }) {
  const known = Float32Array.from(logits, (x, id) => (id === UNKNOWN ? LEAST : x));
  const peak = known.reduce((most, x) => Math.max(most, x), LEAST);
  const scaled = known.map((x) => Math.fround(x - peak) / Math.fround(temperature));
  if (topK > 0 && topK < scaled.length) {
    const last = scaled.slice().sort()[scaled.length - topK];
    for (let id = 0; id < scaled.length; id++) if (scaled[id] < last) scaled[id] = LEAST;
  }
  if (topP < 1) {
    const probs = Float32Array.from(softmax([...scaled]));
    const order = [...probs.keys()].sort((one, other) => probs[other] - probs[one]);
    let reached = 0;
    order.forEach((id, rank) => {
      reached = Math.fround(reached + probs[id]);
      const before = Math.fround(reached - probs[id]);
      if (rank && before >= Math.fround(topP)) scaled[id] = LEAST;
    });
  }
  return scaled;
}

/** A stream that writes after a prompt, one character a step. */
export class Writer {
  /**
   * @param {Description} model
   * @param {Weights} weights
   * @param {string} prompt
   * @param {Sampling} sampling
   * @param {number | bigint} seed
   */
  constructor(model, weights, prompt, sampling, seed) {
    this.symbols = [UNKNOWN_GLYPH, ...model.chars];
    this.offsets = offsetsOf(model.chars);
    this.sampling = sampling;
    this.seed = seed;
    this.steps = 0;
    this.network = networkOf(model, weights);
    const index = new Map(this.symbols.map((char, id) => [char, id]));
    this.logits = new Float32Array(this.symbols.length);
    for (const char of CONTEXT_START + normalise(prompt)) {
      this.logits = this.network.step(index.get(char) ?? UNKNOWN);
    }
  }

  /** The symbol that the next step writes; the unknown one is never drawn. */
  choose() {
    const { temperature, topK = 0, topP = 1 } = this.sampling;
    const scale = Math.fround(1 / Math.fround(temperature || 1));
    const noise = temperature ? gumbelNoise(this.seed, this.steps, this.offsets) : null;
    const filters = noise && (topK > 0 || topP < 1);
    const scores = filters
      ? filtered(this.logits, this.sampling)
      : this.logits.map((x) => x * scale);
    let best = UNKNOWN + 1;
    let most = LEAST;
    for (let id = UNKNOWN + 1; id < scores.length; id++) {
      const score = Math.fround(scores[id] + (noise ? noise[id] : 0));
      if (score > most) [best, most] = [id, score];
    }
    return best;
  }

  /** Draw, write and read a character, which is returned. */
  step() {
    const id = this.choose();
    this.logits = this.network.step(id);
    this.steps += 1;
    return this.symbols[id];
  }

  /**
   * The characters that the next one is drawn from, the most probable first.
   *
   * @param {number} count how many of them
   * @returns {[char: string, probability: number][]}
   */
  chances(count) {
    const greedy = this.sampling.temperature === 0 ? this.choose() : null;
    const probs =
      greedy === null
        ? softmax([...filtered(this.logits, this.sampling)])
        : this.symbols.map((_, id) => (id === greedy ? 1 : 0));
    return probs
      .map((prob, id) => /** @type {[string, number]} */ ([this.symbols[id], prob]))
      .slice(UNKNOWN + 1)
      .sort(([, one], [, other]) => other - one)
      .slice(0, count);
  }
}
