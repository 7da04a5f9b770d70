import type { TrainingModule, UsageText } from './training.read.js';

/**
 * A module for a difference in words: what it asks is counted, and whether it is another is told, never what is right. Whoever may read what changed
 * in the policy is asked these questions too.
 */
export function tellModule({ questions, text: _text, ...plain }: TrainingModule): object {
  return { ...plain, questions: questions.length };
}

/** What of a module changed that `tellModule` does not tell. */
export function moduleDifferences(before: TrainingModule, after: TrainingModule): readonly string[] {
  return [
    ...(before.text === after.text ? [] : ['the text is another']),
    ...(JSON.stringify(before.questions) === JSON.stringify(after.questions)
      ? []
      : ['the questions are others, or put or graded otherwise']),
  ];
}

export function usageTextDifferences(before: UsageText | null, after: UsageText | null): readonly string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (after === null) return ['nobody has to acknowledge a text any more'];
  return [
    `everybody has to acknowledge '${after.title}', version ${after.version}${before === null ? '' : `, instead of ${before.version}`}`,
  ];
}
