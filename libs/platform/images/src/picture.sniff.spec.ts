import fc from 'fast-check';
import { sniffPicture } from './picture.sniff';

const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const chunk = (type: string, size = 0): string => `\0\0\0${String.fromCharCode(size)}${type}${'x'.repeat(size)}crc_`;
const png = (...chunks: string[]): Uint8Array => latin1(`\x89PNG\r\n\x1a\n${chunks.join('')}`);

describe('sniffing a picture', () => {
  it.each([
    ['JPEG', latin1('\xff\xd8\xff\xe0rest'), { format: 'jpeg', animated: false }],
    ['PNG', png(chunk('IHDR', 13), chunk('IDAT')), { format: 'png', animated: false }],
    ['APNG', png(chunk('IHDR', 13), chunk('acTL', 8), chunk('IDAT')), { format: 'png', animated: true }],
    ['WebP', latin1('RIFF\0\0\0\0WEBPVP8 '), { format: 'webp', animated: false }],
    ['animated WebP', latin1('RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02'), { format: 'webp', animated: true }],
    ['AVIF', latin1('\0\0\0\x18ftypavif\0\0\0\0mif1miaf'), { format: 'avif', animated: false }],
    ['AVIF as a compatible brand', latin1('\0\0\0\x18ftypmif1\0\0\0\0avifmiaf'), { format: 'avif', animated: false }],
    ['AVIF sequence', latin1('\0\0\0\x18ftypavis\0\0\0\0avifmiaf'), { format: 'avif', animated: true }],
    ['TIFF, little-endian', latin1('II*\0\x08\0\0\0rest'), { format: 'tiff', animated: false }],
    ['TIFF, big-endian', latin1('MM\0*\0\0\0\x08rest'), { format: 'tiff', animated: false }],
  ])('knows %s', (_name, bytes, expected) => expect(sniffPicture(bytes)).toEqual(expected));

  it.each([
    ['GIF', 'GIF89a', 'a GIF'],
    ['SVG', '  <svg xmlns="http://www.w3.org/2000/svg"/>', 'an SVG drawing or another XML document'],
    ['SVG with a byte order mark', '\xef\xbb\xbf<?xml version="1.0"?><svg/>', 'an SVG drawing or another XML document'],
    ['PDF', '%PDF-1.7', 'a PDF document'],
    ['HEIC', '\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'HEIC'],
    ['MP4', '\0\0\0\x18ftypisom\0\0\0\0isommp42', 'a video or another media container'],
    ['PSD', '8BPS', 'a Photoshop document'],
    ['BMP', 'BM....', 'a Windows bitmap'],
    ['ZIP', 'PK\x03\x04', 'an archive'],
    ['camera raw', 'II*\0\x10\0\0\0CR\x02\0', 'a camera raw file'],
    ['a sound in RIFF', 'RIFF\0\0\0\0WAVEfmt ', 'of an unknown format'],
    ['nothing known', 'hello', 'of an unknown format'],
    ['no bytes', '', 'of an unknown format'],
  ])('names %s and refuses it', (_name, text, found) => expect(sniffPicture(latin1(text))).toEqual({ unsupported: found }));

  it('answers for any bytes', () => {
    const magics = ['\x89PNG\r\n\x1a\n', '\0\0\0\x18ftyp', 'RIFF\0\0\0\0WEBP', '\xff\xd8\xff', ''].map(latin1);
    fc.assert(
      fc.property(fc.constantFrom(...magics), fc.uint8Array({ maxLength: 200 }), (magic, rest) => {
        const sniffed = sniffPicture(Uint8Array.from([...magic, ...rest]));
        expect('format' in sniffed || 'unsupported' in sniffed).toBe(true);
      }),
    );
  });
});
