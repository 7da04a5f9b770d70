import type { Refusal } from '@imprimatur/kernel';
import type { PictureLimits } from './picture.types.js';

export type PictureRefusalCode =
  'PICTURE_FORMAT_UNSUPPORTED' | 'PICTURE_TOO_LARGE' | 'PICTURE_TOO_MANY_PIXELS' | 'PICTURE_UNREADABLE' | 'PICTURE_ANIMATED';
export type PictureRefusal = Refusal<PictureRefusalCode>;

const ACCEPTED = 'Save it as JPEG, PNG, WebP, AVIF or TIFF.';

export function formatUnsupported(found: string): PictureRefusal {
  return { code: 'PICTURE_FORMAT_UNSUPPORTED', message: `The file is ${found}, which is not accepted here.`, remedy: ACCEPTED };
}

export function tooLarge(sizeBytes: number, { bytesMax }: PictureLimits): PictureRefusal {
  return {
    code: 'PICTURE_TOO_LARGE',
    message: `The file has ${sizeBytes} bytes; at most ${bytesMax} are accepted.`,
    remedy: 'Compress it more, or scale it down.',
  };
}

export function tooManyPixels(width: number, height: number, { pixelsMax }: PictureLimits): PictureRefusal {
  return {
    code: 'PICTURE_TOO_MANY_PIXELS',
    message: `The picture has ${width} x ${height} pixels; at most ${pixelsMax} are accepted.`,
    remedy: 'Scale it down.',
  };
}

export function unreadable(why: 'broken' | 'slow' | 'empty'): PictureRefusal {
  const words = {
    broken: 'The file is damaged or incomplete: it does not decode to the end.',
    slow: 'The picture could not be decoded in the time allowed.',
    empty: 'The file is empty.',
  };
  return { code: 'PICTURE_UNREADABLE', message: words[why], remedy: 'Open it in an image editor and save it anew.' };
}

export function animated(): PictureRefusal {
  return {
    code: 'PICTURE_ANIMATED',
    message: 'The file holds several frames or pages; only one picture can be governed at a time.',
    remedy: 'Save the frame or page that you mean as a file of its own.',
  };
}
