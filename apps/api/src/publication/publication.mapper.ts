import type { NewPublication, Publication } from '@imprimatur/domain/publications';
import { fromHex, systemClock, toPublicId } from '@imprimatur/kernel';

export interface RegisterInput {
  readonly idempotencyKey: string;
  readonly export: string;
  readonly channel: string;
  readonly url: string;
  readonly publishedAt?: Date | null;
  readonly sha256?: string | null;
}

const HEX = /^([0-9a-f]{2})*$/i;

export function toPublication(publication: Publication): object {
  const { id, export: exported, channel, url, publishedAt, isSameFile, registeredBy, registeredAt, ended } = publication;
  return {
    __typename: 'Publication',
    id: toPublicId('publication', id),
    export: toPublicId('export', exported),
    ...{ channel, url, publishedAt, isSameFile, registeredAt },
    registeredBy: registeredBy && toPublicId('subject', registeredBy),
    takenDownAt: ended?.at ?? null,
    takenDownBy: ended?.by ? toPublicId('subject', ended.by) : null,
  };
}

/** A digest that is none becomes empty bytes, which the register refuses in its own words. */
export function fromRegisterInput({ channel, url, publishedAt, sha256 }: RegisterInput): NewPublication {
  const digest = sha256 && (HEX.test(sha256) ? fromHex(sha256.toLowerCase()) : new Uint8Array());
  return { channel, url, publishedAt: publishedAt ?? systemClock.now(), sha256: digest || null };
}
