import { verdictOf } from '@imprimatur/formats/policy';
import type { GateRow } from '../gate.types.js';

/** Must a person look at it before it is released? */
export const reviewGate: GateRow = { gate: 'review', judge: ({ decision }) => verdictOf(decision, 'review') };
