import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AbsenceService,
  ClaimService,
  ConflictService,
  DecisionReader,
  DecisionService,
  QueueService,
  ReviewService,
} from '@imprimatur/domain/review';
import { QueueFlow, QueueFlowModule, TaskClockFlow } from '@imprimatur/flows/queues';
import { type Context, newId, type Role, type TenantId } from '@imprimatur/kernel';
import { loadConfig } from '@imprimatur/platform/config';
import { DatabaseModule, type ReadContext, type WriteContext } from '@imprimatur/platform/database';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { person } from './reviewers';

/** The review room on a database of its own. */
export interface ReviewRoom {
  readonly database: TestDatabase;
  readonly review: ReviewService;
  readonly decisions: DecisionService;
  readonly reader: DecisionReader;
  readonly conflicts: ConflictService;
  readonly claims: ClaimService;
  readonly queues: QueueService;
  readonly absences: AbsenceService;
  readonly flow: QueueFlow;
  readonly clock: TaskClockFlow;
  newTenant(): Promise<TenantId>;
  /** Somebody whom the tenant knows, as who delegates must. */
  newMember(tenant: TenantId, roles?: readonly Role[]): Promise<ReturnType<typeof person>>;
  write<T>(who: Context, work: (write: WriteContext) => Promise<T>): Promise<T>;
  read<T>(who: Context, work: (read: ReadContext) => Promise<T>): Promise<T>;
  /** Types of the ledger's entries about a task, in order. */
  eventsOf(task: string): Promise<string[]>;
  close(): Promise<void>;
}

export async function openReviewRoom(): Promise<ReviewRoom> {
  const database = await createTestDatabase({ poolMax: 20 });
  const home = mkdtempSync(join(tmpdir(), 'imprimatur-review-'));
  process.env.IMPRIMATUR_HOME = home;
  @Module({ imports: [DatabaseModule.forRoot(loadConfig({ DATABASE_URL: database.appUrl }), 'test'), QueueFlowModule] })
  class House {}
  const app = await NestFactory.createApplicationContext(House, { logger: false, abortOnError: false });
  const find = { strict: false };
  return {
    database,
    review: app.get(ReviewService, find),
    claims: app.get(ClaimService, find),
    queues: app.get(QueueService, find),
    absences: app.get(AbsenceService, find),
    flow: app.get(QueueFlow, find),
    clock: app.get(TaskClockFlow, find),
    decisions: app.get(DecisionService, find),
    reader: app.get(DecisionReader, find),
    conflicts: app.get(ConflictService, find),
    newTenant: async () => {
      const tenant = newId('tenant');
      await database.asAdmin(`insert into tenant (id, name, created_at) values ($1, 'test', now())`, [tenant]);
      return tenant;
    },
    newMember: async (tenant, roles = ['approver']) => {
      const member = person(tenant, roles);
      await database.asAdmin(
        `with s as (insert into subject (tenant, id, kind, ref, display_name, created_at) values ($1, $2, 'person', $3, 'Somebody', now()))
         insert into member (tenant, id, roles, created_at) values ($1, $2, $4, now())`,
        [tenant, member.subject, member.actor.ref, roles],
      );
      return member;
    },
    write: (who, work) => database.unitOfWork.write(who, work),
    read: (who, work) => database.unitOfWork.read(who, work),
    eventsOf: async (task) => {
      const entries = await database.asAdmin<{ type: string }>(
        `select e.type from ledger_entry e join ledger_about a on a.tenant = e.tenant and a.entry = e.id where a.about = $1 order by e.position`,
        [task],
      );
      return entries.map(({ type }) => type);
    },
    close: async () => {
      await app.close();
      await database.close();
      rmSync(home, { recursive: true });
    },
  };
}
