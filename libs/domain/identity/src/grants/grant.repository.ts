import type { EntryId, GrantId, Role, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { RoleGrant } from './grant.types.js';

interface GrantRow {
  readonly id: GrantId;
  readonly member: SubjectId;
  readonly role: Role;
  readonly proposed_by: SubjectId | null;
  readonly proposed_at: Date;
  readonly confirmed_by: SubjectId | null;
  readonly confirmed_at: Date | null;
  readonly alone: boolean;
  readonly usable_from: Date | null;
  readonly entry: EntryId;
  readonly ended_at: Date | null;
}

const GRANT = `id, member, role, proposed_by, proposed_at, confirmed_by, confirmed_at, alone, usable_from, entry, ended_at from role_grant`;

function toGrant(row: GrantRow): RoleGrant {
  const { confirmed_at: at, usable_from: usableFrom } = row;
  return {
    id: row.id,
    member: row.member,
    role: row.role,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    confirmed: at && usableFrom && { by: row.confirmed_by, at, usableFrom },
    isAlone: row.alone,
    entry: row.entry,
    endedAt: row.ended_at,
  };
}

@Injectable()
export class GrantRepository {
  async insert(write: WriteContext, { confirmed, ...grant }: RoleGrant): Promise<void> {
    await write.manager.query(
      `insert into role_grant (tenant, id, member, role, proposed_by, proposed_at, confirmed_by, confirmed_at, usable_from, alone, entry)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        ...[write.context.tenant, grant.id, grant.member, grant.role, grant.proposedBy, grant.proposedAt],
        ...[confirmed?.by ?? null, confirmed?.at ?? null, confirmed?.usableFrom ?? null, grant.isAlone, grant.entry],
      ],
    );
  }

  async lock(write: WriteContext, id: GrantId): Promise<RoleGrant | null> {
    const rows = await write.manager.query<GrantRow[]>(`select ${GRANT} where tenant = $1 and id = $2 for update`, [
      write.context.tenant,
      id,
    ]);
    return rows[0] ? toGrant(rows[0]) : null;
  }

  async find(read: ReadContext, id: GrantId): Promise<RoleGrant | null> {
    const rows = await read.manager.query<GrantRow[]>(`select ${GRANT} where tenant = $1 and id = $2`, [read.context.tenant, id]);
    return rows[0] ? toGrant(rows[0]) : null;
  }

  async confirm(write: WriteContext, { id, confirmed, entry }: RoleGrant): Promise<void> {
    await write.manager.query(
      `update role_grant set confirmed_by = $3, confirmed_at = $4, usable_from = $5, entry = $6 where tenant = $1 and id = $2`,
      [write.context.tenant, id, confirmed?.by ?? null, confirmed?.at ?? null, confirmed?.usableFrom ?? null, entry],
    );
  }

  /** Ends what stands or waits of this role; answers it, or null where there was nothing. */
  async end(write: WriteContext, member: SubjectId, role: Role, at: Date): Promise<RoleGrant | null> {
    // the driver answers rows and their number for an update
    const [rows] = await write.manager.query<[GrantRow[], number]>(
      `update role_grant set ended_at = $4 where tenant = $1 and member = $2 and role = $3 and ended_at is null
       returning id, member, role, proposed_by, proposed_at, confirmed_by, confirmed_at, alone, usable_from, entry, ended_at`,
      [write.context.tenant, member, role, at],
    );
    return rows[0] ? toGrant(rows[0]) : null;
  }

  /** The one that has not ended. */
  async open(read: ReadContext, member: SubjectId, role: Role): Promise<RoleGrant | null> {
    const rows = await read.manager.query<GrantRow[]>(
      `select ${GRANT} where tenant = $1 and member = $2 and role = $3 and ended_at is null`,
      [read.context.tenant, member, role],
    );
    return rows[0] ? toGrant(rows[0]) : null;
  }

  /** Grants of these roles that count, whoever may use them already, the one that could first be used first. */
  async standing(read: ReadContext, member: SubjectId, roles: readonly Role[]): Promise<readonly RoleGrant[]> {
    const rows = await read.manager.query<GrantRow[]>(
      `select ${GRANT} where tenant = $1 and member = $2 and role = any ($3) and confirmed_at is not null and ended_at is null
       order by usable_from, id`,
      [read.context.tenant, member, roles],
    );
    return rows.map(toGrant);
  }

  /** All of each of `members`, newest first. */
  async ofMembers(read: ReadContext, members: readonly SubjectId[]): Promise<readonly RoleGrant[]> {
    const rows = await read.manager.query<GrantRow[]>(
      `select ${GRANT} where tenant = $1 and member = any ($2) order by proposed_at desc, id desc`,
      [read.context.tenant, members],
    );
    return rows.map(toGrant);
  }
}
