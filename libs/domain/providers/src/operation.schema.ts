import { z } from 'zod';
import type { Operation } from './operation.types.js';

const permille = z.number().int().min(0).max(1000);
const box = z
  .strictObject({ left: permille, top: permille, width: permille.min(1), height: permille.min(1) })
  .refine(({ left, top, width, height }) => left + width <= 1000 && top + height <= 1000, 'reaches beyond the picture');
const area = box.nullable();
const percent = z.number().int().min(-100).max(100);
const share = z.number().int().min(1).max(100);
const pixels = z.number().int().min(0).max(65_535);
const side = z.number().int().min(1).max(65_535);
const colour = z.string().regex(/^#[0-9a-f]{6}$/);
const target = z.string().max(2_000).nullable();
const position = z.enum(['top-left', 'top', 'top-right', 'left', 'centre', 'right', 'bottom-left', 'bottom', 'bottom-right']);

const cropTo = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('box'), box }),
  z.strictObject({ kind: z.literal('pixels'), left: pixels, top: pixels, width: side, height: side }),
  z.strictObject({ kind: z.literal('aspect'), width: side, height: side }),
  z.strictObject({ kind: z.literal('size'), width: side, height: side }),
  z.strictObject({ kind: z.literal('mask') }),
]);
const resizeTo = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('scale'), percent: z.number().int().min(1).max(400) }),
  z
    .strictObject({ kind: z.literal('size'), width: side.nullable(), height: side.nullable(), stretch: z.boolean() })
    .refine(({ width, height }) => width !== null || height !== null, 'names no side'),
]);

const operation = z.discriminatedUnion('operation', [
  z.strictObject({ operation: z.enum(['brightness', 'contrast', 'saturation', 'temperature']), amountPercent: percent, area }),
  z.strictObject({ operation: z.literal('hue'), degrees: z.number().int().min(-180).max(180), area }),
  z.strictObject({ operation: z.literal('black-and-white'), area }),
  z.strictObject({ operation: z.literal('recolour'), colour, target, area }),
  z.strictObject({ operation: z.literal('blur'), amountPercent: share, radiusPixels: z.number().int().min(1).max(200).nullable(), area }),
  z.strictObject({ operation: z.literal('sharpen'), amountPercent: share, area }),
  z.strictObject({ operation: z.literal('rotate'), centidegrees: z.number().int().min(-18_000).max(18_000) }),
  z.strictObject({ operation: z.literal('flip'), axis: z.enum(['horizontal', 'vertical']) }),
  z.strictObject({ operation: z.literal('crop'), to: cropTo }),
  z.strictObject({ operation: z.literal('resize'), to: resizeTo }),
  z.strictObject({ operation: z.literal('flatten'), background: colour }),
  z.strictObject({
    operation: z.literal('text'),
    text: z.string().min(1).max(200),
    position,
    colour: colour.nullable(),
    sizePermille: z.number().int().min(10).max(900),
  }),
  z.strictObject({ operation: z.literal('erase'), target, area }),
]);
const operations = z.array(operation).max(50);

/** Operations as they were stored or sent; null when `json` is not such a list. */
export function readOperations(json: unknown): readonly Operation[] | null {
  const parsed = operations.safeParse(json);
  return parsed.success ? parsed.data : null;
}
