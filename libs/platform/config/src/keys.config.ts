import { z } from 'zod';
import { endpointSchema } from './endpoint.schema.js';

const ARN = /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/;
const arn = z.string().regex(ARN, 'must be the ARN of a key; an alias may come to mean another key');

/** Variables of the key provider. */
export const keysSchema = {
  IMPRIMATUR_KEY_PROVIDER: z.enum(['file', 'pkcs11', 'kms']).default('file'),
  IMPRIMATUR_PKCS11_LIBRARY: z.string().optional(),
  /** The token's label. */
  IMPRIMATUR_PKCS11_TOKEN: z.string().optional(),
  IMPRIMATUR_PKCS11_PIN: z.string().optional(),
  /** The region's own endpoint when left out. */
  IMPRIMATUR_KMS_ENDPOINT: endpointSchema('keys go there in clear').optional(),
  IMPRIMATUR_KMS_KEY: arn.optional(),
  /** Keys that wrapped before, separated by commas: they unwrap only. */
  IMPRIMATUR_KMS_FORMER_KEYS: z
    .string()
    .transform((text) => text.split(',').map((each) => each.trim()))
    .pipe(z.array(arn))
    .optional(),
  IMPRIMATUR_KMS_ACCESS_KEY_ID: z.string().optional(),
  IMPRIMATUR_KMS_SECRET_ACCESS_KEY: z.string().optional(),
  IMPRIMATUR_KMS_SESSION_TOKEN: z.string().optional(),
};

type Variables = z.infer<z.ZodObject<typeof keysSchema>>;

const NEEDED = {
  file: [],
  pkcs11: ['IMPRIMATUR_PKCS11_LIBRARY', 'IMPRIMATUR_PKCS11_TOKEN', 'IMPRIMATUR_PKCS11_PIN'],
  kms: ['IMPRIMATUR_KMS_KEY', 'IMPRIMATUR_KMS_ACCESS_KEY_ID', 'IMPRIMATUR_KMS_SECRET_ACCESS_KEY'],
} as const satisfies Record<string, readonly (keyof Variables)[]>;

export type KeysConfig =
  | { readonly provider: 'file' }
  | { readonly provider: 'pkcs11'; readonly library: string; readonly token: string; readonly pin: string }
  | {
      readonly provider: 'kms';
      readonly endpoint: string;
      readonly region: string;
      readonly current: string;
      readonly former: readonly string[];
      readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string | undefined };
    };

/** Names every variable that the chosen provider needs and does not have. */
export function keysRules(value: Variables, refinement: z.RefinementCtx): void {
  const provider = value.IMPRIMATUR_KEY_PROVIDER;
  for (const name of NEEDED[provider]) {
    if (!value[name]) refinement.addIssue({ code: 'custom', path: [name], message: `needed by IMPRIMATUR_KEY_PROVIDER=${provider}` });
  }
}

/** Of values that `keysRules` found no fault with. */
export function keysOf(value: Variables): KeysConfig {
  const text = (name: keyof Variables): string => String(value[name] ?? '');
  switch (value.IMPRIMATUR_KEY_PROVIDER) {
    case 'file':
      return { provider: 'file' };
    case 'pkcs11':
      return {
        provider: 'pkcs11',
        library: text('IMPRIMATUR_PKCS11_LIBRARY'),
        token: text('IMPRIMATUR_PKCS11_TOKEN'),
        pin: text('IMPRIMATUR_PKCS11_PIN'),
      };
    case 'kms': {
      const current = text('IMPRIMATUR_KMS_KEY');
      const region = current.split(':')[3] ?? '';
      return {
        provider: 'kms',
        endpoint: value.IMPRIMATUR_KMS_ENDPOINT ?? `https://kms.${region}.amazonaws.com`,
        region,
        current,
        former: value.IMPRIMATUR_KMS_FORMER_KEYS ?? [],
        credentials: {
          accessKeyId: text('IMPRIMATUR_KMS_ACCESS_KEY_ID'),
          secretAccessKey: text('IMPRIMATUR_KMS_SECRET_ACCESS_KEY'),
          sessionToken: value.IMPRIMATUR_KMS_SESSION_TOKEN,
        },
      };
    }
  }
}
