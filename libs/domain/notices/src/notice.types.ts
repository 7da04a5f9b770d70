import type { ExportId, NoticeId, SubjectId } from '@imprimatur/kernel';

/** Why somebody is told. `consent-expiring` names how many days are left, and happens once per step. */
export const NOTICE_KINDS = [
  'consent-withdrawn',
  'consent-expired',
  'consent-expiring',
  'attestation-ended',
  'consent-narrowed',
  'recalled',
  'webhook-disabled',
  'task-breached',
  'task-delegated',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What happened. Ids and codes only: how it is put into words, and where it is sent, is the business of whoever delivers it. */
export interface NoticeCause {
  readonly kind: NoticeKind;
  /** Id of the consent, the attestation, the recall, the webhook, or the review task. */
  readonly about: string;
  /** Of the consent; 1 of an attestation; of a recall how often its addressee has been told, from 1; of a webhook how often it was disabled. */
  readonly version: number;
  /** 30, 7 or 1; null unless `consent-expiring`. */
  readonly daysLeft: number | null;
  /** When the consent ends, or ended by itself, or when the task is due; null: it had no end, or there is none to tell of. */
  readonly until: Date | null;
}

export interface Notice extends NoticeCause {
  readonly id: NoticeId;
  readonly addressee: SubjectId;
  /** Those of the addressee's exports that it concerns. */
  readonly exports: readonly ExportId[];
  readonly createdAt: Date;
  readonly readAt: Date | null;
  /** When a mail server took it; null: not yet, or nobody wanted a mail. */
  readonly mailedAt: Date | null;
}

/** Where somebody may want to be told beside the outbox itself. */
export const NOTICE_CHANNELS = ['mail'] as const;
export type NoticeChannel = (typeof NOTICE_CHANNELS)[number];

export interface NoticePreferences {
  /** Null: none. */
  readonly mailAddress: string | null;
  readonly kinds: Readonly<Record<NoticeChannel, readonly NoticeKind[]>>;
}

/** Somebody to tell, and about which of their exports. */
export interface Addressee {
  readonly subject: SubjectId;
  readonly exports: readonly ExportId[];
}

export interface NoticeSlice {
  readonly unreadOnly: boolean;
  readonly first: number;
  /** Id of the last notice of the page before; null: from the start. */
  readonly after: string | null;
}
