// Counts and what follows from them; nothing here knows what was counted.

/** The normal distribution's share that 95 % lie within. */
const Z = 1.959963984540054;

/** Wilson's 95 % interval of a share: honest where few were counted, and near 0 and 1. Null when nothing was counted. */
export function wilson(hits, of) {
  if (of === 0) return null;
  const share = hits / of;
  const square = Z * Z;
  const middle = (share + square / (2 * of)) / (1 + square / of);
  const half = (Z * Math.sqrt((share * (1 - share)) / of + square / (4 * of * of))) / (1 + square / of);
  return { low: hits === 0 ? 0 : middle - half, high: hits === of ? 1 : middle + half };
}

/** `hits` of `of`, with the share and its interval; both null when nothing was counted. */
export function shareOf(hits, of) {
  return { hits, of, share: of === 0 ? null : hits / of, interval: wilson(hits, of) };
}

/** What should have been found and what was, one pair per case. */
export function tally(cases) {
  const count = (expected, found) => cases.filter((each) => each.expected === expected && each.found === found).length;
  const [truePositives, falseNegatives, falsePositives] = [count(true, true), count(true, false), count(false, true)];
  return {
    support: truePositives + falseNegatives,
    recall: shareOf(truePositives, truePositives + falseNegatives),
    precision: shareOf(truePositives, truePositives + falsePositives),
  };
}

/** Median and 95th percentile, each a number that was measured (nearest rank); null when nothing was. */
export function quantiles(numbers) {
  if (numbers.length === 0) return null;
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (share) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  return { p50: at(0.5), p95: at(0.95) };
}

/** How many counts are as they should be, too high and too low. */
export function countingErrors(cases) {
  const how = (test) => cases.filter(test).length;
  return {
    exact: how(({ expected, found }) => found === expected),
    over: how(({ expected, found }) => found > expected),
    under: how(({ expected, found }) => found < expected),
    of: cases.length,
  };
}
