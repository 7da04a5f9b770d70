import { MemberService } from '@imprimatur/domain/identity';
import { NoticeService } from '@imprimatur/domain/notices';
import { PolicyService } from '@imprimatur/domain/policies';
import { ClockService, type ReviewTask, TASK_CLOCK_JOB } from '@imprimatur/domain/review';
import type { TaskId } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Jobs } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { lateTermsOf } from './queue.terms.js';

const LEADS_MAX = 100;

/** What time does to a task that waits, by the rules of the active bundle: leases end, rests are over, and what is late is told to the leads of its queue. */
@Injectable()
export class TaskClockFlow {
  constructor(
    private readonly clock: ClockService,
    private readonly policies: PolicyService,
    private readonly members: MemberService,
    private readonly notices: NoticeService,
    private readonly jobs: Jobs,
  ) {}

  /** For whoever is the system. Again does nothing twice; sees to it that it is asked again in time. */
  async tick(write: WriteContext, task: TaskId): Promise<void> {
    const policy = await this.policies.active(write);
    const { breached, nextLook } = await this.clock.tick(write, task, (queue) => lateTermsOf(policy, queue));
    if (breached) await this.tellLeads(write, breached.task, lateTermsOf(policy, breached.from).leads);
    if (nextLook) await this.jobs.enqueue(write, { kind: TASK_CLOCK_JOB, key: task, payload: { task }, runAt: nextLook });
  }

  private async tellLeads(write: WriteContext, task: ReviewTask, roles: Parameters<MemberService['holdersOf']>[1]): Promise<void> {
    const leads = await this.members.holdersOf(write, roles, LEADS_MAX);
    await this.notices.tell(
      write,
      { kind: 'task-breached', about: task.id, version: 1, daysLeft: null, until: task.dueAt },
      leads.map(({ subject }) => ({ subject: subject.id, exports: [] })),
    );
  }
}
