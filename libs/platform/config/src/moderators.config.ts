import { z } from 'zod';
import { endpointSchema } from './endpoint.schema.js';

const NAMES = ['openai', 'azure', 'rekognition', 'model-armor'] as const;
type ModeratorName = (typeof NAMES)[number];

const PRIVATE = 'prompts and pictures go there';
const TEMPLATE = /^projects\/[^/\s]+\/locations\/([a-z0-9-]+)\/templates\/[^/\s]+$/;

/** Variables of the cloud moderators. Nothing is taken over from variables that a vendor's own tools read. */
export const moderatorsSchema = {
  /** Those that are asked, separated by commas; none by default, so that nothing leaves the machine. */
  IMPRIMATUR_MODERATORS: z
    .string()
    .default('')
    .transform((text) => [...new Set(text.split(',').map((each) => each.trim()))].filter((each) => each !== ''))
    .pipe(z.array(z.enum(NAMES))),
  /** The longest that one moderator is waited for, tries and sign-in included. */
  IMPRIMATUR_MODERATOR_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(5_000),
  IMPRIMATUR_OPENAI_MODERATION_KEY: z.string().min(1).optional(),
  IMPRIMATUR_OPENAI_MODERATION_ENDPOINT: endpointSchema(PRIVATE).default('https://api.openai.com'),
  IMPRIMATUR_OPENAI_MODERATION_MODEL: z.string().min(1).default('omni-moderation-latest'),
  IMPRIMATUR_AZURE_CONTENT_SAFETY_ENDPOINT: endpointSchema(PRIVATE).optional(),
  IMPRIMATUR_AZURE_CONTENT_SAFETY_KEY: z.string().min(1).optional(),
  IMPRIMATUR_REKOGNITION_REGION: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/)
    .optional(),
  /** The region's own endpoint when left out. */
  IMPRIMATUR_REKOGNITION_ENDPOINT: endpointSchema(PRIVATE).optional(),
  IMPRIMATUR_REKOGNITION_ACCESS_KEY_ID: z.string().min(1).optional(),
  IMPRIMATUR_REKOGNITION_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  IMPRIMATUR_REKOGNITION_SESSION_TOKEN: z.string().min(1).optional(),
  /** `projects/<project>/locations/<location>/templates/<template>`. */
  IMPRIMATUR_MODEL_ARMOR_TEMPLATE: z.string().regex(TEMPLATE).optional(),
  /** File with the key of a service account (JSON). */
  IMPRIMATUR_MODEL_ARMOR_CREDENTIALS: z.string().min(1).optional(),
  /** The location's own endpoint when left out. */
  IMPRIMATUR_MODEL_ARMOR_ENDPOINT: endpointSchema(PRIVATE).optional(),
};

type Variables = z.infer<z.ZodObject<typeof moderatorsSchema>>;

const NEEDED = {
  openai: ['IMPRIMATUR_OPENAI_MODERATION_KEY'],
  azure: ['IMPRIMATUR_AZURE_CONTENT_SAFETY_ENDPOINT', 'IMPRIMATUR_AZURE_CONTENT_SAFETY_KEY'],
  rekognition: ['IMPRIMATUR_REKOGNITION_REGION', 'IMPRIMATUR_REKOGNITION_ACCESS_KEY_ID', 'IMPRIMATUR_REKOGNITION_SECRET_ACCESS_KEY'],
  'model-armor': ['IMPRIMATUR_MODEL_ARMOR_TEMPLATE', 'IMPRIMATUR_MODEL_ARMOR_CREDENTIALS'],
} as const satisfies Record<ModeratorName, readonly (keyof Variables)[]>;

export type ModeratorConfig =
  | { readonly name: 'openai'; readonly endpoint: string; readonly key: string; readonly model: string }
  | { readonly name: 'azure'; readonly endpoint: string; readonly key: string }
  | {
      readonly name: 'rekognition';
      readonly endpoint: string;
      readonly region: string;
      readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string | undefined };
    }
  | { readonly name: 'model-armor'; readonly endpoint: string; readonly template: string; readonly credentialsFile: string };

export interface ModeratorsConfig {
  readonly timeoutMs: number;
  /** In the order in which they are named. */
  readonly asked: readonly ModeratorConfig[];
}

/** Names every variable that a moderator that is asked needs and does not have. */
export function moderatorRules(value: Variables, refinement: z.RefinementCtx): void {
  for (const moderator of value.IMPRIMATUR_MODERATORS) {
    for (const name of NEEDED[moderator]) {
      if (!value[name]) refinement.addIssue({ code: 'custom', path: [name], message: `needed by IMPRIMATUR_MODERATORS=${moderator}` });
    }
  }
}

/** Of values that `moderatorRules` found no fault with. */
export function moderatorsOf(value: Variables): ModeratorsConfig {
  return {
    timeoutMs: value.IMPRIMATUR_MODERATOR_TIMEOUT_MS,
    asked: value.IMPRIMATUR_MODERATORS.map((name) => moderatorOf(name, value)),
  };
}

function moderatorOf(name: ModeratorName, value: Variables): ModeratorConfig {
  switch (name) {
    case 'openai':
      return {
        name,
        endpoint: value.IMPRIMATUR_OPENAI_MODERATION_ENDPOINT,
        key: value.IMPRIMATUR_OPENAI_MODERATION_KEY ?? '',
        model: value.IMPRIMATUR_OPENAI_MODERATION_MODEL,
      };
    case 'azure':
      return { name, endpoint: value.IMPRIMATUR_AZURE_CONTENT_SAFETY_ENDPOINT ?? '', key: value.IMPRIMATUR_AZURE_CONTENT_SAFETY_KEY ?? '' };
    case 'rekognition': {
      const region = value.IMPRIMATUR_REKOGNITION_REGION ?? '';
      return {
        name,
        region,
        endpoint: value.IMPRIMATUR_REKOGNITION_ENDPOINT ?? `https://rekognition.${region}.amazonaws.com`,
        credentials: {
          accessKeyId: value.IMPRIMATUR_REKOGNITION_ACCESS_KEY_ID ?? '',
          secretAccessKey: value.IMPRIMATUR_REKOGNITION_SECRET_ACCESS_KEY ?? '',
          sessionToken: value.IMPRIMATUR_REKOGNITION_SESSION_TOKEN,
        },
      };
    }
    case 'model-armor': {
      const template = value.IMPRIMATUR_MODEL_ARMOR_TEMPLATE ?? '';
      const location = TEMPLATE.exec(template)?.[1] ?? '';
      return {
        name,
        template,
        endpoint: value.IMPRIMATUR_MODEL_ARMOR_ENDPOINT ?? `https://modelarmor.${location}.rep.googleapis.com`,
        credentialsFile: value.IMPRIMATUR_MODEL_ARMOR_CREDENTIALS ?? '',
      };
    }
  }
}
