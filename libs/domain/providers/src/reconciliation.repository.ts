import type { AttemptId, ReconciliationId, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type {
  BilledCall,
  Columns,
  Finding,
  FindingKind,
  FindingPage,
  Period,
  Reconciliation,
  ReconciliationCounts,
  RowProblem,
} from './reconciliation.types.js';

/** A reconciliation that has begun: nothing is counted yet. */
export type NewReconciliation = Omit<Reconciliation, 'period' | 'counts'> & {
  readonly requestSha256: Uint8Array;
  readonly fileSha256: Uint8Array;
};

export interface NewRow {
  readonly position: number;
  readonly line: number;
  readonly problem: RowProblem | null;
  readonly call: BilledCall | null;
}

interface Row {
  readonly id: ReconciliationId;
  readonly provider: string;
  readonly columns: Columns;
  readonly time_zone: string | null;
  readonly window_seconds: number;
  readonly imported_by: SubjectId | null;
  readonly imported_at: Date;
  readonly period_from: Date | null;
  readonly period_to: Date | null;
  readonly rows: string;
  readonly explained: string;
  readonly ambiguous: string;
  readonly unexplained: string;
  readonly missing_from_bill: string;
  readonly unreadable: string;
}

interface FindingRow {
  readonly position: string;
  readonly kind: FindingKind;
  readonly line: string | null;
  readonly problem: RowProblem | null;
  readonly at: Date | null;
  readonly response_id: string | null;
  readonly model: string | null;
  readonly input_tokens: string | null;
  readonly output_tokens: string | null;
  readonly cost: string | null;
  readonly project: string | null;
  readonly attempt: AttemptId | null;
  readonly basis: Finding['basis'];
}

/** Reconciliations and their findings as they are stored and listed; matching has a repository of its own. */
@Injectable()
export class ReconciliationRepository {
  /** Holds whoever imports the same until the transaction ends. */
  async hold(write: WriteContext, requestSha256: Uint8Array): Promise<void> {
    const key = `reconciliation/${write.context.tenant}/${Buffer.from(requestSha256).toString('hex')}`;
    await write.manager.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [key]);
  }

  async findByRequest(read: ReadContext, requestSha256: Uint8Array): Promise<Reconciliation | null> {
    return this.one(read, 'request_sha256', Buffer.from(requestSha256));
  }

  async find(read: ReadContext, id: ReconciliationId): Promise<Reconciliation | null> {
    return this.one(read, 'id', id);
  }

  async findMany(read: ReadContext, ids: readonly ReconciliationId[]): Promise<readonly Reconciliation[]> {
    const rows = await read.manager.query<Row[]>(
      `select * from reconciliation where tenant = $1 and id = any($2::uuid[]) and rows is not null`,
      [read.context.tenant, ids],
    );
    return rows.map(toReconciliation);
  }

  /** Newest first: ids are ordered by time. `after`: the id before the page. */
  async list(read: ReadContext, first: number, after: string | null): Promise<readonly Reconciliation[]> {
    const rows = await read.manager.query<Row[]>(
      `select * from reconciliation where tenant = $1 and rows is not null and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [read.context.tenant, after, first],
    );
    return rows.map(toReconciliation);
  }

  async insert(write: WriteContext, begun: NewReconciliation): Promise<void> {
    await write.manager.query(
      `insert into reconciliation (tenant, id, provider, request_sha256, file_sha256, columns, time_zone, window_seconds, imported_by, imported_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        write.context.tenant,
        begun.id,
        begun.provider,
        Buffer.from(begun.requestSha256),
        Buffer.from(begun.fileSha256),
        JSON.stringify(begun.columns),
        begun.timeZone,
        begun.windowSeconds,
        begun.importedBy,
        begun.importedAt,
      ],
    );
  }

  /** Readable rows begin as unexplained. */
  async insertRows(write: WriteContext, id: ReconciliationId, rows: readonly NewRow[]): Promise<void> {
    if (rows.length === 0) return;
    const of = <T>(pick: (row: NewRow) => T): T[] => rows.map(pick);
    await write.manager.query(
      `insert into reconciliation_finding
              (tenant, reconciliation, position, kind, line, problem, at, response_id, model, input_tokens, output_tokens, cost, project)
       select $1, $2, r.position, case when r.problem is null then 'unexplained' else 'unreadable' end, r.line, r.problem, r.at, r.response_id,
              r.model, r.input_tokens, r.output_tokens, r.cost, r.project
         from unnest($3::bigint[], $4::bigint[], $5::text[], $6::timestamptz[], $7::text[], $8::text[], $9::bigint[], $10::bigint[], $11::text[], $12::text[])
           as r (position, line, problem, at, response_id, model, input_tokens, output_tokens, cost, project)`,
      [
        write.context.tenant,
        id,
        of(({ position }) => position),
        of(({ line }) => line),
        of(({ problem }) => problem),
        of(({ call }) => call?.at ?? null),
        of(({ call }) => call?.responseId ?? null),
        of(({ call }) => call?.model ?? null),
        of(({ call }) => call?.inputTokens ?? null),
        of(({ call }) => call?.outputTokens ?? null),
        of(({ call }) => call?.cost ?? null),
        of(({ call }) => call?.project ?? null),
      ],
    );
  }

  /** Counts what was found; from then on nothing of it changes. */
  async finish(write: WriteContext, id: ReconciliationId, period: Period | null): Promise<void> {
    await write.manager.query(
      `update reconciliation r
          set period_from = $3, period_to = $4, rows = c.rows, explained = c.explained, ambiguous = c.ambiguous,
              unexplained = c.unexplained, missing_from_bill = c.missing, unreadable = c.unreadable
         from (select count(line) as rows, count(*) filter (where kind = 'explained') as explained,
                      count(*) filter (where kind = 'ambiguous') as ambiguous, count(*) filter (where kind = 'unexplained') as unexplained,
                      count(*) filter (where kind = 'missing-from-bill') as missing, count(*) filter (where kind = 'unreadable') as unreadable
                 from reconciliation_finding where tenant = $1 and reconciliation = $2) c
        where r.tenant = $1 and r.id = $2`,
      [write.context.tenant, id, period?.from ?? null, period?.to ?? null],
    );
  }

  async findings(read: ReadContext, id: ReconciliationId, page: FindingPage): Promise<readonly Finding[]> {
    const rows = await read.manager.query<FindingRow[]>(
      `select position, kind, line, problem, at, response_id, model, input_tokens, output_tokens, cost, project, attempt, basis
         from reconciliation_finding
        where tenant = $1 and reconciliation = $2 and ($3::text is null or kind = $3) and position > $4 order by position limit $5`,
      [read.context.tenant, id, page.kind, page.after ?? '0', page.first],
    );
    return rows.map(toFinding);
  }

  private async one(read: ReadContext, column: 'id' | 'request_sha256', value: unknown): Promise<Reconciliation | null> {
    const rows = await read.manager.query<Row[]>(`select * from reconciliation where tenant = $1 and ${column} = $2 and rows is not null`, [
      read.context.tenant,
      value,
    ]);
    return rows[0] ? toReconciliation(rows[0]) : null;
  }
}

function toReconciliation(row: Row): Reconciliation {
  const counts: ReconciliationCounts = {
    rows: Number(row.rows),
    explained: Number(row.explained),
    ambiguous: Number(row.ambiguous),
    unexplained: Number(row.unexplained),
    missingFromBill: Number(row.missing_from_bill),
    unreadable: Number(row.unreadable),
  };
  return {
    id: row.id,
    provider: row.provider,
    columns: row.columns,
    timeZone: row.time_zone,
    windowSeconds: row.window_seconds,
    importedBy: row.imported_by,
    importedAt: row.imported_at,
    period: row.period_from && row.period_to && { from: row.period_from, to: row.period_to },
    counts,
  };
}

function toFinding(row: FindingRow): Finding {
  const count = (text: string | null): number | null => (text === null ? null : Number(text));
  return {
    position: row.position,
    kind: row.kind,
    line: count(row.line),
    problem: row.problem,
    call: {
      at: row.at,
      responseId: row.response_id,
      model: row.model,
      inputTokens: count(row.input_tokens),
      outputTokens: count(row.output_tokens),
      cost: row.cost,
      project: row.project,
    },
    attempt: row.attempt,
    basis: row.basis,
  };
}
