import type { PictureFormat } from './picture.types.js';

/** What the first bytes say. `unsupported` carries words for a person: 'an SVG drawing'. */
export type Sniffed = { readonly format: PictureFormat; readonly animated: boolean } | { readonly unsupported: string };

const text = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
const begins = (bytes: Uint8Array, magic: string, at = 0): boolean => text(bytes, at, at + magic.length) === magic;

interface Magic {
  readonly magic: string;
  readonly at?: number;
  readonly is: (bytes: Uint8Array) => Sniffed;
}

const picture =
  (format: PictureFormat, isAnimated: (bytes: Uint8Array) => boolean = () => false) =>
  (bytes: Uint8Array): Sniffed => ({ format, animated: isAnimated(bytes) });
const refused = (unsupported: string) => (): Sniffed => ({ unsupported });

/** The first that fits decides; what fits none is refused. File names and media types are never asked. */
const MAGICS: readonly Magic[] = [
  { magic: '\xff\xd8\xff', is: picture('jpeg') },
  { magic: '\x89PNG\r\n\x1a\n', is: picture('png', hasAnimationChunk) },
  {
    magic: 'WEBP',
    at: 8,
    is: (bytes) => (begins(bytes, 'RIFF') ? picture('webp', isAnimatedWebp)(bytes) : { unsupported: 'of an unknown format' }),
  },
  { magic: 'ftyp', at: 4, is: sniffIsoMedia },
  {
    magic: 'CR',
    at: 8,
    is: (bytes) => (begins(bytes, 'II*\0') ? { unsupported: 'a camera raw file' } : { unsupported: 'of an unknown format' }),
  },
  { magic: 'II*\0', is: picture('tiff') },
  { magic: 'MM\0*', is: picture('tiff') },
  { magic: 'II+\0', is: picture('tiff') },
  { magic: 'MM\0+', is: picture('tiff') },
  { magic: 'GIF8', is: refused('a GIF') },
  { magic: '%PDF', is: refused('a PDF document') },
  { magic: '%!PS', is: refused('a PostScript document') },
  { magic: '8BPS', is: refused('a Photoshop document') },
  { magic: 'BM', is: refused('a Windows bitmap') },
  { magic: '\0\0\x01\0', is: refused('an icon') },
  { magic: '\xff\x0a', is: refused('JPEG XL') },
  { magic: '\0\0\0\x0cJXL ', is: refused('JPEG XL') },
  { magic: '\0\0\0\x0cjP  ', is: refused('JPEG 2000') },
  { magic: 'PK\x03\x04', is: refused('an archive') },
];

/** Decides by the bytes alone. Reads at most the PNG chunk headers before the first pixel. */
export function sniffPicture(bytes: Uint8Array): Sniffed {
  const known = MAGICS.find(({ magic, at }) => begins(bytes, magic, at));
  if (known) return known.is(bytes);
  const start = text(bytes, 0, 512)
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  return { unsupported: start.startsWith('<') ? 'an SVG drawing or another XML document' : 'of an unknown format' };
}

function sniffIsoMedia(bytes: Uint8Array): Sniffed {
  const size = ((bytes[0] ?? 0) << 24) | ((bytes[1] ?? 0) << 16) | ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
  const end = Math.min(size, bytes.length, 256);
  const brands = [text(bytes, 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(text(bytes, at, at + 4));
  if (brands[0] === 'avis') return { format: 'avif', animated: true };
  if (brands.includes('avif')) return { format: 'avif', animated: false };
  if (brands.some((brand) => /^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand))) return { unsupported: 'HEIC' };
  return { unsupported: 'a video or another media container' };
}

/** VP8X with the animation flag. */
function isAnimatedWebp(bytes: Uint8Array): boolean {
  return begins(bytes, 'VP8X', 12) && ((bytes[20] ?? 0) & 0x02) !== 0;
}

/** An `acTL` chunk before the first `IDAT` makes a PNG an APNG, whose other frames a decoder would silently leave out. */
function hasAnimationChunk(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    if (begins(bytes, 'acTL', at + 4)) return true;
    if (begins(bytes, 'IDAT', at + 4)) return false;
  }
  return false;
}
