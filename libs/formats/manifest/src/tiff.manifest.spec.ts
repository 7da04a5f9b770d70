import { isManifestOfTiff } from './tiff.manifest';

const MANIFEST_AT = 64;
const MANIFEST_LENGTH = 500;
const COUNT_AT = 8 + 2 + 4;

/** One directory at 8 with one entry: the manifest's. */
function tiff(little: boolean, tag = 0xcd41): Uint8Array {
  const view = new DataView(new ArrayBuffer(1024));
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, 1, little);
  view.setUint16(10, tag, little);
  view.setUint16(12, 7, little);
  view.setUint32(COUNT_AT, MANIFEST_LENGTH, little);
  view.setUint32(COUNT_AT + 4, MANIFEST_AT, little);
  return new Uint8Array(view.buffer);
}

const count = { start: COUNT_AT, length: 4 };
const manifest = { start: MANIFEST_AT, length: MANIFEST_LENGTH };

describe('what a TIFF may leave out of its hash', () => {
  it.each([true, false])('is its manifest and the length of it (little endian: %s)', (little) => {
    expect(isManifestOfTiff(tiff(little), [count, manifest])).toBe(true);
    expect(isManifestOfTiff(tiff(little), [manifest, count])).toBe(true);
  });

  it.each([
    ['another place beside them', tiff(true), [count, manifest, { start: 900, length: 4 }]],
    ['four bytes elsewhere', tiff(true), [{ start: 900, length: 4 }, manifest]],
    ['more than the length', tiff(true), [{ ...count, length: 8 }, manifest]],
    ['more than the manifest', tiff(true), [count, { ...manifest, length: MANIFEST_LENGTH + 1 }]],
    ['the same twice', tiff(true), [count, count]],
    ['anything, without an entry of the manifest', tiff(true, 0x0100), [count, manifest]],
    ['anything, in a file that ends too soon', tiff(true).subarray(0, 16), [count, manifest]],
    ['anything, in what is no TIFF', new Uint8Array(100), [count, manifest]],
  ])('is not %s', (_what, bytes, exclusions) => {
    expect(isManifestOfTiff(bytes, exclusions)).toBe(false);
  });

  it('does not follow directories in a circle', () => {
    const circle = tiff(true, 0x0100);
    new DataView(circle.buffer).setUint32(8 + 2 + 12, 8, true);
    expect(isManifestOfTiff(circle, [count, manifest])).toBe(false);
  });
});
