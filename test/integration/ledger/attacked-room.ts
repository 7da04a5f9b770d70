import { ed25519Verify, hmacSha256, LOG_ZERO, sha256 } from '@imprimatur/domain/ledger';
import { firstOf, type Finding, type LogSource, type Receipt, walkLog, type WalkReport, type WalkTools } from '@imprimatur/formats/ledger';
import { parseCheckpoint, type SignedCheckpoint } from '@imprimatur/formats/merkle';
import { type AssetId, type Context, type EntryId, Fault, newId, systemContext } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { caughtUp, pinnedKeys } from '../../support/ledger-losses';
import { type LogZeroWitness, openLogZeroWitness } from '../../support/log-zero-witness';
import { found, LedgerRoom } from './ledger-room';

export const OLD_SIZE = 280;
export const SIZE = 300;

/** What others kept while all was well. */
export interface Memories {
  /** Of size 280, and of size 300. */
  readonly old: SignedCheckpoint;
  readonly newest: SignedCheckpoint;
  /** Of entry 5, as it stands in an exported picture: under log 0 and a cosignature. */
  readonly receipt: Receipt;
  /** Of log 0, cosigned. */
  readonly logZero: SignedCheckpoint;
}

/** A log of 300 entries about three assets, anchored and cosigned; every process has ended. */
export class AttackedRoom {
  private constructor(
    readonly room: LedgerRoom,
    readonly witness: LogZeroWitness,
    readonly context: Context,
    readonly assets: readonly AssetId[],
    readonly ids: readonly EntryId[],
    readonly kept: Memories,
  ) {}

  /** `meanwhile` runs between entry 280 and the rest, when no process runs. */
  static async open(meanwhile: (room: LedgerRoom) => Promise<void> = () => Promise.resolve()): Promise<AttackedRoom> {
    const room = await LedgerRoom.open();
    const witness = await openLogZeroWitness(room);
    const context = room.context();
    const assets = [newId('asset'), newId('asset'), newId('asset')];
    const read = <T>(work: (read: ReadContext) => Promise<T>): Promise<T> => room.database.unitOfWork.read(context, work);
    const checkpoint = (): Promise<SignedCheckpoint> => read(async (reading) => parsed(await room.reader.file(reading, 'checkpoint')));
    const ids = [...(await appendTo(room, context, assets, 0, OLD_SIZE))];
    await runThrough(room, witness);
    const old = await checkpoint();
    const [, , , , , sixth = newId('entry')] = ids;
    const receipt = await found(() => read((reading) => room.reader.receipt(reading, sixth)), 'a receipt');
    await meanwhile(room);
    ids.push(...(await appendTo(room, context, assets, OLD_SIZE, SIZE)));
    await runThrough(room, witness);
    const logZero = await read(async (reading) => parsed(await room.reader.logZeroFile(reading, 'checkpoint')));
    return new AttackedRoom(room, witness, context, assets, ids, { old, newest: await checkpoint(), receipt, logZero });
  }

  read<T>(work: (read: ReadContext) => Promise<T>): Promise<T> {
    return this.room.database.unitOfWork.read(this.context, work);
  }

  /** One event more, about the first asset. */
  async append(facts: Record<string, number> = {}): Promise<EntryId> {
    const about = [{ kind: 'asset', id: this.assets[0] ?? newId('asset') } as const];
    const event = { type: 'test.happened', about, facts };
    return (await this.room.database.unitOfWork.write(this.context, (write) => this.room.ledger.append(write, event))).id;
  }

  /** The log as its readers get it; every file of it, so that it can be looked at later. */
  async served(context = this.context): Promise<LogSource> {
    const files = new Map<string, Uint8Array | null>();
    const source: LogSource = (path) => this.room.database.unitOfWork.read(context, (read) => this.room.reader.file(read, path));
    const paths = await this.room.database.unitOfWork.read(context, (read) => this.room.reader.paths(read));
    for (const path of paths) files.set(path, await source(path));
    return async (path) => files.get(path) ?? null;
  }

  /** Log 0 as it is now, whether or not it is cosigned. */
  servedLogZero(): Promise<LogSource> {
    return this.served(systemContext(LOG_ZERO, 'test'));
  }

  /** Who remembers nothing but the pinned key, and what is handed in. */
  async walk(source: LogSource, more: Partial<WalkTools> = {}): Promise<WalkReport> {
    return walkLog({ source, sha256, ed25519Verify, logKeys: pinnedKeys(this.room.home), ...more });
  }

  async first(source: LogSource, more: Partial<WalkTools> = {}): Promise<Finding | null> {
    return firstOf((await this.walk(source, more)).findings);
  }

  tools() {
    return { sha256, hmacSha256, ed25519Verify, logKeys: pinnedKeys(this.room.home), policy: this.witness.policy };
  }

  /** Starts the sequencer, and with it the anchoring; answers the fault of this code that is reported, and ends both. */
  async refusal(code: string): Promise<Fault> {
    await this.room.startSequencer();
    const anchoring = this.room.startAnchoring({ witnesses: this.witness.witnesses });
    const isMeant = (each: unknown): each is Fault => each instanceof Fault && each.code === code;
    const fault = await found(() => Promise.resolve(this.room.faults.find(isMeant) ?? null), `a ${code}`);
    await anchoring.stop();
    await this.room.stopSequencers();
    return fault;
  }

  /** The processes run until everything is signed, in log 0, and cosigned, and end. */
  async runThrough(): Promise<void> {
    await runThrough(this.room, this.witness);
  }

  async close(): Promise<void> {
    await this.witness.running.stop();
    await this.room.close();
  }
}

async function appendTo(room: LedgerRoom, context: Context, assets: readonly AssetId[], from: number, to: number) {
  const events = Array.from({ length: to - from }, (_, at) => ({
    type: 'test.happened',
    about: [{ kind: 'asset', id: assets[(from + at) % assets.length] ?? newId('asset') } as const],
    facts: { n: from + at },
  }));
  return (await room.database.unitOfWork.write(context, (write) => room.ledger.appendAll(write, events))).map(({ id }) => id);
}

async function runThrough(room: LedgerRoom, { witnesses }: LogZeroWitness): Promise<void> {
  await room.startSequencer();
  await caughtUp(room);
  const anchoring = room.startAnchoring({ witnesses });
  const isCosigned = async (): Promise<true | null> => {
    const rows = await room.database.asAdmin(
      `select 1 from ledger_log l where l.size > coalesce((select max(size) from ledger_anchor a where a.tenant = l.tenant
          and a.kind = case when l.tenant = $1 then 'cosignature' else 'log-0' end), 0)`,
      [LOG_ZERO],
    );
    return rows.length === 0 ? true : null;
  };
  await found(isCosigned, 'a cosignature on everything');
  await anchoring.stop();
  await room.stopSequencers();
}

function parsed(file: Uint8Array | null): SignedCheckpoint {
  const checkpoint = parseCheckpoint(Buffer.from(file ?? []).toString('utf8'));
  if (!checkpoint) throw new Error('the log has no readable checkpoint');
  return checkpoint;
}
