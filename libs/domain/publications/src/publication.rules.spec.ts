import { newId } from '@imprimatur/kernel';
import { isSameFile, publicationRefusal } from './publication.rules';
import type { NewPublication } from './publication.types';

const NOW = new Date('2026-03-01T12:00:00Z');
const WISH: NewPublication = { channel: 'web', url: 'https://shop.example/a.jpg', publishedAt: NOW, sha256: null };
const digest = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

describe('registering a publication', () => {
  it.each([
    [null, {}],
    [null, { url: 'http://shop.example', sha256: digest(1) }],
    [null, { publishedAt: new Date(NOW.getTime() + 60_000) }],
    ['channel', { channel: 'The Web' }],
    ['address', { url: 'ftp://shop.example' }],
    ['address', { url: 'https://me:secret@shop.example' }],
    ['address', { url: 'shop' }],
    ['address', { url: `https://shop.example/${'a'.repeat(2000)}` }],
    ['time', { publishedAt: new Date(NOW.getTime() + 3_600_000) }],
    ['time', { publishedAt: new Date(Number.NaN) }],
    ['digest', { sha256: new Uint8Array(20) }],
  ])('names what is wrong: %s with %j', (what, more) => {
    const refused = publicationRefusal({ ...WISH, ...more }, NOW);
    expect(refused?.message ?? null).toBe(what && `The ${what} of the publication is not usable.`);
  });
});

it.each([
  [true, digest(1), digest(1)],
  [false, digest(1), digest(2)],
  [null, null, digest(1)],
  [null, digest(1), null],
])('says %s of whether it is the same file', (same, signed, published) =>
  expect(isSameFile({ export: newId('export'), sha256: signed }, published)).toBe(same),
);
