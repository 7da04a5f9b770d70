import { BlobVault } from '@imprimatur/domain/assets';
import { Ledger } from '@imprimatur/domain/ledger';
import { cutoff, HoldService, retentionApplied, type RetentionClass, RetentionGuard, RetentionService } from '@imprimatur/domain/retention';
import { type Context, systemClock } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { type Destroyed, type ExpiryOf, RetentionClasses } from './retention.classes.js';

const DAY_MS = 86_400_000;

/**
 * The job `retention`: destroys what has outlived its time and is under no hold. Each batch is one transaction under the guard, with its
 * event; a run that is interrupted goes on the next time.
 */
@Injectable()
export class RetentionSweep {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly guard: RetentionGuard,
    private readonly rules: RetentionService,
    private readonly holds: HoldService,
    private readonly classes: RetentionClasses,
    private readonly ledger: Ledger,
    private readonly vault: BlobVault,
  ) {}

  /** The job: one run, and the next one in a day. */
  async carryOut(context: Context, signal: AbortSignal, complete: (write: WriteContext) => Promise<void>): Promise<void> {
    await this.run(context, signal);
    await this.unitOfWork.write(context, async (write) => {
      await this.scheduleNext(write);
      await complete(write);
    });
  }

  /** One run over every class, at `now`; answers how much was destroyed of each, where anything was. */
  async run(context: Context, signal: AbortSignal, now = systemClock.now()): Promise<Readonly<Partial<Record<RetentionClass, number>>>> {
    const rules = await this.unitOfWork.read(context, (read) => this.rules.rules(read));
    const total: Partial<Record<RetentionClass, number>> = {};
    for (const rule of rules) {
      if (rule.keepDays === null) continue;
      let after: string | null = null;
      do {
        signal.throwIfAborted();
        const done: Destroyed | null = await this.unitOfWork.write(context, (write) => this.batch(write, rule.class, now, after));
        if (done === null) break;
        // a crash here leaves bytes that no row refers to: the sweep below takes them another day
        await this.vault.removeObjects(context.tenant, done.objects);
        if (done.count > 0) total[rule.class] = (total[rule.class] ?? 0) + done.count;
        after = done.next;
      } while (after !== null);
    }
    await this.unitOfWork.read(context, (read) => this.vault.sweep(read, new Date(systemClock.now().getTime() - DAY_MS)));
    return total;
  }

  /** The next daily run, while there is a rule that destroys something. */
  async scheduleNext(write: WriteContext): Promise<void> {
    if ((await this.rules.rules(write)).some(({ keepDays }) => keepDays !== null)) await this.rules.enqueueNext(write);
  }

  /** Null: nothing may be destroyed of this class. Rules and holds are read under the guard: what was acknowledged before counts. */
  private async batch(write: WriteContext, of: RetentionClass, now: Date, after: string | null): Promise<Destroyed | null> {
    await this.guard.take(write);
    const rule = (await this.rules.rules(write)).find((each) => each.class === of);
    const before = rule ? cutoff(rule, now) : null;
    const held = await this.holds.targets(write);
    if (!rule?.keepDays || before === null || held.tenant) return null;
    const expiry: ExpiryOf = { before, held: await this.classes.reach(write, held), after };
    const destroyed = await this.classes.destroy(write, of, expiry);
    if (destroyed.count > 0) {
      await this.ledger.append(write, retentionApplied(write.context.tenant, of, rule.keepDays, { [of]: destroyed.count }));
    }
    return destroyed;
  }
}
