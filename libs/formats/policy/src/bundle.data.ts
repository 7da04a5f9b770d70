import { z } from 'zod';
import { type Brands, brandsFormat } from './brands.format.js';
import type { BundleFiles, BundleProblem } from './bundle.files.js';
import { readTraining, readUsageText, type TrainingModule, type UsageText } from './training.read.js';
import { allDemands, type Territories, territoriesFormat } from './disclosure.js';
import { condition, type Condition } from './review.data.js';
import { isDay, type Queue, queuesFile, type QueuesFile, type Route } from './queues.data.js';
import type { WorkingHours } from './working.hours.js';
import { readYamlFile, type YamlFile } from './yaml.read.js';

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
  effective: z.string().regex(DAY).refine(isDay, 'is no day of the calendar'),
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

const reasonCode = z.strictObject({ code: name, label: prose, text: z.enum(['required', 'optional']) });
const rejectCode = reasonCode.extend({
  /** Whether a picture that was rejected for it joins the bank, so that whoever makes or uploads it again meets that. */
  remember: z.boolean().default(false),
});
const reasonCodes = z.strictObject({
  approve: z.array(reasonCode).min(1),
  reject: z.array(rejectCode).min(1),
  'request-changes': z.array(reasonCode).min(1),
  escalate: z.array(reasonCode).min(1),
});
const reasonCodesFile = reasonCodes.extend({
  /** What an approval may demand of what comes after it. */
  conditions: z.array(condition).default([]),
});

export type ReasonCode = z.infer<typeof reasonCode>;
/** Per outcome of a review, the reasons a reviewer may give. */
export type ReasonCodes = z.infer<typeof reasonCodes>;
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
  readonly workingHours: readonly WorkingHours[];
  /** The first that matches decides where a turn waits; none: the rules' own queue. */
  readonly routes: readonly Route[];
  /** How many tasks one reviewer may hold at once, over all queues. */
  readonly claimsMax: number;
  readonly reasonCodes: ReasonCodes;
  /** What people may be asked to have passed; none is usual in older bundles. */
  readonly training: readonly TrainingModule[];
  /** What everybody acknowledges before they edit; null: nothing. */
  readonly usageText: UsageText | null;
  /** Null: the bundle has no such file, and names none. */
  readonly brands: Brands | null;
  /** Null: the bundle has no such file, and demands nothing of an export. */
  readonly territories: Territories | null;
  readonly conditions: readonly Condition[];
}

export interface ManifestAndData {
  /** Each null when it is missing or wrong. */
  readonly manifest: Manifest | null;
  readonly data: BundleData | null;
  /** The line of `data/queues.yaml` on which what is at a path stands. */
  readonly lineInQueues: (path: readonly PropertyKey[]) => number;
}

const BRANDS = 'data/brands.yaml';
const TERRITORIES = 'data/territories.yaml';

/** Reads `bundle.yaml` and `data/`; what is missing or wrong is told in `problems`. */
export function readData(files: BundleFiles, problems: BundleProblem[]): ManifestAndData {
  const read = {
    manifest: readYamlFile(files, 'bundle.yaml', manifest, problems),
    taxonomy: readYamlFile(files, 'data/taxonomy.yaml', taxonomy, problems),
    thresholds: readYamlFile(files, 'data/thresholds.yaml', thresholds, problems),
    useCases: readYamlFile(files, 'data/use-cases.yaml', useCases, problems),
    queues: readYamlFile(files, 'data/queues.yaml', queuesFile, problems),
    reasonCodes: readYamlFile(files, 'data/reason-codes.yaml', reasonCodesFile, problems),
    // bundles from before have neither
    brands: BRANDS in files ? readYamlFile(files, BRANDS, brandsFormat, problems) : null,
    territories: TERRITORIES in files ? readYamlFile(files, TERRITORIES, territoriesFormat, problems) : null,
  };
  const training = readTraining(files, read.useCases?.value.useCases.map(({ id }) => id) ?? null, problems);
  const usageText = readUsageText(files, problems);
  refuseRepeats(TERRITORIES, read.territories, 'territories', problems);
  refuseUnknownUses(read, problems);
  refuseRepeats('data/taxonomy.yaml', read.taxonomy, 'classes', problems);
  refuseRepeats('data/use-cases.yaml', read.useCases, 'useCases', problems);
  refuseRepeats('data/use-cases.yaml', read.useCases, 'channels', problems);
  for (const list of ['queues', 'hours', 'routes']) refuseRepeats('data/queues.yaml', read.queues, list, problems);
  for (const list of Object.keys(read.reasonCodes?.value ?? {})) refuseRepeats('data/reason-codes.yaml', read.reasonCodes, list, problems);
  return {
    manifest: read.manifest?.value ?? null,
    data: dataOf(read, { training, usageText }),
    lineInQueues: read.queues?.lineOf ?? (() => 1),
  };
}

interface ReadFiles {
  readonly taxonomy: YamlFile<z.infer<typeof taxonomy>> | null;
  readonly thresholds: YamlFile<z.infer<typeof thresholds>> | null;
  readonly useCases: YamlFile<z.infer<typeof useCases>> | null;
  readonly queues: YamlFile<QueuesFile> | null;
  readonly reasonCodes: YamlFile<z.infer<typeof reasonCodesFile>> | null;
  readonly brands: YamlFile<Brands> | null;
  readonly territories: YamlFile<Territories> | null;
}

function dataOf(read: ReadFiles, people: Pick<BundleData, 'training' | 'usageText'>): BundleData | null {
  if (!read.taxonomy || !read.thresholds || !read.useCases || !read.queues || !read.reasonCodes) return null;
  const { conditions, ...codes } = read.reasonCodes.value;
  return {
    taxonomy: read.taxonomy.value,
    thresholds: Object.fromEntries(Object.entries(read.thresholds.value.thresholds).map(([key, { value }]) => [key, value])),
    useCases: read.useCases.value.useCases,
    channels: read.useCases.value.channels,
    queues: read.queues.value.queues,
    workingHours: read.queues.value.hours,
    routes: read.queues.value.routes,
    claimsMax: read.queues.value.claimsMax,
    reasonCodes: codes,
    conditions,
    ...people,
    brands: read.brands?.value ?? null,
    territories: read.territories?.value ?? null,
  };
}

/** A demand for a use case that does not exist would never be made. */
function refuseUnknownUses({ territories, useCases: uses }: ReadFiles, problems: BundleProblem[]): void {
  if (!territories || !uses) return;
  const known = uses.value.useCases.map(({ id }) => id);
  const named = new Set(allDemands(territories.value).flatMap((each) => each.useCases ?? []));
  for (const name of named) {
    if (!known.includes(name))
      problems.push({ code: 'BUNDLE_DATA_INVALID', where: TERRITORIES, message: `'${name}' is no use case of data/use-cases.yaml` });
  }
}

/** Members of one list of a file are known by `id` or by `code`. */
function refuseRepeats(where: string, file: YamlFile<unknown> | null, list: string, problems: BundleProblem[]): void {
  if (file === null) return;
  const members = (file.value as Readonly<Record<string, readonly { readonly id?: string; readonly code?: string }[]>>)[list] ?? [];
  const seen = new Set<string>();
  for (const [at, { id, code }] of members.entries()) {
    const name = id ?? code ?? '';
    if (seen.has(name)) {
      problems.push({ code: 'BUNDLE_DATA_INVALID', where, line: file.lineOf([list, at]), message: `'${name}' stands there twice` });
    }
    seen.add(name);
  }
}
