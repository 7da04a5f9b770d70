import { BlobVault } from '@imprimatur/domain/assets';
import { ITEM_JOB } from '@imprimatur/domain/editing';
import { ExportService } from '@imprimatur/domain/exports';
import { KEY_ROTATION_JOB, KeyRotation } from '@imprimatur/domain/ledger';
import { PictureEngine, ScreeningService } from '@imprimatur/domain/moderation';
import { SIMULATION_JOB, SimulationService } from '@imprimatur/domain/policies';
import { ExportSigner } from '@imprimatur/domain/provenance';
import { RECALL_JOB, RECALL_REMINDER_JOB } from '@imprimatur/domain/publications';
import { CASE_CLOCK_JOB } from '@imprimatur/domain/quarantine';
import { ERASURE_JOB, RETENTION_JOB } from '@imprimatur/domain/retention';
import { TASK_CLOCK_JOB } from '@imprimatur/domain/review';
import { CONSENT_EXPIRY_JOB, CONSENT_WARNING_JOB, ConsentWarnings, WithdrawalFlow } from '@imprimatur/flows/consents';
import { ErasureWork, RetentionSweep } from '@imprimatur/flows/erasure';
import { ExportFlow } from '@imprimatur/flows/exports';
import { DECISION_JOB, ReviewFlow, ScreeningFlow, TurnFlow } from '@imprimatur/flows/gates';
import { MailFlow, WebhookFlow } from '@imprimatur/flows/notifications';
import { CASE_OBJECTS_JOB, QuarantineFlow } from '@imprimatur/flows/quarantine';
import { RecallFlow } from '@imprimatur/flows/recalls';
import { TaskClockFlow } from '@imprimatur/flows/queues';
import { SimulationFlow } from '@imprimatur/flows/simulation';
import {
  assert,
  type CaseId,
  type ConsentId,
  type DecisionId,
  type ErasureId,
  type ExportId,
  Fault,
  type ItemId,
  type RecallId,
  type SimulationId,
  systemClock,
  systemContext,
  type TaskId,
  type VersionId,
} from '@imprimatur/kernel';
import { BLOB_STORE, type BlobStore } from '@imprimatur/platform/blobs';
import type { Config } from '@imprimatur/platform/config';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { type HandlerOptions, type Job, JobConsumer, type JobHandler, Jobs } from '@imprimatur/platform/jobs';
import { type Logger, NestLogger } from '@imprimatur/platform/telemetry';
import { NestFactory } from '@nestjs/core';
import { startHousekeeping } from './housekeeping.js';
import { startLedgerProcesses } from './ledger.processes.js';
import { registerNotifications } from './notification.jobs.js';
import { WorkerModule } from './worker.module.js';

const ITEMS_AT_ONCE = 4;
const SCREENINGS_AT_ONCE = 2;
const EXPORTS_AT_ONCE = 2;
const CLOCKS_AT_ONCE = 4;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const ERASURE_ATTEMPTS_MAX = 20;

export interface RunningWorker {
  stop(): Promise<void>;
}

const contextOf = (job: Job) => systemContext(job.tenant, `job-${job.id}`);

/** Runs the jobs, and the sequencer where this worker is given its role. */
export async function startWorker(config: Config, logger: Logger): Promise<RunningWorker> {
  const app = await NestFactory.createApplicationContext(WorkerModule.forRoot(config, logger), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const engine = app.get(PictureEngine);
  const consumer = app.get(JobConsumer);
  register(consumer, app);
  const ledger = await startLedgerProcesses(config, logger);
  // the process that signs makes or renews what signing needs, and publishes what verifying needs
  await app.get(ExportSigner).prepare();
  consumer.start();
  const stopHousekeeping = startHousekeeping(app.get<BlobStore>(BLOB_STORE), (error) =>
    logger.error({ err: error }, 'housekeeping went wrong'),
  );
  // the first picture should not wait for the models to load; a failure shows when one is screened
  engine.warmUp().catch((error: unknown) => logger.error({ err: error }, 'the picture engines did not warm up'));
  return {
    stop: async () => {
      stopHousekeeping();
      await consumer.stop();
      await ledger?.stop();
      await engine.close();
      await app.close();
    },
  };
}

interface App {
  get<T>(token: abstract new (...args: never[]) => T): T;
}

function register(consumer: JobConsumer, app: App): void {
  const turns = app.get(TurnFlow);
  const screenings = app.get(ScreeningFlow);
  const exports = app.get(ExportFlow);
  consumer.register(ITEM_JOB, ({ job, signal }) => turns.advance(contextOf(job), idIn<ItemId>(job, 'item'), signal), {
    concurrency: ITEMS_AT_ONCE,
    onDead: (job, error, write) => turns.fail(write, idIn<ItemId>(job, 'item'), error),
  });
  const rotation = app.get(KeyRotation);
  consumer.register(
    KEY_ROTATION_JOB,
    async ({ job, signal }) => void (await rotation.carryOut(contextOf(job), idIn(job, 'replaces'), signal)),
    { concurrency: 1 },
  );
  consumer.register('screening', (run) => screenings.screen(contextOf(run.job), idIn<VersionId>(run.job, 'version'), run), {
    concurrency: SCREENINGS_AT_ONCE,
    attemptsMax: 3,
    onDead: (job, error, write) => app.get(ScreeningService).recordFailure(write, idIn<VersionId>(job, 'version'), codeOf(error)),
  });
  consumer.register('export', ({ job, signal }) => exports.carryOut(contextOf(job), idIn<ExportId>(job, 'export'), signal), {
    concurrency: EXPORTS_AT_ONCE,
    onDead: (job, error, write) => app.get(ExportService).recordFailed(write, idIn<ExportId>(job, 'export'), { code: codeOf(error) }),
  });
  registerDecisions(consumer, app.get(UnitOfWork), app.get(ReviewFlow), app.get(Jobs));
  const simulations = app.get(SimulationFlow);
  consumer.register(
    SIMULATION_JOB,
    ({ job, signal }) => simulations.carryOut(contextOf(job), idIn<SimulationId>(job, 'simulation'), signal),
    {
      concurrency: 1,
      onDead: (job, error, write) => app.get(SimulationService).finish(write, idIn<SimulationId>(job, 'simulation'), codeOf(error)),
    },
  );
  registerConsents(consumer, app);
  registerClocks(consumer, app.get(UnitOfWork), app.get(TaskClockFlow), app.get(Jobs));
  registerQuarantine(consumer, app.get(UnitOfWork), app.get(QuarantineFlow), app.get(BlobVault), app.get(Jobs));
  registerRecalls(consumer, app.get(UnitOfWork), app.get(RecallFlow), app.get(Jobs));
  registerKeeping(consumer, app.get(ErasureWork), app.get(RetentionSweep));
  registerNotifications(consumer, app.get(WebhookFlow), app.get(MailFlow));
}

/** Decisions that could be taken back until now. One that cannot follow is tried again an hour later: it must not be forgotten. */
function registerDecisions(consumer: JobConsumer, work: UnitOfWork, reviews: ReviewFlow, jobs: Jobs): void {
  consumer.register(
    DECISION_JOB,
    ({ job }) => work.write(contextOf(job), (write) => reviews.takeEffect(write, idIn<DecisionId>(job, 'decision'))),
    {
      concurrency: 2,
      onDead: (job, _error, write) => jobs.enqueue(write, { ...job, runAt: new Date(systemClock.now().getTime() + HOUR_MS) }),
    },
  );
}

/** The job ends with what it did: a crash repeats it whole. Given up, it is tried again a day later. */
function registerConsents(consumer: JobConsumer, app: App): void {
  const [work, withdrawals, warnings, jobs] = [app.get(UnitOfWork), app.get(WithdrawalFlow), app.get(ConsentWarnings), app.get(Jobs)];
  const options: HandlerOptions = {
    concurrency: 1,
    onDead: (job, _error, write) => jobs.enqueue(write, { ...job, runAt: new Date(systemClock.now().getTime() + DAY_MS) }),
  };
  const carryOut =
    (act: (write: WriteContext, job: Job) => Promise<unknown>): JobHandler =>
    ({ job, complete }) =>
      work.write(contextOf(job), async (write) => {
        await act(write, job);
        await complete(write);
      });
  consumer.register(
    CONSENT_EXPIRY_JOB,
    carryOut((write, job) => withdrawals.expire(write, idIn<ConsentId>(job, 'consent'))),
    options,
  );
  consumer.register(
    CONSENT_WARNING_JOB,
    carryOut((write, job) => {
      const { version, days } = job.payload;
      assert(typeof version === 'number' && typeof days === 'number', 'a warning names its version and its step');
      return warnings.warn(write, { consent: idIn<ConsentId>(job, 'consent'), version, days });
    }),
    options,
  );
}

/** Leases that end, and tasks that are late: tried for as long as it takes. */
function registerClocks(consumer: JobConsumer, work: UnitOfWork, clock: TaskClockFlow, jobs: Jobs): void {
  consumer.register(
    TASK_CLOCK_JOB,
    ({ job, complete }) =>
      work.write(contextOf(job), async (write) => {
        await clock.tick(write, idIn<TaskId>(job, 'task'));
        await complete(write);
      }),
    {
      concurrency: CLOCKS_AT_ONCE,
      onDead: (job, _error, write) => jobs.enqueue(write, { ...job, runAt: new Date(systemClock.now().getTime() + HOUR_MS) }),
    },
  );
}

/** A clock that ran, and what a case destroyed: tried for as long as it takes. */
function registerQuarantine(consumer: JobConsumer, work: UnitOfWork, flow: QuarantineFlow, vault: BlobVault, jobs: Jobs): void {
  const again = (job: Job, _error: unknown, write: WriteContext): Promise<void> =>
    jobs.enqueue(write, { ...job, runAt: new Date(systemClock.now().getTime() + HOUR_MS) });
  consumer.register(
    CASE_CLOCK_JOB,
    ({ job, complete }) =>
      work.write(contextOf(job), async (write) => {
        await flow.clockRan(write, idIn<CaseId>(job, 'case'));
        await complete(write);
      }),
    { concurrency: 1, onDead: again },
  );
  consumer.register(CASE_OBJECTS_JOB, ({ job }) => vault.removeObjects(job.tenant, job.payload.objects as readonly string[]), {
    concurrency: 1,
    onDead: again,
  });
}

/** A recall that stops half-way goes on where it was; both are tried for as long as it takes. */
function registerRecalls(consumer: JobConsumer, work: UnitOfWork, flow: RecallFlow, jobs: Jobs): void {
  const again = (job: Job, _error: unknown, write: WriteContext): Promise<void> =>
    jobs.enqueue(write, { ...job, runAt: new Date(systemClock.now().getTime() + HOUR_MS) });
  consumer.register(RECALL_JOB, ({ job, signal }) => flow.carryOut(contextOf(job), idIn<RecallId>(job, 'recall'), signal), {
    concurrency: 1,
    onDead: again,
  });
  consumer.register(
    RECALL_REMINDER_JOB,
    ({ job, complete }) =>
      work.write(contextOf(job), async (write) => {
        const { given } = job.payload;
        assert(typeof given === 'number', 'a reminder knows how many were given before');
        await flow.remind(write, idIn<RecallId>(job, 'recall'), given);
        await complete(write);
      }),
    { concurrency: 1, onDead: again },
  );
}

/** What must happen in the end is tried for as long as it takes: a day after each time that it was given up. */
function registerKeeping(consumer: JobConsumer, erasures: ErasureWork, retention: RetentionSweep): void {
  consumer.register(ERASURE_JOB, (run) => erasures.carryOut(contextOf(run.job), idIn<ErasureId>(run.job, 'erasure'), run), {
    concurrency: 1,
    attemptsMax: ERASURE_ATTEMPTS_MAX,
    onDead: (job, _error, write) => erasures.tryAgain(write, idIn<ErasureId>(job, 'erasure')),
  });
  consumer.register(RETENTION_JOB, ({ job, signal, complete }) => retention.carryOut(contextOf(job), signal, complete), {
    concurrency: 1,
    onDead: (_job, _error, write) => retention.scheduleNext(write),
  });
}

function idIn<T extends string>(job: Job, name: string): T {
  const id = job.payload[name];
  assert(typeof id === 'string', `a job of kind ${job.kind} names its ${name}`);
  return id as T;
}

const codeOf = (error: unknown): string => (error instanceof Fault ? error.code : 'UNEXPECTED');
