import type { AssetId, DecisionId, ItemId, SessionId, VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ReviewCondition } from './decision.types.js';

const COLUMNS = `c.decision, c.code, c.kind, c.channels, c.forbids, c.session, c.asset, c.version, c.entry`;
/** Of approvals that count. */
const STANDING = `from review_condition c
  join review_decision d on d.tenant = c.tenant and d.id = c.decision
  join review_task t on t.tenant = d.tenant and t.id = d.task
 where c.tenant = $1 and review_approved(t)`;

@Injectable()
export class ConditionRepository {
  async insert(write: WriteContext, { decision, ...condition }: ReviewCondition): Promise<void> {
    const { code, kind, channels, forbids, session, asset, version, entry } = condition;
    await write.manager.query(
      `insert into review_condition (tenant, decision, code, kind, channels, forbids, session, asset, version, entry)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [write.context.tenant, decision, code, kind, [...channels], [...forbids], session, asset, version, entry],
    );
  }

  async ofDecisions(read: ReadContext, decisions: readonly DecisionId[]): Promise<readonly ReviewCondition[]> {
    return read.manager.query<ReviewCondition[]>(
      `select ${COLUMNS} from review_condition c where c.tenant = $1 and c.decision = any ($2::uuid[]) order by c.decision, c.code`,
      [read.context.tenant, [...decisions]],
    );
  }

  /** What binds these versions, which are one picture and what it was made from, and whatever `items` made: some were approved before there was a version. */
  async ofVersions(read: ReadContext, versions: readonly VersionId[], items: readonly ItemId[]): Promise<readonly ReviewCondition[]> {
    return read.manager.query<ReviewCondition[]>(
      `select ${COLUMNS} ${STANDING} and (c.version = any ($2::uuid[]) or (c.version is null and t.item = any ($3::uuid[])))
        order by c.decision, c.code`,
      [read.context.tenant, [...versions], [...items]],
    );
  }

  /** What binds the next turns of a session; of one picture where it is named. */
  async ofSession(read: ReadContext, session: SessionId, asset: AssetId | null): Promise<readonly ReviewCondition[]> {
    return read.manager.query<ReviewCondition[]>(
      `select ${COLUMNS} ${STANDING} and c.kind = 'operations' and c.session = $2 and ($3::uuid is null or c.asset = $3) order by c.decision, c.code`,
      [read.context.tenant, session, asset],
    );
  }
}
