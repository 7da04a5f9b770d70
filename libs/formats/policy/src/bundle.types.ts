import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Refusal, Sha256 } from '@imprimatur/kernel';
import type { BundleData, Manifest } from './bundle.data.js';
import type { BundleFiles, BundleProblem, BundleProblemCode } from './bundle.files.js';
import type { Cedar } from './cedar.js';
import type { Condition } from './condition.js';
import type { GoldenCase } from './golden.types.js';
import type { Gate, Question } from './question.js';
import type { DeclaredFacts } from './schema.facts.js';

/** What the format needs from outside: the engine, and SHA-256. */
export interface PolicyTools {
  readonly cedar: Cedar;
  readonly sha256: Sha256;
}

/** What a rule does to the turn when its condition holds. */
export const RULE_OUTCOMES = ['refuse', 'hold', 'throttle'] as const;
export type RuleOutcome = (typeof RULE_OUTCOMES)[number];

/** enforce: acts. shadow: is asked and reported, and never acts. off: is not asked. */
export const RULE_MODES = ['enforce', 'shadow', 'off'] as const;
export type RuleMode = (typeof RULE_MODES)[number];

/** One `forbid` of a bundle with its annotations. */
export interface Rule {
  readonly id: string;
  /** The file it stands in, and the line (from 1) on which it begins. */
  readonly file: string;
  readonly line: number;
  readonly outcome: RuleOutcome;
  readonly gate: Gate;
  /** Why, for the person whose edit it is; `{facesWithoutConsent}` is filled with the fact. */
  readonly reason: string;
  readonly citation: string;
  readonly remedy: string;
  /** Where a hold waits; only holds have one. */
  readonly queue: string | null;
  readonly mode: RuleMode;
  readonly questions: readonly Question[];
  readonly condition: Condition;
  /** The Cedar text that is evaluated. */
  readonly text: string;
  /** The same in Cedar's JSON form. */
  readonly json: PolicyJson;
}

/** A bundle that was loaded whole: every rule parsed, validated against the schema, and tested by a hit and a miss. */
export interface Bundle {
  readonly manifest: Manifest;
  /** Hex SHA-256 over the canonical listing of its files. */
  readonly hash: string;
  readonly schema: string;
  /** What its schema declares: it is asked with these facts only. */
  readonly facts: DeclaredFacts;
  readonly rules: readonly Rule[];
  readonly data: BundleData;
  readonly goldens: readonly GoldenCase[];
  /** Files below `lexicons/`, for the moderation room. */
  readonly lexicons: BundleFiles;
}

/** Name, version and hash: what every decision carries. */
export interface BundleRef {
  readonly name: string;
  readonly version: string;
  readonly hash: string;
}

/** A bundle is taken whole or not at all. `code` is that of the first problem; all of them are listed. */
export interface BundleRefusal extends Refusal<BundleProblemCode> {
  readonly problems: readonly BundleProblem[];
}
