import type { BundleId, SubjectId } from '@imprimatur/kernel';
import type { BundleData, BundleFiles, BundleRef, Decision, PolicyQuestion, Rule, RuleException } from '@imprimatur/formats/policy';

/** draft > shadow > canary > active > retired; both trials may be left out, and lead back to draft. A tenant has at most one active bundle and one on trial. */
export type BundleState = 'draft' | 'shadow' | 'canary' | 'active' | 'retired';

/** A bundle of a tenant without its files. */
export interface StoredBundle extends BundleRef {
  readonly id: BundleId;
  readonly state: BundleState;
  /** Null: the system, which gives every tenant the starter bundle. */
  readonly draftedBy: SubjectId | null;
  readonly draftedAt: Date;
  readonly activatedBy: SubjectId | null;
  readonly activatedAt: Date | null;
  readonly retiredAt: Date | null;
  /** Null: it is not on trial. */
  readonly trial: BundleTrial | null;
}

export interface BundleTrial {
  /** Who put it where it is now. */
  readonly by: SubjectId | null;
  /** When it left draft. */
  readonly since: Date;
  /** Of a thousand sessions, how many it judges; null: none, it is in shadow. */
  readonly sharePermille: number | null;
}

/** What is known of files that were read whole, and whose golden tests came out as written. */
export interface TestedBundle extends BundleRef {
  /** ISO date from which on it may be active. */
  readonly effective: string;
}

/** Where a page of bundles begins (the id of the last one before it) and how long it is. */
export interface Slice {
  readonly first: number;
  readonly after: BundleId | null;
}

/**
 * What a tenant's turns are judged by now. `ready`: loaded, and its bytes are those that were activated. `unusable`: there is no active
 * bundle, or it is not what was activated; it still decides, and holds everything.
 */
export type ActivePolicy = ReadyPolicy | UnusablePolicy;

export interface ReadyPolicy {
  readonly status: 'ready';
  readonly id: BundleId;
  /** Null: the system. */
  readonly draftedBy: SubjectId | null;
  readonly ref: BundleRef;
  /** Rules that are asked, enforced or in shadow, by file and in the order of the text. */
  readonly rules: readonly Rule[];
  /** Thresholds, use cases, queues, taxonomy and the reviewers' reason codes. */
  readonly data: BundleData;
  /** Files below `lexicons/`, by path, for the moderation room. */
  readonly lexicons: BundleFiles;
  /** Asks one question; never throws. */
  decide(asked: PolicyQuestion, exceptions?: readonly RuleException[]): Decision;
}

/** Who answers the questions of one session. */
export interface Judging {
  readonly policy: ActivePolicy;
  /** The bundle on trial where it does not judge this session; null: there is none. */
  readonly shadow: ShadowBundle | null;
}

/** A bundle that is asked beside the one that judges. */
export interface ShadowBundle {
  readonly id: BundleId;
  readonly hash: string;
  /** Changes with every change of the stored row, whoever made it. */
  readonly stamp: string;
}

export interface UnusablePolicy {
  readonly status: 'unusable';
  readonly id: BundleId | null;
  readonly ref: BundleRef;
  readonly why: 'system.policy_missing' | 'system.policy_tampered' | 'system.policy_unsigned' | 'system.policy_broken';
  /** Answers a hold, whatever is asked. */
  decide(asked: PolicyQuestion): Decision;
}
