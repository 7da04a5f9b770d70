import type { Entry } from '@imprimatur/formats/ledger';
import { type EntryId, type JsonObject, type LogAccessId, type SubjectId, type TenantId, timestamp } from '@imprimatur/kernel';
import type { StreamEnding, StreamWish } from '../reading/event.types.js';
import type { About, NewEvent } from '../ledger.types.js';

/** What a disclosure is told of as well: whoever reads the trail of the picture or the turn sees it there. */
const TOLD_TO: readonly string[] = ['asset', 'version', 'session', 'turn', 'item', 'consent', 'export'];

/** Which parts of which entry were handed out; why is the discloser's own words, and goes when they are erased. */
export function partsDisclosed(
  disclosed: Pick<Entry, 'about'> & { readonly id: EntryId },
  parts: readonly string[],
  reason: { readonly text: string; readonly by: SubjectId | null },
): NewEvent {
  const told = disclosed.about.filter(({ kind }) => TOLD_TO.includes(kind)).map(({ kind, id }) => ({ kind, id }) as About);
  return {
    type: 'ledger.disclosed',
    about: [{ kind: 'entry', id: disclosed.id }, ...told],
    facts: { entry: disclosed.id, parts: [...parts] },
    parts: { reason: { value: reason.text, subjects: reason.by === null ? [] : [reason.by] } },
  };
}

export interface GrantedAccess {
  readonly id: LogAccessId;
  readonly note: string | null;
  readonly expiresAt: Date;
}

export function accessGranted({ id, note, expiresAt }: GrantedAccess): NewEvent {
  return {
    type: 'log.access-granted',
    about: [{ kind: 'access', id }],
    facts: { expiresAt: timestamp(expiresAt) },
    ...(note === null ? {} : { parts: { note: { value: note, subjects: [] } } }),
  };
}

/** At most one in an hour for each capability: a client that walks the log asks for thousands of files. */
export function accessUsed(id: LogAccessId): NewEvent {
  return { type: 'log.access-used', about: [{ kind: 'access', id }], facts: {} };
}

export function accessRevoked(id: LogAccessId): NewEvent {
  return { type: 'log.access-revoked', about: [{ kind: 'access', id }], facts: {} };
}

/** Written before the first line leaves. One without its `ledger.export-ended` was cut short by a crash of the service. */
export function exportBegan(tenant: TenantId, stream: string, { format, filter, after }: StreamWish, size: number): NewEvent {
  const asked: JsonObject = {
    actor: filter.actor,
    types: [...filter.types],
    about: filter.about.map(({ kind, id }) => ({ kind, id })),
    from: filter.from && timestamp(filter.from),
    to: filter.to && timestamp(filter.to),
  };
  return { type: 'ledger.export-began', about: [{ kind: 'tenant', id: tenant }], facts: { stream, format, after, size, filter: asked } };
}

export function exportEnded(tenant: TenantId, stream: string, { outcome, events, position }: StreamEnding): NewEvent {
  return { type: 'ledger.export-ended', about: [{ kind: 'tenant', id: tenant }], facts: { stream, outcome, events, position } };
}
