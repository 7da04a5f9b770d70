import type { TrainingModule } from '@imprimatur/formats/policy';
import type { Sha256 } from '@imprimatur/kernel';
import { toHex, utf8 } from '@imprimatur/kernel';
import { trainingAnswersInvalid, type TrainingAnswersInvalid, trainingTooOften, type TrainingTooOften } from './training.refusals.js';
import type { PutQuestion, TrainingAnswer, TrainingPass, TrainingStanding } from './training.types.js';

const DAY_MS = 86_400_000;

/** The questions in an order that `seed` decides, so that whoever sits beside sees others first; what is right is left out. */
export function putQuestions({ questions }: TrainingModule, seed: string, sha256: Sha256): readonly PutQuestion[] {
  return shuffled(questions, seed, sha256).map(({ id, text, choices, right }) => ({
    id,
    text,
    isMultiple: right.length > 1,
    choices: shuffled(choices, `${seed}/${id}`, sha256),
  }));
}

function shuffled<T extends { readonly id: string }>(all: readonly T[], seed: string, sha256: Sha256): readonly T[] {
  const places = new Map(all.map((each) => [each, toHex(sha256(utf8(`${seed}/${each.id}`)))]));
  return [...all].sort((one, other) => ((places.get(one) ?? '') < (places.get(other) ?? '') ? -1 : 1));
}

/** Why the answers cannot be graded; null: they can. A question that nobody answered is answered wrongly. */
export function answersRefusal({ questions }: TrainingModule, answers: readonly TrainingAnswer[]): TrainingAnswersInvalid | null {
  const choicesOf = new Map(questions.map(({ id, choices }) => [id, choices.map((choice) => choice.id)]));
  const seen = new Set<string>();
  for (const { question, choices } of answers) {
    const known = choicesOf.get(question);
    if (!known) return trainingAnswersInvalid('one names a question that was not put');
    if (seen.has(question)) return trainingAnswersInvalid('one question is answered twice');
    if (choices.some((choice) => !known.includes(choice)))
      return trainingAnswersInvalid('one names a choice that its question does not have');
    seen.add(question);
  }
  return null;
}

/** All right choices of a question and no other make it right. */
export function grade(
  { questions, passMark }: TrainingModule,
  answers: readonly TrainingAnswer[],
): { readonly right: number; readonly asked: number; readonly passed: boolean } {
  const given = new Map(answers.map(({ question, choices }) => [question, new Set(choices)]));
  const right = questions.filter((question) => {
    const chosen = given.get(question.id) ?? new Set();
    return chosen.size === question.right.length && question.right.every((choice) => chosen.has(choice));
  }).length;
  return { right, asked: questions.length, passed: right >= passMark };
}

export function validUntil({ validDays }: TrainingModule, now: Date): Date {
  return new Date(now.getTime() + validDays * DAY_MS);
}

export function dayBefore(now: Date): Date {
  return new Date(now.getTime() - DAY_MS);
}

/** `gradings`: when this person was graded in the module since `dayBefore(now)`, oldest first. Guessing is slower than reading. */
export function paceRefusal({ attemptsPerDay }: TrainingModule, gradings: readonly Date[]): TrainingTooOften | null {
  const oldest = gradings.at(-attemptsPerDay);
  return oldest ? trainingTooOften(attemptsPerDay, new Date(oldest.getTime() + DAY_MS)) : null;
}

/** Where somebody with these passes stands with a module whose content has `digest` now. */
export function standingOf(module: string, digest: string, passes: readonly TrainingPass[], now: Date): TrainingStanding {
  const own = passes.filter((pass) => pass.module === module);
  const lasting = (some: readonly TrainingPass[]): TrainingPass | undefined =>
    [...some].sort((one, other) => other.until.getTime() - one.until.getTime())[0];
  const pass = lasting(own.filter((each) => each.digest === digest)) ?? lasting(own);
  if (!pass) return { module, state: 'not-passed', passedAt: null, until: null };
  const counts = pass.until.getTime() > now.getTime();
  const state = pass.digest !== digest ? 'changed' : counts ? 'passed' : 'expired';
  return { module, state, passedAt: pass.passedAt, until: pass.until };
}
