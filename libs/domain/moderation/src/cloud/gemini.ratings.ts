import { classesOf, type Mapping, type Rating } from './class.scores.js';
import type { EngineVerdict } from './moderator.types.js';

/** Gemini's harm categories, of words and of pictures. */
export const GEMINI_MAPPING: Mapping = {
  HARM_CATEGORY_SEXUALLY_EXPLICIT: 'sexual.explicit',
  HARM_CATEGORY_HATE_SPEECH: 'hate.content',
  HARM_CATEGORY_HARASSMENT: 'harassment',
  HARM_CATEGORY_DANGEROUS_CONTENT: 'illicit.instructions',
  HARM_CATEGORY_CIVIC_INTEGRITY: 'civic.integrity',
  HARM_CATEGORY_IMAGE_SEXUALLY_EXPLICIT: 'sexual.explicit',
  HARM_CATEGORY_IMAGE_HATE: 'hate.content',
  HARM_CATEGORY_IMAGE_HARASSMENT: 'harassment',
  HARM_CATEGORY_IMAGE_DANGEROUS_CONTENT: 'illicit.instructions',
};
const LEVELS: Readonly<Record<string, number>> = { NEGLIGIBLE: 50, LOW: 300, MEDIUM: 600, HIGH: 900 };
const BLOCKED = 900;

/** A rating that came with a provider's answer. */
export interface ProviderRating {
  readonly category: string;
  /** `NEGLIGIBLE` to `HIGH`, of a probability or of a severity. */
  readonly level: string;
  readonly blocked: boolean;
}

/**
 * What a provider said of its own result, in words of the taxonomy; null where it rated nothing. A level that is none, such as
 * `HARM_PROBABILITY_UNSPECIFIED`, is no rating, unless the provider blocked for it.
 */
export function providerVerdict(
  { provider, model }: { readonly provider: string; readonly model: string },
  reported: readonly ProviderRating[],
): EngineVerdict | null {
  const ratings = reported.flatMap(({ category, level, blocked }): readonly Rating[] => {
    const name = level.replace(/^HARM_SEVERITY_/, '');
    const known = Object.hasOwn(LEVELS, name) ? LEVELS[name] : undefined;
    if (known === undefined && !blocked) return [];
    return [
      { word: category, score: blocked ? Math.max(BLOCKED, known ?? 0) : (known ?? 0), value: blocked ? `${level} blocked`.trim() : level },
    ];
  });
  if (ratings.length === 0) return null;
  return { engine: provider, version: `${model}, its own ratings, mapping/1`, model, ...classesOf(GEMINI_MAPPING, ratings) };
}
