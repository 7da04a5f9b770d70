import { canonicalJson, concatBytes, equalBytes, fromBase64Url, type Json, type Sha256, toBase64Url, utf8 } from '@imprimatur/kernel';
import type { Entry } from '../entry.js';
import { type PersonKey, readPersonKey } from './person.key.js';
import { SIGNED_TYPES } from './statement.js';

/** What an authenticator answers to a challenge, each base64url without padding. */
export interface Assertion {
  readonly credentialId: string;
  readonly authenticatorData: string;
  readonly clientDataJSON: string;
  readonly signature: string;
}

/** A public key and whose it is, as the entry `credential.enrolled` says. */
export interface EnrolledKey {
  readonly credentialId: string;
  /** base64url COSE_Key. */
  readonly publicKey: string;
  readonly rpId: string;
  /** Pseudonym of the person who enrolled it. */
  readonly ref: string;
}

/** Checks one signature under one key; Node's and a browser's cryptography each have their own. ES256 signatures are in DER. */
export type PersonVerify = (key: PersonKey, message: Uint8Array, signature: Uint8Array) => boolean | Promise<boolean>;

export interface PersonTools {
  readonly sha256: Sha256;
  readonly personVerify: PersonVerify;
}

export type PersonSignatureReport =
  /** `statement`: what was signed was read and is what the entry says. Without: somebody signed a digest, and what of was not disclosed. */
  { readonly status: 'good'; readonly covers: 'statement' | 'digest only' } | { readonly status: 'bad'; readonly why: string };

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const RP_HASH_BYTES = 32;
const AUTHENTICATOR_DATA_BYTES_MIN = 37;
const PARTS = 4;

/** `signature.value` of an entry: the four texts, a dot between each. */
export function assertionText({ credentialId, authenticatorData, clientDataJSON, signature }: Assertion): string {
  return [credentialId, authenticatorData, clientDataJSON, signature].join('.');
}

export function readAssertion(text: string): Assertion | null {
  const parts = text.split('.');
  if (parts.length !== PARTS || parts.some((part) => bytesOf(part) === null)) return null;
  const [credentialId = '', authenticatorData = '', clientDataJSON = '', signature = ''] = parts;
  return { credentialId, authenticatorData, clientDataJSON, signature };
}

/** What the client says that was signed; null where it cannot be read. */
export function readClientData(clientDataJSON: string): Readonly<Record<'type' | 'challenge' | 'origin' | 'crossOrigin', unknown>> | null {
  const bytes = bytesOf(clientDataJSON);
  try {
    const value: unknown = bytes && JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    const { type, challenge, origin, crossOrigin } = value as Readonly<Record<string, unknown>>;
    return { type, challenge, origin, crossOrigin };
  } catch {
    return null;
  }
}

/**
 * Whether the person of `key` signed this entry, with nothing but what is handed in: no clock, no service. `statement`: the disclosed part of
 * that name, whose commitment the caller has checked; null: it was withheld or destroyed.
 */
export async function verifyPersonSignature(
  entry: Pick<Entry, 'type' | 'tenant' | 'actor' | 'about' | 'facts' | 'signature'>,
  statement: Uint8Array | null,
  key: EnrolledKey,
  tools: PersonTools,
): Promise<PersonSignatureReport> {
  const bad = (why: string): PersonSignatureReport => ({ status: 'bad', why });
  const { signature } = entry;
  if (signature?.kind !== 'webauthn') return bad('it carries no signature of a person');
  const assertion = readAssertion(signature.value);
  if (!assertion) return bad('the signature cannot be read');
  if (assertion.credentialId !== key.credentialId) return bad('the key is another one than it was signed with');
  if (entry.actor.ref !== key.ref) return bad('the key is not the one of who acted');
  const why =
    clientFault(assertion, signature.over, key.rpId) ??
    authenticatorFault(assertion, key.rpId, tools.sha256) ??
    (statement && statementFault(entry, statement, signature.over, tools.sha256));
  if (why) return bad(why);
  return (await isSigned(assertion, key, tools))
    ? { status: 'good', covers: statement ? 'statement' : 'digest only' }
    : bad('the signature is not by that key');
}

function clientFault({ clientDataJSON }: Assertion, over: string, rpId: string): string | null {
  const client = readClientData(clientDataJSON);
  if (!client) return "the client's data cannot be read";
  if (client.type !== 'webauthn.get') return 'it is no signature but something else';
  if (client.challenge !== over) return 'it was signed for another statement';
  if (client.crossOrigin === true) return 'it was signed inside the page of somebody else';
  return typeof client.origin === 'string' && isOriginOf(client.origin, rpId) ? null : 'it was signed on the page of somebody else';
}

/** The relying party's own host or one below it, by https; on this very machine http does, as for a browser. */
export function isOriginOf(origin: string, rpId: string): boolean {
  const found = /^(https?):\/\/([a-z0-9.-]+)(?::\d{1,5})?$/.exec(origin);
  if (!found) return false;
  const [, scheme, host = ''] = found;
  return (host === rpId || host.endsWith(`.${rpId}`)) && (scheme === 'https' || rpId === 'localhost');
}

function authenticatorFault({ authenticatorData }: Assertion, rpId: string, sha256: Sha256): string | null {
  const data = bytesOf(authenticatorData) ?? new Uint8Array(0);
  if (data.length < AUTHENTICATOR_DATA_BYTES_MIN) return "the authenticator's data is cut off";
  if (!equalBytes(data.subarray(0, RP_HASH_BYTES), sha256(utf8(rpId)))) return 'it was signed for another service';
  const flags = data[RP_HASH_BYTES] ?? 0;
  if ((flags & USER_PRESENT) === 0) return 'nobody was there when it was signed';
  return (flags & USER_VERIFIED) === 0 ? 'the authenticator did not verify who was there' : null;
}

/** What the statement says must be what the entry says: type, tenant, actor, object, and the facts that both have. */
function statementFault(
  entry: Parameters<typeof verifyPersonSignature>[0],
  bytes: Uint8Array,
  over: string,
  sha256: Sha256,
): string | null {
  if (toBase64Url(sha256(bytes)) !== over) return 'the statement is another one than was signed';
  const said = readStatement(bytes);
  if (!said) return 'the statement cannot be read';
  const { kind, tenant, actor, object } = said;
  if (typeof kind !== 'string' || (SIGNED_TYPES as Readonly<Record<string, string>>)[kind] !== entry.type)
    return 'the statement is about a decision of another kind';
  if (tenant !== entry.tenant || actor !== entry.actor.ref) return 'the statement is by somebody else';
  if (!entry.about.some(({ id }) => id === object)) return 'the statement is about another object';
  const isOther = (['outcome', 'bundle'] as const).some((name) => entry.facts[name] !== undefined && entry.facts[name] !== said[name]);
  return isOther ? 'the statement says something else than the entry' : null;
}

function readStatement(bytes: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value = JSON.parse(text) as Json;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && canonicalJson(value) === text ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

async function isSigned(assertion: Assertion, { publicKey }: EnrolledKey, { sha256, personVerify }: PersonTools): Promise<boolean> {
  const cose = bytesOf(publicKey);
  const key = cose && readPersonKey(cose);
  const [data, client, signature] = [assertion.authenticatorData, assertion.clientDataJSON, assertion.signature].map(bytesOf);
  return !!key && !!data && !!client && !!signature && (await personVerify(key, concatBytes(data, sha256(client)), signature));
}

function bytesOf(text: string): Uint8Array | null {
  try {
    return text === '' ? null : fromBase64Url(text);
  } catch {
    return null;
  }
}
