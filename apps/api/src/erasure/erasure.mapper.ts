import type { CopyCount, Erasure } from '@imprimatur/domain/retention';
import { BEYOND_REACH, type CopyGroup, type CopyKind, type Download, type ErasurePlan, reportOn } from '@imprimatur/flows/erasure';
import { type EntryId, type ErasureId, type IdKind, type SubjectId, toHex, toPublicId, type VersionId } from '@imprimatur/kernel';
import { toHold } from '../hold/hold.mapper.js';

const IDS_MAX = 100;

/** Of what an id is, by the kind of copy; others are no ids of ours. */
const NOUNS: Readonly<Partial<Record<CopyKind, IdKind>>> = {
  key: 'subject',
  person: 'subject',
  original: 'version',
  derivative: 'version',
  export: 'export',
  screening: 'version',
  mask: 'mask',
  'consent-notice': 'consent',
  'consent-evidence': 'consent',
  'consent-record': 'consent',
  prompt: 'turn',
  verdict: 'item',
  'review-digest': 'task',
  'attempt-digest': 'attempt',
  'asset-name': 'asset',
  'session-name': 'session',
  'ledger-payload': 'entry',
  fingerprint: 'consent',
  lookalike: 'version',
};

export interface ErasureParent {
  readonly __typename: 'Erasure';
  readonly erasureId: ErasureId;
  readonly entryId: EntryId;
  readonly stored: Erasure;
  readonly [field: string]: unknown;
}

/** `MISSING_FROM_BILL` of `missing-from-bill`. */
export const enumName = (word: string): string => word.toUpperCase().replaceAll('-', '_');

export function toPlan({ subject, digest, groups, affected, holds, duties, downloads, erasure }: ErasurePlan): object {
  return {
    subject: toPublicId('subject', subject),
    digest: toHex(digest),
    copies: groups.map(toCopies),
    affected: affected.map(toAffected),
    holds: holds.map(toHold),
    duties: duties.map((duty) => ({ ...duty, class: enumName(duty.class) })),
    downloads: downloads.map(toDownload),
    cannotBeRecalled: BEYOND_REACH,
    erasure: erasure && toErasure(erasure),
  };
}

export function toErasure(erasure: Erasure): ErasureParent {
  return {
    __typename: 'Erasure',
    erasureId: erasure.id,
    entryId: erasure.entry,
    stored: erasure,
    id: toPublicId('erasure', erasure.id),
    subject: toPublicId('subject', erasure.subject),
    state: erasure.completedAt === null ? 'RUNNING' : 'COMPLETED',
    planDigest: toHex(erasure.planDigest),
    entry: toPublicId('entry', erasure.entry),
    requestedBy: erasure.requestedBy && toPublicId('subject', erasure.requestedBy),
    requestedAt: erasure.requestedAt,
    completedAt: erasure.completedAt,
    cannotBeRecalled: BEYOND_REACH,
    ...told(erasure),
  };
}

/** What is destroyed, and how far. */
export function toProgress(erasure: Erasure, counts: readonly CopyCount[]): readonly object[] {
  return reportOn(erasure, counts)
    .lines.filter(({ action }) => action !== 'keep')
    .map((line) => ({ ...line, kind: enumName(line.kind), action: enumName(line.action) }));
}

function told(erasure: Erasure): object {
  const { lines, affected, downloads } = reportOn(erasure, []);
  return {
    retained: lines
      .filter(({ action }) => action === 'keep')
      .map((line) => ({ ...line, kind: enumName(line.kind), action: enumName(line.action) })),
    affected: affected.map(toAffected),
    downloads: downloads.map(toDownload),
  };
}

function toCopies({ kind, action, ids, note }: CopyGroup): object {
  const noun = NOUNS[kind];
  return {
    kind: enumName(kind),
    action: enumName(action),
    count: ids.length,
    ids: ids.slice(0, IDS_MAX).map((id) => (noun ? `${noun}_${id}` : id)),
    note,
  };
}

function toAffected({ subject, versions }: { readonly subject: SubjectId; readonly versions: readonly VersionId[] }): object {
  return { subject: toPublicId('subject', subject), versions: versions.map((id) => toPublicId('version', id)) };
}

function toDownload({ export: id, by, at }: Download): object {
  return { export: toPublicId('export', id), by, at: new Date(at) };
}
