import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';

export type TrainingChanged = Refusal<'TRAINING_CHANGED'>;
export type TrainingGraded = Refusal<'TRAINING_GRADED'>;
export type TrainingAnswersInvalid = Refusal<'TRAINING_ANSWERS_INVALID'>;
export type TrainingTooOften = Refusal<'TRAINING_TOO_OFTEN'>;
export type TrainingRefusal = NotFound | Forbidden | TrainingChanged | TrainingGraded | TrainingAnswersInvalid | TrainingTooOften;

export function trainingChanged(): TrainingChanged {
  return {
    code: 'TRAINING_CHANGED',
    message: 'The module was changed since you began it.',
    remedy: 'Begin it again: read what it says now, and answer what it asks now.',
  };
}

export function trainingGraded(): TrainingGraded {
  return { code: 'TRAINING_GRADED', message: 'These answers were graded already.', remedy: 'Begin the module again.' };
}

export function trainingAnswersInvalid(what: string): TrainingAnswersInvalid {
  return {
    code: 'TRAINING_ANSWERS_INVALID',
    message: `The answers do not fit the questions: ${what}.`,
    remedy: 'Answer each question that was put once, with the ids of its choices.',
  };
}

/** `retryAt`: when the oldest of the gradings that count is a day old. */
export function trainingTooOften(limit: number, retryAt: Date): TrainingTooOften {
  return {
    code: 'TRAINING_TOO_OFTEN',
    message: `This module is graded at most ${limit} times within 24 hours.`,
    remedy: `Read the module again, and come back after ${retryAt.toISOString()}.`,
  };
}
