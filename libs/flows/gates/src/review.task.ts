import type { FaceConsent } from '@imprimatur/domain/consent';
import type { NewTask } from '@imprimatur/domain/review';
import { routeOf } from '@imprimatur/formats/policy';
import { systemClock, type Verdict, type VersionId } from '@imprimatur/kernel';
import type { ItemDossier } from './item.dossier.js';

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
  const routed = {
    rules: findings.map(({ rule }) => rule),
    queues: findings.flatMap(({ queue }) => (queue === undefined ? [] : [queue])),
    classes: subject.classes,
    ...{ useCase, channel, territory },
  };
  return {
    asset: item.asset,
    turn: turn.id,
    item: item.id,
    version: subject.version,
    contentDigest: subject.contentDigest,
    ...routeOf(policy.status === 'ready' ? policy.data : null, routed, systemClock.now()),
    findings,
    bundleHash: policy.ref.hash,
    requester: turn.submittedBy,
    lastEditor: null,
    depicted: subject.depicted.flatMap((face) => (face.subject === null ? [] : [face.subject])),
  };
}

/** The classes that the policy was told of. */
export function classesIn(facts: {
  readonly promptCategories: readonly string[];
  readonly joinedCategories: readonly string[];
  readonly pictureCategories?: readonly string[] | undefined;
}): readonly string[] {
  return [...new Set([...facts.promptCategories, ...facts.joinedCategories, ...(facts.pictureCategories ?? [])])];
}
