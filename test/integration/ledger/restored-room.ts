import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ed25519Verify, hmacSha256, LogSuccession, type LogView, type Sealing, sha256, type Succession } from '@imprimatur/domain/ledger';
import type { LogSigner } from '@imprimatur/domain/log-signer';
import { type Receipt, type ReceiptReport, verifyReceipt } from '@imprimatur/formats/ledger';
import { parseVkey } from '@imprimatur/formats/merkle';
import { type Context, type EntryId, newId, systemClock } from '@imprimatur/kernel';
import { Backup } from '../../support/backup';
import { found, LedgerRoom } from './ledger-room';

/** A `log.succeeded` that has its place. */
export interface Told {
  readonly id: EntryId;
  readonly index: number;
  readonly facts: Record<string, unknown> & {
    readonly oldOrigin: string;
    readonly newOrigin: string;
    readonly restoredRoot: string;
    readonly logZero: { readonly oldOrigin: string } | null;
  };
}

/** The ledger's room with backups of its database. */
export class RestoredRoom {
  private readonly backups: Backup[] = [];

  private constructor(readonly room: LedgerRoom) {}

  static async open(): Promise<RestoredRoom> {
    return new RestoredRoom(await LedgerRoom.open());
  }

  async close(): Promise<void> {
    await this.room.close();
    for (const backup of this.backups) await backup.drop();
  }

  async append(context: Context, count = 1): Promise<readonly EntryId[]> {
    const { room } = this;
    const ids: EntryId[] = [];
    for (let at = 0; at < count; at += 1) {
      const event = { type: 'test.happened', about: [{ kind: 'asset', id: newId('asset') } as const], facts: { at } };
      ids.push((await room.database.unitOfWork.write(context, (write) => room.ledger.append(write, event))).id);
    }
    return ids;
  }

  /** Appends under a running sequencer until all is signed up to `size`, and stops it. */
  async sign(context: Context, count: number, size: number): Promise<readonly EntryId[]> {
    await this.room.startSequencer();
    const ids = await this.append(context, count);
    await this.room.signed(context, size);
    await this.room.stopSequencers();
    return ids;
  }

  /** Resolves once so many entries have their place, signed or not. */
  async integrated(context: Context, size: number): Promise<void> {
    await found(async () => ((await this.log(context)).size >= size ? true : null), `an entry at ${size - 1}`);
  }

  async takeBackup(): Promise<Backup> {
    await this.room.stopSequencers();
    const backup = await Backup.take(this.room.database);
    this.backups.push(backup);
    return backup;
  }

  succession(sealing: Sealing = this.room.sealing, signer: LogSigner = this.room.signer()): LogSuccession {
    return new LogSuccession({ url: this.room.database.sequencerUrl, signer, sealing, logName: 'imprimatur.test', clock: systemClock });
  }

  succeed(memoryLost = false): Promise<Succession | null> {
    return this.succession().succeed({ reason: 'the disk died', memoryLost });
  }

  log(context: Context): Promise<LogView> {
    return found(() => this.room.database.unitOfWork.read(context, (read) => this.room.reader.log(read)), 'a log');
  }

  receipt(context: Context, id: EntryId | undefined): Promise<Receipt> {
    return found(
      () => this.room.database.unitOfWork.read(context, (read) => this.room.reader.receipt(read, id ?? newId('entry'))),
      'a receipt',
    );
  }

  async told(context: Context): Promise<readonly Told[]> {
    const rows = await this.room.database.asAdmin<{ id: EntryId; index: string; bytes: Buffer }>(
      `select e.id, l.index, e.bytes from ledger_entry e join ledger_leaf l on l.tenant = e.tenant and l.entry = e.id
        where e.tenant = $1 and e.type = 'log.succeeded' order by l.index`,
      [context.tenant],
    );
    return rows.map(({ id, index, bytes }) => ({ id, index: Number(index), facts: (JSON.parse(bytes.toString('utf8')) as Told).facts }));
  }

  async facts(context: Context): Promise<readonly Told['facts'][]> {
    return (await this.told(context)).map(({ facts }) => facts);
  }

  /** By what this installation pins: the trust file keeps the keys of former origins. */
  verify(receipt: unknown): ReceiptReport {
    const lines = readFileSync(join(this.room.home, 'trust', 'logs.vkey'), 'utf8').split('\n');
    const logKeys = lines.flatMap((line) => parseVkey(sha256, line) ?? []);
    return verifyReceipt(receipt, { sha256, hmacSha256, ed25519Verify, logKeys });
  }

  /** What must not change when nothing happens. */
  state(): Promise<readonly unknown[]> {
    return this.room.database.asAdmin(
      `select (select jsonb_agg(i) from installation i) as installation, (select jsonb_agg(l order by tenant) from ledger_log l) as logs,
              (select count(*) from ledger_entry) as entries, (select count(*) from ledger_succession) as successions`,
    );
  }
}
