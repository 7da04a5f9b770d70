import { Client } from 'pg';
import { answerFor, type LogSigner } from '@imprimatur/domain/log-signer';
import { logZeroOrigin, tenantOrigin } from '@imprimatur/formats/ledger';
import { emptyRoot } from '@imprimatur/formats/merkle';
import { assert, Fault, type TenantId } from '@imprimatur/kernel';
import { CheckpointDesk } from './checkpoint.desk.js';
import { sha256 } from '../digest.js';
import type { EntryDraft } from '../writing/entry.draft.js';
import { ENTRY_CHANNEL } from '../writing/entry.repository.js';
import { followKeys } from './key.following.js';
import type { SignedEntry } from '../ledger.types.js';
import { LOG_ZERO } from '../anchoring/log.zero.js';
import { LostEntries } from './lost.entries.js';
import { OpenLogs, type Round } from './open.logs.js';
import { isFenced, type LogHead, type PendingEntry, SequencerRepository } from './sequencer.repository.js';
import { type Refused, type Signed, SigningLine } from './signing.line.js';
import { StandaloneRepository } from './standalone.repository.js';
import { integrateStandalone, type Standalone, StandaloneQueue, type Waiting } from './standalone.round.js';
import { TileRepository } from '../reading/tile.repository.js';

const BATCH_MAX = 4_096;
const SWEEP_MS = 1_000;

export interface SequencerOptions {
  /** As the role imprimatur_sequencer. */
  readonly url: string;
  readonly signer: LogSigner;
  /** The configured part of every origin. */
  readonly logName: string;
  readonly report: (error: unknown) => void;
}

/** What the holder of the lock works with. */
interface Lead {
  readonly repository: SequencerRepository;
  readonly standalone: StandaloneRepository;
  readonly lost: LostEntries;
  readonly tiles: TileRepository;
  readonly line: SigningLine;
  readonly installation: string;
}

/**
 * Gives committed entries their place in the tree, and stand-alone ones theirs while it writes them. Any number may be started: one holds the
 * lock, the others wait for it. Each round (1) commits leaves, nodes and heads in one statement, (2) has the signer check and sign, (3) stores
 * the checkpoint; 2 and 3 go on beside the next rounds, and a restart repeats them.
 */
export class Sequencer {
  private readonly logs = new OpenLogs();
  private readonly queue = new StandaloneQueue();
  private clients: readonly Client[] = [];
  private lead: Lead | undefined;
  private timer: NodeJS.Timeout | undefined;
  private work: Promise<void> = Promise.resolve();
  /** Why the signing of a round broke. */
  private failure: Error | undefined;
  private dirty = false;
  private sweepDue = true;
  private running = false;
  private stopped = false;

  constructor(private readonly options: SequencerOptions) {}

  async start(): Promise<void> {
    this.timer = setInterval(() => this.sweep(), SWEEP_MS);
    this.sweep();
    await this.work;
    await this.lead?.line.settled();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.work;
    await this.lead?.line.settled();
    if (this.failure) this.options.report(this.failure);
    this.queue.rejectAll(notLeading());
    await this.disconnect();
  }

  /**
   * Resolves when the entry is in the tree and a checkpoint over it is signed. Throws RangeError for an entry that cannot be written, Fault
   * NOT_SEQUENCING (another process holds the lock) or ASSET_BUSY, both retryable, and whatever broke the round; the entry is whole or absent.
   */
  async appendStandalone(draft: EntryDraft): Promise<SignedEntry> {
    if (this.stopped) throw notLeading();
    const appended = this.queue.push(draft);
    this.wake();
    return appended;
  }

  private sweep(): void {
    this.sweepDue = true;
    this.dirty = true;
    this.wake();
  }

  /** At most one round at a time; what arrives meanwhile is drained by the next. */
  private wake(): void {
    if (this.running || this.stopped) return;
    this.running = true;
    this.work = this.drain();
  }

  private async drain(): Promise<void> {
    while (!this.stopped && (this.dirty || !this.queue.isEmpty || this.failure)) {
      try {
        await this.advance();
      } catch (error) {
        this.options.report(error);
        this.dirty = false;
        this.queue.rejectAll(error);
        await this.disconnect(); // the next sweep starts afresh, from what is durable
      }
    }
    this.running = false; // at once: whoever comes now wakes it again
  }

  private async advance(): Promise<void> {
    if (this.failure) throw this.failure;
    const lead = await this.leading();
    if (!lead) {
      this.dirty = false;
      this.queue.rejectAll(notLeading());
      this.options.signer.release(); // whoever leads needs it
      return;
    }
    if (this.dirty) await this.integratePending(lead);
    if (!this.queue.isEmpty) await this.integrateWaiting(lead);
  }

  /** The connections, one of which holds the lock; null while another sequencer does. */
  private async leading(): Promise<Lead | null> {
    if (this.lead) return this.lead;
    if (this.clients.length === 0) this.clients = [await this.connect(), await this.connect()];
    const [client, signingClient] = this.clients;
    assert(client && signingClient, 'a sequencer has two connections');
    const repository = new SequencerRepository(client);
    if (!(await repository.tryLock())) return null;
    client.on('notification', () => {
      this.dirty = true;
      this.wake();
    });
    await client.query(`listen ${ENTRY_CHANNEL}`);
    await signingClient.query('set synchronous_commit = off');
    await followKeys(client, this.options.signer, this.options.report);
    const desk = new CheckpointDesk(new SequencerRepository(signingClient), this.options.signer);
    await desk.sign(
      await repository.unsigned(),
      () => undefined,
      (_, fault) => this.options.report(fault),
    );
    const tiles = new TileRepository((sql, values) => repository.query(sql, values));
    const installation = await repository.installation();
    const line = new SigningLine(desk, this.options.report, (error) => {
      this.failure = error instanceof Error ? error : new Error(String(error));
      this.wake();
    });
    this.lead = { repository, standalone: new StandaloneRepository(client), lost: new LostEntries(), tiles, line, installation };
    return this.lead;
  }

  private async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.options.url, application_name: 'imprimatur-sequencer', keepAlive: true });
    client.on('error', () => void this.disconnect());
    await client.connect();
    return client;
  }

  private async disconnect(): Promise<void> {
    const { clients, lead } = this;
    this.clients = [];
    this.lead = undefined;
    this.logs.clear();
    this.sweepDue = true;
    await Promise.all(clients.map((client) => client.end().catch(() => undefined))); // they may be gone already
    await lead?.line.settled();
    this.options.signer.release();
    this.failure = undefined;
  }

  private async integratePending(lead: Lead): Promise<void> {
    const queued = await lead.repository.pending(BATCH_MAX);
    this.dirty = queued.length === BATCH_MAX;
    const lost = this.sweepDue && !this.dirty ? await this.lost(lead) : [];
    this.sweepDue &&= this.dirty;
    // in the order of their positions, which is that of the events of one asset
    const pending = lost.length === 0 ? queued : [...lost, ...queued].sort((one, other) => Number(one.position) - Number(other.position));
    if (pending.length === 0) return;
    await this.openLogs(lead, new Set(pending.map(({ tenant }) => tenant)));
    const round = this.logs.grow(pending);
    await this.fenced(() => lead.repository.integrate(pending, round));
    lead.line.add({ growths: round.growths, signed: ignore, refused: ignore });
  }

  /** Everything that waits in the queue, in the transaction that is open. */
  private async placeQueued(lead: Lead): Promise<readonly Round[]> {
    const rounds: Round[] = [];
    for (let isLast = false; !isLast;) {
      const queued = await lead.repository.pending(BATCH_MAX);
      isLast = queued.length < BATCH_MAX;
      if (queued.length === 0) break;
      await this.openLogs(lead, new Set(queued.map(({ tenant }) => tenant)));
      const round = this.logs.grow(queued);
      await lead.repository.integrate(queued, round);
      rounds.push(round);
    }
    return rounds;
  }

  private async lost({ lost, repository }: Lead): Promise<readonly PendingEntry[]> {
    const found = await lost.find(repository);
    if (found.length > 0) {
      const message = `${found.length} committed entries had no place in the queue: somebody took them out of it; they get their places now`;
      this.options.report(new Fault({ room: 'ledger', code: 'ENTRIES_WERE_DROPPED', message, safe: true }));
    }
    return found;
  }

  private async integrateWaiting(lead: Lead): Promise<void> {
    const batch = this.queue.take();
    try {
      await this.openLogs(lead, new Set(batch.map(({ draft }) => draft.context.tenant)));
      const done = await this.fenced(() => integrateStandalone(lead.standalone, this.logs, batch, () => this.placeQueued(lead)));
      if (!done) return;
      for (const { growths } of done.before) lead.line.add({ growths, signed: ignore, refused: ignore });
      lead.line.add({ growths: done.round.growths, ...answersTo(batch, done) });
    } catch (error) {
      for (const { reject } of batch) reject(error);
      throw error;
    }
  }

  private async fenced<T>(commit: () => Promise<T>): Promise<T> {
    try {
      return await commit();
    } catch (cause) {
      if (!isFenced(cause)) throw cause;
      const message = 'a log is not of the size that this sequencer built upon: another one is at work, or the database was changed';
      throw new Fault({ room: 'ledger', code: 'SEQUENCER_FENCED', message, retryable: true, cause });
    }
  }

  private async openLogs({ repository, tiles, installation }: Lead, tenants: ReadonlySet<TenantId>): Promise<void> {
    this.logs.trim();
    const missing = [...tenants].filter((tenant) => !this.logs.isOpen(tenant));
    if (missing.length === 0) return;
    const heads = new Map((await repository.heads(missing)).map((head) => [head.tenant, head]));
    for (const tenant of missing) {
      await this.logs.open(heads.get(tenant) ?? (await this.createLog(repository, installation, tenant)), tiles);
    }
  }

  private async createLog(repository: SequencerRepository, installation: string, tenant: TenantId): Promise<LogHead> {
    const { logName } = this.options;
    const origin = tenant === LOG_ZERO ? logZeroOrigin(logName, installation) : tenantOrigin(logName, installation, tenant);
    const head: LogHead = { tenant, origin, size: 0, root: emptyRoot(sha256) };
    const keys = await this.options.signer.pin([origin]);
    await repository.insertLog(head, answerFor(keys, origin).current);
    return head;
  }
}

const ignore = (): void => undefined;

/** What each caller of a round hears when a checkpoint over it is signed, or refused. */
function answersTo(batch: readonly Waiting[], { rows, round }: Standalone): { readonly signed: Signed; readonly refused: Refused } {
  const callers = batch.map((waiting, at) => ({ ...waiting, row: rows[at], leaf: round.leaves[at] }));
  const signed: Signed = ({ head, note }) => {
    for (const { row, leaf, resolve } of callers) {
      if (!row || !leaf || row.tenant !== head.tenant) continue;
      resolve({ id: row.id, leafHash: row.leafHash, index: leaf.index, checkpoint: { size: head.size, note } });
    }
  };
  const refused: Refused = (head, error) => {
    for (const { row, reject } of callers) if (row?.tenant === head.tenant) reject(error);
  };
  return { signed, refused };
}

function notLeading(): Fault {
  const message = 'this process does not write the log: another one does, or it is stopping';
  return new Fault({ room: 'ledger', code: 'NOT_SEQUENCING', message, retryable: true });
}
