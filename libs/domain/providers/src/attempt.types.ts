import type { AssetId, AttemptId, ItemId, TermsId, TurnId } from '@imprimatur/kernel';
import type { EditOutcome, SafetyReport, Usage } from './provider.types.js';

/** How a call to a provider ended; `timeout` also for one whose process died under it. */
export const ATTEMPT_OUTCOMES = ['edited', 'refused', 'needs-clarification', 'failed', 'timeout'] as const;
export type AttemptOutcome = EditOutcome['outcome'] | 'timeout';

/** One call to a provider, on record before it is made. */
export interface Attempt {
  readonly id: AttemptId;
  readonly item: ItemId;
  readonly turn: TurnId;
  readonly asset: AssetId;
  /** 1, 2, 3 ... per item. */
  readonly number: number;
  readonly provider: string;
  readonly requestedModel: string;
  /** The vendor's terms that it was made under; null: nothing left the installation. */
  readonly terms: TermsId | null;
  /** 32 bytes. */
  readonly requestSha256: Uint8Array;
  readonly beganAt: Date;
  /** Null: not ended yet. */
  readonly ending: AttemptEnding | null;
}

export interface AttemptEnding {
  readonly endedAt: Date;
  readonly outcome: AttemptOutcome;
  /** The provider's own code and words. */
  readonly finish: { readonly code: string; readonly message: string | null } | null;
  /** 32 bytes; null: nothing came back. */
  readonly responseSha256: Uint8Array | null;
  /** The provider's own id of its answer, by which a bill names it; null: it gave none. */
  readonly responseId: string | null;
  /** What answered, as the provider reported it; null: it did not, or nothing answered. */
  readonly modelVersion: string | null;
  readonly usage: Usage;
  /** What the provider rated its own answer as; left out where it rated nothing. */
  readonly safety?: readonly SafetyReport[];
  /** SCREAMING_SNAKE; set when the outcome is `failed` or `timeout`, null otherwise. */
  readonly errorCode: string | null;
}

export interface NewAttempt {
  readonly item: ItemId;
  readonly turn: TurnId;
  /** The picture that is edited: the event stands in its line. */
  readonly asset: AssetId;
  readonly provider: string;
  readonly requestedModel: string;
  readonly terms: TermsId | null;
  /** As `Provider.requestSha256` gives it: 64 hexadecimal digits. */
  readonly requestSha256: string;
}

export type NewEnding = Omit<AttemptEnding, 'endedAt'>;
