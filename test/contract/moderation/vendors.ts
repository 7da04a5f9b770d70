import { AzureModerator } from '../../../libs/domain/moderation/src/cloud/azure.moderator';
import { GoogleTokens } from '../../../libs/domain/moderation/src/cloud/google.token';
import { ModelArmorModerator } from '../../../libs/domain/moderation/src/cloud/model-armor.moderator';
import type { Moderator, SentContent } from '../../../libs/domain/moderation/src/cloud/moderator.types';
import { OpenAiModerator } from '../../../libs/domain/moderation/src/cloud/openai.moderator';
import { RekognitionModerator } from '../../../libs/domain/moderation/src/cloud/rekognition.moderator';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModeratorServer } from '../../support/moderator-server';
import { azure, type Filters, type Label, ModelArmorVendor, openAi, rekognition, SECRET, TEMPLATE } from '../../support/moderator-vendors';
import { ACCESS_KEY, REGION, SECRET_KEY } from '../../support/sigv4';

export const JPEG = readFileSync(join(__dirname, '../../../apps/demo/photo/portrait.jpg'));
export const PROMPT: SentContent = { kind: 'prompt', text: 'crop to a square' };
export const PICTURE: SentContent = { kind: 'picture', jpeg: JPEG };

/** A moderator beside the server that it speaks to. */
export interface Pair {
  readonly server: ModeratorServer;
  readonly moderator: Moderator;
  /** What it is asked where nothing special is. */
  readonly content: SentContent;
}

export const openAiAt = (endpoint: string, key = SECRET): Moderator =>
  new OpenAiModerator({ endpoint, key, model: 'omni-moderation-latest' });
export const azureAt = (endpoint: string, key = SECRET): Moderator => new AzureModerator({ endpoint, key });
export const rekognitionAt = (endpoint: string, secretAccessKey = SECRET_KEY): Moderator =>
  new RekognitionModerator({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: ACCESS_KEY, secretAccessKey, sessionToken: undefined },
  });

export function modelArmorAt(vendor: ModelArmorVendor, now = (): number => vendor.now * 1000): Moderator {
  const file = vendor.keyFile as { client_email: string; private_key: string; private_key_id: string; token_uri: string };
  const account = { clientEmail: file.client_email, privateKey: file.private_key, keyId: file.private_key_id, tokenUri: file.token_uri };
  const tokens = new GoogleTokens(account, 'model-armor', { now: () => new Date(now()) });
  return new ModelArmorModerator({ endpoint: vendor.server.url, template: TEMPLATE }, tokens);
}

/** Each vendor, harmless unless `words` says otherwise. */
export const PAIRS: Readonly<Record<string, (words?: object) => Promise<Pair>>> = {
  openai: async (words = {}) => {
    const server = await openAi({ of: () => words as Record<string, number> });
    return { server, moderator: openAiAt(server.url), content: PROMPT };
  },
  azure: async (words = {}) => {
    const server = await azure({ of: () => words as Record<string, number> });
    return { server, moderator: azureAt(server.url), content: PROMPT };
  },
  rekognition: async (words = []) => {
    const server = await rekognition({ of: () => words as readonly Label[] });
    return { server, moderator: rekognitionAt(server.url), content: PICTURE };
  },
  'model-armor': async (words = {}) => {
    const vendor = await ModelArmorVendor.start({ of: () => words as Filters });
    const moderator = modelArmorAt(vendor);
    await moderator.judge(PROMPT, 5_000); // so that what follows is no sign-in
    vendor.server.heard.length = 0;
    return { server: vendor.server, moderator, content: PROMPT };
  },
};
