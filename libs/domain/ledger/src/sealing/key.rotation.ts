import { type Context, type SubjectId, systemClock } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { Jobs } from '@imprimatur/platform/jobs';
import { KEY_PROVIDER, type KeyProvider } from '@imprimatur/platform/keys';
import { Inject, Injectable } from '@nestjs/common';
import { DataKeyRotation } from './data-key.rotation.js';
import { keyRotationRequested, keysRotated } from './key.events.js';
import { KeyRotationRepository, type SubjectKey } from './key-rotation.repository.js';
import { Ledger } from '../writing/ledger.js';
import { subjectAssociatedData } from './sealing.js';

/** The job that rotates a tenant's keys. Payload: `replaces`, the key id that was current when it was asked for. */
export const KEY_ROTATION_JOB = 'key-rotation';

const BATCH = 100;

/** Transactions that wrapped under the former generation have committed long before, and the job looks once more. */
const LOOK_AGAIN_MS = 10 * 60_000;

/**
 * A new generation of a tenant's wrapping key, and everything wrapped anew by it: every subject's key, and every data key beside entries and
 * pictures. The database needs the former generation no more once a run finds nothing; backups from before do.
 */
@Injectable()
export class KeyRotation {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly repository: KeyRotationRepository,
    private readonly ledger: Ledger,
    private readonly jobs: Jobs,
    @Inject(KEY_PROVIDER) private readonly provider: KeyProvider,
    private readonly dataKeys: DataKeyRotation,
  ) {}

  /** Asks for it. While one waits or runs there is no second. Whether the actor may is the caller's question. Answers the key id to be replaced. */
  async request(write: WriteContext): Promise<string> {
    const { tenant } = write.context;
    const replaces = await this.provider.currentKeyId(tenant);
    await this.jobs.enqueue(write, { kind: KEY_ROTATION_JOB, key: tenant, payload: { replaces } });
    await this.ledger.append(write, keyRotationRequested(tenant, replaces));
    return replaces;
  }

  /**
   * Does it, batch by batch, each committed with its event. Interrupted and run again it goes on where it stopped: what is wrapped by the newest
   * generation already is left alone. A run that found something is followed by another, for what was under way meanwhile. Answers how many
   * keys this run rewrapped.
   */
  async carryOut(context: Context, replaces: string, signal?: AbortSignal): Promise<number> {
    const keyId = await this.provider.rotate(context.tenant, replaces);
    const total = (await this.subjectKeys(context, keyId, signal)) + (await this.dataKeys.carryOut(context, keyId, signal));
    if (total > 0) await this.unitOfWork.write(context, (write) => this.enqueue(write, replaces, LOOK_AGAIN_MS));
    return total;
  }

  private async enqueue(write: WriteContext, replaces: string, waitMs: number): Promise<void> {
    const runAt = new Date(systemClock.now().getTime() + waitMs);
    await this.jobs.enqueue(write, { kind: KEY_ROTATION_JOB, key: write.context.tenant, payload: { replaces }, runAt });
  }

  private async subjectKeys(context: Context, keyId: string, signal?: AbortSignal): Promise<number> {
    let total = 0;
    let after: SubjectId | null = null;
    for (;;) {
      signal?.throwIfAborted();
      const batch: readonly SubjectKey[] = await this.unitOfWork.read(context, (read) =>
        this.repository.outdated(read, keyId, after, BATCH),
      );
      total += await this.rewrap(context, keyId, batch);
      after = batch.at(-1)?.subject ?? null;
      if (batch.length < BATCH) return total;
    }
  }

  /** The provider works outside any transaction: no row is locked while a token or a network is waited for. */
  private async rewrap(context: Context, keyId: string, batch: readonly SubjectKey[]): Promise<number> {
    const changes: { old: SubjectKey; next: Awaited<ReturnType<KeyProvider['wrap']>> }[] = [];
    for (const old of batch) {
      const associated = subjectAssociatedData(context.tenant, old.subject);
      const plain = await this.provider.unwrap(context.tenant, old.wrapped, associated);
      changes.push({ old, next: await this.provider.wrap(context.tenant, plain, associated) });
      plain.fill(0);
    }
    if (changes.length === 0) return 0;
    return this.unitOfWork.write(context, async (write) => {
      const count = await this.repository.replace(write, changes);
      if (count > 0) await this.ledger.append(write, keysRotated(context.tenant, keyId, count));
      return count;
    });
  }
}
