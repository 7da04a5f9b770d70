import type { AuditEvent, LogView } from '@imprimatur/domain/ledger';
import { type EntryId, ID_KINDS, toBase64, toPublicId, type TenantId } from '@imprimatur/kernel';

export interface EventParent {
  readonly __typename: 'AuditEvent';
  readonly entryId: EntryId;
  readonly [field: string]: unknown;
}

export function toEvent({ id, entry, bytes, index }: AuditEvent): EventParent {
  return {
    __typename: 'AuditEvent',
    entryId: id,
    id: toPublicId('entry', id),
    type: entry.type,
    at: new Date(entry.at),
    actor: entry.actor.ref,
    about: entry.about.map((about) => ({ kind: about.kind, id: publicId(about.kind, about.id), seq: about.seq ?? null })),
    facts: entry.facts,
    index: index === null ? null : String(index),
    entry: toBase64(bytes),
  };
}

export function toLog(log: LogView, tenant: TenantId): object {
  return {
    origin: log.origin,
    size: String(log.size),
    checkpoint: log.checkpoint?.note ?? null,
    vkey: log.vkey,
    url: `/log/${toPublicId('tenant', tenant)}`,
  };
}

/** Entries carry plain ids; the API gives each its noun's prefix. */
function publicId(kind: string, id: string): string {
  return ID_KINDS.some((known) => known === kind) ? `${kind}_${id}` : id;
}
