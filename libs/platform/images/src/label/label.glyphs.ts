/** A character as strokes of a pen: each a line through points, in hundredths of a square cell, from the top left. */
type Strokes = readonly (readonly (readonly [x: number, y: number])[])[];

/** What the Latin font that ships with the project lacks, and labels demand: `made` and `composed`, as the law of China has them. */
export const GLYPHS: Readonly<Record<string, Strokes>> = {
  生: [
    [
      [30, 6],
      [24, 22],
      [10, 42],
    ],
    [
      [24, 28],
      [86, 28],
    ],
    [
      [50, 4],
      [50, 92],
    ],
    [
      [22, 58],
      [80, 58],
    ],
    [
      [8, 92],
      [92, 92],
    ],
  ],
  成: [
    [
      [20, 28],
      [90, 28],
    ],
    [
      [20, 28],
      [19, 62],
      [7, 94],
    ],
    [
      [20, 50],
      [46, 50],
      [44, 76],
      [32, 74],
    ],
    [
      [56, 5],
      [62, 48],
      [78, 84],
      [90, 92],
      [94, 74],
    ],
    [
      [82, 44],
      [70, 72],
      [44, 94],
    ],
    [
      [70, 7],
      [84, 18],
    ],
  ],
  合: [
    [
      [50, 4],
      [34, 26],
      [6, 46],
    ],
    [
      [50, 4],
      [68, 26],
      [94, 46],
    ],
    [
      [32, 46],
      [68, 46],
    ],
    [
      [26, 94],
      [26, 62],
      [74, 62],
      [74, 94],
    ],
    [
      [26, 88],
      [74, 88],
    ],
  ],
};

/** Share of the cell that the pen is wide. */
const PEN = 0.1;

/** How much of each pixel of a square of `sidePx` the character covers, 0 to 255, rows from the top. */
export function drawGlyph(character: string, sidePx: number): Uint8Array {
  const covered = new Uint8Array(sidePx * sidePx);
  const radius = (PEN * sidePx) / 2;
  for (const stroke of GLYPHS[character] ?? []) {
    for (let at = 1; at < stroke.length; at += 1) {
      const [from, to] = [stroke[at - 1], stroke[at]];
      if (from && to) drawSegment(covered, sidePx, from, to, radius);
    }
  }
  return covered;
}

function drawSegment(
  covered: Uint8Array,
  sidePx: number,
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
  radius: number,
): void {
  const scale = sidePx / 100;
  const [ax, ay, bx, by] = [fromX * scale, fromY * scale, toX * scale, toY * scale];
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const bound = (value: number): number => Math.min(sidePx - 1, Math.max(0, Math.floor(value)));
  for (let y = bound(Math.min(ay, by) - radius - 1); y <= bound(Math.max(ay, by) + radius + 1); y += 1) {
    for (let x = bound(Math.min(ax, bx) - radius - 1); x <= bound(Math.max(ax, bx) + radius + 1); x += 1) {
      const [px, py] = [x + 0.5 - ax, y + 0.5 - ay];
      const along = Math.min(1, Math.max(0, (px * dx + py * dy) / length));
      const distance = Math.hypot(px - along * dx, py - along * dy);
      const share = Math.min(1, Math.max(0, radius + 0.5 - distance));
      const cell = y * sidePx + x;
      covered[cell] = Math.max(covered[cell] ?? 0, Math.round(share * 255));
    }
  }
}
