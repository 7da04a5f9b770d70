import type { FaceConsent } from '@imprimatur/domain/consent';
import type { NewTask } from '@imprimatur/domain/review';
import { type Finding, systemClock, type Verdict, type VersionId } from '@imprimatur/kernel';
import type { ItemDossier } from './item.dossier.js';

const MINUTE_MS = 60_000;
/** Where a hold waits when no rule names a queue that the bundle knows. */
const FALLBACK = { id: 'policy', priority: 0, dueMinutes: 60 };

export interface TaskSubject {
  /** Null: held before anything was rendered. */
  readonly version: VersionId | null;
  /** 32 bytes. */
  readonly contentDigest: Uint8Array;
  readonly depicted: readonly FaceConsent[];
}

/** The review that the holds among `verdicts` ask for: of all queues that they name, the most urgent. */
export function taskOf(dossier: ItemDossier, verdicts: readonly Verdict[], subject: TaskSubject): NewTask {
  const findings = verdicts.flatMap((verdict) => verdict.findings).filter(({ outcome }) => outcome !== 'pass');
  const queue = queueOf(dossier, findings);
  const { item, turn } = dossier;
  return {
    asset: item.asset,
    turn: turn.id,
    item: item.id,
    version: subject.version,
    contentDigest: subject.contentDigest,
    queue: queue.id,
    priority: queue.priority,
    dueAt: new Date(systemClock.now().getTime() + queue.dueMinutes * MINUTE_MS),
    findings,
    bundleHash: dossier.policy.ref.hash,
    requester: turn.submittedBy,
    lastEditor: null,
    depicted: subject.depicted.flatMap((face) => (face.subject === null ? [] : [face.subject])),
  };
}

function queueOf({ policy }: ItemDossier, findings: readonly Finding[]): typeof FALLBACK {
  if (policy.status !== 'ready') return FALLBACK;
  const named = findings.map((finding) => finding.queue);
  return policy.data.queues.find(({ id }) => named.includes(id)) ?? FALLBACK;
}
