import { hash } from 'node:crypto';
import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { moduleDigest, type TrainingModule } from '@imprimatur/formats/policy';
import { newId, notFound, ok, refuse, type Result, type SubjectId, systemClock, type TrainingId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { trainingPassed } from './training.events.js';
import { trainingChanged, trainingGraded, type TrainingRefusal } from './training.refusals.js';
import { TrainingRepository } from './training.repository.js';
import { answersRefusal, dayBefore, grade, paceRefusal, putQuestions, standingOf, validUntil } from './training.rules.js';
import type { PutQuestion, TrainingAnswer, TrainingAttempt, TrainingResult, TrainingStanding } from './training.types.js';

const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

/** Who has passed which module of the policy. The modules are the bundle's: whoever calls hands them in as they are now. */
@Injectable()
export class TrainingService {
  constructor(
    private readonly trainings: TrainingRepository,
    private readonly ledger: Ledger,
  ) {}

  /** Begins a module, or answers what was begun on the same content and not graded yet. */
  async start(write: WriteContext, module: TrainingModule): Promise<Result<TrainingAttempt, TrainingRefusal>> {
    const denied = allow(write.context, 'create', 'Training');
    if (denied) return refuse(denied);
    const { subject } = write.context.actor;
    if (subject === null) return refuse(notFound('person'));
    await this.trainings.lockPerson(write, subject);
    const now = systemClock.now();
    const refused = paceRefusal(module, await this.trainings.gradings(write, subject, module.id, dayBefore(now)));
    if (refused) return refuse(refused);
    const digest = moduleDigest(module, sha256);
    const open = await this.trainings.findOpen(write, subject, module.id, digest);
    if (open) return ok(open);
    const attempt: TrainingAttempt = { id: newId('training'), subject, module: module.id, digest, startedAt: now, result: null };
    await this.trainings.insert(write, attempt);
    return ok(attempt);
  }

  /** Grades, once. What was right is told to nobody, only how much of it. */
  async submit(
    write: WriteContext,
    id: TrainingId,
    modules: readonly TrainingModule[],
    answers: readonly TrainingAnswer[],
  ): Promise<Result<TrainingAttempt, TrainingRefusal>> {
    const denied = allow(write.context, 'create', 'Training');
    if (denied) return refuse(denied);
    const { subject } = write.context.actor;
    if (subject === null) return refuse(notFound('training'));
    await this.trainings.lockPerson(write, subject);
    const attempt = await this.trainings.find(write, id);
    if (attempt?.subject !== subject) return refuse(notFound('training'));
    if (attempt.result) return refuse(trainingGraded());
    const module = modules.find((each) => each.id === attempt.module);
    if (!module || moduleDigest(module, sha256) !== attempt.digest) return refuse(trainingChanged());
    const now = systemClock.now();
    const gradings = await this.trainings.gradings(write, subject, module.id, dayBefore(now));
    const refused = answersRefusal(module, answers) ?? paceRefusal(module, gradings);
    if (refused) return refuse(refused);
    const result = await this.graded(write, attempt, module, answers, now);
    await this.trainings.insertResult(write, attempt, result);
    return ok({ ...attempt, result });
  }

  /** One's own, as it was begun or graded. */
  async find(read: ReadContext, id: TrainingId): Promise<Result<TrainingAttempt, TrainingRefusal>> {
    const attempt = allow(read.context, 'read', 'Training') ? null : await this.trainings.find(read, id);
    return attempt && attempt.subject === read.context.actor.subject ? ok(attempt) : refuse(notFound('training'));
  }

  /** What is asked in an attempt, in its own order; null: the module has another content now. */
  questionsOf(attempt: TrainingAttempt, module: TrainingModule): readonly PutQuestion[] | null {
    return moduleDigest(module, sha256) === attempt.digest ? putQuestions(module, attempt.id, sha256) : null;
  }

  /** Where somebody stands with each module. The caller authorised. */
  async standings(read: ReadContext, subject: SubjectId, modules: readonly TrainingModule[]): Promise<readonly TrainingStanding[]> {
    if (modules.length === 0) return [];
    const passes = await this.trainings.passes(read, subject);
    const now = systemClock.now();
    return modules.map((module) => standingOf(module.id, moduleDigest(module, sha256), passes, now));
  }

  /** The policy's fact `trainingCurrent`. */
  async current(read: ReadContext, subject: SubjectId, modules: readonly TrainingModule[]): Promise<readonly string[]> {
    return (await this.standings(read, subject, modules)).filter(({ state }) => state === 'passed').map(({ module }) => module);
  }

  private async graded(
    write: WriteContext,
    attempt: TrainingAttempt,
    module: TrainingModule,
    answers: readonly TrainingAnswer[],
    now: Date,
  ): Promise<TrainingResult> {
    const mark = grade(module, answers);
    if (!mark.passed) return { ...mark, gradedAt: now, until: null, entry: null };
    const until = validUntil(module, now);
    const { id: entry } = await this.ledger.append(write, trainingPassed(attempt, until));
    return { ...mark, gradedAt: now, until, entry };
  }
}
