import { equalBytes } from '@imprimatur/kernel';
import { publicationInvalid, type PublicationRefusal } from './publication.refusals.js';
import type { NewPublication, PublishedFile } from './publication.types.js';

const CHANNEL = /^[a-z0-9][a-z0-9-]{0,63}$/;
const URL_CHARS_MAX = 2_000;
const DIGEST_BYTES = 32;
/** Clocks differ; what is further ahead is a plan and no publication. */
const AHEAD_MS_MAX = 300_000;

/** Why it cannot be registered so; null: it can. */
export function publicationRefusal({ channel, url, publishedAt, sha256 }: NewPublication, now: Date): PublicationRefusal | null {
  if (!CHANNEL.test(channel)) return publicationInvalid('channel', 'a word in lower case, as sessions have it');
  if (!isWebAddress(url)) return publicationInvalid('address', `an http or https address of at most ${URL_CHARS_MAX} characters`);
  if (!(publishedAt.getTime() <= now.getTime() + AHEAD_MS_MAX))
    return publicationInvalid('time', 'when it was published, not when it will be');
  if (sha256 !== null && sha256.length !== DIGEST_BYTES)
    return publicationInvalid('digest', 'the SHA-256 of the published file, 64 hexadecimal digits, or none');
  return null;
}

/** Null: nobody can say. */
export function isSameFile({ sha256: signed }: PublishedFile, published: Uint8Array | null): boolean | null {
  return published === null || signed === null ? null : equalBytes(signed, published);
}

function isWebAddress(text: string): boolean {
  if (text.length > URL_CHARS_MAX || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && username === '' && password === '';
}
