import { readFileSync } from 'node:fs';
import { Fault, systemClock } from '@imprimatur/kernel';
import type { ModeratorConfig, ModeratorsConfig } from '@imprimatur/platform/config';
import type { Pictures } from '@imprimatur/platform/images';
import { z } from 'zod';
import { AzureModerator } from './azure.moderator.js';
import { GoogleTokens, type ServiceAccount } from './google.token.js';
import { ModelArmorModerator } from './model-armor.moderator.js';
import type { Moderator } from './moderator.types.js';
import { Moderators } from './moderators.js';
import { OpenAiModerator } from './openai.moderator.js';
import { RekognitionModerator } from './rekognition.moderator.js';

/** Enough for every engine to see what a person would, and below every engine's limit of bytes. */
const SIDE_PX = 1_600;

/** Throws Fault MODERATOR_CREDENTIALS_INVALID. */
export function configuredModerators(
  { timeoutMs, asked }: ModeratorsConfig,
  pictures: Pictures,
  report: (error: unknown, engine: string) => void,
): Moderators {
  return new Moderators({
    moderators: asked.map(moderatorOf),
    timeoutMs,
    toJpeg: async (bytes) => (await pictures.renderThumbnail(bytes, SIDE_PX)).bytes,
    clock: systemClock,
    report,
  });
}

function moderatorOf(config: ModeratorConfig): Moderator {
  switch (config.name) {
    case 'openai':
      return new OpenAiModerator(config);
    case 'azure':
      return new AzureModerator(config);
    case 'rekognition':
      return new RekognitionModerator(config);
    case 'model-armor':
      return new ModelArmorModerator(config, new GoogleTokens(serviceAccountIn(config.credentialsFile), config.name, systemClock));
  }
}

const keyFile = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
  token_uri: z
    .url()
    .refine((uri) => uri.startsWith('https://') || ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(uri).hostname))
    .default('https://oauth2.googleapis.com/token'),
});

function serviceAccountIn(file: string): ServiceAccount {
  const message = `IMPRIMATUR_MODEL_ARMOR_CREDENTIALS ${file} is not the key file of a service account`;
  try {
    const key = keyFile.parse(JSON.parse(readFileSync(file, 'utf8')));
    return { clientEmail: key.client_email, privateKey: key.private_key, keyId: key.private_key_id ?? null, tokenUri: key.token_uri };
  } catch {
    // without its cause: a parser quotes what it could not read, and that is a key
    throw new Fault({ room: 'moderation', code: 'MODERATOR_CREDENTIALS_INVALID', message, safe: true });
  }
}
