import { IdentityModule } from '@imprimatur/domain/identity';
import { NoticeModule } from '@imprimatur/domain/notices';
import { PoliciesModule } from '@imprimatur/domain/policies';
import { ReviewModule } from '@imprimatur/domain/review';
import { JobsModule } from '@imprimatur/platform/jobs';
import { Module } from '@nestjs/common';
import { QueueFlow } from './queue.flow.js';
import { TaskClockFlow } from './task.clock.flow.js';

@Module({
  imports: [IdentityModule, JobsModule, NoticeModule, PoliciesModule, ReviewModule],
  providers: [QueueFlow, TaskClockFlow],
  exports: [QueueFlow, TaskClockFlow],
})
export class QueueFlowModule {}
