import type { Raster } from '../picture.types.js';
import { changeSince } from './root.change.js';

const [WIDTH, HEIGHT] = [160, 120];
const FACE = { left: 500, top: 250, width: 200, height: 300 };

/** Blobs of colour on a slope: no part of it is like another. */
function picture(paint: (x: number, y: number) => readonly [number, number, number] | null = () => null): Raster {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  const wave = (x: number, y: number, a: number, b: number, c: number): number =>
    Math.sin(x / a + Math.sin(y / b) * 2 + c) * Math.cos(y / (a + 3) - x / (b * 4));
  for (let y = 0; y < HEIGHT; y += 1)
    for (let x = 0; x < WIDTH; x += 1) {
      const made = paint(x, y) ?? [120 + 90 * wave(x, y, 9, 13, 0), 110 + 80 * wave(x, y, 11, 7, 2), 100 + 70 * wave(x, y, 15, 10, 4)];
      data.set(made.map(Math.round), (y * WIDTH + x) * 3);
    }
  return { data, width: WIDTH, height: HEIGHT, channels: 3 };
}

function mapped(
  { width, height }: { width: number; height: number },
  from: Raster,
  at: (x: number, y: number) => readonly [number, number],
): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const [left, top] = at(x, y);
      data.set(from.data.subarray((top * from.width + left) * 3, (top * from.width + left) * 3 + 3), (y * width + x) * 3);
    }
  return { data, width, height, channels: 3 };
}

describe('what changed since the upload', () => {
  const root = picture();

  it('is nothing where light, contrast and colour of the whole picture changed', () => {
    const toned = { ...root, data: root.data.map((value, at) => Math.min(255, value * 1.2 + (at % 3 === 0 ? 14 : -9))) };
    const grey = {
      ...root,
      data: root.data.map((_, at) => (root.data[at - (at % 3)] ?? 0) * 0.5 + (root.data[at - (at % 3) + 1] ?? 0) * 0.5),
    };
    expect(changeSince(root, root, [FACE])).toMatchObject({ changedPermille: 0, regions: [{ ...FACE, changedPermille: 0 }] });
    expect(changeSince(root, toned, []).changedPermille).toBeLessThan(30);
    expect(changeSince(root, grey, []).changedPermille).toBeLessThan(150);
  });

  it('is what was painted over, and in which face', () => {
    // over the left half of the face, and nowhere else
    const painted = picture((x, y) => (x >= 80 && x < 96 && y >= 30 && y < 66 ? [250, 20, 20] : null));
    const { changedPermille, regions } = changeSince(root, painted, [FACE, { left: 0, top: 600, width: 200, height: 300 }]);
    expect(changedPermille).toBeGreaterThan(20);
    expect(changedPermille).toBeLessThan(40);
    expect(regions[0]?.changedPermille).toBeGreaterThan(350);
    expect(regions[1]?.changedPermille).toBe(0);
  });

  it('is nothing where the picture was mirrored or turned, and the face is found where it went', () => {
    const mirrored = changeSince(
      root,
      mapped(root, root, (x, y) => [WIDTH - 1 - x, y]),
      [FACE],
    );
    expect(mirrored).toMatchObject({ changedPermille: 0, regions: [{ ...FACE, left: 300, changedPermille: 0 }] });
    // a quarter clockwise: what was on top is on the right
    const turned = changeSince(
      root,
      mapped({ width: HEIGHT, height: WIDTH }, root, (x, y) => [y, HEIGHT - 1 - x]),
      [FACE],
    );
    expect(turned).toMatchObject({ changedPermille: 0, regions: [{ left: 450, top: 500, width: 300, height: 200, changedPermille: 0 }] });
  });

  it('is nothing where the picture was cropped; a face that was cut away is no longer asked about', () => {
    const cropped = mapped({ width: 96, height: 90 }, root, (x, y) => [x + 60, y + 20]);
    const { changedPermille, regions } = changeSince(root, cropped, [FACE, { left: 0, top: 0, width: 200, height: 200 }]);
    expect(changedPermille).toBeLessThan(60);
    expect(regions[1]).toBeNull();
    expect(Math.abs((regions[0]?.left ?? 0) - ((80 - 60) * 1000) / 96)).toBeLessThan(20);
  });

  it('is nothing where a plain sheet has another colour', () => {
    const [blue, red] = [picture(() => [40, 60, 180]), picture(() => [190, 50, 60])];
    expect(changeSince(blue, red, [FACE])).toMatchObject({ changedPermille: 0, regions: [{ ...FACE, changedPermille: 0 }] });
    const written = picture((x, y) => (x > 40 && x < 120 && y > 50 && y < 60 ? [250, 250, 250] : [40, 60, 180]));
    expect(changeSince(blue, written, []).changedPermille).toBeGreaterThan(30);
    expect(changeSince(blue, written, []).changedPermille).toBeLessThan(60);
    // a faint slope, and lines of text that outshine it
    const slope = picture((x) => [100 + x / 20, 110, 120]);
    const printed = picture((x, y) => (y % 20 < 4 && x % 8 < 5 ? [5, 5, 5] : [100 + x / 20, 110, 120]));
    const { changedPermille } = changeSince(slope, printed, []);
    expect(changedPermille).toBeGreaterThan(100);
    expect(changedPermille).toBeLessThan(200);
  });

  it('is everything where nothing of the upload is found again', () => {
    const plain = picture(() => [128, 128, 128]);
    expect(changeSince(root, plain, [FACE])).toMatchObject({
      changedPermille: 1000,
      likenessPermille: 0,
      regions: [{ changedPermille: 1000 }],
    });
    const other = picture((x, y) => [(x * 37 + y * y * 11) % 256, (x * x * 7 + y * 53) % 256, (x * y * 29) % 256]);
    expect(changeSince(root, other, []).changedPermille).toBe(1000);
  });
});
