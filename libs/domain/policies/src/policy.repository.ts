import { Injectable } from '@nestjs/common';
import { fromHex, toHex, type BundleId, type SubjectId } from '@imprimatur/kernel';
import type { BundleFiles } from '@imprimatur/formats/policy';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { In } from 'typeorm';
import { PolicyBundleRow } from './policy.entity.js';
import type { BundleState, Slice, StoredBundle } from './policy.types.js';

/** The active bundle as the cache sees it. `stamp` changes with every change of the row, whoever made it. */
export interface ActiveRow {
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
  };
}

@Injectable()
export class PolicyRepository {
  /** Activations of one tenant happen one after the other, until the transaction ends. */
  async lockActivation(write: WriteContext): Promise<void> {
    await write.manager.query(`select pg_advisory_xact_lock(hashtext('imprimatur/policy'), hashtext($1))`, [write.context.tenant]);
  }

  async findActive(read: ReadContext): Promise<ActiveRow | null> {
    const { entities, raw } = await read.manager
      .createQueryBuilder(PolicyBundleRow, 'b')
      .addSelect('b.xmin::text', 'stamp')
      .where(`b.tenant = :tenant and b.state = 'active'`, { tenant: read.context.tenant })
      .getRawAndEntities<{ stamp: string }>();
    const [row] = entities;
    return row ? { bundle: toBundle(row), stamp: raw[0]?.stamp ?? '' } : null;
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
    const { hash, ...rest } = bundle;
    await write.manager.insert(PolicyBundleRow, { ...rest, tenant: write.context.tenant, hash: Buffer.from(fromHex(hash)), files });
  }

  async setActive(write: WriteContext, id: BundleId, by: SubjectId | null, at: Date): Promise<void> {
    await write.manager.update(
      PolicyBundleRow,
      { tenant: write.context.tenant, id },
      { state: 'active', activatedBy: by, activatedAt: at },
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

  async setRetired(write: WriteContext, id: BundleId, at: Date): Promise<void> {
    await write.manager.update(PolicyBundleRow, { tenant: write.context.tenant, id }, { state: 'retired', retiredAt: at });
  }
}
