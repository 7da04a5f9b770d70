import type { EntryId } from '@imprimatur/kernel';
import type { About, AuditEvent } from '../ledger.types.js';

/** What an event must be to be found: all of it at once. What is null or empty does not narrow. */
export interface EventFilter {
  /** Pseudonym of who acted, as it stands in the entry. */
  readonly actor: string | null;
  /** Any of these. */
  readonly types: readonly string[];
  /** Speaks of every one of these. */
  readonly about: readonly About[];
  /** At or after, by the clock of whoever wrote the entry. */
  readonly from: Date | null;
  /** Before. */
  readonly to: Date | null;
}

export interface SearchPage {
  readonly first: number;
  /** `position` of the last event before the page; null: from the start. */
  readonly after: string | null;
  /** Positions behind this one are left out: see SettledPositions. Left out itself: everything that can be seen, and a reader who goes on from there may miss some. */
  readonly upTo?: string;
}

export interface EventCount {
  readonly count: number;
  /** False: there are at least that many. */
  readonly isExact: boolean;
}

/** What a stream is asked for, as the ledger remembers it. */
export interface StreamWish {
  readonly format: 'ndjson' | 'ocsf';
  readonly filter: EventFilter;
  /** Position after which to begin; 0: at the start of the log. */
  readonly after: number;
}

/** A leaf with its entry. */
export interface StoredLeaf {
  readonly id: EntryId;
  readonly bytes: Uint8Array;
  readonly position: string;
  readonly index: number;
  readonly leafHash: Uint8Array;
}

export interface StreamedEvent extends AuditEvent {
  readonly index: number;
  readonly leafHash: Uint8Array;
}

export interface StreamPage {
  readonly events: readonly StreamedEvent[];
  /** How far the log has been read: hand it in as `after` to go on. An event's own position is its index + 1. */
  readonly position: number;
}

export interface StreamEnding {
  /** complete: to the end; left: the client went away; failed: we did. */
  readonly outcome: 'complete' | 'left' | 'failed';
  readonly events: number;
  /** How far the log was handed out. */
  readonly position: number;
}
