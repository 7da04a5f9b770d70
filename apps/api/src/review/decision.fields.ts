import { conditionPart, DecisionReader } from '@imprimatur/domain/review';
import { AssetService } from '@imprimatur/domain/assets';
import { LedgerReader } from '@imprimatur/domain/ledger';
import type { Context } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { VersionParent } from '../asset/asset.mapper.js';
import { Caller, Door, type DoorContext } from '../door/index.js';
import type { SessionParent } from '../session/session.mapper.js';
import { PersonRefLoader, PinsOfTaskLoader } from './pin.loader.js';
import { toPin } from './pin.mapper.js';
import { TaskLoader } from './review.loader.js';
import { type ConditionParent, type DecisionParent, type TaskParent, toCondition, toTask } from './review.mapper.js';

/** What a task is shown with besides itself. */
@Resolver('ReviewTask')
export class TaskFields {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tasks: TaskLoader,
    private readonly pins: PinsOfTaskLoader,
    private readonly refs: PersonRefLoader,
    private readonly ledger: LedgerReader,
  ) {}

  @ResolveField('follows')
  async follows(@Door() door: DoorContext, @Parent() { followsId }: TaskParent): Promise<object | null> {
    const task = followsId && (await this.tasks.load(door, followsId));
    return task && toTask(task);
  }

  @ResolveField('requestReason')
  async requestReason(@Caller() context: Context, @Parent() { taskId }: TaskParent): Promise<string | null> {
    return this.unitOfWork.read(context, async (read) => {
      const [opened] = await this.ledger.events(read, { about: { kind: 'task', id: taskId }, first: 1, after: null });
      return opened ? this.ledger.openText(read, opened.id, 'reason') : null;
    });
  }

  @ResolveField('pins')
  async pinsOf(@Door() door: DoorContext, @Parent() { taskId }: TaskParent): Promise<readonly object[]> {
    const pins = (await this.pins.load(door, taskId)) ?? [];
    return Promise.all(pins.map(async (pin) => toPin(pin, (await this.refs.load(door, pin.placedBy)) ?? 'unknown')));
  }
}

@Resolver('ReviewDecision')
export class DecisionFields {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ledger: LedgerReader,
  ) {}

  @ResolveField('text')
  async text(@Caller() context: Context, @Parent() { entryId }: DecisionParent): Promise<string | null> {
    return this.unitOfWork.read(context, (read) => this.ledger.openText(read, entryId, 'reason'));
  }
}

@Resolver('ReviewCondition')
export class ConditionFields {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ledger: LedgerReader,
  ) {}

  @ResolveField('text')
  async text(@Caller() context: Context, @Parent() { entryId, code }: ConditionParent): Promise<string | null> {
    return this.unitOfWork.read(context, (read) => this.ledger.openText(read, entryId, conditionPart(code)));
  }
}

@Resolver('Session')
export class SessionConditions {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly reader: DecisionReader,
  ) {}

  @ResolveField('conditions')
  async conditions(@Caller() context: Context, @Parent() { sessionId }: SessionParent): Promise<readonly object[]> {
    return (await this.unitOfWork.read(context, (read) => this.reader.turnConditions(read, sessionId, null))).map(toCondition);
  }
}

@Resolver('Version')
export class VersionConditions {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly reader: DecisionReader,
    private readonly assets: AssetService,
  ) {}

  @ResolveField('exportConditions')
  async exportConditions(@Caller() context: Context, @Parent() { versionId }: VersionParent): Promise<readonly object[]> {
    return this.unitOfWork.read(context, async (read) => {
      const lineage = await this.assets.lineage(read, versionId);
      const conditions = await this.reader.exportConditions(read, lineage);
      return conditions.map(toCondition);
    });
  }
}
