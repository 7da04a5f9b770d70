import type { DeliveryId, EntryId, SubjectId, WebhookId } from '@imprimatur/kernel';

/** standard: signed, as the Standard Webhooks specification says. slack: an incoming webhook of Slack or what takes its messages; its URL is the secret. */
export const WEBHOOK_KINDS = ['standard', 'slack'] as const;
export type WebhookKind = (typeof WEBHOOK_KINDS)[number];

/** gone: the receiver answered 410. failing: nothing reached it for five days. */
export type DisabledFor = 'by-hand' | 'gone' | 'failing';

export interface Webhook {
  readonly id: WebhookId;
  readonly kind: WebhookKind;
  /** As it may be shown: without a query, and of Slack's without its path. */
  readonly address: string;
  readonly types: readonly string[];
  readonly state: 'active' | 'disabled';
  readonly disabled: { readonly why: DisabledFor; readonly at: Date } | null;
  /** How often it was disabled. */
  readonly disablings: number;
  /** Since when nothing reached it; null: the last message did, or none was sent yet. */
  readonly failingSince: Date | null;
  /** When its newest secret was made; null: it has none. */
  readonly secretAt: Date | null;
  readonly createdBy: SubjectId | null;
  readonly createdAt: Date;
}

export interface NewWebhook {
  readonly kind: WebhookKind;
  readonly url: string;
  readonly types: readonly string[];
}

export interface WebhookSecret {
  /** `whsec_` and base64. */
  readonly secret: string;
  /** ISO 8601; null: until it is rotated. */
  readonly until: string | null;
}

/** What is sealed of a webhook. */
export interface WebhookDoor {
  readonly url: string;
  /** Newest first; none of Slack's. */
  readonly secrets: readonly WebhookSecret[];
}

export type DeliveryState = 'pending' | 'delivered' | 'failed';

/** One entry of the ledger that one webhook is told of. */
export interface Delivery {
  readonly id: DeliveryId;
  readonly webhook: WebhookId;
  readonly entry: EntryId;
  readonly type: string;
  /** Position of the entry in the ledger: a later one is greater. Decimal bigint. */
  readonly sequence: string;
  readonly at: Date;
  readonly state: DeliveryState;
  /** Since it was made, or replayed. */
  readonly attempts: number;
  /** Null: nothing more is tried. */
  readonly nextAt: Date | null;
}

export interface DeliveryAttempt {
  readonly delivery: DeliveryId;
  readonly at: Date;
  readonly tookMs: number;
  /** HTTP status; null: no whole answer came. */
  readonly status: number | null;
  /** Code of what went wrong where no status tells it. */
  readonly failure: string | null;
  /** Beginning of what a receiver answered that did not take the message. */
  readonly answer: string | null;
}

/** What came of sending. */
export type SendOutcome = Omit<DeliveryAttempt, 'delivery'>;

export interface WebhookSlice {
  readonly first: number;
  /** Id of the last of the page before. */
  readonly after: string | null;
}

export interface DeliveryPage {
  readonly webhook: WebhookId;
  readonly state: DeliveryState | null;
  readonly first: number;
  /** `sequence` of the last of the page before. */
  readonly after: string | null;
}
