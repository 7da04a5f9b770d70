import { verdictOf } from '@imprimatur/formats/policy';
import type { GateRow } from '../gate.types.js';

/** Has everybody who can be recognised agreed to this kind of change, and is the source ours to use? */
export const consentGate: GateRow = { gate: 'consent', judge: ({ decision }) => verdictOf(decision, 'consent') };
