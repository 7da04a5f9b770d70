import { MemberService } from '@imprimatur/domain/identity';
import { NoticeService } from '@imprimatur/domain/notices';
import { DeliveryService, type Webhook } from '@imprimatur/domain/webhooks';
import { type Context, type DeliveryId, systemClock } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import type { JobRun } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { send } from './webhook.sender.js';

const HOUR_MS = 3_600_000;

/** Carries one delivery to its receiver. */
@Injectable()
export class WebhookFlow {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deliveries: DeliveryService,
    private readonly notices: NoticeService,
    private readonly members: MemberService,
  ) {}

  /**
   * Order: (1) read what is to be sent; (2) send it, outside any transaction; (3) write the attempt, the next try and the end of this job in one
   * transaction. A worker that dies between (2) and (3) leaves the job to the next, which sends the same id and body again: at least once.
   */
  async carryOut(context: Context, id: DeliveryId, { signal, complete }: Pick<JobRun, 'signal' | 'complete'>): Promise<void> {
    const prepared = await this.unitOfWork.read(context, (read) => this.deliveries.prepare(read, id));
    signal.throwIfAborted();
    const outcome = prepared && (await send(prepared));
    await this.unitOfWork.write(context, async (write) => {
      const ended = await this.deliveries.record(write, id, outcome);
      if (ended) await this.tell(write, ended);
      await complete(write);
    });
  }

  /** Its job died, over and over: the delivery is not lost with it. */
  async tryAgain(write: WriteContext, id: DeliveryId): Promise<void> {
    await this.deliveries.tryAgain(write, id, new Date(systemClock.now().getTime() + HOUR_MS));
  }

  private async tell(write: WriteContext, { id, disablings }: Webhook): Promise<void> {
    const cause = { kind: 'webhook-disabled' as const, about: id, version: disablings, daysLeft: null, until: null };
    const administrators = await this.members.administrators(write);
    await this.notices.tell(
      write,
      cause,
      administrators.map((subject) => ({ subject, exports: [] })),
    );
  }
}
