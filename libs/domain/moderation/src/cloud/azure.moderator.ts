import { toBase64 } from '@imprimatur/kernel';
import { z } from 'zod';
import { classesOf, type Mapping, type Rating } from './class.scores.js';
import { ask, below } from './moderator.exchange.js';
import { moderatorWrong } from './moderator.faults.js';
import type { Moderator, Said, SentContent } from './moderator.types.js';

export const AZURE_MAPPING: Mapping = {
  Hate: 'hate.content',
  SelfHarm: 'self_harm',
  Sexual: 'sexual.explicit',
  Violence: 'violence.graphic',
};
const API_VERSION = '2024-09-01';
/** The service takes no longer text. */
const TEXT_CHARS_MAX = 10_000;
/** Overlap of two parts, so that what stands across their border is seen by one of them. */
const OVERLAP_CHARS = 500;
/** Severity 2 is 'low', 4 'medium', 6 'high': LOW 300, MEDIUM 600, HIGH 900. */
const SCORE_PER_LEVEL = 150;

const answer = z.object({
  categoriesAnalysis: z.array(z.object({ category: z.string(), severity: z.int().min(0).max(7).nullish() })),
});

export interface AzureSettings {
  /** `https://<resource>.cognitiveservices.azure.com`. */
  readonly endpoint: string;
  readonly key: string;
}

/** Azure AI Content Safety, for prompts and pictures. */
export class AzureModerator implements Moderator {
  readonly name = 'azure';
  readonly version = `content-safety ${API_VERSION}, mapping/1`;
  readonly judges = ['prompt', 'picture'] as const;

  constructor(private readonly settings: AzureSettings) {}

  async judge(content: SentContent, timeoutMs: number): Promise<Said> {
    const categories = Object.keys(AZURE_MAPPING);
    const ratings =
      content.kind === 'picture'
        ? await this.analyse(
            'image',
            { image: { content: toBase64(content.jpeg) }, categories, outputType: 'FourSeverityLevels' },
            timeoutMs,
          )
        : (
            await Promise.all(
              partsOf(content.text).map((text) => this.analyse('text', { text, categories, outputType: 'EightSeverityLevels' }, timeoutMs)),
            )
          ).flat();
    const said = classesOf(AZURE_MAPPING, ratings);
    if (said.classes.length === 0) throw moderatorWrong(this.name, 'rates nothing that is known');
    return { model: null, ...said };
  }

  private async analyse(what: 'text' | 'image', request: object, timeoutMs: number): Promise<readonly Rating[]> {
    const { endpoint, key } = this.settings;
    const { categoriesAnalysis } = await ask(answer, {
      name: this.name,
      url: below(endpoint, `/contentsafety/${what}:analyze?api-version=${API_VERSION}`),
      headers: { 'ocp-apim-subscription-key': key, 'content-type': 'application/json' },
      body: JSON.stringify(request),
      timeoutMs,
    });
    return categoriesAnalysis.flatMap(({ category, severity }) =>
      severity === null || severity === undefined
        ? []
        : [{ word: category, score: Math.min(1000, severity * SCORE_PER_LEVEL), value: String(severity) }],
    );
  }
}

function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  for (let from = 0; from === 0 || from + OVERLAP_CHARS < text.length; from += TEXT_CHARS_MAX - OVERLAP_CHARS)
    parts.push(text.slice(from, from + TEXT_CHARS_MAX).toWellFormed());
  return parts;
}
