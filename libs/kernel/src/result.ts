/** An expected 'no': part of the contract, never thrown. Rooms close their own unions over it. */
export interface Refusal<C extends string = string> {
  /** SCREAMING_SNAKE, append-only. */
  readonly code: C;
  /** What was refused and why, in words for a person. No prompt, no name, no secret. */
  readonly message: string;
  /** What the caller can do about it. */
  readonly remedy: string;
}

export type Result<T, R extends Refusal = Refusal> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: R };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function refuse<R extends Refusal>(refusal: R): { readonly ok: false; readonly refusal: R } {
  return { ok: false, refusal };
}

export type NotFound = Refusal<'NOT_FOUND'>;

/** The same answer for what does not exist and for what is another tenant's or not yours to see. */
export function notFound(noun: string): NotFound {
  return {
    code: 'NOT_FOUND',
    message: `No such ${noun}.`,
    remedy: `Check the id; it must name a ${noun} of your tenant that you may see.`,
  };
}

export type Forbidden = Refusal<'FORBIDDEN'>;

export function forbidden(doing: string, remedy: string): Forbidden {
  return { code: 'FORBIDDEN', message: `You may not ${doing}.`, remedy };
}
