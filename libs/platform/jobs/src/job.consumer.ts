import { DataSource } from 'typeorm';
import { Fault, newId, systemContext } from '@imprimatur/kernel';
import { isUnavailable, type Notifications, UnitOfWork } from '@imprimatur/platform/database';
import { type HandlerOptions, type Job, type JobHandler, Later } from './job.types.js';
import { JOB_CHANNEL } from './jobs.js';
import { LeaseRepository } from './lease.repository.js';

const POLL_MS = 1_000;
const SWEEP_MS = 60_000;
const LEASE_MS = 5_000;
const ATTEMPTS_MAX = 5;
const ERROR_CHARS_MAX = 500;

interface Registered {
  readonly handler: JobHandler;
  readonly options: HandlerOptions;
  readonly running: Set<Promise<void>>;
  /** A query for more jobs is under way, and whether another was asked for meanwhile. */
  taking: Promise<void> | undefined;
  askedAgain: boolean;
}

/** Hears what goes wrong around jobs; the process decides how to log it. */
export type JobReporter = (event: { readonly job?: Job; readonly error: unknown; readonly willRetry: boolean }) => void;

/**
 * Runs jobs under a lease: FOR UPDATE SKIP LOCKED, heartbeat, fencing token. Woken by NOTIFY, and by itself each second for what a lost
 * notification or a dead worker left behind.
 */
export class JobConsumer {
  private readonly leases: LeaseRepository;
  private readonly unitOfWork: UnitOfWork;
  private readonly handlers = new Map<string, Registered>();
  private readonly stopping = new AbortController();
  private readonly timers: NodeJS.Timeout[] = [];
  private unsubscribe: () => void = () => undefined;

  constructor(
    source: DataSource,
    private readonly notifications: Notifications,
    private readonly report: JobReporter,
  ) {
    this.leases = new LeaseRepository(source);
    this.unitOfWork = new UnitOfWork(source);
  }

  register(kind: string, handler: JobHandler, options: HandlerOptions): void {
    this.handlers.set(kind, { handler, options, running: new Set(), taking: undefined, askedAgain: false });
  }

  start(): void {
    this.unsubscribe = this.notifications.subscribe(JOB_CHANNEL, (kind) => this.wake(kind));
    this.timers.push(
      setInterval(() => this.tick(), POLL_MS),
      setInterval(() => void this.guarded(() => this.leases.sweep()), SWEEP_MS),
    );
    this.tick();
  }

  /** Takes nothing new, tells running handlers to stop, and waits for them. */
  async stop(): Promise<void> {
    this.unsubscribe();
    for (const timer of this.timers) clearInterval(timer);
    this.stopping.abort(new Fault({ room: 'jobs', code: 'WORKER_STOPPING', message: 'the worker is stopping', retryable: true }));
    const registered = [...this.handlers.values()];
    // what is being taken now is taken: it must be given back, not left leased
    await Promise.all(registered.flatMap(({ taking }) => (taking ? [taking] : [])));
    await Promise.all(registered.flatMap(({ running }) => [...running]));
  }

  private tick(): void {
    for (const kind of this.handlers.keys()) this.wake(kind);
  }

  private wake(kind: string): void {
    const registered = this.handlers.get(kind);
    if (!registered || this.stopping.signal.aborted) return;
    if (registered.taking) {
      registered.askedAgain = true;
      return;
    }
    registered.askedAgain = false;
    registered.taking = this.guarded(() => this.fill(kind, registered)).finally(() => {
      registered.taking = undefined;
      if (registered.askedAgain) this.wake(kind);
    });
  }

  /** Takes as many jobs as there are free places; each that ends looks for the next. */
  private async fill(kind: string, registered: Registered): Promise<void> {
    const free = registered.options.concurrency - registered.running.size;
    if (free <= 0) return;
    const token = newId('job');
    for (const job of await this.leases.take(kind, free, registered.options.leaseMs ?? LEASE_MS, token)) {
      const run = this.run(job, token, registered).finally(() => {
        registered.running.delete(run);
        this.wake(kind);
      });
      registered.running.add(run);
    }
  }

  private async run(job: Job, token: string, { handler, options }: Registered): Promise<void> {
    const lost = new AbortController();
    const heart = this.heartbeat(job, token, options.leaseMs ?? LEASE_MS, lost);
    let completed = false;
    try {
      this.stopping.signal.throwIfAborted();
      // a worker that died counts as an attempt: a job that kills its worker must not do so for ever
      if (job.attempt > attemptsMax(options))
        throw new Fault({ room: 'jobs', code: 'JOB_KEEPS_DYING', message: 'its workers died each time' });
      await handler({
        job,
        signal: AbortSignal.any([lost.signal, this.stopping.signal]),
        complete: async (write) => {
          if (!(await this.leases.complete(job.id, token, write.manager))) throw leaseLost(job);
          write.afterCommit(() => (completed = true)); // a refusal may still roll it back
        },
      });
      if (!completed && !(await this.leases.complete(job.id, token))) throw leaseLost(job);
    } catch (error) {
      if (completed) this.report({ job, error, willRetry: false });
      else await this.guarded(() => this.failed(job, token, options, lost.signal.aborted ? lost.signal.reason : error));
    } finally {
      clearInterval(heart);
    }
  }

  /** Keeps the lease; aborts `lost` when another worker has it, or when nothing was heard for as long as it lasts. */
  private heartbeat(job: Job, token: string, leaseMs: number, lost: AbortController): NodeJS.Timeout {
    let heardAt = performance.now();
    return setInterval(() => {
      const askedAt = performance.now();
      if (askedAt - heardAt > leaseMs) lost.abort(leaseLost(job));
      this.leases.heartbeat(job.id, token, leaseMs).then(
        (alive) => {
          if (alive) heardAt = askedAt;
          else lost.abort(leaseLost(job));
        },
        (error: unknown) => this.report({ job, error, willRetry: true }),
      );
    }, leaseMs / 3);
  }

  private async failed(job: Job, token: string, options: HandlerOptions, error: unknown): Promise<void> {
    if (error instanceof Later) {
      await this.leases.retry(job.id, token, error.waitMs, null);
      return;
    }
    const said = (error instanceof Fault ? error.code : error instanceof Error ? error.name : 'unknown').slice(0, ERROR_CHARS_MAX);
    // a database that is away, or a worker that stops, is not the job's fault
    const innocent = isUnavailable(error) || this.stopping.signal.aborted;
    const hopeless = error instanceof Fault && !error.retryable;
    const willRetry = innocent || isLeaseLost(error) || (!hopeless && job.attempt < attemptsMax(options));
    this.report({ job, error, willRetry });
    if (!willRetry) return this.bury(job, token, options, error, said);
    const waitMs = this.stopping.signal.aborted ? 0 : (options.backoffMs ?? backoff)(job.attempt);
    await this.leases.retry(job.id, token, waitMs, innocent ? null : said); // nothing happens when the lease is another's
  }

  /** Dead, and its owner told, or neither. When telling fails the lease runs out, and the next worker tells. */
  private async bury(job: Job, token: string, options: HandlerOptions, error: unknown, said: string): Promise<void> {
    await this.unitOfWork.write(systemContext(job.tenant, `job-${job.id}`), async (write) => {
      // first the fence: a worker that lost the lease may not speak for the job
      if (!(await this.leases.bury(job.id, token, said, write.manager))) throw leaseLost(job);
      await options.onDead?.(job, error, write);
    });
  }

  private async guarded(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.stopping.signal.aborted) this.report({ error, willRetry: true });
    }
  }
}

function attemptsMax(options: HandlerOptions): number {
  return options.attemptsMax ?? ATTEMPTS_MAX;
}

function isLeaseLost(error: unknown): boolean {
  return error instanceof Fault && error.code === 'JOB_LEASE_LOST';
}

function backoff(attempt: number): number {
  return Math.min(30_000, 200 * 2 ** attempt);
}

function leaseLost(job: Job): Fault {
  return new Fault({ room: 'jobs', code: 'JOB_LEASE_LOST', message: `job ${job.id} is another worker's by now`, retryable: true });
}
