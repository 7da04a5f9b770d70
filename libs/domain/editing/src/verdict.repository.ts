import type { ItemId, JsonObject, Verdict, VerdictId, VerdictOutcome } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { VerdictRow } from './editing.entity.js';
import type { RecordedVerdict } from './editing.types.js';

function toVerdict(row: VerdictRow): RecordedVerdict {
  return {
    id: row.id as VerdictId,
    item: row.item as ItemId,
    ordinal: row.ordinal,
    gate: row.gate,
    outcome: row.outcome as VerdictOutcome,
    findings: row.findings,
    evidence: row.evidence as JsonObject,
    at: row.createdAt,
  };
}

@Injectable()
export class VerdictRepository {
  /** The item must be locked: verdicts are numbered one after the other. */
  async insert(write: WriteContext, item: ItemId, verdicts: readonly (Verdict & { readonly id: VerdictId })[], at: Date): Promise<void> {
    const tenant = write.context.tenant;
    const before = await write.manager.countBy(VerdictRow, { tenant, item });
    const rows = verdicts.map(({ id, gate, outcome, findings, evidence }, place) => ({
      tenant,
      id,
      item,
      ordinal: before + place + 1,
      gate,
      outcome,
      findings: [...findings],
      evidence,
      createdAt: at,
    }));
    await write.manager.insert(VerdictRow, rows);
  }

  /** In the order in which the gates answered, item by item. */
  async ofItems(read: ReadContext, items: readonly ItemId[]): Promise<readonly RecordedVerdict[]> {
    if (items.length === 0) return [];
    const rows = await read.manager
      .createQueryBuilder(VerdictRow, 'v')
      .where('v.tenant = :tenant and v.item in (:...items)', { tenant: read.context.tenant, items })
      .orderBy('v.item')
      .addOrderBy('v.ordinal')
      .getMany();
    return rows.map(toVerdict);
  }
}
