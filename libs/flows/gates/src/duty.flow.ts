import { allow, MemberService } from '@imprimatur/domain/identity';
import { AcknowledgementService, PolicyService, type UsageDuty } from '@imprimatur/domain/policies';
import {
  type PutQuestion,
  type TrainingAnswer,
  type TrainingAttempt,
  type TrainingRefusal,
  TrainingService,
  type TrainingStanding,
} from '@imprimatur/domain/training';
import type { TrainingModule } from '@imprimatur/formats/policy';
import { notFound, ok, refuse, type Result, type SubjectId, type TrainingId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** A module of the active policy, and where somebody stands with it. */
export interface ModuleStanding {
  readonly module: TrainingModule;
  readonly standing: TrainingStanding;
}

/** What the active policy asks of somebody before they may edit. */
export interface Duties {
  /** Null: no text is to be acknowledged. */
  readonly usage: UsageDuty | null;
  readonly trainings: readonly ModuleStanding[];
}

/** The active policy says what is to be read and passed; the room of the trainings knows who did. */
@Injectable()
export class DutyFlow {
  constructor(
    private readonly policies: PolicyService,
    private readonly acknowledgements: AcknowledgementService,
    private readonly trainings: TrainingService,
    private readonly members: MemberService,
  ) {}

  /** The caller's own. */
  async own(read: ReadContext): Promise<Result<Duties>> {
    const denied = allow(read.context, 'read', 'Training');
    if (denied) return refuse(denied);
    const { subject } = read.context.actor;
    return subject === null ? refuse(notFound('person')) : ok(await this.duties(read, subject));
  }

  /** A member's, for those who may see the members. */
  async ofMember(read: ReadContext, subject: SubjectId): Promise<Result<Duties>> {
    const member = await this.members.find(read, subject);
    return member.ok ? ok(await this.duties(read, subject)) : member;
  }

  async start(write: WriteContext, id: string): Promise<Result<TrainingAttempt, TrainingRefusal>> {
    const module = (await this.modules(write)).find((each) => each.id === id);
    return module ? this.trainings.start(write, module) : refuse(notFound('training module'));
  }

  async submit(write: WriteContext, id: TrainingId, answers: readonly TrainingAnswer[]): Promise<Result<TrainingAttempt, TrainingRefusal>> {
    return this.trainings.submit(write, id, await this.modules(write), answers);
  }

  /** What the caller began, with its questions; none where the module has another content by now. */
  async attempt(
    read: ReadContext,
    id: TrainingId,
  ): Promise<Result<{ readonly attempt: TrainingAttempt; readonly questions: readonly PutQuestion[] }, TrainingRefusal>> {
    const attempt = await this.trainings.find(read, id);
    if (!attempt.ok) return attempt;
    const module = (await this.modules(read)).find((each) => each.id === attempt.value.module);
    return ok({ attempt: attempt.value, questions: (module && this.trainings.questionsOf(attempt.value, module)) ?? [] });
  }

  private async modules(read: ReadContext): Promise<readonly TrainingModule[]> {
    const policy = await this.policies.active(read);
    return policy.status === 'ready' ? policy.data.training : [];
  }

  private async duties(read: ReadContext, subject: SubjectId): Promise<Duties> {
    const policy = await this.policies.active(read);
    const modules = policy.status === 'ready' ? policy.data.training : [];
    const standings = new Map((await this.trainings.standings(read, subject, modules)).map((each) => [each.module, each]));
    return {
      usage: await this.acknowledgements.duty(read, policy, subject),
      trainings: modules.flatMap((module) => {
        const standing = standings.get(module.id);
        return standing ? [{ module, standing }] : [];
      }),
    };
  }
}
