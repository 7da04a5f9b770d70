import { Fault } from '@imprimatur/kernel';
import { z } from 'zod';
import { classesOf, type Mapping, type Rating } from './class.scores.js';
import type { GoogleTokens } from './google.token.js';
import { ask, below } from './moderator.exchange.js';
import { contentRefused, moderatorUnavailable, moderatorWrong } from './moderator.faults.js';
import type { Moderator, Said, SentContent } from './moderator.types.js';

/** Filters of a template, and types of its responsible-AI filter. Dangerous links have no class. */
export const MODEL_ARMOR_MAPPING: Mapping = {
  sexually_explicit: 'sexual.explicit',
  hate_speech: 'hate.content',
  harassment: 'harassment',
  dangerous: 'illicit.instructions',
  pi_and_jailbreak: 'security.prompt_injection',
  csam: 'minors.csae',
  sdp: 'privacy.pii',
};
const CONFIDENCE: Readonly<Record<string, number>> = { LOW_AND_ABOVE: 300, MEDIUM_AND_ABOVE: 600, HIGH: 900 };
/** A match whose confidence is not told. */
const MATCHED = 900;

const found = z.object({
  executionState: z.string().optional(),
  matchState: z.string().optional(),
  confidenceLevel: z.string().optional(),
});
const answer = z.object({
  sanitizationResult: z.object({
    invocationResult: z.string(),
    filterResults: z.record(
      z.string(),
      z.object({
        raiFilterResult: found.extend({ raiFilterTypeResults: z.record(z.string(), found).optional() }).optional(),
        piAndJailbreakFilterResult: found.optional(),
        maliciousUriFilterResult: found.optional(),
        csamFilterFilterResult: found.optional(),
        sdpFilterResult: z.object({ inspectResult: found.optional(), deidentifyResult: found.optional() }).optional(),
      }),
    ),
  }),
});
type FilterResult = z.infer<typeof answer>['sanitizationResult']['filterResults'][string];
type Found = z.infer<typeof found>;

export interface ModelArmorSettings {
  /** `https://modelarmor.europe-west4.rep.googleapis.com`. */
  readonly endpoint: string;
  /** `projects/<project>/locations/<location>/templates/<template>`: which filters run, and from which confidence on. */
  readonly template: string;
}

/** Google Model Armor, for prompts. */
export class ModelArmorModerator implements Moderator {
  readonly name = 'model-armor';
  readonly judges = ['prompt'] as const;
  readonly version: string;

  constructor(
    private readonly settings: ModelArmorSettings,
    private readonly tokens: GoogleTokens,
  ) {
    this.version = `v1 ${settings.template}, mapping/1`;
  }

  async judge(content: SentContent, timeoutMs: number): Promise<Said> {
    if (content.kind !== 'prompt') throw contentRefused(this.name, 'judges prompts only');
    const token = await this.tokens.token(timeoutMs);
    const { endpoint, template } = this.settings;
    const { sanitizationResult: result } = await ask(answer, {
      name: this.name,
      url: below(endpoint, `/v1/${template}:sanitizeUserPrompt`),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ userPromptData: { text: content.text } }),
      timeoutMs,
    }).catch((error: unknown) => {
      if (error instanceof Fault && error.code === 'MODERATOR_REFUSED') this.tokens.forget();
      throw error;
    });
    // PARTIAL: a filter that the template asks for did not look, and nobody knows what it would have said
    if (result.invocationResult !== 'SUCCESS') throw moderatorUnavailable(this.name, 'did not run all of its filters');
    const said = classesOf(
      MODEL_ARMOR_MAPPING,
      Object.entries(result.filterResults).flatMap(([filter, each]) => ratingsOf(filter, each)),
    );
    if (said.classes.length === 0) throw moderatorWrong(this.name, 'rates nothing that is known');
    return { model: null, ...said };
  }
}

function ratingsOf(filter: string, result: FilterResult): readonly Rating[] {
  const { raiFilterResult: rai, sdpFilterResult: sdp } = result;
  if (rai) return Object.entries(rai.raiFilterTypeResults ?? {}).flatMap(([type, each]) => ratingOf(type, each, rai.executionState));
  if (sdp) return [sdp.inspectResult, sdp.deidentifyResult].flatMap((each) => (each ? ratingOf(filter, each) : []));
  const other = result.piAndJailbreakFilterResult ?? result.csamFilterFilterResult ?? result.maliciousUriFilterResult;
  return other ? ratingOf(filter, other) : [{ word: filter, score: 0, value: '' }];
}

function ratingOf(word: string, { executionState, matchState, confidenceLevel }: Found, above?: string): readonly Rating[] {
  if ((executionState ?? above) === 'EXECUTION_SKIPPED') return [];
  if (matchState === 'NO_MATCH_FOUND') return [{ word, score: 0, value: matchState }];
  if (matchState !== 'MATCH_FOUND') return [];
  return [{ word, score: CONFIDENCE[confidenceLevel ?? ''] ?? MATCHED, value: confidenceLevel ?? matchState }];
}
