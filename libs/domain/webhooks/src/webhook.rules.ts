import { OCSF_TABLE } from '@imprimatur/formats/ledger';
import { type WebhookRefusal, webhookTypesInvalid, webhookUrlInvalid } from './webhook.refusals.js';
import type { NewWebhook, SendOutcome, Webhook, WebhookKind, WebhookSecret } from './webhook.types.js';

export const WEBHOOKS_MAX = 20;
export const SECRETS_MAX = 5;
/** A replaced secret signs beside the new one for so long. */
export const SECRET_OVERLAP_MS = 24 * 3_600_000;
const URL_CHARS_MAX = 2_000;

/** Nouns that others may be told of. Quarantine cases, known pictures, members and keys are not among them: who knows of those, is named elsewhere. */
const NOUNS = ['asset', 'turn', 'item', 'task', 'version', 'export', 'consent', 'attestation', 'bundle', 'exception', 'terms', 'webhook'];

/** Types of the ledger's events that a webhook can be told of, in the order of the alphabet. */
export const WEBHOOK_TYPES: readonly string[] = NOUNS.flatMap((noun) => {
  const row = Object.hasOwn(OCSF_TABLE, noun) ? OCSF_TABLE[noun] : undefined;
  return Object.keys(row?.did ?? {}).map((did) => `${noun}.${did}`);
}).sort();

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** Waits between two attempts, as Standard Webhooks recommends: ten attempts in a little over three days. */
const WAITS_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];
/** Share of a wait that chance adds, so that what failed together is not tried together. */
const JITTER = 0.1;
const FAILING_MS_MAX = 5 * 24 * HOUR_MS;

/** When the attempt after the `made`th comes; null: that was the last. `chance` is from 0 to 1. */
export function nextAttemptAt(made: number, now: Date, chance: number): Date | null {
  const wait = WAITS_MS[made - 1];
  return wait === undefined ? null : new Date(now.getTime() + Math.round(wait * (1 + JITTER * chance)));
}

/** Any other status, a redirect too, is a failure. */
export function isTaken({ status }: Pick<SendOutcome, 'status'>): boolean {
  return status !== null && status >= 200 && status < 300;
}

/** Why a failure ends the webhook itself; null: it goes on. */
export function disabledBy({ status, at }: Pick<SendOutcome, 'status' | 'at'>, failingSince: Date | null): 'gone' | 'failing' | null {
  if (status === 410) return 'gone';
  return failingSince !== null && at.getTime() - failingSince.getTime() >= FAILING_MS_MAX ? 'failing' : null;
}

/** Those that sign at `now`. */
export function validSecrets(secrets: readonly WebhookSecret[], now: Date): readonly WebhookSecret[] {
  return secrets.filter(({ until }) => until === null || new Date(until) > now);
}

/** The new one first; those that signed alone until now run out. */
export function rotatedSecrets(secrets: readonly WebhookSecret[], secret: string, now: Date): readonly WebhookSecret[] {
  const end = new Date(now.getTime() + SECRET_OVERLAP_MS).toISOString();
  return [{ secret, until: null }, ...validSecrets(secrets, now).map((each) => ({ ...each, until: each.until ?? end }))];
}

/** Why there cannot be such a webhook; null: there can. */
export function wishRefusal({ url, types }: NewWebhook, isDevelopment: boolean): WebhookRefusal | null {
  const refused = urlRefusal(url, isDevelopment);
  if (refused) return refused;
  if (types.length === 0) return webhookTypesInvalid(null);
  const unknown = types.find((type) => !WEBHOOK_TYPES.includes(type));
  return unknown === undefined ? null : webhookTypesInvalid(unknown);
}

function urlRefusal(text: string, isDevelopment: boolean): WebhookRefusal | null {
  if (text.length > URL_CHARS_MAX || !URL.canParse(text)) return webhookUrlInvalid('it is no address');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return webhookUrlInvalid('it carries a password');
  if (isOwnMachine(text)) return isDevelopment ? null : webhookUrlInvalid('it leads to this machine');
  return url.protocol === 'https:' ? null : webhookUrlInvalid('it is not https');
}

/** By its own words: what a name leads to is looked at when it is connected to. */
export function isOwnMachine(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return ['http:', 'https:'].includes(protocol) && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/** Slack's address is a secret from its path on; in others one may stand in the query. */
export function shownAddress(kind: WebhookKind, text: string): string {
  const { origin, pathname } = new URL(text);
  return kind === 'slack' ? `${origin}/...` : `${origin}${pathname}`;
}

export function isActive({ state }: Webhook): boolean {
  return state === 'active';
}
