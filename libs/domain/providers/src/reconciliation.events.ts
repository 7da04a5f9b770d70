import type { NewEvent } from '@imprimatur/domain/ledger';
import { timestamp } from '@imprimatur/kernel';
import type { BillFile, Reconciliation } from './reconciliation.types.js';

/** The file's digest is a part: whoever has a copy could tell from it that this tenant has it too. */
export function reconciliationImported(imported: Reconciliation, preset: string, file: BillFile): NewEvent {
  const { id, provider, windowSeconds, period, counts } = imported;
  return {
    type: 'reconciliation.imported',
    about: [{ kind: 'reconciliation', id }],
    facts: {
      provider,
      preset,
      windowSeconds,
      from: period && timestamp(period.from),
      to: period && timestamp(period.to),
      ...counts,
    },
    parts: { file: { value: file.sha256, subjects: [] } },
  };
}
