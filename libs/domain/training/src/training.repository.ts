import type { EntryId, SubjectId, TrainingId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { TrainingAttempt, TrainingPass, TrainingResult } from './training.types.js';

interface AttemptRow {
  readonly id: TrainingId;
  readonly subject: SubjectId;
  readonly module: string;
  readonly digest: string;
  readonly started_at: Date;
  readonly correct: number | null;
  readonly asked: number | null;
  readonly passed: boolean | null;
  readonly graded_at: Date | null;
  readonly until: Date | null;
  readonly entry: EntryId | null;
}

const ATTEMPT = `a.id, a.subject, a.module, a.digest, a.started_at, r.correct, r.asked, r.passed, r.graded_at, r.until, r.entry
  from training_attempt a left join training_result r on r.tenant = a.tenant and r.attempt = a.id`;

function toAttempt(row: AttemptRow): TrainingAttempt {
  const { correct, asked, passed, graded_at: gradedAt, until, entry } = row;
  return {
    id: row.id,
    subject: row.subject,
    module: row.module,
    digest: row.digest,
    startedAt: row.started_at,
    result:
      correct === null || asked === null || gradedAt === null
        ? null
        : { right: correct, asked, passed: passed === true, gradedAt, until, entry },
  };
}

@Injectable()
export class TrainingRepository {
  /** One person begins and is graded one after the other, so that no two gradings at once slip below the limit. */
  async lockPerson(write: WriteContext, subject: SubjectId): Promise<void> {
    await write.manager.query(`select pg_advisory_xact_lock(hashtext('imprimatur/training'), hashtext($1))`, [
      `${write.context.tenant}/${subject}`,
    ]);
  }

  async find(read: ReadContext, id: TrainingId): Promise<TrainingAttempt | null> {
    const rows = await read.manager.query<AttemptRow[]>(`select ${ATTEMPT} where a.tenant = $1 and a.id = $2`, [read.context.tenant, id]);
    return rows[0] ? toAttempt(rows[0]) : null;
  }

  /** The newest that was begun on this content and is not graded. */
  async findOpen(read: ReadContext, subject: SubjectId, module: string, digest: string): Promise<TrainingAttempt | null> {
    const rows = await read.manager.query<AttemptRow[]>(
      `select ${ATTEMPT} where a.tenant = $1 and a.subject = $2 and a.module = $3 and a.digest = $4 and r.attempt is null
        order by a.id desc limit 1`,
      [read.context.tenant, subject, module, digest],
    );
    return rows[0] ? toAttempt(rows[0]) : null;
  }

  /** When somebody was graded in a module, oldest first. */
  async gradings(read: ReadContext, subject: SubjectId, module: string, since: Date): Promise<readonly Date[]> {
    const rows = await read.manager.query<{ graded_at: Date }[]>(
      `select graded_at from training_result where tenant = $1 and subject = $2 and module = $3 and graded_at > $4 order by graded_at`,
      [read.context.tenant, subject, module, since],
    );
    return rows.map(({ graded_at: at }) => at);
  }

  /** Of each module and content the pass that lasts longest. */
  async passes(read: ReadContext, subject: SubjectId): Promise<readonly TrainingPass[]> {
    const rows = await read.manager.query<{ module: string; digest: string; graded_at: Date; until: Date }[]>(
      `select distinct on (module, digest) module, digest, graded_at, until from training_result
        where tenant = $1 and subject = $2 and passed order by module, digest, until desc`,
      [read.context.tenant, subject],
    );
    return rows.map(({ module, digest, graded_at: passedAt, until }) => ({ module, digest, passedAt, until }));
  }

  async insert(write: WriteContext, { id, subject, module, digest, startedAt }: TrainingAttempt): Promise<void> {
    await write.manager.query(
      `insert into training_attempt (tenant, id, subject, module, digest, started_at) values ($1, $2, $3, $4, $5, $6)`,
      [write.context.tenant, id, subject, module, digest, startedAt],
    );
  }

  async insertResult(write: WriteContext, { id, subject, module, digest }: TrainingAttempt, result: TrainingResult): Promise<void> {
    await write.manager.query(
      `insert into training_result (tenant, attempt, subject, module, digest, correct, asked, passed, graded_at, until, entry)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        write.context.tenant,
        id,
        subject,
        module,
        digest,
        result.right,
        result.asked,
        result.passed,
        result.gradedAt,
        result.until,
        result.entry,
      ],
    );
  }
}
