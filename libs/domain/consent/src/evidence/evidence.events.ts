import type { NewEvent } from '@imprimatur/domain/ledger';
import type { SubjectId } from '@imprimatur/kernel';
import type { ConsentEvidence, NewEvidence } from './evidence.types.js';

/** The digest goes with the people the file names. */
export function evidenceAdded(
  evidence: Pick<ConsentEvidence, 'consent' | 'number' | 'version'>,
  file: NewEvidence,
  subjects: readonly SubjectId[],
): NewEvent {
  const { consent, number, version } = evidence;
  return {
    type: 'consent.evidence-added',
    about: [{ kind: 'consent', id: consent }],
    facts: { number, version, format: file.format, sizeBytes: file.sizeBytes },
    parts: { file: { value: file.sha256, subjects: [...subjects] } },
  };
}

/** Somebody looked at it: written before the bytes are handed out. */
export function evidenceDownloaded({ consent, number, format }: ConsentEvidence): NewEvent {
  return { type: 'consent.evidence-downloaded', about: [{ kind: 'consent', id: consent }], facts: { number, format } };
}
