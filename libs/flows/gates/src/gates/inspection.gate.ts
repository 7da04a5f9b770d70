import { verdictOf } from '@imprimatur/formats/policy';
import type { GateRow } from '../gate.types.js';

/** Is the result the edit that was asked for, and nothing else? */
export const inspectionGate: GateRow = { gate: 'inspection', judge: ({ decision }) => verdictOf(decision, 'inspection') };
