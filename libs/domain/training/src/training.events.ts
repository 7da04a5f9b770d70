import type { NewEvent } from '@imprimatur/domain/ledger';
import type { TrainingAttempt } from './training.types.js';

/**
 * Who failed, and how often, is nobody's business but their own: only what counts is told. The module's digest is sealed: with the rest of the module known,
 * it would tell the right answers to whoever tries them all.
 */
export function trainingPassed({ id, subject, module, digest }: TrainingAttempt, until: Date): NewEvent {
  return {
    type: 'training.passed',
    about: [
      { kind: 'training', id },
      { kind: 'subject', id: subject },
    ],
    facts: { module, until: until.toISOString() },
    parts: { digest: { value: digest, subjects: [] } },
  };
}
