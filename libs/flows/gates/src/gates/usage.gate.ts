import { verdictOf } from '@imprimatur/formats/policy';
import type { GateRow } from '../gate.types.js';

/** May this person use this tool for this purpose, and ask for this? */
export const usageGate: GateRow = { gate: 'usage', judge: ({ decision }) => verdictOf(decision, 'usage') };
