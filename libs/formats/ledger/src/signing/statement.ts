import { canonicalBytes, canonicalJson, type JsonObject, type Sha256, toHex, utf8 } from '@imprimatur/kernel';

/** What a person can put their own signature to, and the type of the entry that then carries it. */
export const SIGNED_TYPES = {
  'policy.activate': 'bundle.activated',
  'policy.canary': 'bundle.canaried',
  'policy.roll-back': 'bundle.rolled-back',
  'exception.approve': 'exception.approved',
  'exception.review': 'exception.reviewed',
  'grant.confirm': 'role.granted',
  'task.decide': 'task.decided',
  'credential.enrol': 'credential.enrolled',
  'credential.revoke': 'credential.revoked',
} as const;
export type StatementKind = keyof typeof SIGNED_TYPES;

/** What is decided, before anybody signs it. */
export interface Matter {
  readonly kind: StatementKind;
  /** Id (UUID) of what is decided on. */
  readonly object: string;
  /** Hex SHA-256 of exactly what was looked at; null: there is nothing to look at. */
  readonly content: string | null;
  /** Hex hash of the policy bundle under which it is decided; null: none counts here. */
  readonly bundle: string | null;
  readonly outcome: string;
  /** Code of the reason, where the decision has one. */
  readonly code: string | null;
  /** Why, in words. Only their digest is in the statement. */
  readonly reason: string | null;
  /** `termsDigest` of what comes with the decision; left out where nothing does. */
  readonly terms?: string;
}

/** What comes with a decision about a task, beside its outcome. */
export interface Terms {
  readonly conditions: readonly { readonly code: string; readonly text: string; readonly channels: readonly string[] }[];
  /** Where it is passed on to; null: none is named. */
  readonly queue: string | null;
  readonly pins: readonly { readonly x: number; readonly y: number; readonly text: string }[];
}

/** Who signs, and what makes this statement unlike every other one. */
export interface Signing {
  readonly tenant: string;
  /** The signer's pseudonym, as in `actor.ref` of the entry. */
  readonly actor: string;
  /** base64url of 32 random bytes: the digest of a statement tells nobody what it says. */
  readonly nonce: string;
  /** RFC 3339, when the statement was drawn up. */
  readonly at: string;
}

/** Hex SHA-256 of the terms' canonical JSON, in the order in which they were given; null: there are none. */
export function termsDigest(sha256: Sha256, { conditions, queue, pins }: Terms): string | null {
  if (conditions.length === 0 && queue === null && pins.length === 0) return null;
  const terms = {
    conditions: conditions.map(({ code, text, channels }) => ({ code, text: text.trim(), channels: [...channels] })),
    queue,
    pins: pins.map(({ x, y, text }) => ({ x, y, text: text.trim() })),
  };
  return toHex(sha256(canonicalBytes(terms)));
}

/**
 * Canonical JSON of a statement, v1; the SHA-256 of its UTF-8 bytes is the challenge that the authenticator signs. The text is a sealed part
 * of the entry, `statement`; the digest stands in the entry itself, as `signature.over`.
 */
export function statementText(sha256: Sha256, { reason, ...matter }: Matter, signing: Signing): string {
  const digest = reason === null ? null : toHex(sha256(utf8(reason.trim())));
  return canonicalJson({ v: 1, ...matter, ...signing, reason: digest } satisfies JsonObject);
}
