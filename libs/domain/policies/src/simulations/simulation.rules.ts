import type { NewSimulation } from './simulation.types.js';

export const QUESTIONS_MAX = 1_000_000;

/** What is wrong with it, in words; null: nothing. */
export function faultOf({ since, until, questionsMax }: NewSimulation): string | null {
  if (!(since.getTime() < until.getTime())) return 'it ends before it begins';
  return Number.isInteger(questionsMax) && questionsMax >= 1 && questionsMax <= QUESTIONS_MAX
    ? null
    : 'it asks too few questions or too many';
}
