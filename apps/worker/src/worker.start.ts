import { join } from 'node:path';
import { ITEM_JOB } from '@imprimatur/domain/editing';
import { ExportService } from '@imprimatur/domain/exports';
import { LogSigner, Sequencer } from '@imprimatur/domain/ledger';
import { PictureEngine, ScreeningService } from '@imprimatur/domain/moderation';
import { ExportSigner } from '@imprimatur/domain/provenance';
import { ExportFlow } from '@imprimatur/flows/exports';
import { ScreeningFlow, TurnFlow } from '@imprimatur/flows/gates';
import { assert, type ExportId, Fault, type ItemId, systemContext, type VersionId } from '@imprimatur/kernel';
import { BLOB_STORE, type BlobStore } from '@imprimatur/platform/blobs';
import type { Config } from '@imprimatur/platform/config';
import { type Job, JobConsumer } from '@imprimatur/platform/jobs';
import { type Logger, NestLogger } from '@imprimatur/platform/telemetry';
import { NestFactory } from '@nestjs/core';
import { startHousekeeping } from './housekeeping.js';
import { WorkerModule } from './worker.module.js';

const ITEMS_AT_ONCE = 4;
const SCREENINGS_AT_ONCE = 2;
const EXPORTS_AT_ONCE = 2;

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
  const sequencer = startSequencer(config, logger);
  await sequencer?.start();
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
      await sequencer?.stop();
      await engine.close();
      await app.close();
    },
  };
}

function register(consumer: JobConsumer, app: { get<T>(token: abstract new (...args: never[]) => T): T }): void {
  const turns = app.get(TurnFlow);
  const screenings = app.get(ScreeningFlow);
  const exports = app.get(ExportFlow);
  consumer.register(ITEM_JOB, ({ job, signal }) => turns.advance(contextOf(job), idIn<ItemId>(job, 'item'), signal), {
    concurrency: ITEMS_AT_ONCE,
    onDead: (job, error, write) => turns.fail(write, idIn<ItemId>(job, 'item'), error),
  });
  consumer.register('screening', (run) => screenings.screen(contextOf(run.job), idIn<VersionId>(run.job, 'version'), run), {
    concurrency: SCREENINGS_AT_ONCE,
    attemptsMax: 3,
    onDead: (job, error, write) => app.get(ScreeningService).recordFailure(write, idIn<VersionId>(job, 'version'), codeOf(error)),
  });
  consumer.register('export', ({ job, signal }) => exports.carryOut(contextOf(job), idIn<ExportId>(job, 'export'), signal), {
    concurrency: EXPORTS_AT_ONCE,
    onDead: (job, error, write) => app.get(ExportService).recordFailed(write, idIn<ExportId>(job, 'export'), codeOf(error)),
  });
}

function startSequencer(config: Config, logger: Logger): Sequencer | null {
  if (config.sequencerUrl === undefined) return null;
  return new Sequencer({
    url: config.sequencerUrl,
    signer: new LogSigner(join(config.home, 'signer'), join(config.home, 'trust', 'logs.vkey')),
    logName: config.logName,
    report: (error) => logger.error({ err: error }, 'the sequencer went wrong'),
  });
}

function idIn<T extends string>(job: Job, name: string): T {
  const id = job.payload[name];
  assert(typeof id === 'string', `a job of kind ${job.kind} names its ${name}`);
  return id as T;
}

const codeOf = (error: unknown): string => (error instanceof Fault ? error.code : 'UNEXPECTED');
