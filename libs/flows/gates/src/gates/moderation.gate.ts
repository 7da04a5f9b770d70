import { verdictOf } from '@imprimatur/formats/policy';
import type { GateRow } from '../gate.types.js';

/** Do prompt and pictures keep within what may be shown? */
export const moderationGate: GateRow = { gate: 'moderation', judge: ({ decision }) => verdictOf(decision, 'moderation') };
