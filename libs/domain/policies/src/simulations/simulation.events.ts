import type { About, NewEvent } from '@imprimatur/domain/ledger';
import type { TenantId } from '@imprimatur/kernel';
import type { Simulation } from './simulation.types.js';

const about = ({ id, from, to }: Simulation): readonly About[] => [
  { kind: 'simulation', id },
  ...[...new Set([from, to])].map((bundle) => ({ kind: 'bundle' as const, id: bundle })),
];

/** Who looked at what would have become of other people's turns. */
export function simulationStarted(simulation: Simulation): NewEvent {
  const { since, until, questionsMax } = simulation;
  return {
    type: 'simulation.started',
    about: about(simulation),
    facts: { since: since.toISOString(), until: until.toISOString(), questionsMax },
  };
}

/** Who took other people's questions along. */
export function questionsExported(tenant: TenantId, since: Date, until: Date): NewEvent {
  return {
    type: 'questions.exported',
    about: [{ kind: 'tenant', id: tenant }],
    facts: { since: since.toISOString(), until: until.toISOString() },
  };
}

export function simulationEndedEvent(simulation: Simulation, state: 'done' | 'failed' | 'cancelled', failure: string | null): NewEvent {
  const { questions, notComparable } = simulation.tally;
  return {
    type: `simulation.${state}`,
    about: about(simulation),
    facts: { questions, notComparable, ...(failure === null ? {} : { failure }) },
  };
}
