import { join } from 'node:path';
import { type AnchoringOptions, LOG_ZERO, sha256 } from '@imprimatur/domain/ledger';
import { parseVkey, parseWitnessPolicy, parseWitnessVkey, type WitnessPolicy } from '@imprimatur/formats/merkle';
import { newId, systemClock } from '@imprimatur/kernel';
import { Witness } from '../../apps/witness/src/witness';
import { type RunningWitness, serveWitness } from '../../apps/witness/src/witness.server';
import { found, type LedgerRoom } from '../integration/ledger/ledger-room';

/** A witness of somebody else's that watches log 0 of a room. */
export interface LogZeroWitness {
  readonly running: RunningWitness;
  /** That its cosignature is asked for. */
  readonly policy: WitnessPolicy;
  /** As the anchoring is told of it. */
  readonly witnesses: AnchoringOptions['witnesses'];
}

/** Has log 0 begin, and starts a witness that knows its key. The room needs no sequencer of its own yet. */
export async function openLogZeroWitness(room: LedgerRoom): Promise<LogZeroWitness> {
  const sequencer = await room.startSequencer();
  const anchoring = room.startAnchoring();
  const event = { type: 'test.happened', about: [{ kind: 'asset', id: newId('asset') } as const], facts: {} };
  await room.database.unitOfWork.write(room.context(), (write) => room.ledger.append(write, event));
  const vkey = await found(async () => {
    const rows = await room.database.asAdmin<{ vkey: string }>('select vkey from ledger_log where tenant = $1', [LOG_ZERO]);
    return rows[0]?.vkey ?? null;
  }, 'log 0');
  await anchoring.stop();
  await sequencer.stop();
  const log = parseVkey(sha256, vkey);
  const witness = new Witness({ name: 'w.example/1', folder: join(room.home, 'witness'), logs: log ? [log] : [], clock: systemClock });
  const running = await serveWitness(witness, { host: '127.0.0.1', port: 0 }, (error) => room.faults.push(error));
  const [own = ''] = witness.vkeys();
  const key = parseWitnessVkey(sha256, own);
  if (!key) throw new Error('the witness has a key');
  const policy = parseWitnessPolicy(sha256, `witness W ${own} ${running.url}\nquorum W\n`);
  return { running, policy, witnesses: [{ name: 'W', key, url: running.url }] };
}
