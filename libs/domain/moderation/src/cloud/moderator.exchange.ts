import { exchange, type EgressRequest } from '@imprimatur/platform/egress';
import { z } from 'zod';
import { contentRefused, moderatorRefused, moderatorUnavailable, moderatorWrong } from './moderator.faults.js';

/** A verdict is some kilobytes; more is not one. */
const ANSWER_BYTES_MAX = 1024 * 1024;
/** Statuses that speak of what was sent, not of us or of the engine. */
const ABOUT_CONTENT = new Set([400, 413, 415, 422]);
const BUSY = new Set([408, 425, 429]);

export interface Asked extends Pick<EgressRequest, 'url' | 'headers' | 'body'> {
  /** Of the moderator, for its faults. */
  readonly name: string;
  readonly timeoutMs: number;
  /** Where an engine says more by its answer than by its status; null: the status says it. */
  readonly faultOf?: (status: number, answer: unknown) => Error | null;
}

/**
 * Posts to a moderator and reads its answer as `shape`. Redirects are not followed: whoever sends elsewhere is a proxy on the way, and no engine that
 * judges. Faults name the engine and the status, never what was sent, nor what came back.
 */
export async function ask<Shape extends z.ZodType>(shape: Shape, { name, timeoutMs, faultOf, ...asked }: Asked): Promise<z.output<Shape>> {
  const { status, bytes } = await exchange({
    ...asked,
    method: 'POST',
    timeoutMs,
    bytesMax: ANSWER_BYTES_MAX,
    reach: 'any', // the operator's own endpoint, which may lie in the private network
    keep: true,
  }).catch((cause: unknown) => {
    throw moderatorUnavailable(name, 'cannot be reached', cause);
  });
  const answer = parse(Buffer.from(bytes).toString('utf8'));
  if (status !== 200) throw faultOf?.(status, answer) ?? faultOfStatus(name, status);
  const read = shape.safeParse(answer);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw moderatorWrong(name, `answers what is no verdict: ${issue?.path.join('.') || 'the whole'} is not as agreed`);
}

function faultOfStatus(name: string, status: number): Error {
  if (ABOUT_CONTENT.has(status)) return contentRefused(name, `does not judge this: ${status}`);
  if (status < 400 || status >= 500 || BUSY.has(status)) return moderatorUnavailable(name, `answers ${status}`);
  return moderatorRefused(name, `refuses: ${status}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Path below an endpoint that may itself have one. */
export function below(endpoint: string, path: string): string {
  return `${endpoint.replace(/\/+$/, '')}${path}`;
}
