import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { ok, refuse, type Result, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Jobs } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { retentionRuleSet } from './retention.events.js';
import { RetentionGuard } from './retention.guard.repository.js';
import type { RetentionRefusal } from './retention.refusals.js';
import { RetentionRuleRepository } from './retention-rule.repository.js';
import { defaultRule, ruleRefusal } from './retention.rules.js';
import { type NewRetentionRule, RETENTION_CLASSES, type RetentionRule } from './retention.types.js';

/** The job that destroys what has outlived its time, once a day for each tenant that has such a rule. */
export const RETENTION_JOB = 'retention';
const DAY_MS = 86_400_000;

/** How long a tenant keeps what, and how long it must. */
@Injectable()
export class RetentionService {
  constructor(
    private readonly stored: RetentionRuleRepository,
    private readonly guard: RetentionGuard,
    private readonly ledger: Ledger,
    private readonly jobs: Jobs,
  ) {}

  /** One for each class, in the order of `RETENTION_CLASSES`; what was never set is kept for ever. Refused to who may not read rules. */
  async list(read: ReadContext): Promise<Result<readonly RetentionRule[], RetentionRefusal>> {
    const denied = allow(read.context, 'read', 'RetentionRule');
    return denied ? refuse(denied) : ok(await this.rules(read));
  }

  /** The same for flows that authorised already. */
  async rules(read: ReadContext): Promise<readonly RetentionRule[]> {
    const found = new Map((await this.stored.all(read)).map((rule) => [rule.class, rule]));
    return RETENTION_CLASSES.map((of) => found.get(of) ?? defaultRule(of));
  }

  /** Takes effect on what it destroys with the next daily run, a day from now at the earliest: time to notice a slip. */
  async set(write: WriteContext, wish: NewRetentionRule): Promise<Result<RetentionRule, RetentionRefusal>> {
    const denied = allow(write.context, 'edit', 'RetentionRule') ?? ruleRefusal(wish);
    if (denied) return refuse(denied);
    await this.guard.take(write);
    const rule = { ...wish, basis: wish.basis.trim() };
    const setBy = write.context.actor.subject;
    const setAt = systemClock.now();
    await this.stored.set(write, rule, setBy, setAt);
    await this.ledger.append(write, retentionRuleSet(write.context.tenant, rule));
    if (rule.keepDays !== null) await this.enqueueNext(write);
    return ok({ ...rule, setBy, setAt });
  }

  /** The next daily run. */
  async enqueueNext(write: WriteContext): Promise<void> {
    const runAt = new Date(systemClock.now().getTime() + DAY_MS);
    await this.jobs.enqueue(write, { kind: RETENTION_JOB, key: write.context.tenant, payload: {}, runAt });
  }
}
