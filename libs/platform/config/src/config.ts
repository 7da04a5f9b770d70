import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { Fault } from '@imprimatur/kernel';
import { type KeysConfig, keysOf, keysSchema, keysRules } from './keys.config.js';
import { type MailConfig, mailOf, mailRules, mailSchema } from './mail.config.js';
import { moderatorRules, moderatorsOf, moderatorsSchema, type ModeratorsConfig } from './moderators.config.js';
import { peopleRules, peopleSchema, type WebauthnConfig, webauthnOf } from './people.config.js';

const MEBIBYTE = 1024 * 1024;

const settings = z.object({
  /** development: embedded defaults, development sign-in, development CA; production refuses all three unless told by name. */
  IMPRIMATUR_MODE: z.enum(['development', 'test', 'production']).default('development'),
  /** Everything this installation keeps on disk. */
  IMPRIMATUR_HOME: z.string().default('.imprimatur'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(4080),
  /** For `serve` and `migrate`: an administrator's URL, or none for the embedded PostgreSQL. For api and worker: the app role's. */
  DATABASE_URL: z.string().optional(),
  /** The worker's connection as the sequencer role; only it may integrate the ledger. */
  DATABASE_SEQUENCER_URL: z.string().optional(),
  DATABASE_POOL_MAX: z.coerce.number().int().min(1).default(10),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** The configured part of every log's origin (FORMATS: `<name>/<installation>/t/<tenant>`). */
  IMPRIMATUR_LOG_NAME: z
    .string()
    .regex(/^[a-z0-9.-]+$/)
    .default('imprimatur.local'),
  /** File of the witnesses that cosign log 0, with their URLs (sigsum's policy format). */
  IMPRIMATUR_WITNESS_POLICY: z.string().optional(),
  /** RFC 3161 authority that stamps log 0. */
  IMPRIMATUR_TSA_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** At most one entry of log 0 per changed log in this time. */
  IMPRIMATUR_ANCHOR_SECONDS: z.coerce.number().int().min(1).default(60),
  /** An export waits until a witness cosigned what its receipts lead to. */
  IMPRIMATUR_EXPORTS_WAIT_FOR_WITNESS: z.stringbool().default(false),
  /** At most one stamp on log 0 in this time. */
  IMPRIMATUR_STAMP_SECONDS: z.coerce.number().int().min(1).default(3_600),
  IMPRIMATUR_POLICIES: z.string().optional(),
  /** Files of the public keys of which one must have signed every bundle, separated by commas; none: bundles need no signature. */
  IMPRIMATUR_POLICY_KEYS: z
    .string()
    .default('')
    .transform((text) => text.split(',').map((file) => file.trim()))
    .transform((files) => files.filter((file) => file !== '')),
  /** Says by name that production may sign with the development CA. */
  IMPRIMATUR_SIGNER: z.enum(['development-ca']).optional(),
  /** Of `imprimatur ledger signer serve`, which then has the log's key and memory instead of this home. */
  IMPRIMATUR_SIGNER_SOCKET: z.string().min(1).optional(),
  OIDC_ISSUER: z.url().optional(),
  OIDC_AUDIENCE: z.string().default('imprimatur'),
  UPLOAD_BYTES_MAX: z.coerce
    .number()
    .int()
    .positive()
    .default(50 * MEBIBYTE),
  UPLOAD_PIXELS_MAX: z.coerce.number().int().positive().default(64_000_000),
  /** The largest billing or audit export that is reconciled. */
  RECONCILIATION_BYTES_MAX: z.coerce
    .number()
    .int()
    .positive()
    .default(256 * MEBIBYTE),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  ...keysSchema,
  ...moderatorsSchema,
  ...peopleSchema,
  ...mailSchema,
});
const schema = settings.superRefine(keysRules).superRefine(moderatorRules).superRefine(peopleRules).superRefine(mailRules);

export interface Config {
  readonly mode: 'development' | 'test' | 'production';
  readonly home: string;
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string | undefined;
  readonly sequencerUrl: string | undefined;
  readonly databasePoolMax: number;
  readonly logLevel: string;
  readonly logName: string;
  readonly anchoring: {
    readonly witnessPolicyFile: string | undefined;
    readonly tsaUrl: string | undefined;
    readonly anchorSeconds: number;
    readonly stampSeconds: number;
    readonly exportsWaitForWitness: boolean;
  };
  readonly policiesDir: string;
  /** PEM files of the keys that may sign bundles; none: nobody has to. */
  readonly policyKeyFiles: readonly string[];
  /** Signs exports (C2PA). */
  readonly signer: 'development-ca' | undefined;
  /** Socket of the process that signs the log; none: this installation's own files sign it. */
  readonly logSignerSocket: string | undefined;
  readonly oidc: { readonly issuer: string | undefined; readonly audience: string };
  readonly upload: { readonly bytesMax: number; readonly pixelsMax: number };
  readonly reconciliation: { readonly bytesMax: number };
  /** Where the tenants' wrapping keys live. */
  readonly keys: KeysConfig;
  /** Cloud moderators that judge beside the engines of this machine. */
  readonly moderators: ModeratorsConfig;
  /** What people sign with; null: nobody can enrol. */
  readonly webauthn: WebauthnConfig | null;
  /** How long a privileged role rests after it was granted. */
  readonly grantCoolingMinutes: number;
  /** Notices by mail; undefined: none is sent. */
  readonly mail: MailConfig | undefined;
  /** Where people find the service. */
  readonly publicUrl: string | undefined;
  readonly otlpEndpoint: string | undefined;
}

/** The folder that holds package.json, from the sources and from dist alike. */
export function projectRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'nest-cli.json'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Fault({ room: 'config', code: 'PROJECT_ROOT_MISSING', message: 'no nest-cli.json above this file', safe: true });
    folder = parent;
  }
  return folder;
}

/** Reads the environment once; every unknown or malformed value is named in one Fault. The only reader of `process.env`. */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    throw new Fault({
      room: 'config',
      code: 'CONFIG_INVALID',
      message: `Invalid configuration:\n${z.prettifyError(parsed.error)}`,
      safe: true,
    });
  }
  const value = parsed.data;
  return {
    mode: value.IMPRIMATUR_MODE,
    home: resolve(value.IMPRIMATUR_HOME),
    host: value.HOST,
    port: value.PORT,
    databaseUrl: value.DATABASE_URL,
    sequencerUrl: value.DATABASE_SEQUENCER_URL,
    databasePoolMax: value.DATABASE_POOL_MAX,
    logLevel: value.LOG_LEVEL,
    logName: value.IMPRIMATUR_LOG_NAME,
    anchoring: {
      witnessPolicyFile: value.IMPRIMATUR_WITNESS_POLICY,
      tsaUrl: value.IMPRIMATUR_TSA_URL,
      anchorSeconds: value.IMPRIMATUR_ANCHOR_SECONDS,
      stampSeconds: value.IMPRIMATUR_STAMP_SECONDS,
      exportsWaitForWitness: value.IMPRIMATUR_EXPORTS_WAIT_FOR_WITNESS,
    },
    policiesDir: resolve(value.IMPRIMATUR_POLICIES ?? join(projectRoot(), 'policies')),
    policyKeyFiles: value.IMPRIMATUR_POLICY_KEYS.map((file) => resolve(file)),
    signer: value.IMPRIMATUR_SIGNER,
    logSignerSocket: value.IMPRIMATUR_SIGNER_SOCKET === undefined ? undefined : resolve(value.IMPRIMATUR_SIGNER_SOCKET),
    oidc: { issuer: value.OIDC_ISSUER, audience: value.OIDC_AUDIENCE },
    upload: { bytesMax: value.UPLOAD_BYTES_MAX, pixelsMax: value.UPLOAD_PIXELS_MAX },
    reconciliation: { bytesMax: value.RECONCILIATION_BYTES_MAX },
    keys: keysOf(value),
    moderators: moderatorsOf(value),
    webauthn: webauthnOf(value, value.IMPRIMATUR_MODE, value.PORT),
    grantCoolingMinutes: value.IMPRIMATUR_GRANT_COOLING_MINUTES,
    mail: mailOf(value),
    publicUrl: value.IMPRIMATUR_PUBLIC_URL,
    otlpEndpoint: value.OTEL_EXPORTER_OTLP_ENDPOINT,
  };
}
