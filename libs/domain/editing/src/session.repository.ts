import type { AssetId, SessionId, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { SessionAssetRow, SessionRow } from './editing.entity.js';
import type { Session, Slice } from './editing.types.js';

const FOREIGN_KEY_VIOLATION = '23503';

function toSession(row: SessionRow, assets: readonly AssetId[]): Session {
  return {
    id: row.id as SessionId,
    name: row.name,
    useCase: row.useCase,
    channel: row.channel,
    territory: row.territory,
    state: row.state as Session['state'],
    assets,
    openedBy: row.openedBy as SubjectId | null,
    createdAt: row.createdAt,
  };
}

@Injectable()
export class SessionRepository {
  /** False when one of its assets is not the tenant's: the transaction can then only be rolled back. */
  async insert(write: WriteContext, { assets, ...session }: Session): Promise<boolean> {
    const tenant = write.context.tenant;
    await write.manager.insert(SessionRow, { tenant, ...session });
    try {
      await write.manager.insert(
        SessionAssetRow,
        assets.map((asset, position) => ({ tenant, session: session.id, asset, position })),
      );
    } catch (error) {
      if ((error as { readonly code?: unknown }).code === FOREIGN_KEY_VIOLATION) return false;
      throw error;
    }
    return true;
  }

  async findMany(read: ReadContext, ids: readonly SessionId[]): Promise<readonly Session[]> {
    if (ids.length === 0) return [];
    const rows = await read.manager
      .createQueryBuilder(SessionRow, 's')
      .where('s.tenant = :tenant and s.id in (:...ids)', { tenant: read.context.tenant, ids })
      .getMany();
    return this.withAssets(read, rows);
  }

  /** Newest first. */
  async page(read: ReadContext, slice: Slice): Promise<readonly Session[]> {
    const query = read.manager
      .createQueryBuilder(SessionRow, 's')
      .where('s.tenant = :tenant', { tenant: read.context.tenant })
      .orderBy('s.id', 'DESC')
      .take(slice.first);
    if (slice.after !== null) query.andWhere('s.id < :after', { after: slice.after });
    return this.withAssets(read, await query.getMany());
  }

  /** Its state stays as it is until the transaction ends. */
  async lock(write: WriteContext, id: SessionId): Promise<Session | null> {
    const row = await write.manager.findOne(SessionRow, {
      where: { tenant: write.context.tenant, id },
      lock: { mode: 'pessimistic_write' },
    });
    return row ? ((await this.withAssets(write, [row]))[0] ?? null) : null;
  }

  async close(write: WriteContext, id: SessionId): Promise<void> {
    await write.manager.update(SessionRow, { tenant: write.context.tenant, id }, { state: 'closed' });
  }

  private async withAssets(read: ReadContext, rows: readonly SessionRow[]): Promise<readonly Session[]> {
    if (rows.length === 0) return [];
    const links = await read.manager
      .createQueryBuilder(SessionAssetRow, 'l')
      .where('l.tenant = :tenant and l.session in (:...ids)', { tenant: read.context.tenant, ids: rows.map((row) => row.id) })
      .orderBy('l.position')
      .getMany();
    return rows.map((row) =>
      toSession(
        row,
        links.filter((link) => link.session === row.id).map((link) => link.asset as AssetId),
      ),
    );
  }
}
