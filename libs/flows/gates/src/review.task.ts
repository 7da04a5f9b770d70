import type { FaceConsent } from '@imprimatur/domain/consent';
import type { ActivePolicy } from '@imprimatur/domain/policies';
import type { NewTask, ReviewTask } from '@imprimatur/domain/review';
import { placeIn as placeOf, type Routed, routeOf } from '@imprimatur/formats/policy';
import { assert, type Finding, type SubjectId, systemClock, type Verdict, type VersionId } from '@imprimatur/kernel';
import type { ItemDossier } from './item.dossier.js';
import { queueRules } from './review.policy.js';

export interface TaskSubject {
  /** Null: held before anything was rendered. */
  readonly version: VersionId | null;
  /** 32 bytes. */
  readonly contentDigest: Uint8Array;
  readonly depicted: readonly FaceConsent[];
  /** Of the taxonomy, found in prompt or picture. */
  readonly classes: readonly string[];
}

/** The review that the holds among `verdicts` ask for, in the queue that the bundle's routes say. */
export function taskOf(dossier: ItemDossier, verdicts: readonly Verdict[], subject: TaskSubject): NewTask {
  const findings = verdicts.flatMap((verdict) => verdict.findings).filter(({ outcome }) => outcome !== 'pass');
  const { item, turn, session, policy } = dossier;
  const { useCase, channel, territory } = session;
  return {
    asset: item.asset,
    turn: turn.id,
    item: item.id,
    version: subject.version,
    contentDigest: subject.contentDigest,
    ...placeOfHold(policy, findings, { classes: subject.classes, useCase, channel, territory }),
    findings,
    bundleHash: policy.ref.hash,
    requester: turn.submittedBy,
    lastEditor: null,
    depicted: subject.depicted.flatMap((face) => (face.subject === null ? [] : [face.subject])),
    session: session.id,
    kind: 'hold',
    follows: null,
    policyAuthor: authorOf(policy, findings),
    involved: dossier.involved,
    deciders: [],
  };
}

/** A task that comes after one which has ended: about the same, with what is different. */
export function following(task: ReviewTask, change: Partial<NewTask>): NewTask {
  const { contentDigest } = task;
  assert(contentDigest, 'what is decided again has its content');
  return { ...task, contentDigest, follows: task.id, ...change };
}

type Place = Pick<NewTask, 'queue' | 'priority' | 'dueAt' | 'slots'> & { readonly route: string | null };

/** What a task takes from a queue that is named outright; null: where holds wait that name none. */
export function placeIn(policy: ActivePolicy, queue: string | null): Place {
  const data = policy.status === 'ready' ? policy.data : null;
  return withSlots(policy, placeOf(data, queue, systemClock.now()));
}

/** Where what these findings hold waits: by the routes of the bundle, else in the queue that the rules name. */
export function placeOfHold(policy: ActivePolicy, findings: readonly Finding[], of: Omit<Routed, 'rules' | 'queues'>): Place {
  const rules = findings.map(({ rule }) => rule);
  const queues = findings.flatMap(({ queue }) => (queue === undefined ? [] : [queue]));
  const data = policy.status === 'ready' ? policy.data : null;
  return withSlots(policy, routeOf(data, { rules, queues, ...of }, systemClock.now()));
}

function withSlots(policy: ActivePolicy, place: Omit<Place, 'slots'>): Place {
  return { ...place, slots: queueRules(policy, place.queue).slots };
}

/** Whoever drafted the bundle, where one of its rules holds it: nobody is judge of their own rule. */
export function authorOf(policy: ActivePolicy, findings: readonly Finding[]): SubjectId | null {
  if (policy.status !== 'ready') return null;
  const own = new Set(policy.rules.map(({ id }) => id));
  return findings.some(({ rule }) => own.has(rule)) ? policy.draftedBy : null;
}

/** The classes that the policy was told of. */
export function classesIn(facts: {
  readonly promptCategories: readonly string[];
  readonly joinedCategories: readonly string[];
  readonly pictureCategories?: readonly string[] | undefined;
}): readonly string[] {
  return [...new Set([...facts.promptCategories, ...facts.joinedCategories, ...(facts.pictureCategories ?? [])])];
}
