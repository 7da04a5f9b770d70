import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import {
  type AttemptId,
  type Clock,
  newId,
  notFound,
  ok,
  type ReconciliationId,
  refuse,
  type Result,
  systemClock,
  timestamp,
} from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { requestDigest } from '@imprimatur/platform/idempotency';
import { Injectable } from '@nestjs/common';
import { CsvBroken, readCsv } from '@imprimatur/platform/csv';
import { type ColumnPlaces, type Mapping, placeColumns, readMapping } from './reconciliation.columns.js';
import { reconciliationImported } from './reconciliation.events.js';
import { type Matching, ReconciliationMatchingRepository } from './reconciliation.matching.repository.js';
import { billBroken, billEmpty, type ReconciliationRefusal } from './reconciliation.refusals.js';
import { type NewRow, ReconciliationRepository } from './reconciliation.repository.js';
import { checkRequest, type CheckedRequest } from './reconciliation.request.js';
import { readRow } from './reconciliation.row.js';
import { type Decision, matchByResponseId, matchByTime, type RowDecision } from './reconciliation.rules.js';
import type { BillFile, Columns, Finding, FindingPage, Period, Reconciliation, ReconciliationRequest } from './reconciliation.types.js';

const BATCH = 2_000;

/** A provider's bill or audit log beside our own attempts: what it lists that no turn of ours explains, and what of ours it does not list. */
@Injectable()
export class ReconciliationService {
  private readonly clock: Clock = systemClock;

  constructor(
    private readonly reconciliations: ReconciliationRepository,
    private readonly matching: ReconciliationMatchingRepository,
    private readonly ledger: Ledger,
  ) {}

  /**
   * Imports a file, row by row, and matches it. The same file with the same settings is the same reconciliation: what was found the first time
   * stands. Rows that cannot be read are findings; a file that is no CSV is refused whole.
   */
  async import(
    write: WriteContext,
    request: ReconciliationRequest,
    file: BillFile,
  ): Promise<Result<Reconciliation, ReconciliationRefusal>> {
    const denied = allow(write.context, 'create', 'Reconciliation');
    if (denied) return refuse(denied);
    const checked = checkRequest(request);
    if (!checked.ok) return checked;
    const mapping = readMapping(request.mapping);
    if (!mapping.ok) return mapping;
    const requestSha256 = digestOf(request, mapping.value, file);
    await this.reconciliations.hold(write, requestSha256);
    const before = await this.reconciliations.findByRequest(write, requestSha256);
    if (before) return ok(before);
    const begun: Matching = { id: newId('reconciliation'), provider: request.provider, windowSeconds: request.windowSeconds };
    const read = await this.readFile(write, begun, checked.value, mapping.value, file, requestSha256);
    if (!read.ok) return read;
    return ok(await this.conclude(write, begun, request.period, mapping.value, file));
  }

  async find(read: ReadContext, id: ReconciliationId): Promise<Result<Reconciliation, ReconciliationRefusal>> {
    const denied = allow(read.context, 'read', 'Reconciliation');
    if (denied) return refuse(denied);
    const found = await this.reconciliations.find(read, id);
    return found ? ok(found) : refuse(notFound('reconciliation'));
  }

  /** Those of `ids` that are there; none for an actor who may not read them. */
  async findMany(read: ReadContext, ids: readonly ReconciliationId[]): Promise<readonly Reconciliation[]> {
    return allow(read.context, 'read', 'Reconciliation') ? [] : this.reconciliations.findMany(read, ids);
  }

  /** Newest first. `after`: the id before the page. */
  async list(
    read: ReadContext,
    page: { readonly first: number; readonly after: string | null },
  ): Promise<Result<readonly Reconciliation[], ReconciliationRefusal>> {
    const denied = allow(read.context, 'read', 'Reconciliation');
    return denied ? refuse(denied) : ok(await this.reconciliations.list(read, page.first, page.after));
  }

  /** In the order of the file; what is missing from the bill stands last. */
  async findings(read: ReadContext, id: ReconciliationId, page: FindingPage): Promise<Result<readonly Finding[], ReconciliationRefusal>> {
    const denied = allow(read.context, 'read', 'Reconciliation');
    return denied ? refuse(denied) : ok(await this.reconciliations.findings(read, id, page));
  }

  /** Stores its rows, a batch at a time: memory does not grow with the file. */
  private async readFile(
    write: WriteContext,
    { id }: Matching,
    { provider, timeZone, windowSeconds, zone }: CheckedRequest,
    mapping: Mapping,
    file: BillFile,
    requestSha256: Uint8Array,
  ): Promise<Result<Columns, ReconciliationRefusal>> {
    const records = readCsv(file.read());
    try {
      const headings = (await records.next()).value as { readonly fields: readonly string[] } | undefined;
      if (!headings) return refuse(billEmpty());
      const placed = placeColumns(mapping, headings.fields);
      if (!placed.ok) return placed;
      const { columns, places } = placed.value;
      const importedBy = write.context.actor.subject;
      const begun = { id, provider, columns, timeZone, windowSeconds, importedBy, importedAt: this.clock.now() };
      await this.reconciliations.insert(write, { ...begun, requestSha256, fileSha256: file.sha256 });
      for await (const batch of inBatches(rowsOf(records, headings.fields.length, places, zone))) {
        await this.reconciliations.insertRows(write, id, batch);
      }
      return ok(columns);
    } catch (error) {
      if (error instanceof CsvBroken) return refuse(billBroken(error.why, error.line));
      throw error;
    } finally {
      await records.return(undefined);
    }
  }

  private async conclude(
    write: WriteContext,
    begun: Matching,
    stated: Period | null,
    { preset }: Mapping,
    file: BillFile,
  ): Promise<Reconciliation> {
    const byId = matchByResponseId(this.matching.namedRows(write, begun), this.matching.namedCalls(write, begun));
    for await (const batch of inBatches(byId)) await this.matching.decide(write, begun, batch);
    const billed = await this.matching.period(write, begun);
    const period = stated ?? billed;
    if (period) await this.matchByTime(write, begun, period, billed ?? period);
    await this.reconciliations.finish(write, begun.id, period);
    const done = await this.reconciliations.find(write, begun.id);
    if (!done) throw new Error('a reconciliation that was finished is there');
    await this.ledger.append(write, reconciliationImported(done, preset, file));
    return done;
  }

  private async matchByTime(write: WriteContext, begun: Matching, period: Period, billed: Period): Promise<void> {
    const both = { from: earlier(period.from, billed.from), to: later(period.to, billed.to) };
    const rows = this.matching.rows(write, begun);
    const calls = this.matching.calls(write, begun, both);
    for await (const batch of inBatches(matchByTime(rows, calls, begun.windowSeconds * 1000))) {
      const isOfRow = (each: Decision): each is RowDecision => each.kind !== 'missing-from-bill';
      const missing = batch.flatMap((each): AttemptId[] => (isOfRow(each) ? [] : [each.attempt]));
      await this.matching.decide(write, begun, batch.filter(isOfRow));
      await this.matching.addMissing(write, begun, missing, period);
    }
  }
}

async function* rowsOf(
  records: AsyncIterable<{ readonly line: number; readonly fields: readonly string[] }>,
  width: number,
  places: ColumnPlaces,
  zone: CheckedRequest['zone'],
): AsyncGenerator<NewRow> {
  let position = 0;
  for await (const { line, fields } of records) {
    position += 1;
    const read = readRow(fields, width, places, zone);
    yield 'call' in read ? { position, line, call: read.call, problem: null } : { position, line, call: null, problem: read.problem };
  }
}

async function* inBatches<T>(all: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  for await (const each of all) {
    batch.push(each);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** SHA-256 of everything that the answer depends on, but for the attempts themselves. */
function digestOf(
  { provider, timeZone, windowSeconds, period }: ReconciliationRequest,
  { preset, named }: Mapping,
  file: BillFile,
): Uint8Array {
  const stated = period && { from: timestamp(period.from), to: timestamp(period.to) };
  const columns = Object.fromEntries(Object.entries(named));
  return requestDigest({
    file: Buffer.from(file.sha256).toString('hex'),
    provider,
    timeZone,
    windowSeconds,
    period: stated,
    preset,
    columns,
  });
}

const earlier = (a: Date, b: Date): Date => (a < b ? a : b);
const later = (a: Date, b: Date): Date => (a > b ? a : b);
