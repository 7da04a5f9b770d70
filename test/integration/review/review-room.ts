import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Context, newId, type TenantId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { FileKeyProvider } from '@imprimatur/platform/keys';
import { EntryRepository, Ledger, Sealing, SubjectKeyRepository } from '@imprimatur/domain/ledger';
import {
  ConditionRepository,
  ConflictRepository,
  ConflictService,
  DecisionReader,
  DecisionRepository,
  DecisionService,
  DecisionTerms,
  PinRepository,
  ReviewRepository,
  ReviewService,
} from '@imprimatur/domain/review';
import { createTestDatabase, type TestDatabase } from '../../support/database';

/** The review room on a database of its own. */
export interface ReviewRoom {
  readonly database: TestDatabase;
  readonly review: ReviewService;
  readonly decisions: DecisionService;
  readonly reader: DecisionReader;
  readonly conflicts: ConflictService;
  newTenant(): Promise<TenantId>;
  write<T>(who: Context, work: (write: WriteContext) => Promise<T>): Promise<T>;
  read<T>(who: Context, work: (read: ReadContext) => Promise<T>): Promise<T>;
  /** Types of the ledger's entries about a task, in order. */
  eventsOf(task: string): Promise<string[]>;
  close(): Promise<void>;
}

export async function openReviewRoom(): Promise<ReviewRoom> {
  const database = await createTestDatabase({ poolMax: 20 });
  const home = mkdtempSync(join(tmpdir(), 'imprimatur-review-'));
  const sealing = new Sealing(new SubjectKeyRepository(), new FileKeyProvider(join(home, 'master.key')));
  const ledger = new Ledger(new EntryRepository(), sealing);
  const [tasks, decisions, conditions] = [new ReviewRepository(), new DecisionRepository(), new ConditionRepository()];
  const terms = new DecisionTerms(conditions, new PinRepository(), ledger);
  const decider = new DecisionService(tasks, decisions, new ConflictRepository(), terms, ledger);
  const review = new ReviewService(tasks, ledger, decider);
  return {
    database,
    review,
    decisions: decider,
    reader: new DecisionReader(tasks, decisions, conditions),
    conflicts: new ConflictService(new ConflictRepository(), ledger),
    newTenant: async () => {
      const tenant = newId('tenant');
      await database.asAdmin(`insert into tenant (id, name, created_at) values ($1, 'test', now())`, [tenant]);
      return tenant;
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
      await database.close();
      rmSync(home, { recursive: true });
    },
  };
}
