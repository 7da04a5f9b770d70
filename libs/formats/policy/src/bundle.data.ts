import { z } from 'zod';
import { parse } from 'yaml';
import type { BundleFiles, BundleProblem } from './bundle.files.js';

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const RULE_ID = /^[a-z0-9]+([.-][a-z0-9]+)*$/;
const SEMVER = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const mode = z.enum(['enforce', 'shadow', 'off']);
const name = z.string().regex(NAME);
const prose = z.string().trim().min(1);

/** `bundle.yaml`. */
const manifest = z.strictObject({
  name,
  version: z.string().regex(SEMVER),
  description: prose,
  owners: z.array(prose).min(1),
  approvers: z.array(prose).min(1),
  /** The first day (UTC) on which it may be active, `YYYY-MM-DD`. */
  effective: z.string().regex(DAY),
  modes: z
    .strictObject({ default: mode, rules: z.record(z.string().regex(RULE_ID), mode).default({}) })
    .default({ default: 'enforce', rules: {} }),
});
export type Manifest = z.infer<typeof manifest>;

/** `data/taxonomy.yaml`: `stages` says where a class can be found; a class of stage `system` is only reported. */
const taxonomy = z.strictObject({
  levels: z.record(z.enum(['NEGLIGIBLE', 'LOW', 'MEDIUM', 'HIGH']), z.int().min(0).max(1000)),
  classes: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z_]+(\.[a-z_]+)*$/),
        title: prose,
        stages: z.array(z.enum(['prompt', 'input', 'mask', 'output', 'system'])).min(1),
      }),
    )
    .min(1),
});

const thresholds = z.strictObject({
  thresholds: z.record(z.string().regex(/^[a-zA-Z]+$/), z.strictObject({ value: z.int(), unit: prose, why: prose })),
});

const useCases = z.strictObject({
  useCases: z.array(z.strictObject({ id: name, title: prose, description: prose, release: z.enum(['automatic', 'human']) })).min(1),
  channels: z.array(z.strictObject({ id: name, title: prose })).min(1),
});

/** Where a turn waits when the policy could not be evaluated. Every bundle has it. */
export const SYSTEM_QUEUE = 'policy';

/** `data/queues.yaml`, most urgent first: a turn held by several rules waits in the queue that stands first. */
const queues = z.strictObject({
  queues: z
    .array(
      z.strictObject({
        id: name,
        title: prose,
        /** 0 is the most urgent. */
        priority: z.int().min(0).max(9),
        dueMinutes: z.int().positive(),
      }),
    )
    .refine(
      (all) => all.some(({ id }) => id === SYSTEM_QUEUE),
      `needs a queue '${SYSTEM_QUEUE}': turns wait there when the policy itself fails`,
    ),
});

const reasonCode = z.strictObject({ code: name, label: prose, text: z.enum(['required', 'optional']) });
const reasonCodes = z.strictObject({
  approve: z.array(reasonCode).min(1),
  reject: z.array(reasonCode).min(1),
  'request-changes': z.array(reasonCode).min(1),
  escalate: z.array(reasonCode).min(1),
});

export type ReasonCode = z.infer<typeof reasonCode>;
/** Per outcome of a review, the reasons a reviewer may give. */
export type ReasonCodes = z.infer<typeof reasonCodes>;
export type Queue = z.infer<typeof queues>['queues'][number];
export type UseCase = z.infer<typeof useCases>['useCases'][number];
export type TaxonomyClass = z.infer<typeof taxonomy>['classes'][number];

export interface BundleData {
  readonly taxonomy: z.infer<typeof taxonomy>;
  /** Whole numbers by name: `context.threshold.<name>` in the rules. */
  readonly thresholds: Readonly<Record<string, number>>;
  readonly useCases: readonly UseCase[];
  readonly channels: readonly { readonly id: string; readonly title: string }[];
  /** Most urgent first. */
  readonly queues: readonly Queue[];
  readonly reasonCodes: ReasonCodes;
}

export interface ManifestAndData {
  readonly manifest: Manifest;
  readonly data: BundleData;
}

/** Reads `bundle.yaml` and `data/`; null when anything in them is missing or wrong, told in `problems`. */
export function readData(files: BundleFiles, problems: BundleProblem[]): ManifestAndData | null {
  const read = {
    manifest: readYaml(files, 'bundle.yaml', manifest, problems),
    taxonomy: readYaml(files, 'data/taxonomy.yaml', taxonomy, problems),
    thresholds: readYaml(files, 'data/thresholds.yaml', thresholds, problems),
    useCases: readYaml(files, 'data/use-cases.yaml', useCases, problems),
    queues: readYaml(files, 'data/queues.yaml', queues, problems),
    reasonCodes: readYaml(files, 'data/reason-codes.yaml', reasonCodes, problems),
  };
  if (!read.manifest || !read.taxonomy || !read.thresholds || !read.useCases || !read.queues || !read.reasonCodes) return null;
  refuseRepeats(
    'data/taxonomy.yaml',
    read.taxonomy.classes.map(({ id }) => id),
    problems,
  );
  refuseRepeats(
    'data/use-cases.yaml',
    read.useCases.useCases.map(({ id }) => id),
    problems,
  );
  refuseRepeats(
    'data/queues.yaml',
    read.queues.queues.map(({ id }) => id),
    problems,
  );
  for (const codes of Object.values(read.reasonCodes))
    refuseRepeats(
      'data/reason-codes.yaml',
      codes.map(({ code }) => code),
      problems,
    );
  return {
    manifest: read.manifest,
    data: {
      taxonomy: read.taxonomy,
      thresholds: Object.fromEntries(Object.entries(read.thresholds.thresholds).map(([key, { value }]) => [key, value])),
      useCases: read.useCases.useCases,
      channels: read.useCases.channels,
      queues: read.queues.queues,
      reasonCodes: read.reasonCodes,
    },
  };
}

function refuseRepeats(where: string, ids: readonly string[], problems: BundleProblem[]): void {
  for (const id of new Set(ids.filter((each, at) => ids.indexOf(each) !== at))) {
    problems.push({ code: 'BUNDLE_DATA_INVALID', where, message: `'${id}' stands there twice` });
  }
}

/** Parses and checks one YAML file (YAML 1.2, no aliases, no repeated keys); null when it is missing or wrong. */
export function readYaml<S extends z.ZodType>(files: BundleFiles, path: string, schema: S, problems: BundleProblem[]): z.output<S> | null {
  const text = files[path];
  if (text === undefined) {
    problems.push({ code: 'BUNDLE_FILE_MISSING', where: path, message: 'the bundle has no such file' });
    return null;
  }
  let plain: unknown;
  try {
    plain = parse(text, { maxAliasCount: 0, uniqueKeys: true, strict: true });
  } catch (error) {
    problems.push({ code: 'BUNDLE_DATA_INVALID', where: path, message: `not YAML: ${String(error)}` });
    return null;
  }
  const parsed = schema.safeParse(plain);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    problems.push({ code: 'BUNDLE_DATA_INVALID', where: [path, ...issue.path].join(', '), message: issue.message });
  }
  return null;
}
