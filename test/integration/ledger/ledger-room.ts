import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AnchorRepository,
  Anchoring,
  type AnchoringOptions,
  Anchors,
  EntryRepository,
  Ledger,
  LedgerReader,
  ReaderRepository,
  Sealing,
  Sequencer,
  SubjectKeyRepository,
} from '@imprimatur/domain/ledger';
import { LocalLogSigner, type LogSigner } from '@imprimatur/domain/log-signer';
import { type Context, newId, systemClock } from '@imprimatur/kernel';
import { FileKeyProvider } from '@imprimatur/platform/keys';
import { createTestDatabase, type TestDatabase } from '../../support/database';

/** The ledger's room wired by hand on a database of its own. */
export class LedgerRoom {
  readonly ledger: Ledger;
  readonly reader: LedgerReader;
  readonly sealing: Sealing;
  readonly faults: unknown[] = [];
  private readonly sequencers: Sequencer[] = [];
  private readonly anchorings: Anchoring[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly home: string,
  ) {
    this.sealing = new Sealing(new SubjectKeyRepository(), new FileKeyProvider(join(home, 'keys', 'master.key')));
    this.ledger = new Ledger(new EntryRepository(), this.sealing);
    this.reader = new LedgerReader(new ReaderRepository(), this.sealing, new Anchors(new AnchorRepository()));
  }

  static async open(poolMax = 10): Promise<LedgerRoom> {
    return new LedgerRoom(await createTestDatabase({ poolMax }), mkdtempSync(join(tmpdir(), 'imprimatur-ledger-')));
  }

  /** The same room by another way, as through a proxy or on a server of its own. */
  static on(database: TestDatabase, home: string): LedgerRoom {
    return new LedgerRoom(database, home);
  }

  signer(): LocalLogSigner {
    return new LocalLogSigner(join(this.home, 'signer'), join(this.home, 'trust', 'logs.vkey'));
  }

  async startSequencer(signer: LogSigner = this.signer()): Promise<Sequencer> {
    const sequencer = new Sequencer({
      url: this.database.sequencerUrl,
      signer,
      logName: 'imprimatur.test',
      report: (error) => this.faults.push(error),
    });
    this.sequencers.push(sequencer);
    await sequencer.start();
    return sequencer;
  }

  startAnchoring(more: Partial<AnchoringOptions> = {}): Anchoring {
    const anchoring = new Anchoring({
      url: this.database.sequencerUrl,
      anchorSeconds: 0,
      witnesses: [],
      tsaUrl: null,
      stampSeconds: 0,
      clock: systemClock,
      report: (error) => this.faults.push(error),
      ...more,
    });
    this.anchorings.push(anchoring);
    anchoring.start();
    return anchoring;
  }

  /** As if their process had ended. */
  async stopSequencers(): Promise<void> {
    for (const sequencer of this.sequencers.splice(0)) await sequencer.stop();
  }

  context(): Context {
    return {
      tenant: newId('tenant'),
      actor: { kind: 'person', subject: newId('subject'), ref: newId('subject'), roles: ['creator'] },
      requestId: 'test',
    };
  }

  /** Resolves once a signed checkpoint covers `size` entries. */
  async signed(context: Context, size: number): Promise<void> {
    for (let waited = 0; waited < 20_000; waited += 20) {
      const log = await this.database.unitOfWork.read(context, (read) => this.reader.log(read));
      if ((log?.checkpoint?.size ?? 0) >= size) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`no checkpoint of size ${size}: ${JSON.stringify(this.faults.map(String))}`);
  }

  async close(): Promise<void> {
    for (const anchoring of this.anchorings) await anchoring.stop();
    await this.stopSequencers();
    await this.database.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** What `ask` answers once that is something. */
export async function found<T>(ask: () => Promise<T | null>, what: string): Promise<T> {
  for (let waited = 0; waited < 20_000; waited += 20) {
    const answer = await ask();
    if (answer !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`there was never ${what}`);
}
