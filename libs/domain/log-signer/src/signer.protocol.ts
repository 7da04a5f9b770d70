import { z } from 'zod';
import { installationOrigin } from '@imprimatur/formats/ledger';
import type { Checkpoint } from '@imprimatur/formats/merkle';

/** A batch of signatures, and what one call may ask about. */
export const CHECKPOINTS_MAX = 32;
export const ORIGINS_MAX = 1_000;
/** Of a request. */
export const BODY_BYTES_MAX = 1024 * 1024;
const NAME_LENGTH_MAX = 255;
const NOTE_LENGTH_MAX = 64 * 1024;
const PROOF_LENGTH_MAX = 128;
const HASH_TEXT = /^[A-Za-z0-9+/]{43}=$/;

const origin = z
  .string()
  .max(NAME_LENGTH_MAX)
  .regex(/^[^\s+\p{Cc}]+$/u, 'no origin')
  .refine((text) => installationOrigin(text) !== null, 'no origin of a log of an installation');
const installation = z
  .string()
  .max(NAME_LENGTH_MAX)
  .regex(/^[^\s+\p{Cc}/][^\s+\p{Cc}]*\/[^\s+\p{Cc}/]+$/u, 'no <name>/<installation>');
const size = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const hash = z.string().regex(HASH_TEXT, '32 bytes in base64').transform(bytesOf);
const head = z.strictObject({ origin, size, root: hash });
const origins = z.strictObject({ origins: z.array(origin).max(ORIGINS_MAX) });
const vkeys = z.strictObject({ vkeys: z.array(z.array(z.string()).min(1)) });

/** What the signer's process answers, each by POST to its path with a JSON body: nothing else can be asked of it. */
export const REQUESTS = {
  /** One proof for each checkpoint, from the tree of `oldSize` entries that the caller takes for the last one (C2SP tlog-witness asks in the same way). */
  '/sign': z.strictObject({
    checkpoints: z
      .array(head.extend({ oldSize: size, proof: z.array(hash).max(PROOF_LENGTH_MAX) }))
      .min(1)
      .max(CHECKPOINTS_MAX),
  }),
  '/vkeys': origins,
  '/pin': origins,
  '/standings': origins,
  '/remembered': z.strictObject({}),
  '/retire': z.strictObject({ installation, successor: installation }),
  '/successors': z.strictObject({ installation }),
  '/has-signed': z.strictObject({ note: z.string().max(NOTE_LENGTH_MAX) }),
} as const;

/** The answers with status 200, in the order of what was asked. */
export const ANSWERS = {
  '/sign': z.strictObject({
    answers: z.array(
      z.union([
        z.strictObject({ note: z.string() }),
        z.strictObject({ refused: z.string() }),
        // something else was signed last than `oldSize` says: prove from this
        z.strictObject({ last: head.nullable() }),
      ]),
    ),
  }),
  '/vkeys': vkeys,
  '/pin': vkeys,
  '/standings': z.strictObject({ standings: z.array(z.strictObject({ last: head.nullable(), successor: z.string().nullable() })) }),
  '/remembered': z.strictObject({ heads: z.array(head) }),
  '/retire': z.strictObject({}),
  '/successors': z.strictObject({ successors: z.array(z.string()) }),
  '/has-signed': z.strictObject({ hasSigned: z.boolean() }),
} as const;

/** With any other status. */
export const REFUSAL = z.object({ code: z.string(), message: z.string(), retryable: z.boolean() });

export type Operation = keyof typeof REQUESTS;
/** As it is written: bytes are base64. */
export type RequestText<O extends Operation> = z.input<(typeof REQUESTS)[O]>;
export type AnswerText<O extends Operation> = z.input<(typeof ANSWERS)[O]>;
/** As it is read. */
export type Request<O extends Operation> = z.output<(typeof REQUESTS)[O]>;
export type Answer<O extends Operation> = z.output<(typeof ANSWERS)[O]>;

export function isOperation(path: string): path is Operation {
  return Object.hasOwn(REQUESTS, path);
}

export function headText({ origin, size, root }: Checkpoint): { origin: string; size: number; root: string } {
  return { origin, size, root: hashText(root) };
}

export function hashText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

/** One spelling only: base64 whose last letter has bits beyond the 32 bytes is refused. */
function bytesOf(text: string, context: z.RefinementCtx): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') === text) return bytes;
  context.addIssue({ code: 'custom', message: '32 bytes in base64' });
  return z.NEVER;
}
