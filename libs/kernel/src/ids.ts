import { v7, validate, version } from 'uuid';

declare const brand: unique symbol;

/** The nouns that have ids of their own. The word is also the prefix of the id in GraphQL (`turn_018f...`). */
export const ID_KINDS = [
  'tenant',
  'subject',
  'key',
  'asset',
  'version',
  'blob',
  'session',
  'turn',
  'item',
  'mask',
  'attempt',
  'verdict',
  'consent',
  'bundle',
  'task',
  'decision',
  'export',
  'entry',
  'job',
  'request',
  'screening',
  'reconciliation',
  'access',
  'hold',
  'erasure',
  'exception',
  'attestation',
  'simulation',
  'known-picture',
  'case',
  'receipt',
  'notice',
  'terms',
  'publication',
  'recall',
  'training',
  'credential',
  'statement',
  'grant',
  'pin',
  'comment',
  'conflict',
  'webhook',
  'delivery',
] as const;
export type IdKind = (typeof ID_KINDS)[number];

/** A lower-case UUIDv7, branded by its noun so that a turn's id cannot be handed where an asset's is asked. */
export type Id<K extends IdKind> = string & { readonly [brand]: K };

export type TenantId = Id<'tenant'>;
export type SubjectId = Id<'subject'>;
export type ApiKeyId = Id<'key'>;
export type AssetId = Id<'asset'>;
export type VersionId = Id<'version'>;
export type BlobId = Id<'blob'>;
export type SessionId = Id<'session'>;
export type TurnId = Id<'turn'>;
export type ItemId = Id<'item'>;
export type MaskId = Id<'mask'>;
export type AttemptId = Id<'attempt'>;
export type VerdictId = Id<'verdict'>;
export type ConsentId = Id<'consent'>;
export type BundleId = Id<'bundle'>;
export type TaskId = Id<'task'>;
export type DecisionId = Id<'decision'>;
export type ExportId = Id<'export'>;
export type EntryId = Id<'entry'>;
export type JobId = Id<'job'>;
export type ScreeningId = Id<'screening'>;
export type LogAccessId = Id<'access'>;
export type ReconciliationId = Id<'reconciliation'>;
export type HoldId = Id<'hold'>;
export type ErasureId = Id<'erasure'>;
export type ExceptionId = Id<'exception'>;
export type AttestationId = Id<'attestation'>;
export type SimulationId = Id<'simulation'>;
export type CaseId = Id<'case'>;
export type KnownPictureId = Id<'known-picture'>;
export type ReceiptId = Id<'receipt'>;
export type NoticeId = Id<'notice'>;
export type TermsId = Id<'terms'>;
export type PublicationId = Id<'publication'>;
export type RecallId = Id<'recall'>;
export type TrainingId = Id<'training'>;
export type CredentialId = Id<'credential'>;
export type StatementId = Id<'statement'>;
export type GrantId = Id<'grant'>;
export type PinId = Id<'pin'>;
export type CommentId = Id<'comment'>;
export type ConflictId = Id<'conflict'>;
export type WebhookId = Id<'webhook'>;
export type DeliveryId = Id<'delivery'>;

/** A fresh id. Time-ordered for index locality only: nothing may conclude an order of events from it. */
export function newId<K extends IdKind>(_kind: K): Id<K> {
  return v7() as Id<K>;
}

/** Whether `text` is a plain lower-case UUID of any version (what the database columns accept). */
export function isUuid(text: string): boolean {
  return text === text.toLowerCase() && validate(text) && version(text) > 0;
}

/** `turn_018f...`: the form used in GraphQL, URLs of the API and the CLI's output. */
export function toPublicId<K extends IdKind>(kind: K, id: Id<K>): string {
  return `${kind}_${id}`;
}

/** Accepts `turn_<uuid>` and the plain UUID; null for anything else, also for another noun's prefix. */
export function parseId<K extends IdKind>(kind: K, text: string): Id<K> | null {
  const plain = text.startsWith(`${kind}_`) ? text.slice(kind.length + 1) : text;
  return isUuid(plain) ? (plain as Id<K>) : null;
}

/** Any `<kind>_<uuid>`, for GraphQL's `node(id:)`. */
export function parseNodeId(text: string): { kind: IdKind; id: string } | null {
  const cut = text.lastIndexOf('_');
  const kind = ID_KINDS.find((known) => known === text.slice(0, cut));
  const id = text.slice(cut + 1);
  return kind !== undefined && isUuid(id) ? { kind, id } : null;
}
