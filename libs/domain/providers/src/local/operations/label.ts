import { createRequire } from 'node:module';
import type { Raster } from '@imprimatur/platform/images';
import sharp from 'sharp';
import type { Position } from '../../operation.types.js';
import { type Bounds, layOver } from './blend.js';

/** Ships with the project, so that the same label has the same pixels on every machine, also on one without fonts. */
const FONT_FILE = createRequire(__filename).resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf');
const FONT = 'DejaVu Sans Bold';
/** Of the shorter side, between the label and the edges. */
const MARGIN_SHARE = 0.04;
const WIDTH_SHARE_MAX = 0.92;
const SIZE_MIN_PX = 4;

export interface Label {
  readonly text: string;
  readonly position: Position;
  /** `#rrggbb`; null: black or white, whichever stands out. */
  readonly colour: string | null;
  readonly sizePermille: number;
}

/** One line of text inside `room`, made smaller if it would not fit. */
export async function writeLabel(raster: Raster, label: Label, room: Bounds): Promise<Raster> {
  const sizePx = Math.max(SIZE_MIN_PX, Math.round((room.height * label.sizePermille) / 1000));
  const shape = await fitted(label.text, sizePx, room.width * WIDTH_SHARE_MAX);
  const margin = Math.round(Math.min(room.width, room.height) * MARGIN_SHARE);
  const left = room.left + placed(sideOf(label.position, 'left', 'right'), room.width, shape.width, margin);
  const top = room.top + placed(sideOf(label.position, 'top', 'bottom'), room.height, shape.height, margin);
  const colour = label.colour ?? (isLight(raster, { left, top, width: shape.width, height: shape.height }) ? '#000000' : '#ffffff');
  return layOver(raster, inColour(shape, colour), left, top);
}

/** -1 at the first of the sides, 1 at the second, 0 between. */
function sideOf(position: Position, first: string, second: string): -1 | 0 | 1 {
  const words = position.split('-');
  return words.includes(first) ? -1 : words.includes(second) ? 1 : 0;
}

function placed(side: -1 | 0 | 1, room: number, size: number, margin: number): number {
  if (side === 0) return Math.round((room - size) / 2);
  return side < 0 ? margin : room - size - margin;
}

async function fitted(text: string, sizePx: number, widthMax: number): Promise<Raster> {
  const shape = await drawText(text, sizePx);
  if (shape.width <= widthMax || sizePx <= SIZE_MIN_PX) return shape;
  return drawText(text, Math.max(SIZE_MIN_PX, Math.floor((sizePx * widthMax) / shape.width)));
}

async function drawText(text: string, sizePx: number): Promise<Raster> {
  const escaped = text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  // at 72 dots per inch a point is a pixel
  const drawing = sharp({ text: { text: escaped, font: `${FONT} ${sizePx}`, fontfile: FONT_FILE, dpi: 72, rgba: true } });
  const { data, info } = await drawing.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: 4 };
}

function inColour(shape: Raster, colour: string): Raster {
  const value = Number.parseInt(colour.slice(1), 16);
  const data = Uint8Array.from(shape.data);
  for (let at = 0; at < data.length; at += 4) data.set([(value >> 16) & 255, (value >> 8) & 255, value & 255], at);
  return { ...shape, data };
}

/** Mean luminance of what the label will cover, above the middle. */
function isLight({ data, width, height, channels }: Raster, { left, top, width: w, height: h }: Bounds): boolean {
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, top); y < Math.min(height, top + h); y += 1) {
    for (let x = Math.max(0, left); x < Math.min(width, left + w); x += 1) {
      const at = (y * width + x) * channels;
      sum += 0.2126 * (data[at] ?? 0) + 0.7152 * (data[at + 1] ?? 0) + 0.0722 * (data[at + 2] ?? 0);
      count += 1;
    }
  }
  return count > 0 && sum / count > 127;
}
