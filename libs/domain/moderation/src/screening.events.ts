import type { NewEvent } from '@imprimatur/domain/ledger';
import type { VersionId } from '@imprimatur/kernel';
import type { PictureScreening } from './screening.types.js';

/** Counts, scores and engine versions; boxes and fingerprints stay with the picture. */
export function screeningDone(version: VersionId, { faces, scores, engines, moderators = [] }: PictureScreening): NewEvent {
  return {
    type: 'screening.done',
    about: [{ kind: 'version', id: version }],
    facts: {
      faces: faces.length,
      scores: { ...scores },
      engines: { ...engines, ...Object.fromEntries(moderators.map(({ engine, version }) => [engine, version])) },
    },
  };
}

export function screeningFailed(version: VersionId, code: string): NewEvent {
  return { type: 'screening.failed', about: [{ kind: 'version', id: version }], facts: { code } };
}
