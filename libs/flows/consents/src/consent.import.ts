import { AssetService } from '@imprimatur/domain/assets';
import { allow } from '@imprimatur/domain/identity';
import { type ConsentId, type Forbidden, ok, type Refusal, refuse, type Result, systemClock } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { type ImportLine, type ImportProblem, problem, readConsentLines } from './consent.csv.js';
import { ConsentFlow, type LocatedFace } from './consent.flow.js';

/** Problems that a refusal carries; it tells how many there are. */
export const PROBLEMS_TOLD_MAX = 100;

/** Something is wrong with the file, and nothing of it was imported. */
export interface ConsentImportInvalid extends Refusal<'CONSENT_IMPORT_INVALID'> {
  /** By line, the first 100. */
  readonly problems: readonly ImportProblem[];
  readonly problemCount: number;
}

/** What one line became. A type, as JSON is kept of it. */
export type ImportedLine = { readonly line: number; readonly consent: ConsentId };

interface LocatedLine extends ImportLine {
  readonly found: LocatedFace;
}

/** Registers a file of consents, all of its lines or none. */
@Injectable()
export class ConsentImport {
  constructor(
    private readonly flow: ConsentFlow,
    private readonly assets: AssetService,
  ) {}

  /** In the caller's one transaction. All pictures are held, in the order that withdrawals hold them in, before the first entry of the ledger. */
  async import(
    write: WriteContext,
    file: AsyncIterable<Uint8Array>,
  ): Promise<Result<readonly ImportedLine[], Forbidden | ConsentImportInvalid>> {
    const denied = allow(write.context, 'register', 'Consent');
    if (denied) return refuse(denied);
    const { lines, problems } = await readConsentLines(file, systemClock.now());
    if (problems.length > 0) return refuse(invalid(problems));
    const located = await this.locate(write, lines);
    if (!located.ok) return located;
    for (const { found } of located.value) await this.assets.keepFromErasure(write, found.upload.id);
    const imported: ImportedLine[] = [];
    for (const { line, wish, found } of located.value) {
      const registered = await this.flow.bind(write, found, wish);
      // read a moment ago, and its time is over now
      if (!registered.ok) return refuse(invalid([{ line, column: null, ...registered.refusal }]));
      imported.push({ line, consent: registered.value.id });
    }
    return ok(imported.sort((one, other) => one.line - other.line));
  }

  /** By picture: two files of the same pictures take them, and the heads of their histories, in one order. */
  private async locate(write: WriteContext, lines: readonly ImportLine[]): Promise<Result<readonly LocatedLine[], ConsentImportInvalid>> {
    const located: LocatedLine[] = [];
    const problems: ImportProblem[] = [];
    for (const each of lines) {
      const found = await this.flow.locate(write, each.wish.asset, each.wish.face);
      if (found.ok) located.push({ ...each, found: found.value });
      else {
        const { code, message, remedy } = found.refusal;
        problems.push(problem(each.line, code === 'FACE_UNKNOWN' ? 'face' : 'asset', code, message, remedy));
      }
    }
    if (problems.length > 0) return refuse(invalid(problems));
    return ok([...located].sort((one, other) => (one.wish.asset < other.wish.asset ? -1 : one.wish.asset > other.wish.asset ? 1 : 0)));
  }
}

function invalid(problems: readonly ImportProblem[]): ConsentImportInvalid {
  const lines = new Set(problems.map(({ line }) => line)).size;
  return {
    code: 'CONSENT_IMPORT_INVALID',
    message: `Nothing was imported: ${problems.length} problems in ${lines} lines.`,
    remedy: 'Do what each problem says, and send the whole file again with a new idempotency key.',
    problems: problems.slice(0, PROBLEMS_TOLD_MAX),
    problemCount: problems.length,
  };
}
