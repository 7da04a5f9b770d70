import { toBase64 } from '@imprimatur/kernel';
import { AwsV4Signer } from 'aws4fetch';
import { z } from 'zod';
import { classesOf, type Mapping, type Rating } from './class.scores.js';
import { ask } from './moderator.exchange.js';
import { contentRefused, moderatorRefused, moderatorUnavailable } from './moderator.faults.js';
import type { Moderator, Said, SentContent } from './moderator.types.js';

/** Labels of model 7, of the first and second level where those are enough. */
export const REKOGNITION_MAPPING: Mapping = {
  Explicit: 'sexual.explicit',
  'Explicit Nudity': 'sexual.nudity',
  'Non-Explicit Nudity of Intimate parts and Kissing': 'sexual.suggestive',
  'Swimwear or Underwear': 'sexual.suggestive',
  Violence: 'violence.graphic',
  Weapons: 'violence.weapons',
  'Graphic Violence': 'violence.graphic',
  'Self-Harm': 'self_harm',
  'Visually Disturbing': 'violence.graphic',
  'Drugs & Tobacco': 'regulated.goods',
  Alcohol: 'regulated.goods',
  Gambling: 'regulated.gambling',
  'Hate Symbols': 'hate.symbols',
};
/** Said of every label below it too: a holstered pistol is 'Violence', and not graphic. Counts only where nothing below it is said. */
const TOO_WIDE = 'Violence';
/** Per cent. What is less sure is not returned, and so not reported. */
const CONFIDENCE_MIN = 10;

const answer = z.object({
  ModerationLabels: z.array(
    z.object({ Name: z.string(), ParentName: z.string().optional(), Confidence: z.number().min(0).max(100).optional() }),
  ),
  ModerationModelVersion: z.string().max(100).optional(),
});
type Label = z.infer<typeof answer>['ModerationLabels'][number];

const AWAY = new Set(['ThrottlingException', 'ProvisionedThroughputExceededException', 'InternalServerError', 'LimitExceededException']);
const ABOUT_CONTENT = new Set(['InvalidImageFormatException', 'ImageTooLargeException', 'InvalidParameterException']);

export interface RekognitionSettings {
  /** `https://rekognition.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string | undefined };
}

/** AWS Rekognition's moderation labels, for pictures. No label at all is what it says of a harmless picture. */
export class RekognitionModerator implements Moderator {
  readonly name = 'rekognition';
  readonly version = 'detect-moderation-labels, mapping/1';
  readonly judges = ['picture'] as const;

  constructor(private readonly settings: RekognitionSettings) {}

  async judge(content: SentContent, timeoutMs: number): Promise<Said> {
    if (content.kind !== 'picture') throw contentRefused(this.name, 'judges pictures only');
    const body = JSON.stringify({ Image: { Bytes: toBase64(content.jpeg) }, MinConfidence: CONFIDENCE_MIN });
    const { ModerationLabels: labels, ModerationModelVersion: model } = await ask(answer, {
      name: this.name,
      ...(await this.sign(body)),
      body,
      timeoutMs,
      faultOf: (status, said) => this.faultOf(status, said),
    });
    return { model: model ?? null, ...classesOf(REKOGNITION_MAPPING, ratingsOf(labels)) };
  }

  private async sign(body: string): Promise<{ readonly url: string; readonly headers: Readonly<Record<string, string>> }> {
    const { endpoint, region, credentials } = this.settings;
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const { url, headers } = await new AwsV4Signer({
      method: 'POST',
      url: endpoint,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'RekognitionService.DetectModerationLabels' },
      body,
      service: 'rekognition',
      region,
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    }).sign();
    return { url: url.toString(), headers: Object.fromEntries(headers) };
  }

  /** AWS says 400 to nearly everything, and means it by the type. */
  private faultOf(status: number, said: unknown): Error | null {
    const type = z.object({ __type: z.string() }).safeParse(said).data?.__type.split('#').at(-1) ?? '';
    if (AWAY.has(type)) return moderatorUnavailable(this.name, `answers ${status} ${type}`);
    if (ABOUT_CONTENT.has(type)) return contentRefused(this.name, `does not judge this: ${status} ${type}`);
    return status === 400 ? moderatorRefused(this.name, `refuses: ${status}`) : null;
  }
}

/** A label that has no class of its own counts as the nearest one above it that has. */
function ratingsOf(labels: readonly Label[]): readonly Rating[] {
  const byName = new Map(labels.map((label) => [label.Name, label]));
  const hasBelow = labels.some(({ ParentName }) => ParentName === TOO_WIDE);
  return labels
    .filter(({ Name }) => Name !== TOO_WIDE || !hasBelow)
    .flatMap(({ Name, ParentName, Confidence }) => {
      if (Confidence === undefined) return [];
      const word = [Name, ParentName, byName.get(ParentName ?? '')?.ParentName].find(
        (each) => each && Object.hasOwn(REKOGNITION_MAPPING, each),
      );
      const value = word === undefined || word === Name ? String(Confidence) : `(${Name}) ${Confidence}`;
      return [{ word: word ?? Name, score: Math.round(Confidence * 10), value }];
    });
}
