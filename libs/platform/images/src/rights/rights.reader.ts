import readExif from 'exif-reader';
import type { Metadata } from 'sharp';
import type { PictureRights } from '../picture.types.js';
import { readIptc } from './iptc.reader.js';
import { XmpReader } from './xmp.reader.js';
import { XMP } from './xmp.vocabulary.js';

const FIELD_CHARS_MAX = 2_000;

/** What the file says about its own rights, from all three places. Never throws: metadata that cannot be read says nothing. */
export function readRights(header: Pick<Metadata, 'exif' | 'iptc' | 'xmp'>): PictureRights {
  const xmp = new XmpReader(header.xmp ? new TextDecoder().decode(header.xmp) : '');
  const iptc = header.iptc ? readIptc(header.iptc) : {};
  const exif = header.exif ? exifText(header.exif) : {};
  const first = (...values: (string | null | undefined)[]): string | null => {
    const value = values.map((each) => (each ? tidy(each) : '')).find((each) => each !== '');
    return value ?? null;
  };
  return {
    creator: first(xmp.read(XMP.creator), iptc.creator, exif.Artist),
    credit: first(xmp.read(XMP.credit), iptc.credit),
    copyright: first(xmp.read(XMP.copyright), iptc.copyright, exif.Copyright),
    usageTerms: first(xmp.read(XMP.usageTerms)),
    digitalSourceType: first(xmp.read(XMP.digitalSourceType)),
    description: first(xmp.read(XMP.description), iptc.description, exif.ImageDescription),
    dataMining: first(xmp.read(XMP.dataMining)),
  };
}

function exifText(block: Buffer): Readonly<Record<string, string>> {
  try {
    const image: Readonly<Record<string, unknown>> = readExif(block).Image ?? {};
    return Object.fromEntries(Object.entries(image).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
  } catch {
    // the library throws whatever it likes at a broken block, and a broken block has nothing to say
    return {};
  }
}

/** Without control characters and lone surrogates, so that it can be stored as JSON and shown. */
function tidy(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, FIELD_CHARS_MAX)
    .toWellFormed();
}
