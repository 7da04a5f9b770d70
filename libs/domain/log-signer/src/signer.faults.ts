import type { Checkpoint } from '@imprimatur/formats/merkle';
import { Fault } from '@imprimatur/kernel';

/** Where an operator reads what a refusal means and what to do. */
const MANUAL = 'docs/operating/backup-restore.md';
export const INCONSISTENT = 'CHECKPOINT_INCONSISTENT';

export function outgrown({ origin, size }: Pick<Checkpoint, 'origin' | 'size'>, last: Checkpoint): Fault {
  return inconsistent(`the log ${origin} of size ${size} does not grow out of the size ${last.size} that was signed last`);
}

export function inconsistent(what: string): Fault {
  const message = `${what}: an older backup was restored, or the database was changed. It gets no checkpoint; see ${MANUAL}`;
  return new Fault({ room: 'ledger', code: INCONSISTENT, message, safe: true });
}
