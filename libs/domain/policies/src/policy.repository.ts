import { Injectable } from '@nestjs/common';
import { fromHex, toHex, type BundleId, type SubjectId } from '@imprimatur/kernel';
import type { BundleFiles } from '@imprimatur/formats/policy';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { In } from 'typeorm';
import { PolicyBundleRow } from './policy.entity.js';
import type { BundleState, BundleTrial, Slice, StoredBundle } from './policy.types.js';

/** A bundle that judges, or may, as the cache sees it. `stamp` changes with every change of the row, whoever made it. */
export interface StampedBundle {
  readonly bundle: StoredBundle;
  readonly stamp: string;
}

function toBundle(row: PolicyBundleRow): StoredBundle {
  return {
    id: row.id as BundleId,
    name: row.name,
    version: row.version,
    hash: toHex(row.hash),
    state: row.state as BundleState,
    draftedBy: row.draftedBy as SubjectId | null,
    draftedAt: row.draftedAt,
    activatedBy: row.activatedBy as SubjectId | null,
    activatedAt: row.activatedAt,
    retiredAt: row.retiredAt,
    trial: row.trialAt && { by: row.trialBy as SubjectId | null, since: row.trialAt, sharePermille: row.trialShare },
  };
}

const NO_TRIAL = { trialBy: null, trialAt: null, trialShare: null };

@Injectable()
export class PolicyRepository {
  /** Activations of one tenant happen one after the other, until the transaction ends. */
  async lockActivation(write: WriteContext): Promise<void> {
    await write.manager.query(`select pg_advisory_xact_lock(hashtext('imprimatur/policy'), hashtext($1))`, [write.context.tenant]);
  }

  /** The active bundle and the one on trial. */
  async findJudges(read: ReadContext): Promise<{ readonly active: StampedBundle | null; readonly onTrial: StampedBundle | null }> {
    const { entities, raw } = await read.manager
      .createQueryBuilder(PolicyBundleRow, 'b')
      .addSelect('b.xmin::text', 'stamp')
      .where(`b.tenant = :tenant and b.state in ('active', 'shadow', 'canary')`, { tenant: read.context.tenant })
      .getRawAndEntities<{ stamp: string }>();
    const found = entities.map((row, at): StampedBundle => ({ bundle: toBundle(row), stamp: raw[at]?.stamp ?? '' }));
    return {
      active: found.find(({ bundle }) => bundle.state === 'active') ?? null,
      onTrial: found.find(({ bundle }) => bundle.state !== 'active') ?? null,
    };
  }

  async findActive(read: ReadContext): Promise<StampedBundle | null> {
    return (await this.findJudges(read)).active;
  }

  async find(read: ReadContext, id: BundleId): Promise<StoredBundle | null> {
    const row = await read.manager.findOneBy(PolicyBundleRow, { tenant: read.context.tenant, id });
    return row && toBundle(row);
  }

  /** Those of `ids` that exist, in no promised order. */
  async findMany(read: ReadContext, ids: readonly BundleId[]): Promise<readonly StoredBundle[]> {
    return (await read.manager.findBy(PolicyBundleRow, { tenant: read.context.tenant, id: In([...ids]) })).map(toBundle);
  }

  async findVersion(read: ReadContext, name: string, version: string): Promise<StoredBundle | null> {
    const row = await read.manager.findOneBy(PolicyBundleRow, { tenant: read.context.tenant, name, version });
    return row && toBundle(row);
  }

  async files(read: ReadContext, id: BundleId): Promise<BundleFiles> {
    const row = await read.manager.findOneOrFail(PolicyBundleRow, { select: { files: true }, where: { tenant: read.context.tenant, id } });
    return row.files;
  }

  /** Newest first: ids are time-ordered. */
  async list(read: ReadContext, { first, after }: Slice): Promise<readonly StoredBundle[]> {
    const query = read.manager
      .createQueryBuilder(PolicyBundleRow, 'b')
      .where('b.tenant = :tenant', { tenant: read.context.tenant })
      .orderBy('b.id', 'DESC')
      .limit(first);
    if (after !== null) query.andWhere('b.id < :after', { after });
    return (await query.getMany()).map(toBundle);
  }

  async insert(write: WriteContext, bundle: StoredBundle, files: BundleFiles): Promise<void> {
    const { id, name, version, hash, state, draftedBy, draftedAt, activatedBy, activatedAt, retiredAt } = bundle;
    await write.manager.insert(PolicyBundleRow, {
      ...{ id, name, version, state, draftedBy, draftedAt, activatedBy, activatedAt, retiredAt },
      tenant: write.context.tenant,
      hash: Buffer.from(fromHex(hash)),
      files,
    });
  }

  async setActive(write: WriteContext, id: BundleId, by: SubjectId | null, at: Date): Promise<void> {
    await write.manager.update(
      PolicyBundleRow,
      { tenant: write.context.tenant, id },
      { state: 'active', activatedBy: by, activatedAt: at, ...NO_TRIAL },
    );
  }

  /** Who activated it first stays: the two who approved it. */
  async setActiveAgain(write: WriteContext, id: BundleId, at: Date): Promise<void> {
    await write.manager.update(
      PolicyBundleRow,
      { tenant: write.context.tenant, id },
      { state: 'active', activatedAt: at, retiredAt: null },
    );
  }

  async setTrial(write: WriteContext, id: BundleId, { by, since, sharePermille }: BundleTrial): Promise<void> {
    const state = sharePermille === null ? 'shadow' : 'canary';
    await write.manager.update(
      PolicyBundleRow,
      { tenant: write.context.tenant, id },
      { state, trialBy: by, trialAt: since, trialShare: sharePermille },
    );
  }

  async setDraft(write: WriteContext, id: BundleId): Promise<void> {
    await write.manager.update(PolicyBundleRow, { tenant: write.context.tenant, id }, { state: 'draft', ...NO_TRIAL });
  }

  async setRetired(write: WriteContext, id: BundleId, at: Date): Promise<void> {
    await write.manager.update(PolicyBundleRow, { tenant: write.context.tenant, id }, { state: 'retired', retiredAt: at });
  }
}
