import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';
import { QUESTIONS_MAX } from './simulation.rules.js';

export type SimulationInvalid = Refusal<'SIMULATION_INVALID'>;
export type SimulationEnded = Refusal<'SIMULATION_ENDED'>;
export type SimulationRefusal = NotFound | Forbidden | SimulationInvalid | SimulationEnded;

export function simulationInvalid(what: string): SimulationInvalid {
  return {
    code: 'SIMULATION_INVALID',
    message: `The simulation cannot be started: ${what}.`,
    remedy: `Give a time that begins before it ends, and 1 to ${QUESTIONS_MAX} questions.`,
  };
}

export function simulationEnded(): SimulationEnded {
  return { code: 'SIMULATION_ENDED', message: 'The simulation has ended already.', remedy: 'Start a new one where it is needed again.' };
}
