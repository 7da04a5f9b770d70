import { toBase64 } from '@imprimatur/kernel';
import { z } from 'zod';
import { classesOf, type Mapping } from './class.scores.js';
import { ask, below } from './moderator.exchange.js';
import { moderatorWrong } from './moderator.faults.js';
import type { Moderator, Said, SentContent } from './moderator.types.js';

/** OpenAI has one word for violence that is shown and another for what is graphic; the taxonomy has only the latter, and is strict. */
export const OPENAI_MAPPING: Mapping = {
  sexual: 'sexual.explicit',
  'sexual/minors': 'minors.csae',
  harassment: 'harassment',
  'harassment/threatening': 'violence.threat',
  hate: 'hate.content',
  'hate/threatening': 'hate.content',
  illicit: 'illicit.instructions',
  'illicit/violent': 'illicit.instructions',
  'self-harm': 'self_harm',
  'self-harm/intent': 'self_harm',
  'self-harm/instructions': 'self_harm',
  violence: 'violence.graphic',
  'violence/graphic': 'violence.graphic',
};

const answer = z.object({
  model: z.string().max(100),
  results: z
    .array(
      z.object({
        category_scores: z.record(z.string(), z.number().min(0).max(1).nullable()),
        category_applied_input_types: z.record(z.string(), z.array(z.string()).nullable()).optional(),
      }),
    )
    .min(1),
});

export interface OpenAiSettings {
  /** `https://api.openai.com`. */
  readonly endpoint: string;
  readonly key: string;
  readonly model: string;
}

/** OpenAI's moderations, for prompts and pictures. */
export class OpenAiModerator implements Moderator {
  readonly name = 'openai';
  readonly judges = ['prompt', 'picture'] as const;
  readonly version: string;

  constructor(private readonly settings: OpenAiSettings) {
    this.version = `${settings.model}, mapping/1`;
  }

  async judge(content: SentContent, timeoutMs: number): Promise<Said> {
    const { endpoint, key, model } = this.settings;
    const input =
      content.kind === 'prompt'
        ? { type: 'text', text: content.text }
        : { type: 'image_url', image_url: { url: `data:image/jpeg;base64,${toBase64(content.jpeg)}` } };
    const { model: answered, results } = await ask(answer, {
      name: this.name,
      url: below(endpoint, '/v1/moderations'),
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, input: [input] }),
      timeoutMs,
    });
    const type = content.kind === 'prompt' ? 'text' : 'image';
    const ratings = results.flatMap(({ category_scores: scores, category_applied_input_types: applied }) =>
      Object.entries(scores)
        // a category that does not look at pictures says 0 of them, which is no rating
        .filter(([word]) => applied === undefined || applied[word]?.includes(type))
        .flatMap(([word, value]) => (value === null ? [] : [{ word, score: Math.round(value * 1000), value: String(value) }])),
    );
    const said = classesOf(OPENAI_MAPPING, ratings);
    if (said.classes.length === 0) throw moderatorWrong(this.name, 'rates nothing that is known');
    return { model: answered, ...said };
  }
}
