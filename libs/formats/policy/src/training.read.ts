import { z } from 'zod';
import { canonicalBytes, toHex, type Json, type Sha256 } from '@imprimatur/kernel';
import type { BundleFiles, BundleProblem } from './bundle.files.js';
import { readYamlFile } from './yaml.read.js';

export const TRAINING_FILE = 'data/training.yaml';
export const ACKNOWLEDGEMENT_FILE = 'data/acknowledgement.yaml';

const name = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
const prose = z.string().trim().min(1).max(20_000);

const question = z.strictObject({
  id: name,
  text: prose,
  choices: z
    .array(z.strictObject({ id: name, text: prose }))
    .min(2)
    .max(12),
  /** Ids of the right choices: all of them must be given, and no other. */
  right: z.array(name).min(1),
});

const trainingModule = z.strictObject({
  id: name,
  title: prose,
  text: prose,
  /** What it is taken for, in words that people are shown. The rules demand it. */
  useCases: z.array(name).default([]),
  questions: z.array(question).min(1).max(50),
  /** How many right answers pass. */
  passMark: z.int().min(1),
  /** How long it counts once it is passed. */
  validDays: z.int().min(1).max(3650),
  /** How often one person may be graded in it within 24 hours. */
  attemptsPerDay: z.int().min(1).max(100).default(5),
});
export type TrainingModule = z.infer<typeof trainingModule>;
export type TrainingQuestion = z.infer<typeof question>;

/** `data/training.yaml`. */
const training = z.strictObject({ modules: z.array(trainingModule).max(50) });

/** `data/acknowledgement.yaml`: what everybody has to acknowledge before they edit. */
const usageText = z.strictObject({ version: prose, title: prose, text: prose });
export type UsageText = z.infer<typeof usageText>;

/** Reads `data/training.yaml`; a bundle without it has no modules. `useCases`: those that the bundle knows. */
export function readTraining(files: BundleFiles, useCases: readonly string[] | null, problems: BundleProblem[]): readonly TrainingModule[] {
  if (files[TRAINING_FILE] === undefined) return [];
  const read = readYamlFile(files, TRAINING_FILE, training, problems);
  const modules = read?.value.modules ?? [];
  for (const [at, module] of modules.entries()) {
    const complain = (message: string, ...path: readonly PropertyKey[]): void =>
      void problems.push({
        code: 'BUNDLE_DATA_INVALID',
        where: `${TRAINING_FILE}, ${module.id}`,
        line: read?.lineOf(['modules', at, ...path]) ?? 1,
        message,
      });
    if (modules.findIndex(({ id }) => id === module.id) !== at) complain(`'${module.id}' stands there twice`);
    if (module.passMark > module.questions.length) complain('nobody could pass: there are fewer questions', 'passMark');
    for (const useCase of module.useCases.filter((each) => useCases !== null && !useCases.includes(each)))
      complain(`'${useCase}' is no use case`, 'useCases');
    for (const [index, faults] of module.questions.map(faultsOf).entries()) for (const fault of faults) complain(fault, 'questions', index);
    for (const id of repeatsIn(module.questions.map((each) => each.id))) complain(`the question '${id}' stands there twice`, 'questions');
  }
  return modules;
}

/** Reads `data/acknowledgement.yaml`; null: the bundle asks nobody to acknowledge anything, or the file is wrong. */
export function readUsageText(files: BundleFiles, problems: BundleProblem[]): UsageText | null {
  if (files[ACKNOWLEDGEMENT_FILE] === undefined) return null;
  return readYamlFile(files, ACKNOWLEDGEMENT_FILE, usageText, problems)?.value ?? null;
}

/** Hex digest of everything that a module says and asks. Whoever passed another content has not passed this one. */
export function moduleDigest(module: TrainingModule, sha256: Sha256): string {
  return toHex(sha256(canonicalBytes({ v: 1, module: module as unknown as Json })));
}

/** Hex digest of the text with its version: what was acknowledged. Nothing else of the bundle is part of it. */
export function usageTextDigest(text: UsageText, sha256: Sha256): string {
  return toHex(sha256(canonicalBytes({ v: 1, acknowledgement: { ...text } })));
}

function faultsOf({ id, choices, right }: TrainingQuestion): readonly string[] {
  const known = choices.map((choice) => choice.id);
  return [
    ...repeatsIn(known).map((choice) => `the choice '${choice}' of '${id}' stands there twice`),
    ...repeatsIn(right).map((choice) => `the right choice '${choice}' of '${id}' stands there twice`),
    ...right.filter((choice) => !known.includes(choice)).map((choice) => `'${choice}' is no choice of '${id}'`),
  ];
}

function repeatsIn(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))];
}
