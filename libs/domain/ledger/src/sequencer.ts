import { Client } from 'pg';
import { tenantOrigin } from '@imprimatur/formats/ledger';
import { consistencyProof, edgeOf, emptyRoot, Tree } from '@imprimatur/formats/merkle';
import { assert, type TenantId } from '@imprimatur/kernel';
import { sha256 } from './digest.js';
import { ENTRY_CHANNEL } from './entry.repository.js';
import type { LogSigner } from './log.signer.js';
import { type Growth, type LogHead, type NewLeaf, type NewNode, type PendingEntry, SequencerRepository } from './sequencer.repository.js';
import { TileRepository } from './tile.repository.js';

const BATCH_MAX = 4_096;
const SWEEP_MS = 1_000;
const TREES_MAX = 1_000;
const TILE_LEVELS = 8;

export interface SequencerOptions {
  /** As the role imprimatur_sequencer. */
  readonly url: string;
  readonly signer: LogSigner;
  /** The configured part of every origin. */
  readonly logName: string;
  readonly report: (error: unknown) => void;
}

interface OpenLog {
  readonly origin: string;
  readonly tree: Tree;
}

/**
 * Gives committed entries their place in the tree. Any number may be started: one holds the lock, the others wait for it. Each round (1)
 * commits leaves, nodes and heads in one statement, (2) has the signer check and sign, (3) stores the checkpoint; a restart repeats 2 and 3.
 */
export class Sequencer {
  private readonly logs = new Map<TenantId, OpenLog>();
  private client: Client | undefined;
  private repository: SequencerRepository | undefined;
  private installation = '';
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private dirty = false;
  private running = false;
  private stopped = false;

  constructor(private readonly options: SequencerOptions) {}

  async start(): Promise<void> {
    this.timer = setInterval(() => this.wake(), SWEEP_MS);
    this.wake();
    await this.round;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.round;
    await this.disconnect();
  }

  /** At most one round at a time; what arrives meanwhile is drained by the next. */
  private wake(): void {
    this.dirty = true;
    if (this.running || this.stopped) return;
    this.running = true;
    this.round = this.drain().finally(() => {
      this.running = false;
    });
  }

  private async drain(): Promise<void> {
    while (this.dirty && !this.stopped) {
      this.dirty = false;
      try {
        const repository = await this.leading();
        if (repository) while (!this.stopped && (await this.integrateBatch(repository)) === BATCH_MAX);
      } catch (error) {
        this.options.report(error);
        await this.disconnect(); // the next sweep starts afresh, from what is durable
      }
    }
  }

  /** The connection that holds the lock; null while another sequencer does. */
  private async leading(): Promise<SequencerRepository | null> {
    if (this.repository) return this.repository;
    if (!this.client) {
      const client = new Client({ connectionString: this.options.url, application_name: 'imprimatur-sequencer', keepAlive: true });
      client.on('error', () => void this.disconnect());
      client.on('notification', () => this.wake());
      await client.connect();
      this.client = client;
    }
    const repository = new SequencerRepository(this.client);
    if (!(await repository.tryLock())) return null;
    await this.client.query(`listen ${ENTRY_CHANNEL}`);
    this.installation = await repository.installation();
    for (const head of await repository.unsigned()) await this.sign(repository, head);
    this.repository = repository;
    return repository;
  }

  private async disconnect(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.repository = undefined;
    this.logs.clear();
    await client?.end().catch(() => undefined); // it may be gone already
  }

  /** Answers how many entries it took. */
  private async integrateBatch(repository: SequencerRepository): Promise<number> {
    const pending = await repository.pending(BATCH_MAX);
    if (pending.length === 0) return 0;
    await this.openLogs(repository, [...new Set(pending.map(({ tenant }) => tenant))]);
    const { leaves, nodes, growths } = this.grow(pending);
    if (!(await repository.integrate(leaves, nodes, growths))) {
      this.logs.clear(); // fenced: another sequencer moved a head; look again
      this.dirty = true;
      return 0;
    }
    for (const { tenant, size, root } of growths) await this.sign(repository, { tenant, origin: this.openLog(tenant).origin, size, root });
    return pending.length;
  }

  private grow(pending: readonly PendingEntry[]): { leaves: NewLeaf[]; nodes: NewNode[]; growths: Growth[] } {
    const leaves: NewLeaf[] = [];
    const nodes: NewNode[] = [];
    const oldSizes = new Map<TenantId, number>();
    for (const { tenant, entry, leafHash, position } of pending) {
      const { tree } = this.openLog(tenant);
      if (!oldSizes.has(tenant)) oldSizes.set(tenant, tree.size);
      leaves.push({ tenant, index: tree.size, entry, leafHash, position });
      for (const { level, index, hash } of tree.append(leafHash)) {
        if (level % TILE_LEVELS === 0) nodes.push({ tenant, level: level / TILE_LEVELS, index, hash });
      }
    }
    const growths = [...oldSizes].map(([tenant, oldSize]): Growth => {
      const { tree } = this.openLog(tenant);
      return { tenant, oldSize, size: tree.size, root: tree.root() };
    });
    return { leaves, nodes, growths };
  }

  private async openLogs(repository: SequencerRepository, tenants: readonly TenantId[]): Promise<void> {
    if (this.logs.size > TREES_MAX) this.logs.clear();
    const missing = tenants.filter((tenant) => !this.logs.has(tenant));
    if (missing.length === 0) return;
    const heads = new Map((await repository.heads(missing)).map((head) => [head.tenant, head]));
    const tiles = new TileRepository((sql, values) => repository.query(sql, values));
    for (const tenant of missing) {
      const head = heads.get(tenant) ?? (await this.createLog(repository, tenant));
      this.logs.set(tenant, { origin: head.origin, tree: await restoreTree(tiles, head) });
    }
  }

  private async createLog(repository: SequencerRepository, tenant: TenantId): Promise<LogHead> {
    const origin = tenantOrigin(this.options.logName, this.installation, tenant);
    const head: LogHead = { tenant, origin, size: 0, root: emptyRoot(sha256) };
    await repository.insertLog(head, this.options.signer.vkey(origin));
    return head;
  }

  private async sign(repository: SequencerRepository, head: LogHead): Promise<void> {
    const last = this.options.signer.lastSigned(head.origin);
    const tiles = new TileRepository((sql, values) => repository.query(sql, values));
    const proof =
      last && last.size <= head.size
        ? await tiles.withNodes(head.tenant, (get) => consistencyProof(sha256, get, last.size, head.size))
        : [];
    await repository.insertCheckpoint(head, this.options.signer.sign(head, proof));
  }

  private openLog(tenant: TenantId): OpenLog {
    const log = this.logs.get(tenant);
    assert(log, 'the log of a batch was opened');
    return log;
  }
}

async function restoreTree(tiles: TileRepository, head: LogHead): Promise<Tree> {
  const tree = await tiles.withNodes(head.tenant, (get) => {
    // read first, so that the edge is known to be needed before the tree is restored from it
    const nodes = new Map(edgeOf(head.size).map(({ level, index }) => [level, get(level, index)]));
    return Tree.restore(sha256, head.size, (level) => nodes.get(level) ?? new Uint8Array(0));
  });
  assert(Buffer.compare(tree.root(), head.root) === 0, `the stored tree of ${head.origin} has the root of its head`);
  return tree;
}
