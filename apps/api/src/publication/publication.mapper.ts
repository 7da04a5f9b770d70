import type { NewPublication, Publication } from '@imprimatur/domain/publications';
import { systemClock, toPublicId } from '@imprimatur/kernel';
import { bytesOfHex } from '../door/index.js';

export interface RegisterInput {
  readonly idempotencyKey: string;
  readonly export: string;
  readonly channel: string;
  readonly url: string;
  readonly publishedAt?: Date | null;
  readonly sha256?: string | null;
}

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

export function fromRegisterInput({ channel, url, publishedAt, sha256 }: RegisterInput): NewPublication {
  return { channel, url, publishedAt: publishedAt ?? systemClock.now(), sha256: sha256 ? bytesOfHex(sha256) : null };
}
