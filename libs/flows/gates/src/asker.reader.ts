import { EditingService, type PaceOf } from '@imprimatur/domain/editing';
import { AcknowledgementService, type ActivePolicy } from '@imprimatur/domain/policies';
import { TrainingService } from '@imprimatur/domain/training';
import type { AskerFacts, PaceFacts } from '@imprimatur/formats/policy';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** What the rules may know of who asks: what they acknowledged and passed, as the policy has it now, and at what pace is edited. */
@Injectable()
export class AskerReader {
  constructor(
    private readonly editing: EditingService,
    private readonly acknowledgements: AcknowledgementService,
    private readonly trainings: TrainingService,
  ) {}

  async find(read: ReadContext, policy: ActivePolicy, of: PaceOf): Promise<AskerFacts & PaceFacts> {
    const modules = policy.status === 'ready' ? policy.data.training : [];
    return {
      ...(await this.editing.pace(read, of)),
      policyAcknowledged: await this.acknowledgements.isAcknowledged(read, policy, of.subject),
      trainingCurrent: of.subject === null ? [] : await this.trainings.current(read, of.subject, modules),
    };
  }
}
