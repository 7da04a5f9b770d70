import type { NewEvent } from '@imprimatur/domain/ledger';
import { toHex } from '@imprimatur/kernel';
import type { NewPublication, Publication } from './publication.types.js';

const about = ({ id, export: exported }: Pick<Publication, 'id' | 'export'>): NewEvent['about'] => [
  { kind: 'publication', id },
  { kind: 'export', id: exported },
];

/** Where it stands and which file it is are the tenant's own knowledge; that it was published, through which channel and when, whoever verifies may see. */
export function publicationRegistered(publication: Pick<Publication, 'id' | 'export' | 'isSameFile'>, wish: NewPublication): NewEvent {
  return {
    type: 'publication.registered',
    about: about(publication),
    facts: { channel: wish.channel, publishedAt: wish.publishedAt.toISOString(), isSameFile: publication.isSameFile },
    parts: { place: { value: { url: wish.url, sha256: wish.sha256 && toHex(wish.sha256) }, subjects: [] } },
  };
}

export function publicationTakenDown(publication: Publication): NewEvent {
  return { type: 'publication.taken-down', about: about(publication), facts: { channel: publication.channel } };
}
