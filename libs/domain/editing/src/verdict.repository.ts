import type { ItemId, JsonObject, Verdict, VerdictId, VerdictOutcome } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { VerdictRow } from './editing.entity.js';
import type { AskedBefore, PastQuestions, RecordedVerdict } from './editing.types.js';

/** One gate of each stage: all of a stage keep the same question. The words of the index. */
const ASKED = `(gate = 'usage' or (gate = 'consent' and evidence -> 'asked' ->> 'question' = 'AutoRelease'))`;

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

  /** What the policy was asked, oldest first: each question once, with the verdict of the gate that answered first. */
  async pastQuestions(read: ReadContext, { since, until, after, first }: PastQuestions): Promise<readonly AskedBefore[]> {
    const rows = await read.manager.query<{ id: string; item: ItemId; at: Date; asked: unknown }[]>(
      `select id, item, created_at as at, evidence -> 'asked' as asked from verdict
        where tenant = $1 and ${ASKED} and created_at >= $2 and created_at < $3
          and ($4::timestamptz is null or (created_at, id) > ($4, $5::uuid))
        order by created_at, id limit $6`,
      [read.context.tenant, since, until, after?.at ?? null, after?.verdict ?? null, first],
    );
    return rows.map(({ id, item, at, asked }) => ({ id: item, verdict: id, at, asked }));
  }

  async countPastQuestions(read: ReadContext, { since, until }: Pick<PastQuestions, 'since' | 'until'>): Promise<number> {
    const [row] = await read.manager.query<{ count: number }[]>(
      `select count(*)::int as count from verdict where tenant = $1 and ${ASKED} and created_at >= $2 and created_at < $3`,
      [read.context.tenant, since, until],
    );
    return row?.count ?? 0;
  }

  async itemsUnderRule(read: ReadContext, rule: string, after: ItemId | null, first: number): Promise<readonly ItemId[]> {
    const rows = await read.manager.query<{ item: ItemId }[]>(
      `select distinct item from verdict
        where tenant = $1 and findings <> '[]'::jsonb and findings @> $2::jsonb and ($3::uuid is null or item > $3) order by item limit $4`,
      [read.context.tenant, JSON.stringify([{ rule }]), after, first],
    );
    return rows.map(({ item }) => item);
  }
}
