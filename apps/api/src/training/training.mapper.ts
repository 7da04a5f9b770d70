import type { PutQuestion, TrainingAttempt, TrainingState } from '@imprimatur/domain/training';
import type { Duties, ModuleStanding } from '@imprimatur/flows/gates';
import { toPublicId } from '@imprimatur/kernel';

const toState = (state: TrainingState): string => state.toUpperCase().replace('-', '_');

export function toModule({ module, standing }: ModuleStanding): object {
  const { id, title, text, useCases, questions, passMark, validDays, attemptsPerDay } = module;
  return {
    ...{ id, title, text, useCases, passMark, validDays, attemptsPerDay },
    questionCount: questions.length,
    state: toState(standing.state),
    passedUntil: standing.until,
  };
}

export function toAttempt({ id, module, startedAt, result }: TrainingAttempt, questions: readonly PutQuestion[]): object {
  return { id: toPublicId('training', id), module, startedAt, questions, result };
}

export function toMemberTraining({ usage, trainings }: Duties): object {
  return {
    acknowledgedAt: usage?.acknowledgedAt ?? null,
    trainings: trainings.map(({ module: { id, title }, standing: { state, passedAt, until } }) => ({
      module: id,
      title,
      state: toState(state),
      passedAt,
      passedUntil: until,
    })),
  };
}
