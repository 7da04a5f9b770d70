import { createRequire } from 'node:module';
import sharp from 'sharp';
import type { PictureLabel, Raster } from '../picture.types.js';
import { drawGlyph, GLYPHS } from './label.glyphs.js';

/** Ships with the project: the same label has the same pixels on every machine, also on one without fonts. */
const FONT_FILE = createRequire(__filename).resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf');
const FONT = 'DejaVu Sans Bold';
/** Height of its capitals, as a share of its size: what a law calls the height of the characters. */
const CAPITALS = 0.729;
/** Of the height of the letters: around the text, and from the edges of the picture. */
const PADDING = 0.5;
/** How dark the ground is behind the text, 0 to 255. */
const GROUND = 184;
/** Labels that do not fit in one line are broken here. */
const BREAK = ' / ';

/** How much of each pixel is covered, 0 to 255. */
interface Coverage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** The label as it is laid over a picture of that size, and where; null: it does not fit as large as it must be. */
export async function drawLabel(
  { text, heightPermille }: PictureLabel,
  picture: { readonly width: number; readonly height: number },
): Promise<{ readonly overlay: Raster; readonly left: number; readonly top: number } | null> {
  const capitalsPx = Math.ceil((Math.min(picture.width, picture.height) * heightPermille) / 1000) + 1;
  const padding = Math.ceil(capitalsPx * PADDING);
  const room = { width: picture.width - 2 * padding, height: picture.height - 2 * padding };
  for (const lines of [[text], text.split(BREAK), text.split(/\s+/)]) {
    const drawn = await Promise.all(lines.map((line) => drawLine(line, capitalsPx)));
    const overlay = onGround(drawn, padding);
    if (overlay.width <= room.width && overlay.height <= room.height)
      return { overlay, left: padding, top: picture.height - padding - overlay.height };
  }
  return null;
}

/** Runs of Latin letters by the font, the rest stroke by stroke, each in the middle of the line. */
async function drawLine(line: string, capitalsPx: number): Promise<Coverage> {
  const runs = [...line].reduce<string[]>((all, sign) => {
    const last = all.at(-1);
    if (last !== undefined && !(sign in GLYPHS) && !(last in GLYPHS)) return [...all.slice(0, -1), last + sign];
    return [...all, sign];
  }, []);
  const drawn = await Promise.all(
    runs.map((run) => (run in GLYPHS ? square(run, capitalsPx) : drawText(run, Math.ceil(capitalsPx / CAPITALS)))),
  );
  return beside(drawn, Math.ceil(capitalsPx / 6));
}

async function square(sign: string, capitalsPx: number): Promise<Coverage> {
  const sidePx = Math.ceil(capitalsPx * 1.15);
  return { data: drawGlyph(sign, sidePx), width: sidePx, height: sidePx };
}

async function drawText(text: string, sizePx: number): Promise<Coverage> {
  const escaped = text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  // at 72 dots per inch a point is a pixel
  const drawing = sharp({ text: { text: escaped, font: `${FONT} ${sizePx}`, fontfile: FONT_FILE, dpi: 72, rgba: true } });
  const { data, info } = await drawing.raw().toBuffer({ resolveWithObject: true });
  const coverage = new Uint8Array(info.width * info.height);
  for (let at = 0; at < coverage.length; at += 1) coverage[at] = data[at * info.channels + info.channels - 1] ?? 0;
  return { data: coverage, width: info.width, height: info.height };
}

function beside(parts: readonly Coverage[], gap: number): Coverage {
  const width = parts.reduce((sum, part) => sum + part.width, gap * (parts.length - 1));
  const height = Math.max(...parts.map((part) => part.height));
  const data = new Uint8Array(width * height);
  let left = 0;
  for (const part of parts) {
    put(data, width, part, left, Math.round((height - part.height) / 2));
    left += part.width + gap;
  }
  return { data, width, height };
}

/** White on a dark ground that lets a little of the picture through. */
function onGround(lines: readonly Coverage[], padding: number): Raster {
  const width = Math.max(...lines.map((line) => line.width)) + 2 * padding;
  const height = lines.reduce((sum, line) => sum + line.height + padding, padding);
  const coverage = new Uint8Array(width * height);
  let top = padding;
  for (const line of lines) {
    put(coverage, width, line, padding, top);
    top += line.height + padding;
  }
  const data = new Uint8Array(width * height * 4);
  for (const [at, share] of coverage.entries())
    data.set([share, share, share, GROUND + Math.round(((255 - GROUND) * share) / 255)], at * 4);
  return { data, width, height, channels: 4 };
}

function put(into: Uint8Array, width: number, part: Coverage, left: number, top: number): void {
  for (let y = 0; y < part.height; y += 1) into.set(part.data.subarray(y * part.width, (y + 1) * part.width), (top + y) * width + left);
}
