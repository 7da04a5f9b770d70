/** Constant, three channels, their squares. */
const TERMS = 7;
const RIDGE = 1e-3;

/** Three (or one) values of a pixel as a function of another's three, each with a weight for every term. */
export type ColourFit = readonly (readonly number[])[];

/**
 * Least squares over the pixels that `counts`: what brightness, contrast, a cast, saturation or a conversion to grey make of a picture. Both are three
 * bytes a pixel.
 */
export function fitColours(from: Uint8Array, to: Uint8Array, counts: (pixel: number) => boolean, stride: number): ColourFit {
  const normal = Array.from({ length: TERMS }, () => new Float64Array(TERMS));
  const right = Array.from({ length: 3 }, () => new Float64Array(TERMS));
  const terms = new Float64Array(TERMS);
  for (let pixel = 0; pixel < from.length / 3; pixel += stride) {
    if (!counts(pixel)) continue;
    termsOf(from, pixel, terms);
    for (let row = 0; row < TERMS; row += 1) {
      const term = terms[row] ?? 0;
      const line = normal[row];
      for (let column = 0; line && column < TERMS; column += 1) line[column] = (line[column] ?? 0) + term * (terms[column] ?? 0);
      for (let channel = 0; channel < 3; channel += 1) {
        const sums = right[channel];
        if (sums) sums[row] = (sums[row] ?? 0) + term * ((to[pixel * 3 + channel] ?? 0) / 255);
      }
    }
  }
  return right.map((sums) => solve(normal, sums));
}

/** Puts what the fit expects of a pixel, 0 to 255, into three places from `at` on. */
export function expected(fit: ColourFit, from: Uint8Array, pixel: number, into: Float32Array, at: number): void {
  const terms = SCRATCH;
  termsOf(from, pixel, terms);
  for (let channel = 0; channel < 3; channel += 1) {
    const weights = fit[channel];
    let sum = 0;
    for (let term = 0; weights && term < TERMS; term += 1) sum += (weights[term] ?? 0) * (terms[term] ?? 0);
    into[at + channel] = Math.min(255, Math.max(0, sum * 255));
  }
}

const SCRATCH = new Float64Array(TERMS);

function termsOf(from: Uint8Array, pixel: number, into: Float64Array): void {
  into[0] = 1;
  for (let channel = 0; channel < 3; channel += 1) {
    const value = (from[pixel * 3 + channel] ?? 0) / 255;
    into[1 + channel] = value;
    into[4 + channel] = value * value;
  }
}

/** Gauss with pivots; a ridge keeps a picture of one colour solvable. */
function solve(normal: readonly Float64Array[], right: Float64Array): readonly number[] {
  const rows = normal.map((row, at) => [...row.map((value, column) => (column === at ? value + RIDGE : value)), right[at] ?? 0]);
  for (let at = 0; at < TERMS; at += 1) {
    const pivot = rows.reduce(
      (best, row, index) => (index >= at && Math.abs(row[at] ?? 0) > Math.abs(rows[best]?.[at] ?? 0) ? index : best),
      at,
    );
    const [current, chosen] = [rows[at], rows[pivot]];
    if (!current || !chosen) continue;
    [rows[at], rows[pivot]] = [chosen, current];
    const lead = chosen[at] ?? 1;
    for (const row of rows) {
      if (row === chosen) continue;
      const factor = (row[at] ?? 0) / lead;
      for (let column = at; column <= TERMS; column += 1) row[column] = (row[column] ?? 0) - factor * (chosen[column] ?? 0);
    }
  }
  return rows.map((row, at) => (row[TERMS] ?? 0) / (row[at] ?? 1));
}
