import { type JsonObject, type TenantId, toBase64Url } from '@imprimatur/kernel';
import type { NewEvent } from '../ledger.types.js';

/** What the log says of itself. */
export function logKeyChanged({ tenant, vkey }: { readonly tenant: TenantId; readonly vkey: string }, vkeys: readonly string[]): NewEvent {
  return { type: 'log.key-changed', about: [{ kind: 'tenant', id: tenant }], facts: { replaces: vkey, vkeys: [...vkeys] } };
}

/** How a log ended under one origin. Sizes are numbers of entries. */
export interface Ending {
  readonly oldOrigin: string;
  readonly newOrigin: string;
  /** What was signed last under the old origin, as far as it is remembered. */
  readonly oldSizeSigned: number;
  readonly oldRootSigned: Uint8Array;
  /** What the new origin starts with. */
  readonly restoredSize: number;
  readonly restoredRoot: Uint8Array;
  /** So many of the restored entries are shown, by a signature, to be those of the old origin. */
  readonly restoredSizeSigned: number;
  /** Entries that the old origin signed and that are not in the new log. */
  readonly lostAtLeast: number;
  /** Null: unknown, because the signer's memory was lost, too. */
  readonly lostAtMost: number | null;
}

/** The first entry that the new origin adds: what is missing between is in nobody's hands but theirs who exported it. */
export function logSucceeded(tenant: TenantId, ending: Ending, logZero: Ending | null, memory: 'kept' | 'lost', reason: string): NewEvent {
  return {
    type: 'log.succeeded',
    about: [{ kind: 'tenant', id: tenant }],
    facts: { ...factsOf(ending), memory, logZero: logZero && factsOf(logZero) },
    parts: { reason: { value: reason, subjects: [] } },
  };
}

function factsOf({ oldRootSigned, restoredRoot, ...ending }: Ending): JsonObject {
  return { ...ending, oldRootSigned: toBase64Url(oldRootSigned), restoredRoot: toBase64Url(restoredRoot) };
}
