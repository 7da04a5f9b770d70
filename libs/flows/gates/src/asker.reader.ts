import { EditingService, type PaceOf } from '@imprimatur/domain/editing';
import { AcknowledgementService, PolicyService } from '@imprimatur/domain/policies';
import { TrainingService } from '@imprimatur/domain/training';
import type { AskerFacts, PaceFacts } from '@imprimatur/formats/policy';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/**
 * What the rules may know of who asks: what they acknowledged and passed, and at what pace is edited. The duties are those of the active policy, also for a
 * session that one in canary judges: only those can be done.
 */
@Injectable()
export class AskerReader {
  constructor(
    private readonly editing: EditingService,
    private readonly acknowledgements: AcknowledgementService,
    private readonly trainings: TrainingService,
    private readonly policies: PolicyService,
  ) {}

  async find(read: ReadContext, of: PaceOf): Promise<AskerFacts & PaceFacts> {
    const policy = await this.policies.active(read);
    const modules = policy.status === 'ready' ? policy.data.training : [];
    return {
      ...(await this.editing.pace(read, of)),
      policyAcknowledged: await this.acknowledgements.isAcknowledged(read, policy, of.subject),
      trainingCurrent: of.subject === null ? [] : await this.trainings.current(read, of.subject, modules),
    };
  }
}
