import { strongest } from './class.scores.js';
import type { ClassScore, EngineVerdict } from './moderator.types.js';

/** Classes that the rules ask for by a score of their own, and not in a list. */
const OWN_SCORE: Readonly<Record<string, 'sexual_explicit' | 'sexual_suggestive'>> = {
  'sexual.explicit': 'sexual_explicit',
  'sexual.suggestive': 'sexual_suggestive',
};

/** Of each class the highest score that any engine gave, from `floor` on: below, an engine speaks of everything a little. */
export function strictestOf(
  verdicts: readonly { readonly classes: readonly Pick<ClassScore, 'class' | 'score'>[] }[],
  floor: number,
): readonly { readonly class: string; readonly score: number }[] {
  const all = verdicts.flatMap(({ classes }) => classes.map(({ class: name, score }) => ({ class: name, score, raw: '' })));
  return strongest(all.filter(({ score }) => score >= floor)).map(({ class: name, score }) => ({ class: name, score }));
}

/** What the rules are told of a picture. */
export interface PictureScores {
  readonly sexual_explicit: number;
  readonly sexual_suggestive: number;
  /** Other classes, strongest first. */
  readonly others: readonly { readonly class: string; readonly score: number }[];
}

/** The local classifier's scores, raised to the strictest of what the moderators say. */
export function pictureScores(
  local: { readonly sexual_explicit: number; readonly sexual_suggestive: number },
  verdicts: readonly EngineVerdict[],
  floor: number,
): PictureScores {
  const scores = { sexual_explicit: local.sexual_explicit, sexual_suggestive: local.sexual_suggestive };
  for (const { class: name, score } of strictestOf(verdicts, 0)) {
    const own = Object.hasOwn(OWN_SCORE, name) ? OWN_SCORE[name] : undefined;
    if (own !== undefined) scores[own] = Math.max(scores[own], score);
  }
  return { ...scores, others: strictestOf(verdicts, floor).filter(({ class: name }) => !Object.hasOwn(OWN_SCORE, name)) };
}
