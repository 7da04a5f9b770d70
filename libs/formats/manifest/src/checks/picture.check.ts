import type { BoundPixels, ExportBinding } from '../binding.format.js';
import type { Check, CheckOutcome } from '../report.types.js';
import type { ManifestFormat } from '../vocabulary.js';

/** What was found in the file itself. */
export interface PictureFacts {
  readonly format: ManifestFormat;
  /** SHA-256 of the file without its manifest, hex, as the validated data hash says it; null where the format has no such hash. */
  readonly dataSha256: string | null;
  /** Null: it does not decode here. */
  readonly pixels: BoundPixels | null;
}

/** In these formats the manifest is inserted in one piece, so that the rest of the file is the file before it was signed. */
const INSERTED_WHOLE: readonly ManifestFormat[] = ['jpeg', 'png'];
const ANOTHER = 'This receipt speaks of another picture';

/** Whether the entry `export.rendered` speaks of this very picture. */
export function checkPicture({ format, unsignedSha256, pixels: bound }: ExportBinding, found: PictureFacts): Check {
  if (format !== found.format) return told('bad', `${ANOTHER}: of a ${format} file, not a ${found.format} one.`, 'picture.format');
  const wholeFile = INSERTED_WHOLE.includes(format);
  if (wholeFile && found.dataSha256 !== null && found.dataSha256 !== unsignedSha256) {
    return told('bad', `${ANOTHER}: the file without its manifest is not the file that was recorded.`, 'picture.file');
  }
  const fileAgrees = wholeFile && found.dataSha256 === unsignedSha256;
  const { pixels } = found;
  const pixelsAgree = pixels !== null && samePixels(pixels, bound);
  if (pixels !== null && !pixelsAgree && (pixels.decoder === bound.decoder || differentSize(pixels, bound))) {
    return told('bad', `${ANOTHER}: its decoded pixels are not those that were recorded.`, 'picture.pixels');
  }
  if (fileAgrees && pixelsAgree)
    return told('good', 'Both receipts speak of this picture: its file without the manifest and its decoded pixels are those recorded.');
  if (fileAgrees)
    return told(
      'good',
      'Both receipts speak of this picture: its file without the manifest is the one recorded. Pixels were not compared, for want of the same decoder.',
    );
  if (pixelsAgree) return told('good', 'Both receipts speak of this picture: its decoded pixels are those recorded.');
  const why = pixels === null ? 'it does not decode here' : `it was recorded with ${bound.decoder}, and this check has ${pixels.decoder}`;
  return told('unknown', `Whether the receipts speak of this picture could not be compared: ${why}.`, 'picture.decoder');
}

function samePixels(found: BoundPixels, bound: BoundPixels): boolean {
  return found.sha256 === bound.sha256 && !differentSize(found, bound);
}

function differentSize(found: BoundPixels, bound: BoundPixels): boolean {
  return found.width !== bound.width || found.height !== bound.height;
}

function told(outcome: CheckOutcome, words: string, code?: string): Check {
  return { name: 'picture', outcome, words, codes: code === undefined ? [] : [code] };
}
