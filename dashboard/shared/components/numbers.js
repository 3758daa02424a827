// Numbers as the reader's language writes them; the same as dashboard/shared/i18n.py, which a test
// compares.

const NBSP = "\u00a0";
const MINUS = "\u2212";

/** @typedef {(value: number) => string} Format */

/**
 * Numbers, with a true minus sign.
 *
 * @param {string} locale
 * @param {Intl.NumberFormatOptions} [options]
 * @returns {Format}
 */
export function numbers(locale, options) {
  const format = new Intl.NumberFormat(locale, options);
  return (value) => format.format(value).replace("-", MINUS);
}

/**
 * Shares between 0 and 1, rounded.
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
 * Probabilities: next to nothing is not nothing, all but sure is not sure.
 *
 * @param {string} locale
 * @param {number} [decimals]
 * @returns {Format}
 */
export function chances(locale, decimals = 1) {
  const format = percents(locale, decimals);
  const least = 10 ** -(2 + decimals); // what can be written
  return (p) => {
    if (p > 0 && p < least / 2) return `<${NBSP}${format(least)}`;
    if (p < 1 && p > 1 - least / 2) return `>${NBSP}${format(1 - least)}`;
    return format(p);
  };
}
