import type { SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { NewRetentionRule, RetentionClass, RetentionRule } from './retention.types.js';

interface RuleRow {
  readonly class: RetentionClass;
  readonly keep_days: number | null;
  readonly duty_days: number | null;
  readonly basis: string;
  readonly set_by: SubjectId | null;
  readonly set_at: Date;
}

@Injectable()
export class RetentionRuleRepository {
  async all(read: ReadContext): Promise<readonly RetentionRule[]> {
    const rows = await read.manager.query<RuleRow[]>(
      `select class, keep_days, duty_days, basis, set_by, set_at from retention_rule where tenant = $1`,
      [read.context.tenant],
    );
    return rows.map((row) => ({
      class: row.class,
      keepDays: row.keep_days,
      dutyDays: row.duty_days,
      basis: row.basis,
      setBy: row.set_by,
      setAt: row.set_at,
    }));
  }

  async set(write: WriteContext, rule: NewRetentionRule, setBy: SubjectId | null, setAt: Date): Promise<void> {
    await write.manager.query(
      `insert into retention_rule (tenant, class, keep_days, duty_days, basis, set_by, set_at) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (tenant, class) do update set keep_days = excluded.keep_days, duty_days = excluded.duty_days, basis = excluded.basis,
         set_by = excluded.set_by, set_at = excluded.set_at`,
      [write.context.tenant, rule.class, rule.keepDays, rule.dutyDays, rule.basis, setBy, setAt],
    );
  }
}
