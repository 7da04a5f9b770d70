import type { AttemptId, ReconciliationId } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { NamedCall, NamedRow, RowDecision, TimedCall, TimedRow } from './reconciliation.rules.js';
import type { Period } from './reconciliation.types.js';

const FETCH = 2_000;
/** Longer than any call lasts. */
const CALL_MAX = `interval '1 day'`;
/** What a provider reports as tokens read, and written, under whatever name. Thinking is billed as writing. */
const INPUT = `coalesce(a.usage->>'inputTokens', a.usage->>'promptTokenCount', a.usage->>'input_tokens', a.usage->>'prompt_tokens')::bigint`;
const OUTPUT = `coalesce((a.usage->>'outputTokens')::bigint,
  (a.usage->>'candidatesTokenCount')::bigint + coalesce((a.usage->>'thoughtsTokenCount')::bigint, 0),
  (a.usage->>'output_tokens')::bigint, (a.usage->>'completion_tokens')::bigint)`;

/** What matching is about. */
export interface Matching {
  readonly id: ReconciliationId;
  readonly provider: string;
  readonly windowSeconds: number;
}

/** The statements that compare a bill with the attempts of its tenant; all within the transaction of the import. */
@Injectable()
export class ReconciliationMatchingRepository {
  /** From the first to the last readable row; null: there is none. */
  async period(write: WriteContext, { id }: Matching): Promise<Period | null> {
    const [row] = await write.manager.query<{ from: Date | null; to: Date | null }[]>(
      `select min(at) as "from", max(at) as "to" from reconciliation_finding where tenant = $1 and reconciliation = $2`,
      [write.context.tenant, id],
    );
    return row?.from && row.to ? { from: row.from, to: row.to } : null;
  }

  /** Rows that name a response, in the order of its bytes. */
  namedRows(write: WriteContext, { id }: Matching): AsyncGenerator<NamedRow> {
    return fetchAll<{ position: string; response_id: string }, NamedRow>(
      write,
      'reconciliation_named_rows',
      `select position, response_id from reconciliation_finding
        where tenant = $1 and reconciliation = $2 and response_id is not null order by response_id collate "C", position`,
      [write.context.tenant, id],
      ({ position, response_id }) => ({ position: Number(position), responseId: response_id }),
    );
  }

  /** Attempts of the provider that have a response id, in the order of its bytes. */
  namedCalls(write: WriteContext, { provider }: Matching): AsyncGenerator<NamedCall> {
    return fetchAll<{ id: AttemptId; response_id: string }, NamedCall>(
      write,
      'reconciliation_named_calls',
      `select id, response_id from provider_attempt
        where tenant = $1 and provider = $2 and response_id is not null order by response_id collate "C", began_at, id`,
      [write.context.tenant, provider],
      ({ id, response_id }) => ({ attempt: id, responseId: response_id }),
    );
  }

  /** Rows that are neither explained nor billed twice, in the order of their time. */
  rows(write: WriteContext, { id }: Matching): AsyncGenerator<TimedRow> {
    return fetchAll<{ position: string; at: Date; named: boolean; input: string | null; output: string | null }, TimedRow>(
      write,
      'reconciliation_rows',
      `select position, at, response_id is not null as named, input_tokens as input, output_tokens as output from reconciliation_finding
        where tenant = $1 and reconciliation = $2 and kind = 'unexplained' and problem is null order by at, position`,
      [write.context.tenant, id],
      ({ position, at, named, input, output }) => ({
        position: Number(position),
        at: at.getTime(),
        hasResponseId: named,
        inputTokens: count(input),
        outputTokens: count(output),
      }),
    );
  }

  /** Attempts that explain no row by response id, of `period` and the window around it, in the order in which they began. */
  calls(write: WriteContext, { id, provider, windowSeconds }: Matching, period: Period): AsyncGenerator<TimedCall> {
    return fetchAll<{ id: AttemptId; began: Date; ended: Date; named: boolean; input: string | null; output: string | null }, TimedCall>(
      write,
      'reconciliation_calls',
      `select a.id, a.began_at as began, coalesce(a.ended_at, a.began_at) as ended, a.response_id is not null as named,
              ${INPUT} as input, ${OUTPUT} as output
         from provider_attempt a
        where a.tenant = $1 and a.provider = $3 and a.began_at between $4::timestamptz - $6::float8 * interval '1 second' - ${CALL_MAX}
                                                              and $5::timestamptz + $6::float8 * interval '1 second'
          and coalesce(a.ended_at, a.began_at) >= $4::timestamptz - $6::float8 * interval '1 second'
          and a.id not in (select f.attempt from reconciliation_finding f
                            where f.tenant = $1 and f.reconciliation = $2 and f.kind = 'explained')
        order by a.began_at, a.id`,
      [write.context.tenant, id, provider, period.from, period.to, windowSeconds],
      ({ id: attempt, began, ended, named, input, output }) => ({
        attempt,
        began: began.getTime(),
        ended: Math.max(began.getTime(), ended.getTime()),
        hasResponseId: named,
        inputTokens: count(input),
        outputTokens: count(output),
      }),
    );
  }

  async decide(write: WriteContext, { id }: Matching, decisions: readonly RowDecision[]): Promise<void> {
    if (decisions.length === 0) return;
    await write.manager.query(
      `update reconciliation_finding f set kind = d.kind, attempt = d.attempt, basis = d.basis, problem = d.problem
         from unnest($3::bigint[], $4::text[], $5::uuid[], $6::text[], $7::text[]) as d (position, kind, attempt, basis, problem)
        where f.tenant = $1 and f.reconciliation = $2 and f.position = d.position`,
      [
        write.context.tenant,
        id,
        decisions.map(({ position }) => position),
        decisions.map(({ kind }) => (kind === 'billed-twice' ? 'unexplained' : kind)),
        decisions.map((each) => (each.kind === 'billed-twice' ? null : each.attempt)),
        decisions.map((each) => (each.kind === 'explained' ? each.basis : null)),
        decisions.map(({ kind }) => (kind === 'billed-twice' ? 'BILLED_TWICE' : null)),
      ],
    );
  }

  /** Those of `attempts` that began within `period`, after the last finding. */
  async addMissing(write: WriteContext, { id }: Matching, attempts: readonly AttemptId[], period: Period): Promise<void> {
    if (attempts.length === 0) return;
    await write.manager.query(
      `insert into reconciliation_finding (tenant, reconciliation, position, kind, at, response_id, model, input_tokens, output_tokens, attempt)
       select $1, $2, last.position + row_number() over (order by a.began_at, a.id), 'missing-from-bill', a.began_at, a.response_id,
              a.requested_model, ${INPUT}, ${OUTPUT}, a.id
         from provider_attempt a
        cross join (select coalesce(max(position), 0) as position from reconciliation_finding where tenant = $1 and reconciliation = $2) last
        where a.tenant = $1 and a.id = any($3::uuid[]) and a.began_at between $4 and $5`,
      [write.context.tenant, id, attempts, period.from, period.to],
    );
  }
}

/** A cursor of the transaction: sorted once by PostgreSQL, and a batch in memory. It does not see what is changed while it is read. */
async function* fetchAll<Row, T>(
  { manager }: WriteContext,
  name: string,
  select: string,
  values: readonly unknown[],
  toValue: (row: Row) => T,
): AsyncGenerator<T> {
  await manager.query(`declare ${name} no scroll cursor for ${select}`, [...values]);
  for (;;) {
    const rows = await manager.query<Row[]>(`fetch ${FETCH} from ${name}`);
    for (const row of rows) yield toValue(row);
    if (rows.length < FETCH) break;
  }
  await manager.query(`close ${name}`);
}

function count(text: string | null): number | null {
  return text === null ? null : Number(text);
}
