// Numbers as the reader's language writes them: what dashboard/shared/i18n.py writes, as a test sees
// to (tests/app/test_javascript.py).

const NBSP = "\u00a0";
const MINUS = "\u2212";

/** @typedef {(value: number) => string} Format */

/** @typedef {[one: string, several: string]} Forms of what is counted */

/**
 * What stands after a number: "vote" or "votes".
 *
 * @param {string} locale
 * @param {number} count
 * @param {Forms} forms
 */
export function plural(locale, count, [one, several]) {
  return new Intl.PluralRules(locale).select(count) === "one" ? one : several;
}

/**
 * Numbers, with a true minus sign.
 *
 * @param {string} locale
 * @param {Intl.NumberFormatOptions} [options]
 * @returns {Format}
 */
export function numbers(locale, options) {
  const format = new Intl.NumberFormat(locale, { ...options, signDisplay: "negative" });
  return (value) =>
    format
      .format(value)
      .replace("-", MINUS)
      .replace(/\s(?=%)/, NBSP);
}

/**
 * Shares between 0 and 1 as percentages.
 *
 * @param {string} locale
 * @param {number} [decimals]
 */
export function percents(locale, decimals = 0) {
  return numbers(locale, {
    style: "percent",
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

/**
 * Probabilities: what is next to nothing is not nothing; with a decimal, what is all but sure is not
 * sure.
 *
 * @param {string} locale
 * @param {0 | 1} [decimals]
 * @returns {Format}
 */
export function chances(locale, decimals = 1) {
  const format = percents(locale, decimals);
  const least = decimals ? 0.001 : 0.01; // what can be written
  return (p) => {
    if (p > 0 && p < least / 2) return `<${NBSP}${format(least)}`;
    if (decimals && p < 1 && p > 1 - least / 2) return `>${NBSP}${format(1 - least)}`;
    return format(p);
  };
}
